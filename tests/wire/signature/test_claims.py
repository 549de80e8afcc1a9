"""What a signature says, read by allow-list."""

from base64 import b64decode
from copy import deepcopy

import pytest
from lxml import etree

from gateway.domain.errors import SignatureRefused
from gateway.wire.signature.claims import read_claims
from gateway.wire.signature.profile import DS, XADES
from gateway.wire.xml import Element
from tests.wire.signature.forgery import part
from tests.wire.signing_parties import NOW, Parties


@pytest.fixture
def signature(parties: Parties) -> Element:
    return deepcopy(etree.fromstring(parties.signed(parties.rent).document)[-1])


def test_everything_that_a_signature_says_is_read(parties: Parties, signature: Element) -> None:
    claims = read_claims(signature)
    assert claims.algorithm == "rsa-sha256"
    assert claims.signed_at == NOW
    assert claims.certificate_der == parties.rent.signer.certificate_der
    assert claims.information.tag == DS + "SignedInfo"
    assert claims.properties.tag == XADES + "SignedProperties"
    assert len(claims.value) == 384
    for digest in (claims.document_digest, claims.properties_digest, claims.certificate_digest):
        assert len(b64decode(digest)) == 32


def test_every_single_element_is_needed_and_none_may_come_twice(signature: Element) -> None:
    count = len(list(signature.iter()))
    for index in range(1, count):
        for change in ("drop", "repeat", "rename"):
            changed = deepcopy(signature)
            one = list(changed.iter())[index]
            above = one.getparent()
            assert above is not None
            if change == "drop":
                above.remove(one)
            elif change == "repeat":
                above.append(deepcopy(one))
            else:
                one.tag = f"{one.tag}X"
            with pytest.raises(SignatureRefused) as refusal:
                read_claims(changed)
            assert refusal.value.reason == "wrong-structure"


def test_every_single_attribute_is_needed_and_no_other_may_come(signature: Element) -> None:
    count = len(list(signature.iter()))
    seen = 0
    for index in range(count):
        for name in list(signature.iter())[index].keys():  # noqa: SIM118  (lxml elements iterate children)
            changed = deepcopy(signature)
            del list(changed.iter())[index].attrib[name]
            seen += 1
            with pytest.raises(SignatureRefused):
                read_claims(changed)
        changed = deepcopy(signature)
        list(changed.iter())[index].set("Extra", "1")
        with pytest.raises(SignatureRefused):
            read_claims(changed)
    assert seen == 14


@pytest.mark.parametrize("value", ["", "\u00a0", "x"])
def test_an_id_must_say_something(value: str, signature: Element) -> None:
    part(signature, "SignedProperties", XADES).set("Id", value)
    with pytest.raises(SignatureRefused):
        read_claims(signature)


def test_the_attributes_may_come_in_any_order(signature: Element) -> None:
    reference = part(signature, "Reference", number=1)
    pairs = list(reversed(reference.items()))
    for name, _ in pairs:
        del reference.attrib[name]
    for name, value in pairs:
        reference.set(name, value)
    assert read_claims(signature).algorithm == "rsa-sha256"


def test_text_behind_the_signature_is_not_its_affair(signature: Element) -> None:
    signature.tail = "loose"
    assert read_claims(signature).signed_at == NOW
