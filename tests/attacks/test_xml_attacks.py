"""Hostile XML at the only door (attacks-and-needs §2 rows 6, 7, 10, 11 and 12).

Every document goes through `verify`, as a message from a network does, and through `parse`.
"""

import socket
import time
from pathlib import Path

import pytest

from gateway.domain.errors import MessageTooLarge, MessageUnreadable, PartnerFault
from gateway.wire.signature import verify
from gateway.wire.xml import ATTRIBUTE_LIMIT, TAG_LIMIT, canonical, parse
from tests.wire.signing_parties import NOW, Parties

LIMIT = 20_000_000


def refused(document: bytes, kind: type[PartnerFault]) -> None:
    with pytest.raises(kind):
        parse(document, LIMIT)


BOMB = b"".join(
    [b"<!DOCTYPE a [<!ENTITY e0 'lol'>"]
    + [b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10)]
    + [b"]><a>&e9;</a>"]
)


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ELEMENT a ANY>]><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>',
        b'<!DOCTYPE a [<!ATTLIST a id ID #IMPLIED>]><a id="x"/>',
        BOMB,
    ],
)
def test_a_doctype_is_refused_whatever_is_in_it(document: bytes) -> None:
    refused(document, MessageUnreadable)
    refused(b"\xef\xbb\xbf" + document, MessageUnreadable)


def test_an_entity_bomb_costs_nothing() -> None:
    begin = time.process_time()
    refused(BOMB, MessageUnreadable)
    assert time.process_time() - begin < 0.05


@pytest.mark.parametrize(
    "document",
    [
        b"<a><!-- comment --></a>",
        b"<!-- comment --><a/>",
        b"<a/><!-- comment -->",
        b"<a>12<!-- -->.50</a>",
        b"<a><?php echo 1 ?></a>",
        b'<?xml-stylesheet href="http://127.0.0.1:1/"?><a/>',
        b"<a><![CDATA[<b>]]></a>",
    ],
)
def test_comments_instructions_and_cdata_are_refused_everywhere(document: bytes) -> None:
    refused(document, MessageUnreadable)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"])
def test_another_encoding_is_refused(encoding: str) -> None:
    text = '<?xml version="1.0" encoding="%s"?><a>\u00e9+ADw-</a>'
    document = (text % encoding).encode(encoding)
    refused(document, MessageUnreadable)


def test_a_doctype_cannot_hide_in_another_encoding() -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"):
        refused(text.encode(encoding), MessageUnreadable)


@pytest.mark.parametrize(
    "declaration",
    [
        b'<?xml version="1.0" encoding="ISO-8859-1"?>',
        b'<?xml version="1.0" encoding="UTF-16"?>',
        b'<?xml version="1.1"?>',
        b'<?xml version="1.0" encoding="UTF-8" extra="1"?>',
        b" <?xml version='1.0'?>",
    ],
)
def test_a_declaration_that_another_reader_would_obey_is_refused(declaration: bytes) -> None:
    """We would read UTF-8 whatever it says; somebody else would read other characters."""
    refused(declaration + b"<a>\xc3\xa9</a>", MessageUnreadable)


def test_overlong_and_broken_utf_8_is_refused() -> None:
    for content in (b"\xc0\xbc", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xff", b"\xc3"):
        refused(b"<a>" + content + b"</a>", MessageUnreadable)


def test_depth_is_bounded() -> None:
    refused(b"<a>" * 300 + b"</a>" * 300, MessageUnreadable)
    assert parse(b"<a>" * 200 + b"</a>" * 200, LIMIT) is not None


def test_a_million_elements_are_refused_before_they_are_read() -> None:
    document = b"<a>" + b"<b/>" * 1_000_000 + b"</a>"
    begin = time.process_time()
    refused(document, MessageTooLarge)
    assert time.process_time() - begin < 0.1


def test_a_hundred_thousand_attributes_are_refused_before_they_are_read() -> None:
    document = b"<a " + b" ".join(b"a%d=''" % n for n in range(100_000)) + b"/>"
    refused(document, MessageTooLarge)


def test_the_most_that_is_accepted_takes_little_time() -> None:
    names = b" ".join(b"a%05d=''" % number for number in range(ATTRIBUTE_LIMIT))
    spaces = b" ".join(
        b"xmlns:n%d='urn:%d'" % (number, number) for number in range(ATTRIBUTE_LIMIT)
    )
    for document in (
        b"<a " + names + b"/>",
        b"<a " + spaces + b"><b/></a>",
        b"<a>" + b"<b/>x" * (TAG_LIMIT - 2) + b"</a>",
    ):
        begin = time.process_time()
        canonical(parse(document, LIMIT))
        assert time.process_time() - begin < 0.5


def test_an_oversized_message_is_refused_before_it_is_read() -> None:
    with pytest.raises(MessageTooLarge):
        parse(b"<a>" + b"x" * 1_000 + b"</a>", 1_000)


def test_eleven_megabytes_in_one_text_are_refused() -> None:
    refused(b"<a>" + b"x" * 11_000_000 + b"</a>", MessageUnreadable)


def test_a_relative_namespace_is_refused_before_it_is_believed(parties: Parties) -> None:
    """Canonicalisers disagree about it, so that two readers would see two documents."""
    document = parties.signed(parties.energy).document
    changed = document.replace(b"<Nummer>", b'<x xmlns="relative"/><Nummer>')
    with pytest.raises(PartnerFault):
        verify(changed, parties.energy.trust, NOW, LIMIT)


def test_nothing_is_fetched_by_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = b"http://127.0.0.1:%d/x" % server.getsockname()[1]
        including = (
            b'<a xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:x="%s">'
            b'<xi:include href="%s"/><xi:include parse="text" href="%s"/></a>'
        ) % (place, place, secret.as_uri().encode())
        assert b"secret<" not in canonical(parse(including, LIMIT))
        for document in (
            b'<!DOCTYPE a SYSTEM "%s"><a/>' % place,
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "%s">]><a>&x;</a>' % place,
        ):
            refused(document, MessageUnreadable)
        with pytest.raises(TimeoutError):
            server.accept()


def test_appended_or_prepended_data_is_refused(parties: Parties) -> None:
    document = parties.signed(parties.energy).document
    for changed in (
        document + document,
        document + b"\x00",
        document + b"<x/>",
        document + b"text",
        b"text" + document,
        b"<x/>" + document,
        b"\x00" + document,
    ):
        with pytest.raises(MessageUnreadable):
            verify(changed, parties.energy.trust, NOW, LIMIT)
