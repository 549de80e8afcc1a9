"""Partner files: a creditor is data, and a municipality can only narrow it."""

from datetime import date

import pytest

from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import CreditorClass
from gateway.ports.transport import Limits
from tests.config.conftest import MUNICIPALITY

TAX = CreditorId("voorbeeld-belastingen")
ENERGY = CreditorId("voorbeeld-energie")
FILE = "partners/voorbeeld-belastingen.toml"
OURS = Oin(MUNICIPALITY)
OTHER = Oin("00000099000000009000")


def test_the_examples_are_read_as_they_stand(folder):
    partners = folder.load().partners
    assert [one.creditor.creditor_id for one in partners] == [TAX, ENERGY]
    tax = partners.get(TAX)
    assert tax is not None
    assert tax.creditor.name == "Gemeentelijke Belastingen Voorbeeldstad"
    assert tax.creditor.creditor_class is CreditorClass.PUBLIC
    assert (tax.creditor.bsn_law, tax.creditor.reply_term) == ("Wabb art. 10", 15)
    assert (tax.adapter, tax.transport) == ("svb", "rest")
    assert tax.limits == Limits(timeout_seconds=10, concurrency=4)
    assert tax.enabled


def test_a_creditor_without_a_law_gets_no_bsn(folder):
    energy = folder.load().partners.get(ENERGY)
    assert energy.creditor.bsn_law is None
    assert energy.limits == Limits()


def test_a_kvk_number_is_the_name_in_certificates_and_its_oin_the_name_in_messages(folder):
    energy = folder.load().partners.get(ENERGY)
    assert energy.creditor.party == Oin("00000003900000010000")
    assert energy.signing_trust.subject_serial == energy.tls_trust.subject_serial == "90000001"


def test_a_partner_is_found_by_party_and_by_the_serial_in_its_certificates(folder):
    partners = folder.load().partners
    energy = partners.get(ENERGY)
    assert partners.by_party(Oin("00000003900000010000")) is energy
    assert partners.by_serial("90000001") is energy
    assert partners.by_serial("00000003900000010000") is None
    assert partners.by_party(OTHER) is None
    assert partners.get(CreditorId("onbekend")) is None


def test_exceptions_of_trust_are_dated(folder):
    folder.append(
        "partners/voorbeeld-energie.toml",
        "[vertrouwen]\nrsa2048_tot = 2027-01-01\ntls_ondertekent_tot = 2027-02-01",
    )
    trust = folder.load().partners.get(ENERGY).signing_trust
    assert trust.rsa2048_until == date(2027, 1, 1)
    assert trust.tls_signs_until == date(2027, 2, 1)


def test_signing_and_connecting_may_have_different_issuers(folder):
    folder.append(
        "partners/voorbeeld-energie.toml",
        f'[vertrouwen]\nuitgevers = ["{"a" * 64}"]\ntls_uitgevers = ["{"b" * 64}"]',
    )
    energy = folder.load().partners.get(ENERGY)
    assert energy.signing_trust.issuer_pins == {"a" * 64}
    assert energy.tls_trust.issuer_pins == {"b" * 64}


def test_a_municipality_sees_the_partner_as_it_narrowed_it(folder):
    folder.append(FILE, f'[gemeente."{MUNICIPALITY}"]\nbsn = false')
    partners = folder.load().partners
    ours, others = partners.get(TAX, OURS), partners.get(TAX, OTHER)
    assert (ours.creditor.bsn_law, ours.limits.concurrency) == (None, 2)
    assert (others.creditor.bsn_law, others.limits.concurrency) == ("Wabb art. 10", 4)
    assert ours.limits.timeout_seconds == 10


def test_the_narrowed_partner_is_the_same_object_each_time(folder):
    """A transport keeps its connections for as long as the partner is the same."""
    partners = folder.load().partners
    assert partners.get(TAX, OURS) is partners.get(TAX, OURS)
    assert partners.by_party(Oin("00000099000000003000"), OURS) is partners.get(TAX, OURS)


