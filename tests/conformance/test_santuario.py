"""Apache Santuario, an independent implementation in Java, agrees with us in both directions."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.domain.errors import SignatureRefused
from gateway.wire.signature import verify
from gateway.wire.xml import canonical, serialise
from tests.wire.message_set import note
from tests.wire.signing_parties import LIMIT, NOW, Parties

JARS = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in ("xmlsec", "commons-codec", "slf4j-api", "slf4j-nop")
]
PROGRAM = Path(__file__).parent / "Santuario.java"

pytestmark = [
    pytest.mark.skipif(
        shutil.which("java") is None or not all(jar.exists() for jar in JARS),
        reason="needs a JDK and Apache Santuario (Debian: default-jdk libxml-security-java)",
    ),
    pytest.mark.timeout(300),
]


def santuario(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = ":".join(str(jar) for jar in JARS)
    command = ["java", "-cp", path, str(PROGRAM), *(str(one) for one in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_santuario_verifies_what_we_sign_and_refuses_what_was_changed(
    parties: Parties, tmp_path: Path
) -> None:
    good, bad = [], []
    for name in ("energy", "rent"):
        document = parties.signed(getattr(parties, name)).document
        good.append(tmp_path / f"{name}.xml")
        good[-1].write_bytes(document)
        bad.append(tmp_path / f"{name}-changed.xml")
        bad[-1].write_bytes(document.replace(b"12.50", b"12.51"))
    result = santuario("verify", *good)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("references=2") == len(good)
    result = santuario("verify", *bad)
    assert result.returncode == 1
    assert result.stdout.count("INVALID") == len(bad)


@pytest.mark.parametrize("name", ["energy", "rent"])
def test_we_verify_what_santuario_signs(name: str, parties: Parties, tmp_path: Path) -> None:
    by = getattr(parties, name)
    key, certificate, unsigned, signed = (
        tmp_path / file for file in ("key.der", "certificate.der", "in.xml", "out.xml")
    )
    key.write_bytes(by.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(by.certificate.public_bytes(Encoding.DER))
    unsigned.write_bytes(serialise(note()))
    result = santuario("sign", key, certificate, "2026-11-24T12:00:00Z", unsigned, signed)
    assert result.returncode == 0, result.stderr
    verified = verify(signed.read_bytes(), by.trust, NOW, LIMIT)
    assert canonical(verified.element) == canonical(note())
    assert verified.signed_at == NOW
    changed = signed.read_bytes().replace(b"12.50", b"12.51")
    with pytest.raises(SignatureRefused):
        verify(changed, by.trust, NOW, LIMIT)
