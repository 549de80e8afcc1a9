"""Damage to a message, one change to one element: every damage there is, or one that is drawn."""

import copy
from collections.abc import Callable, Iterator
from itertools import pairwise

from hypothesis import strategies as st
from lxml import etree

from gateway.wire.xml import parse, serialise

_LIMIT = 1_000_000
BSN_DIGITS = "111222333"
JUNK = ("", " ", "x", "é", "-1", "1e3", "NaN", "0.00", "00.10", "1,00", "9999999.99", BSN_DIGITS,
        "２０２６-01-01", "١٢٣", "true", "2026-02-30", "2026-02-28Z", "+31", "&", "<",
        "Preferent", "K-0000-0000-0000", "NL00ABNA0417164300", "00000004123456780000", "W2",
        "0", "1")  # fmt: skip


def _drop(target: etree._Element, _: str) -> None:
    parent = target.getparent()
    if parent is not None:
        parent.remove(target)


def _retext(target: etree._Element, junk: str) -> None:
    target.text = junk


def _rename(target: etree._Element, _: str) -> None:
    target.tag = f"{target.tag}X"


def _rename_as_neighbour(target: etree._Element, _: str) -> None:
    neighbour = target.getnext()
    if neighbour is not None:
        target.tag = neighbour.tag


def _repeat(target: etree._Element, _: str) -> None:
    if target.getparent() is not None:
        target.addnext(copy.deepcopy(target))


def _swap(target: etree._Element, _: str) -> None:
    neighbour = target.getnext()
    if neighbour is not None:
        neighbour.addnext(target)


def _swap_texts(target: etree._Element, _: str) -> None:
    neighbour = target.getnext()
    if neighbour is not None:
        target.text, neighbour.text = neighbour.text, target.text


def _foreign_digits(target: etree._Element, _: str) -> None:
    target.text = (target.text or "").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def _pad(target: etree._Element, _: str) -> None:
    target.text = f" {target.text or ''}"


def _zero(target: etree._Element, _: str) -> None:
    target.text = f"0{target.text or ''}"


def _unqualify(target: etree._Element, _: str) -> None:
    target.tag = etree.QName(target).localname


def _junk_attributes(target: etree._Element, junk: str) -> None:
    for name in tuple(target.attrib):
        target.set(name, junk)


def _drop_attribute(target: etree._Element, _: str) -> None:
    for name in tuple(target.attrib)[:1]:
        del target.attrib[name]


def _swap_attributes(target: etree._Element, _: str) -> None:
    for one, other in pairwise(tuple(target.attrib)):
        first, second = target.attrib[one], target.attrib[other]
        target.attrib[one], target.attrib[other] = second, first


def _add_attribute(target: etree._Element, junk: str) -> None:
    target.set("nieuw", junk)


Damage = Callable[[etree._Element, str], None]
WITH_JUNK: tuple[Damage, ...] = (_retext, _junk_attributes, _add_attribute)
WITHOUT_JUNK: tuple[Damage, ...] = (
    _drop, _rename, _rename_as_neighbour, _repeat, _swap, _swap_texts, _foreign_digits, _pad,
    _zero, _unqualify, _drop_attribute, _swap_attributes,
)  # fmt: skip
DAMAGES = WITH_JUNK + WITHOUT_JUNK


@st.composite
def damaged(draw: st.DrawFn, message: etree._Element) -> etree._Element:
    """The message with one element damaged, as it comes off the wire."""
    copied = copy.deepcopy(message)
    places = list(copied.iter())
    target = places[draw(st.integers(0, len(places) - 1))]
    draw(st.sampled_from(DAMAGES))(target, draw(st.sampled_from(JUNK)))
    return parse(serialise(copied), _LIMIT)


def every_damage(message: etree._Element) -> Iterator[etree._Element]:
    """Each different damage to each element of the message, as it comes off the wire."""
    seen = {serialise(message)}
    changes: list[tuple[Damage, str]] = [(damage, "") for damage in WITHOUT_JUNK]
    changes += [(damage, junk) for damage in WITH_JUNK for junk in JUNK]
    for place in range(len(list(message.iter()))):
        for damage, junk in changes:
            copied = copy.deepcopy(message)
            damage(list(copied.iter())[place], junk)
            document = serialise(copied)
            if document not in seen:
                seen.add(document)
                yield parse(document, _LIMIT)