def test_a_municipality_can_leave_a_partner_out(folder):
    folder.append(FILE, f'[gemeente."{MUNICIPALITY}"]\ningeschakeld = false')
    partners = folder.load().partners
    assert [one.creditor.creditor_id for one in partners.enabled_for(OURS)] == [ENERGY]
    assert [one.creditor.creditor_id for one in partners.enabled_for(OTHER)] == [TAX, ENERGY]


def test_a_municipality_cannot_switch_on_what_is_off(folder):
    folder.change(FILE, "termijn = 15", "termijn = 15\ningeschakeld = false")
    folder.append(FILE, f'[gemeente."{MUNICIPALITY}"]\ningeschakeld = true')
    partners = folder.load().partners
    assert [one.creditor.creditor_id for one in partners.enabled_for(OURS)] == [ENERGY]


@pytest.mark.parametrize(
    "limit", ["gelijktijdig = 9", "pogingen = 99", "seconden = 60", "bericht_bytes = 0"]
)
def test_a_municipality_cannot_raise_a_limit(limit, folder):
    folder.change(FILE, "gelijktijdig = 2", limit)
    key = limit.partition(" ")[0]
    assert folder.wrong() == {
        f'{FILE}: gemeente."{MUNICIPALITY}".grenzen.{key}': (
            "may only be lower than the limit of the partner"
        )
    }


def test_an_unknown_municipality_cannot_narrow(folder):
    folder.append(FILE, f'[gemeente."{OTHER}"]\nbsn = false')
    assert folder.wrong() == {
        f'{FILE}: gemeente."{OTHER}"': "is not a municipality of gateway.toml"
    }


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('adapter = "svb"', 'adapter = "x"', "adapter", "no such adapter; known: energie, svb"),
        ('adapter = "svb"', 'adapter = "svb"\ntransport = "fax"', "transport", "known: rest"),
        ("https://", "http://", "adres", "is not an https address"),
        ("/berichten", "/berichten?bsn=1", "adres", "may not have a query"),
        ("https://", "https://u:p@", "adres", "may not have a query"),
        ("localhost:9444", "localhost:x", "adres", "is not an https address"),
        ('oin = "00000099000000003000"', 'oin = "123"', "oin", "is not an OIN"),
        ('oin = "00000099000000003000"', 'kvk = "123"', "kvk", "is not a KvK number"),
        ('oin = "00000099000000003000"', "", "oin", "needs either oin or kvk"),
        ('oin = "00000099000000003000"', 'oin = "0"\nkvk = "1"', "oin", "either oin or kvk"),
        ('klasse = "Publiek"', 'klasse = "Bank"', "klasse", "should be"),
        ("termijn = 15", "termijn = 0", "termijn", "greater than or equal to 1"),
        ("termijn = 15", "termijn = 15\nadress = 1", "adress", "not a key that is known"),
        ('naam = "Gemeente', 'naam = ""\n#', "naam", "at least 1 character"),
        ("seconden = 10", "seconden = 1000", "grenzen.seconden", "less than or equal to 300"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(old, new, key, problem, folder):
    folder.change(FILE, old, new)
    wrong = folder.wrong()
    assert list(wrong) == [f"{FILE}: {key}"]
    assert problem in wrong[f"{FILE}: {key}"]


def test_a_file_name_that_is_no_id_is_refused(folder):
    (folder.path / FILE).rename(folder.path / "partners/Belasting Stad.toml")
    ((place, problem),) = folder.wrong().items()
    assert place == "partners/Belasting Stad.toml: "
    assert problem == "the file name is the id: small letters, digits and hyphens"


def test_two_files_for_one_party_are_refused(folder):
    text = (folder.path / FILE).read_text(encoding="utf-8")
    folder.append("partners/zelfde.toml", text)
    assert folder.wrong() == {
        "partners/zelfde.toml: oin": "is also the party of partners/voorbeeld-belastingen.toml"
    }


def test_faults_in_partners_are_found_even_when_gateway_toml_cannot_be_read(folder):
    (folder.path / "gateway.toml").unlink()
    folder.change(FILE, 'adapter = "svb"', 'adapter = "x"')
    assert list(folder.wrong()) == ["gateway.toml: ", f"{FILE}: adapter"]
