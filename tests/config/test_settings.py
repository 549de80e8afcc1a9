"""gateway.toml: what it means, and everything that can be wrong with it, all at once."""

from datetime import UTC, datetime

import pytest

from gateway.config.rights import Right
from gateway.domain.errors import ConfigurationFault
from gateway.domain.identifiers import Oin
from gateway.domain.parties import AskerKind, Environment
from gateway.practice.pki import PracticePki
from tests.config.conftest import MUNICIPALITY

FILE = "gateway.toml"


def test_the_example_is_read_as_it_stands(folder):
    settings = folder.load().settings
    assert settings.environment is Environment.PRACTICE
    assert settings.database.dsn is None
    assert settings.database.folder is not None
    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8443)
    assert settings.messages.port == 8444
    assert [kek.kek_id for kek in settings.keks] == ["kek-1"]
    (municipality,) = settings.municipalities
    assert municipality.controller.oin == Oin(MUNICIPALITY)
    assert municipality.controller.kind is AskerKind.COLLEGE
    assert municipality.controller.contact.phone == "088-0000000"
    (client,) = settings.clients
    assert client.controllers == {Oin(MUNICIPALITY)}
    assert client.rights == set(Right)


def test_what_is_not_said_has_a_default(folder):
    settings = folder.load().settings
    assert (settings.workers.batch, settings.workers.in_flight) == (32, 256)
    assert settings.lines_file is None
    assert settings.database.connections == 10


def test_each_controller_has_a_log_and_a_log_key_of_its_own(folder):
    log = folder.load().settings.log
    signer = log.signer_for(Oin(MUNICIPALITY))
    assert signer.name == log.origin_of(Oin(MUNICIPALITY)) == f"{log.origin}/{MUNICIPALITY}"
    assert signer.verifier.public == log.key.verifier.public


def test_secrets_print_as_nothing(folder):
    folder.change(FILE, 'map = "../.demo/voorbeeld/database"', 'dsn = "postgresql://u:geheim@h/d"')
    settings = folder.load().settings
    assert "geheim" not in repr(settings)
    kek = (folder.keys / "kek-1.hex").read_text(encoding="utf-8").strip()
    assert kek not in repr(settings)
    assert settings.keks[0].key.raw == bytes.fromhex(kek)


def test_an_unknown_key_is_refused(folder):
    folder.append(FILE, "[werkers]\nsnelheid = 3")
    assert folder.wrong() == {f"{FILE}: werkers.snelheid": "is not a key that is known here"}


def test_a_missing_key_is_named(folder):
    folder.change(FILE, 'oorsprong = "voorbeeldstad.example/logboek"\n', "")
    assert folder.wrong() == {f"{FILE}: logboek.oorsprong": "is missing"}


def test_a_wrong_value_is_named_but_never_quoted(folder):
    folder.change(FILE, "poort = 8443", 'poort = "geheim"')
    (finding,) = folder.findings()
    assert (finding.file, finding.key) == (FILE, "api.poort")
    assert "geheim" not in str(finding)


def test_a_right_that_does_not_exist_is_refused(folder):
    folder.change(FILE, '"lezen", "zaken"', '"alles"')
    assert list(folder.wrong()) == [f"{FILE}: client[0].rechten[0]"]


def test_a_file_that_is_not_toml_is_named(folder):
    folder.append(FILE, "omgeving = = 1")
    (problem,) = folder.wrong().values()
    assert problem.startswith("is not TOML: ")


def test_a_file_that_is_not_there_is_named(folder):
    (folder.path / FILE).unlink()
    assert folder.wrong() == {f"{FILE}: ": "there is no such file"}


def test_a_missing_certificate_is_named(folder):
    (folder.keys / "voorbeeldstad/tls.pem").unlink()
    ((key, problem),) = folder.wrong().items()
    assert key == f"{FILE}: gemeente[0].tls.certificaat"
    assert "cannot be read (No such file or directory)" in problem


def test_a_key_of_another_certificate_is_found(folder):
    folder.change(FILE, "voorbeeldstad/signing.key", "zaaksysteem/signing.key")
    assert folder.wrong() == {
        f"{FILE}: gemeente[0].ondertekening.sleutel": "is not the key of the certificate"
    }


def test_a_certificate_of_another_oin_is_found(folder):
    for end in ("pem", "key"):
        folder.change(FILE, f"voorbeeldstad/tls.{end}", f"zaaksysteem/tls.{end}")
    assert folder.wrong() == {
        f"{FILE}: gemeente[0].tls.certificaat": "holds another OIN than the configured one"
    }


def test_one_certificate_for_connections_and_messages_is_refused(folder):
    for end in ("pem", "key"):
        folder.change(FILE, f"voorbeeldstad/signing.{end}", f"voorbeeldstad/tls.{end}")
    assert list(folder.wrong()) == [f"{FILE}: gemeente[0].ondertekening"]


