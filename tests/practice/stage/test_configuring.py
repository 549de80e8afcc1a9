"""The configuration of a story is one that every installation could have."""

from datetime import UTC, date, datetime

import pytest

from gateway.config.configuration import load
from gateway.domain.parties import AskerKind, Environment
from gateway.ledger.note import parse_verifier
from gateway.practice.casefile import STORY, default_case, parse_case
from gateway.practice.pki import PracticePki
from gateway.practice.stage.configuring import write_gateway, write_partners, write_policies
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.parties import HELPER, MUNICIPALITY
from gateway.registry import ROOT, Registry


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What was written, read back as the gateway reads it."""
    out = OutFolder.open(tmp_path_factory.mktemp("demo") / "out")
    registry = Registry.load()
    cast = parse_case(default_case(), STORY, registry, date(2026, 3, 2)).cast
    write_policies(out, ROOT / "config" / "policies")
    write_gateway(out, PracticePki.create(out.pki, datetime.now(UTC)), (0, 0))
    endpoints = {one.creditor_id: "https://127.0.0.1:1/v1/berichten" for one in cast.creditors}
    write_partners(out, cast.creditors, endpoints)
    yield out, cast, load(out.config, registry.known())
    out.close()


def test_it_is_practice_and_has_both_askers(written):
    _, _, configuration = written
    kinds = {one.host: one.kind for one in configuration.controllers}
    assert configuration.settings.environment is Environment.PRACTICE
    assert kinds == {
        MUNICIPALITY.host: AskerKind.COLLEGE,
        HELPER.host: AskerKind.PRIVATE_HELPER,
    }


def test_every_creditor_is_a_partner_with_its_own_rights(written):
    _, cast, configuration = written
    for one in cast.creditors:
        partner = configuration.partners.get(one.creditor_id)
        assert partner is not None
        assert partner.creditor.party == one.party
        assert partner.creditor.bsn_law == one.bsn_law
        assert partner.signing_trust.subject_serial == one.subject_serial


def test_the_public_keys_of_the_logs_are_those_the_gateway_signs_with(written):
    out, _, configuration = written
    for asker in (MUNICIPALITY, HELPER):
        text = (out.keys / f"{asker.oin}.vkey").read_text(encoding="ascii").strip()
        signer = configuration.settings.log.signer_for(asker.oin)
        assert parse_verifier(text) == signer.verifier
