"""signxml, an independent implementation in Python, agrees with us in both directions."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.domain.errors import SignatureRefused
from gateway.wire.signature import profile, verify
from gateway.wire.signature.profile import DS
from gateway.wire.xml import canonical
from tests.wire.message_set import note
from tests.wire.signature.forgery import base64
from tests.wire.signing_parties import LIMIT, NOW, Parties, Signatory

signxml: Any = pytest.importorskip("signxml", reason="needs signxml (PyPI: signxml)")
xades: Any = pytest.importorskip("signxml.xades", reason="needs signxml (PyPI: signxml)")


@pytest.fixture(scope="module")
def authorities(parties: Parties, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pki, file = parties.pki, tmp_path_factory.mktemp("trust") / "authorities.pem"
    file.write_bytes(pki.root_certificate.read_bytes() + pki.issuing_certificate.read_bytes())
    return file


def judged(document: bytes, authorities: Path) -> list[Any]:
    """Return what signxml found to be signed, knowing the authorities only, at the same moment."""
    config = xades.XAdESSignatureConfiguration(expect_references=2, verification_time=NOW)
    found: list[Any] = xades.XAdESVerifier().verify(
        document,
        ca_pem_file=str(authorities),
        expect_config=config,
    )
    return found


@pytest.mark.parametrize("name", ["energy", "rent"])
def test_signxml_verifies_what_we_sign(name: str, parties: Parties, authorities: Path) -> None:
    signed = parties.signed(getattr(parties, name))
    document, properties = judged(signed.document, authorities)
    assert canonical(document.signed_xml) == canonical(note())
    assert sha256(document.signed_data).digest() == signed.digest
    time = properties.signed_properties.findtext(f".//{profile.XADES}SigningTime")
    assert datetime.fromisoformat(time) == NOW


def test_signxml_refuses_what_was_changed(parties: Parties, authorities: Path) -> None:
    document = parties.signed(parties.energy).document
    for old, new in ((b"12.50", b"12.51"), (b"12:00:00Z", b"12:00:01Z")):
        assert old in document
        with pytest.raises(signxml.exceptions.InvalidDigest):
            judged(document.replace(old, new), authorities)


def sign_with_signxml(by: Signatory) -> bytes:
    """Sign in our profile through signxml's hooks: it digests, canonicalises and signs."""
    signer = signxml.XMLSigner(
        signature_algorithm=by.signer.algorithm,
        digest_algorithm="sha256",
        c14n_algorithm=profile.EXCLUSIVE_C14N,
    )

    def add_properties(sig_root: Any, signing_settings: Any) -> None:
        digest = sha256(by.certificate.public_bytes(Encoding.DER)).digest()
        text = profile.SIGNED_PROPERTIES.format(
            time="2026-11-24T12:00:00+00:00", certificate_digest=base64(digest)
        )
        sig_root.set("Id", profile.SIGNATURE_ID)
        wrapper = etree.SubElement(sig_root, DS + "Object")
        qualifying = etree.SubElement(wrapper, profile.XADES + "QualifyingProperties")
        qualifying.set("Target", "#" + profile.SIGNATURE_ID)
        qualifying.append(etree.fromstring(text))
        reference = etree.SubElement(sig_root[0], DS + "Reference")
        reference.set("URI", "#" + profile.PROPERTIES_ID)
        reference.set("Type", profile.SIGNED_PROPERTIES_TYPE)
        transforms = etree.SubElement(reference, DS + "Transforms")
        transform = etree.SubElement(transforms, DS + "Transform")
        transform.set("Algorithm", profile.EXCLUSIVE_C14N)
        method = etree.SubElement(reference, DS + "DigestMethod")
        method.set("Algorithm", profile.DIGEST_SHA256)
        content = signer._c14n(qualifying[0], algorithm=signer.c14n_alg)
        value = etree.SubElement(reference, DS + "DigestValue")
        value.text = base64(signer._get_digest(content, algorithm=signer.digest_alg))

    signer.signature_annotators.append(add_properties)
    root = signer.sign(note(), key=by.key, cert=[by.certificate])
    return etree.tostring(root)


@pytest.mark.parametrize("name", ["energy", "rent"])
def test_we_verify_what_signxml_signs(name: str, parties: Parties) -> None:
    by = getattr(parties, name)
    document = sign_with_signxml(by)
    verified = verify(document, by.trust, NOW, LIMIT)
    assert canonical(verified.element) == canonical(note())
    assert verified.signed_at == NOW
    with pytest.raises(SignatureRefused):
        verify(document.replace(b"12.50", b"12.51"), by.trust, NOW, LIMIT)


def test_the_three_references_of_plain_xades_are_not_our_profile(parties: Parties) -> None:
    """Left to its defaults signxml signs KeyInfo too, and describes the data: we agreed on less."""
    by = parties.energy
    signer = xades.XAdESSigner(
        signature_algorithm=by.signer.algorithm, c14n_algorithm=profile.EXCLUSIVE_C14N
    )
    pem = by.certificate.public_bytes(Encoding.PEM).decode()
    root = signer.sign(note(), key=by.key, cert=[pem])
    with pytest.raises(SignatureRefused) as refusal:
        verify(etree.tostring(root), by.trust, NOW, LIMIT)
    assert refusal.value.reason == "wrong-structure"
