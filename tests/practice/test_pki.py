"""The practice PKI on disk."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.domain.errors import CertificateRefused
from gateway.practice.issuing import Order
from gateway.practice.pki import Party, PracticePki
from gateway.wire.trust import (
    Anchors,
    PartnerTrust,
    Usage,
    certificate_pin,
    check_certificate,
    is_practice_root,
    require_distinct,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OIN = "00000003123456780000"


@pytest.fixture
def pki(tmp_path: Path) -> PracticePki:
    return PracticePki.create(tmp_path / "pki", NOW)


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def trust(pki: PracticePki, serial: str = OIN) -> PartnerTrust:
    anchors = Anchors.load(
        [pki.root_certificate.read_bytes()],
        [pki.issuing_certificate.read_bytes()],
        [pki.crl()],
    )
    return PartnerTrust(anchors, serial, frozenset({certificate_pin(pki.issuing.certificate)}))


def reason(file: Path, pki: PracticePki, usage: Usage, now: datetime = NOW) -> str:
    with pytest.raises(CertificateRefused) as refusal:
        check_certificate(read(file), trust(pki), now, usage)
    return refusal.value.reason


def contents(directory: Path) -> dict[str, bytes]:
    files = (file for file in sorted(directory.rglob("*")) if file.is_file())
    return {str(file.relative_to(directory)): file.read_bytes() for file in files}


def test_a_party_has_two_certificates_that_the_gateway_trusts(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["energie.test", "127.0.0.1"])
    tls, signing = read(party.tls_certificate), read(party.signing_certificate)
    check_certificate(tls, trust(pki), NOW, "tls")
    check_certificate(signing, trust(pki), NOW, "signing")
    require_distinct(signing, tls)
    assert reason(party.tls_certificate, pki, "signing") == "wrong-usage"


def test_the_layout_on_disk_is_fixed(pki: PracticePki) -> None:
    pki.party("energie", OIN, ["energie.test"])
    assert set(contents(pki.directory)) == {
        "root.pem",
        "root.key",
        "issuing.pem",
        "issuing.key",
        "issuing.crl",
        "energie/tls.pem",
        "energie/tls.key",
        "energie/signing.pem",
        "energie/signing.key",
    }


def test_keys_are_for_the_owner_only(pki: PracticePki) -> None:
    pki.party("energie", OIN, ["energie.test"])
    keys = list(pki.directory.rglob("*.key"))
    assert len(keys) == 4
    assert {file.stat().st_mode & 0o777 for file in keys} == {0o600}
    assert pki.directory.stat().st_mode & 0o077 == 0


def test_certificates_follow_the_profile(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["energie.test", "127.0.0.1"])
    tls, signing = read(party.tls_certificate), read(party.signing_certificate)
    for one in (tls, signing):
        kinds = (NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.SERIAL_NUMBER)
        values = [one.subject.get_attributes_for_oid(kind)[0].value for kind in kinds]
        assert values == ["NL", "energie", OIN]
    names = tls.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["energie.test"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    purposes = tls.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    usage = signing.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment) == (True, True)
    assert (usage.key_encipherment, usage.key_cert_sign) == (False, False)
    with pytest.raises(x509.ExtensionNotFound):
        signing.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def test_keys_are_of_the_kind_that_was_asked(pki: PracticePki) -> None:
    party = pki.party("huur", OIN, ["huur.test"], signing_key="rsa3072")
    signing = load_pem_private_key(party.signing_key.read_bytes(), None)
    tls = load_pem_private_key(party.tls_key.read_bytes(), None)
    assert isinstance(signing, rsa.RSAPrivateKey)
    assert signing.key_size == 3072
    assert isinstance(tls, ec.EllipticCurvePrivateKey)


def test_everything_says_that_it_is_practice(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["energie.test"])
    for file in (pki.root_certificate, pki.issuing_certificate, party.tls_certificate):
        assert is_practice_root(read(file))


def test_a_second_run_uses_what_is_there(pki: PracticePki) -> None:
    def everything(now: datetime) -> Party:
        again = PracticePki.create(pki.directory, now)
        again.party("te-laat", OIN, ["a.test"], signing_expired=True)
        return again.party("energie", OIN, ["a.test", "::1"], signing_key="rsa3072")

    first = everything(NOW)
    before = contents(pki.directory)
    assert everything(NOW + DAY) == first
    after = contents(pki.directory)
    before.pop("issuing.crl")
    after.pop("issuing.crl")
    assert after == before


@pytest.mark.parametrize(
    "change",
    [
        {"subject_serial": "00000003876543210000"},
        {"hosts": ["b.test"]},
        {"hosts": ["a.test", "b.test"]},
        {"tls_key": "rsa2048"},
    ],
)
def test_a_party_that_asks_for_something_else_gets_it(change, pki: PracticePki) -> None:
    order: dict[str, Any] = {"subject_serial": OIN, "hosts": ["a.test"], "tls_key": "p256"}
    pki.party("energie", **order)
    first = contents(pki.directory)
    party = pki.party("energie", **{**order, **change})
    second = contents(pki.directory)
    assert first["energie/tls.pem"] != second["energie/tls.pem"]
    assert read(party.tls_certificate).public_key() == _public(party.tls_key)


def _public(file: Path):
    return load_pem_private_key(file.read_bytes(), None).public_key()


def test_an_expired_signing_certificate_is_expired_and_then_renewed(pki: PracticePki) -> None:
    party = pki.party("te-laat", OIN, ["a.test"], signing_expired=True)
    assert reason(party.signing_certificate, pki, "signing") == "certificate-expired"
    party = pki.party("te-laat", OIN, ["a.test"])
    check_certificate(read(party.signing_certificate), trust(pki), NOW, "signing")


def test_parties_are_renewed_before_they_expire(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["a.test"])
    first = read(party.tls_certificate)
    later = PracticePki.create(pki.directory, NOW + 365 * DAY)
    later.party("energie", OIN, ["a.test"])
    assert read(party.tls_certificate) != first
    check_certificate(read(party.tls_certificate), trust(later), NOW + 365 * DAY, "tls")


def test_authorities_that_end_too_soon_are_made_anew_with_all_parties(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["a.test"])
    late = NOW + (4 * 365 + 1) * DAY
    later = PracticePki.create(pki.directory, late)
    assert later.root.certificate != pki.root.certificate
    later.party("energie", OIN, ["a.test"])
    check_certificate(read(party.tls_certificate), trust(later), late, "tls")


def test_revoking_holds_and_outlives_a_restart(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["a.test"])
    pki.revoke("energie", "signing")
    assert reason(party.signing_certificate, pki, "signing") == "certificate-revoked"
    check_certificate(read(party.tls_certificate), trust(pki), NOW, "tls")
    again = PracticePki.create(pki.directory, NOW + DAY)
    again.revoke("energie", "tls")
    for usage in ("signing", "tls"):
        file = pki.directory / "energie" / f"{usage}.pem"
        assert reason(file, again, usage, NOW + DAY) == "certificate-revoked"


def test_opening_renews_the_revocation_lists(pki: PracticePki) -> None:
    party = pki.party("energie", OIN, ["a.test"])
    later = NOW + 30 * DAY
    assert reason(party.tls_certificate, pki, "tls", later) == "crl-stale"
    again = PracticePki.create(pki.directory, later)
    check_certificate(read(party.tls_certificate), trust(again), later, "tls")


def test_a_certificate_can_be_ordered_that_is_not_yet_valid(pki: PracticePki) -> None:
    order = Order("later", OIN, "signing", "p256", (), NOW + DAY, NOW + 2 * DAY)
    pki.issue(order)
    file = pki.directory / "later" / "signing.pem"
    assert reason(file, pki, "signing") == "certificate-not-yet-valid"


def test_the_standard_library_makes_a_mutual_tls_connection_with_it(tmp_path: Path) -> None:
    """OpenSSL agrees with our reading of the profile; it checks the time on its own clock."""
    pki = PracticePki.create(tmp_path, datetime.now(UTC))
    party = pki.party("energie", OIN, ["localhost", "127.0.0.1"])
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=pki.root_certificate)
    client = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=pki.root_certificate)
    server.verify_mode = ssl.CERT_REQUIRED
    chain = party.tls_certificate.read_bytes() + pki.issuing_certificate.read_bytes()
    (tmp_path / "chain.pem").write_bytes(chain)
    for context in (server, client):
        context.load_cert_chain(tmp_path / "chain.pem", party.tls_key)
    buffers = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(buffers[0], buffers[1], server_hostname="localhost")
    there = server.wrap_bio(buffers[1], buffers[0], server_side=True)
    for _ in range(3):
        for side in (here, there):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    peer = there.getpeercert(binary_form=True)
    assert peer is not None
    assert x509.load_der_x509_certificate(peer) == read(party.tls_certificate)