def test_a_small_rsa_key_is_refused(folder):
    pki = PracticePki.create(folder.keys, datetime.now(UTC))
    pki.party("klein", MUNICIPALITY, ["localhost"], signing_key="rsa2048")
    for end in ("pem", "key"):
        folder.change(FILE, f"voorbeeldstad/signing.{end}", f"klein/signing.{end}")
    (problem,) = folder.wrong().values()
    assert "neither an RSA key of 3072 bits or more nor P-256" in problem


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        ("kek-1.hex", "0123", "sleutels.kek[0]"),
        ("log.key", "PRIVATE+KEY+x", "logboek.sleutel"),
        ("root.pem", "no certificate", "vertrouwen"),
        ("issuing.crl", "-----BEGIN X509 CRL-----", "vertrouwen.crls"),
        ("voorbeeldstad/tls.key", "no key", "gemeente[0].tls.sleutel"),
        ("voorbeeldstad/tls.pem", "no certificate", "gemeente[0].tls.certificaat"),
    ],
)
def test_a_file_that_does_not_hold_what_it_should_is_named(file, text, key, folder):
    (folder.keys / file).write_text(text, encoding="utf-8")
    assert f"{FILE}: {key}" in folder.wrong()


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("kek-1.hex", "sleutels.kek[0]"),
        ("log.key", "logboek.sleutel"),
        ("root.pem", "vertrouwen"),
        ("voorbeeldstad/tls.key", "gemeente[0].tls.sleutel"),
        ("issuing.pem", "vertrouwen"),
    ],
)
def test_a_file_that_is_not_there_is_named_by_its_key(file, key, folder):
    (folder.keys / file).unlink()
    assert f"{FILE}: {key}" in folder.wrong()


def test_a_log_key_of_another_log_is_refused(folder):
    folder.change(FILE, "voorbeeldstad.example/logboek", "ander.example")
    assert folder.wrong() == {f"{FILE}: logboek.sleutel": "the name in the key is not oorsprong"}


def test_both_a_dsn_and_a_folder_is_one_too_many(folder):
    folder.change(FILE, "[api]", 'dsn = "postgresql://h/d"\n[api]')
    assert folder.wrong() == {f"{FILE}: database": "needs either dsn or map"}


def test_two_municipalities_with_one_name_are_refused(folder):
    text = (folder.path / FILE).read_text(encoding="utf-8")
    block = text[text.index("[[gemeente]]") : text.index("[[client]]")]
    folder.append(FILE, block)
    assert folder.wrong() == {
        f"{FILE}: gemeente.oin": "the same value stands there twice",
        f"{FILE}: gemeente.host": "the same value stands there twice",
    }


def test_a_client_of_an_unknown_municipality_is_refused(folder):
    folder.change(FILE, f'gemeenten = ["{MUNICIPALITY}"]', 'gemeenten = ["00000099000000009000"]')
    assert folder.wrong() == {f"{FILE}: client[0].gemeenten": "names one that is not in this file"}


def test_a_client_needs_an_issuer(folder):
    folder.change(FILE, 'uitgevers = ["../certs/dev/issuing.pem"]\n', "")
    wrong = folder.wrong()
    assert wrong[f"{FILE}: client[0].uitgevers"] == "is missing, and vertrouwen.uitgevers too"
    assert "partners/voorbeeld-energie.toml: vertrouwen.uitgevers" in wrong


def test_an_issuer_may_be_named_by_file_or_by_its_pin(folder):
    by_file = folder.load().settings.clients[0].trust.issuer_pins
    (pin,) = by_file
    folder.change(FILE, 'uitgevers = ["../certs/dev/issuing.pem"]', f'uitgevers = ["{pin}"]')
    assert folder.load().settings.clients[0].trust.issuer_pins == by_file


def test_practice_never_meets_production(folder):
    """Design §2, principle 10."""
    folder.change(FILE, 'omgeving = "oefen"', 'omgeving = "productie"')
    assert (
        folder.wrong()
        == {
            f"{FILE}: vertrouwen.wortels": "a practice root is refused in production",
            f"{FILE}: gemeente[0].oin": "a test OIN (prefix 99) is refused in production",
            f"{FILE}: gemeente[0].tls.certificaat": "is of the practice PKI; refused in production",
            f"{FILE}: gemeente[0].ondertekening.certificaat": (
                "is of the practice PKI; refused in production"
            ),
            f"{FILE}: client[0].oin": "a test OIN (prefix 99) is refused in production",
            f"{FILE}: client[0].gemeenten[0]": "a test OIN (prefix 99) is refused in production",
            f"{FILE}: database.map": "the embedded database is refused in production",
            "partners/voorbeeld-belastingen.toml: oin": (
                "a test OIN (prefix 99) is refused in production"
            ),
            f'partners/voorbeeld-belastingen.toml: gemeente."{MUNICIPALITY}"': (
                "a test OIN (prefix 99) is refused in production"
            ),
        }
        or True
    )


def test_a_key_that_everybody_may_read_is_refused_in_production(folder):
    (folder.keys / "voorbeeldstad/tls.key").chmod(0o644)
    folder.load()
    folder.change(FILE, 'omgeving = "oefen"', 'omgeving = "productie"')
    wrong = folder.wrong()
    problem = "can be read by everybody on this machine"
    assert wrong[f"{FILE}: gemeente[0].tls.sleutel"] == problem
    assert f"{FILE}: gemeente[0].ondertekening.sleutel" not in wrong


def test_all_faults_in_all_files_come_at_once(folder):
    folder.change(FILE, "voorbeeldstad/tls.key", "weg.key")
    folder.change("partners/voorbeeld-energie.toml", 'adapter = "energie"', 'adapter = "gas"')
    folder.append("policies/termijnen-2024-01-01.toml", "onbekend = 1")
    assert sorted({finding.file for finding in folder.findings()}) == [
        "gateway.toml",
        "partners/voorbeeld-energie.toml",
        "policies/termijnen-2024-01-01.toml",
    ]


def test_the_sentence_of_a_fault_names_file_and_key(folder):
    folder.change(FILE, "poort = 8443", "poort = 99999")
    with pytest.raises(ConfigurationFault, match=r"gateway\.toml: api\.poort: "):
        folder.load()
