"""`gateway partner`: list and add; what would be wrong is not written."""

import json
import tomllib

from gateway.config.configuration import load
from gateway.config.partners import Known
from gateway.domain.identifiers import CreditorId

OIN = "00000099000000007000"


def test_every_creditor_is_listed(gateway, config):
    ran = gateway("partner", "list", "--config", config)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line.split()[1] for line in lines[:2]] == ["voorbeeld-belastingen", "voorbeeld-energie"]
    assert lines[2] == "2 creditors."


def test_the_list_is_there_for_machines(gateway, config):
    rows = json.loads(gateway("partner", "list", "--config", config, "--json").out)
    assert [(row["id"], row["bsn"]) for row in rows] == [
        ("voorbeeld-belastingen", True),
        ("voorbeeld-energie", False),
    ]


def test_a_new_creditor_is_one_file_that_the_gateway_reads(gateway, config):
    ran = gateway(
        *("partner", "add", "incasso-demo", "--config", config, "--oin", OIN),
        *("--url", "https://incasso.example/berichten", "--label", 'Incasso "Demo"'),
    )
    assert ran.code == 0
    assert "gateway partner test incasso-demo" in ran.out
    partners = load(config, Known(frozenset({"svb", "energie"}))).partners
    partner = partners.get(CreditorId("incasso-demo"))
    assert partner is not None
    assert partner.creditor.name == 'Incasso "Demo"'
    assert partner.creditor.bsn_law is None
    assert partner.adapter == "svb"


def test_every_option_of_a_new_creditor_reaches_its_file(gateway, config):
    gateway(
        *("partner", "add", "gas", "--config", config, "--kvk", "90000009", "--class", "Publiek"),
        *("--url", "https://gas.example/", "--adapter", "energie", "--bsn-law", "Wabb art. 10"),
        *("--issuer", "a" * 64),
    )
    assert tomllib.loads((config / "partners/gas.toml").read_text(encoding="utf-8")) == {
        "naam": "gas",
        "kvk": "90000009",
        "klasse": "Publiek",
        "adapter": "energie",
        "adres": "https://gas.example/",
        "bsn_wet": "Wabb art. 10",
        "vertrouwen": {"uitgevers": ["a" * 64]},
    }


def test_what_would_be_wrong_is_not_written(gateway, config):
    ran = gateway(
        *("partner", "add", "fout", "--config", config, "--oin", "123", "--url", "http://x")
    )
    assert ran.code == 2
    assert "partners/fout.toml: oin: is not an OIN" in ran.err
    assert "partners/fout.toml: adres: is not an https address" in ran.err
    assert not (config / "partners/fout.toml").exists()


def test_a_creditor_that_exists_is_not_overwritten(gateway, config):
    path = config / "partners/voorbeeld-energie.toml"
    before = path.read_bytes()
    ran = gateway(
        *("partner", "add", "voorbeeld-energie", "--config", config, "--oin", OIN),
        *("--url", "https://x.example/"),
    )
    assert ran.code == 2
    assert "exists already" in ran.err
    assert path.read_bytes() == before


def test_a_name_cannot_lead_out_of_the_folder(gateway, config):
    ran = gateway(
        *("partner", "add", "../gateway", "--config", config, "--oin", OIN),
        *("--url", "https://x.example/"),
    )
    assert ran.code == 2
    assert "small letters" in ran.err


def test_a_creditor_has_one_number(gateway, config):
    ran = gateway("partner", "add", "x", "--config", config, "--url", "https://x.example/")
    assert ran.code == 2


def test_an_unknown_creditor_cannot_be_tested(gateway, config):
    ran = gateway("partner", "test", "onbekend", "--config", config)
    assert ran.code == 2
    assert ran.err == "gateway partner: there is no partners/onbekend.toml.\n"
