"""Signing in batches: in order, all or none, and without stalling the loop with RSA."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from gateway.domain.errors import AdapterFault
from gateway.usecases.exchange.signing import sign_all
from gateway.wire.schema import SchemaCatalogue, Valid, validate
from gateway.wire.signature.profile import DS, Algorithm
from gateway.wire.xml import Namespace

SPACE = Namespace("urn:test")
SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:test">
<xs:element name="A"/></xs:schema>"""
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class NotingSigner:
    """A signer that notes in which thread it was asked; the value is no real one."""

    certificate_der = b"certificate"

    def __init__(self, algorithm: Algorithm) -> None:
        self.algorithm: Algorithm = algorithm
        self.threads: list[int] = []

    def sign(self, data: bytes) -> bytes:
        self.threads.append(threading.get_ident())
        return data[-8:]


def valid(*texts: str) -> Sequence[Valid]:
    catalogue = SchemaCatalogue({"a.xsd": SCHEMA})
    return [validate(SPACE.element("A", text=text), "a.xsd", catalogue) for text in texts]


async def test_messages_come_back_signed_in_their_order():
    signed = await sign_all(valid("een", "twee", "drie"), NotingSigner("rsa-sha256"), NOW)
    assert [
        b">%s<" % word in one.document
        for one, word in zip(signed, (b"een", b"twee", b"drie"), strict=True)
    ] == [True] * 3


async def test_rsa_is_left_to_another_thread_and_a_batch_is_one_errand():
    signer = NotingSigner("rsa-sha256")
    await sign_all(valid("een", "twee"), signer, NOW)
    assert len(set(signer.threads)) == 1
    assert threading.get_ident() not in signer.threads


async def test_p256_is_quicker_than_a_thread_is_woken():
    signer = NotingSigner("ecdsa-sha256")
    await sign_all(valid("een"), signer, NOW)
    assert signer.threads == [threading.get_ident()]


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "ecdsa-sha256"])
async def test_one_that_cannot_be_signed_fails_the_batch(algorithm: Algorithm):
    catalogue = SchemaCatalogue({"a.xsd": SCHEMA})
    element = SPACE.element("A")
    element.append(element.makeelement(DS + "Signature"))
    forged = validate(element, "a.xsd", catalogue)
    with pytest.raises(AdapterFault):
        await sign_all([*valid("een"), forged], NotingSigner(algorithm), NOW)
