"""xmlsec1, an independent implementation in C, agrees with us in both directions."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.domain.errors import SignatureRefused
from gateway.wire.signature import profile, verify
from gateway.wire.xml import canonical
from tests.wire.message_set import note
from tests.wire.signature.forgery import base64
from tests.wire.signing_parties import LIMIT, NOW, Parties, Signatory

pytestmark = pytest.mark.skipif(
    shutil.which("xmlsec1") is None, reason="needs xmlsec1 (Debian: xmlsec1)"
)

ID = ("--id-attr:Id", f"{profile.XADES_URI}:SignedProperties")
TIME = ("--verification-gmt-time", "2026-11-24 12:00:00")


def xmlsec1(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["xmlsec1", *(str(one) for one in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def verdict(file: Path, parties: Parties) -> subprocess.CompletedProcess[str]:
    """Return what xmlsec1 says when it knows the root only."""
    chain = ("--trusted-pem", parties.pki.root_certificate)
    between = ("--untrusted-pem", parties.pki.issuing_certificate)
    allowed = ("--enabled-reference-uris", "empty,same-doc")
    return xmlsec1("--verify", "--print-debug", *chain, *between, *allowed, *TIME, *ID, file)


@pytest.mark.parametrize("name", ["energy", "rent"])
def test_xmlsec1_verifies_what_we_sign(name: str, parties: Parties, tmp_path: Path) -> None:
    file = tmp_path / "signed.xml"
    file.write_bytes(parties.signed(getattr(parties, name)).document)
    result = verdict(file, parties)
    assert result.returncode == 0, result.stderr
    assert "SignedInfo References (ok/all): 2/2" in result.stderr + result.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"12.50", b"12.51"),
        (b"2026-11-24T12:00:00Z", b"2026-11-24T12:00:01Z"),
        (b'URI=""', b'URI="#handtekening-eigenschappen"'),
    ],
)
def test_xmlsec1_refuses_what_was_changed(
    old: bytes, new: bytes, parties: Parties, tmp_path: Path
) -> None:
    file = tmp_path / "changed.xml"
    document = parties.signed(parties.energy).document
    assert old in document
    file.write_bytes(document.replace(old, new))
    assert verdict(file, parties).returncode != 0


def template(by: Signatory) -> bytes:
    """Return a document with the signature of our profile left open, for xmlsec1 to fill in."""
    digest = sha256(by.certificate.public_bytes(Encoding.DER)).digest()
    properties = profile.SIGNED_PROPERTIES.format(
        time="2026-11-24T12:00:00Z", certificate_digest=base64(digest)
    )
    information = profile.SIGNED_INFO.format(
        algorithm=by.signer.algorithm, document_digest="", properties_digest=""
    )
    signature = profile.SIGNATURE.format(
        signed_info=information, value="", certificate="", signed_properties=properties
    )
    content = canonical(note())
    end = content.rindex(b"</")
    return content[:end] + b"\n  " + signature.encode() + b"\n" + content[end:]


@pytest.mark.parametrize("name", ["energy", "rent"])
def test_we_verify_what_xmlsec1_signs(name: str, parties: Parties, tmp_path: Path) -> None:
    by = getattr(parties, name)
    unsigned, signed = tmp_path / "template.xml", tmp_path / "signed.xml"
    unsigned.write_bytes(template(by))
    keys = f"{by.party.signing_key},{by.party.signing_certificate}"
    result = xmlsec1("--sign", "--output", signed, "--privkey-pem", keys, *ID, unsigned)
    assert result.returncode == 0, result.stderr
    verified = verify(signed.read_bytes(), by.trust, NOW, LIMIT)
    assert [part.text for part in verified.element.iter()][1] == "123456789"
    assert verified.signed_at == NOW
    with pytest.raises(SignatureRefused):
        verify(signed.read_bytes().replace(b"12.50", b"12.51"), by.trust, NOW, LIMIT)
