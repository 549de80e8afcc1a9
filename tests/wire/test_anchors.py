"""One generation of certificate authorities and their revocation lists."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.domain.errors import CertificateRefused, ConfigurationFault
from gateway.practice.issuing import make_issuing, make_root
from gateway.wire.anchors import Anchors
from gateway.wire.certificates import certificate_pin, key_pin, known
from tests.wire.certificate_cases import DAY, certificate, lists, pem
from tests.wire.signing_parties import NOW, Parties

ROOT = make_root(NOW - 9 * DAY, NOW + 9 * DAY)
ISSUING = make_issuing(ROOT, NOW - 9 * DAY, NOW + 9 * DAY)
STRANGER = make_root(NOW - 9 * DAY, NOW + 9 * DAY)


def load(revocations: list[bytes]) -> Anchors:
    return Anchors.load([pem(ROOT.certificate)], [pem(ISSUING.certificate)], revocations)


def test_files_may_be_der_or_pem_with_several_in_one(parties: Parties) -> None:
    pki = parties.pki
    der = Anchors.load(
        [pki.root.certificate.public_bytes(Encoding.DER)],
        [pki.issuing.certificate.public_bytes(Encoding.DER)],
        lists(pki.issuing, pki.root),
    )
    both = pem(pki.root.certificate) + pem(pki.issuing.certificate)
    assert len(der.revocation_lists) == 2
    assert len(Anchors.load([both], [], [pki.crl()]).roots) == 2
    assert len(parties.anchors.revocation_lists) == 2


@pytest.mark.parametrize(
    ("roots", "intermediates", "revocations"),
    [
        ([], [], []),
        ([b"nothing"], [], []),
        ([b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"], [], []),
        ([pem(ROOT.certificate)], [b"nothing"], []),
        ([pem(ROOT.certificate)], [], [b"nothing"]),
        ([pem(ROOT.certificate)], [], lists(STRANGER)),
    ],
)
def test_anchors_that_are_not_sound_are_a_configuration_fault(
    roots: list[bytes], intermediates: list[bytes], revocations: list[bytes]
) -> None:
    with pytest.raises(ConfigurationFault):
        Anchors.load(roots, intermediates, revocations)


def test_a_list_that_carries_the_right_name_but_another_signature_is_refused() -> None:
    """The stranger has the same subject name as our root, but not its key."""
    assert STRANGER.certificate.subject == ROOT.certificate.subject
    with pytest.raises(ConfigurationFault, match="none of the authorities signed"):
        load(lists(STRANGER))


def test_a_list_with_a_critical_extension_is_refused() -> None:
    """A delta or partitioned list says nothing about a certificate that is not on it."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ISSUING.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + DAY)
        .add_extension(x509.DeltaCRLIndicator(1), critical=True)
    )
    with pytest.raises(ConfigurationFault, match="critical"):
        load([builder.sign(ISSUING.key, SHA256()).public_bytes(Encoding.DER)])


def test_an_authority_that_may_not_sign_lists_is_not_believed_about_them() -> None:
    holder = certificate(ISSUING, ISSUING.key)
    with pytest.raises(ConfigurationFault, match="none of the authorities signed"):
        Anchors.load([pem(ROOT.certificate)], [pem(holder)], lists(ISSUING))


def test_a_chain_names_every_level_and_the_issuer() -> None:
    anchors = load(lists(ISSUING, ROOT))
    chain = anchors.chain_of(known(certificate(ISSUING)), NOW)
    assert [link.certificate.is_authority for link in chain.links] == [False, True]
    assert chain.root.certificate == ROOT.certificate
    issuer = ISSUING.certificate
    assert chain.issuer_pins == {certificate_pin(issuer), key_pin(issuer)}


def test_a_chain_is_built_once_per_certificate_and_generation() -> None:
    anchors = load(lists(ISSUING, ROOT))
    holder = known(certificate(ISSUING))
    chain = anchors.chain_of(holder, NOW)
    assert anchors.chain_of(holder, NOW) is chain
    assert anchors.with_revocation_lists(lists(ISSUING)).chain_of(holder, NOW) is not chain


def test_there_is_no_path_for_a_stranger_nor_for_a_root() -> None:
    anchors = load(lists(ISSUING, ROOT))
    for one in (certificate(STRANGER), ROOT.certificate, STRANGER.certificate):
        with pytest.raises(CertificateRefused) as refusal:
            anchors.chain_of(known(one), NOW)
        assert refusal.value.reason == "unknown-issuer"


def test_the_newest_list_of_an_authority_counts() -> None:
    holder = certificate(ISSUING)
    older = lists(ISSUING, at=NOW - DAY)
    newer = lists(ISSUING, revoked=(holder,), at=NOW)
    for order in (older + newer, newer + older):
        chain = load(order + lists(ROOT)).chain_of(known(holder), NOW)
        found = chain.links[0].revocations
        assert found is not None
        assert holder.serial_number in found.revoked


def test_a_new_generation_replaces_the_lists_and_keeps_the_rest() -> None:
    anchors = Anchors.load(
        [pem(ROOT.certificate)], [pem(ISSUING.certificate)], [], timedelta(hours=1)
    )
    newer = anchors.with_revocation_lists(lists(ISSUING, ROOT))
    assert anchors.revocation_lists == ()
    assert len(newer.revocation_lists) == 2
    assert newer.grace == timedelta(hours=1)
    with pytest.raises(ConfigurationFault):
        newer.with_revocation_lists(lists(STRANGER))
