"""A configuration folder on disk: practice PKI, two municipalities, clients and creditors."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

from cryptography import x509

from gateway.ledger.note import SignerKey, print_signer
from gateway.practice.pki import Party, PracticePki
from gateway.wire.certificates import certificate_pin

ROOT = Path(__file__).parents[2]
HOST, NEIGHBOUR = "gemeente.test", "buurgemeente.test"
OINS = {
    "gemeente": "00000099000000001000",
    "buurgemeente": "00000099000000002000",
    "backoffice": "00000099000000003000",
    "lezer": "00000099000000004000",
    "vreemde": "00000099000000005000",
    "ingetrokken": "00000099000000006000",
    "energie": "00000099000000007000",
    "belasting": "00000099000000008000",
    "winkel": "00000099000000009000",
    "gesloten": "00000099000000010000",
}
RIGHTS = ["lezen", "zaken", "grondslagen", "vragen", "berichten"]
CREDITORS = {
    "energie": ("Nuts", "energie", ""),
    "belasting": ("Publiek", "svb", 'bsn_wet = "Wgs art. 8c"\n'),
    "winkel": ("Overig", "svb", ""),
    "gesloten": ("Overig", "svb", "ingeschakeld = false\n"),
}
MUNICIPALITY = """
[[gemeente]]
oin = "{oin}"
naam = "{name}"
host = "{host}"
contact = {{ naam = "Bureau", telefoon = "0101234567" }}
tls = {{ certificaat = "{pki}/{name}/tls.pem", sleutel = "{pki}/{name}/tls.key" }}
ondertekening = {{ certificaat = "{pki}/{name}/signing.pem", sleutel = "{pki}/{name}/signing.key" }}
"""
CLIENT = """
[[client]]
oin = "{oin}"
naam = "{name}"
gemeenten = ["{municipality}"]
rechten = {rights}
"""
SETTINGS = """
omgeving = "oefen"
[database]
dsn = "{dsn}"
[api]
poort = 0
[berichten]
poort = 0
[sleutels]
kek = ["kek.hex"]
[logboek]
sleutel = "log.key"
oorsprong = "log.test"
[vertrouwen]
wortels = ["{pki}/root.pem"]
tussencertificaten = ["{pki}/issuing.pem"]
crls = ["{pki}/issuing.crl"]
uitgevers = ["{pin}"]
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the files are, and a way to get certificates as one of the parties."""

    pki: PracticePki
    parties: dict[str, Party]
    host: str

    @classmethod
    def create(cls, directory: Path, host: str = HOST) -> "Installation":
        pki = PracticePki.create(directory, datetime.now(UTC))
        hosts = {"gemeente": [host], "buurgemeente": [NEIGHBOUR]}
        parties = {
            name: pki.party(name, oin, hosts.get(name, [f"{name}.test"]))
            for name, oin in OINS.items()
        }
        pki.revoke("ingetrokken", "tls")
        return cls(pki, parties, host)

    def write(self, folder: Path, dsn: str) -> Path:
        """Write a configuration folder that uses this database."""
        folder.mkdir(parents=True)
        seed = hashlib.sha256(b"log").digest()
        (folder / "log.key").write_text(print_signer(SignerKey("log.test", seed)))
        (folder / "kek.hex").write_text(hashlib.sha256(b"kek").hexdigest())
        (folder / "gateway.toml").write_text(self._settings(dsn))
        copytree(ROOT / "config" / "policies", folder / "policies")
        (folder / "partners").mkdir()
        for name, (kind, adapter, more) in CREDITORS.items():
            (folder / "partners" / f"{name}.toml").write_text(
                f'naam = "{name.title()}"\noin = "{OINS[name]}"\nklasse = "{kind}"\n'
                f'adapter = "{adapter}"\nadres = "https://{name}.test/berichten"\n{more}'
            )
        return folder

    def _settings(self, dsn: str) -> str:
        pki = self.pki.directory
        issuer = x509.load_pem_x509_certificate(self.pki.issuing_certificate.read_bytes())
        text = SETTINGS.format(dsn=dsn, pki=pki, pin=certificate_pin(issuer))
        for name, host in (("gemeente", self.host), ("buurgemeente", NEIGHBOUR)):
            text += MUNICIPALITY.format(oin=OINS[name], name=name, host=host, pki=pki)
        for name, rights in (("backoffice", RIGHTS), ("lezer", ["lezen"]), ("ingetrokken", RIGHTS)):
            text += CLIENT.format(
                oin=OINS[name], name=name, municipality=OINS["gemeente"], rights=rights
            )
        return text

    def client_context(self, name: str | None) -> ssl.SSLContext:
        """A TLS context that trusts the practice root and, if named, shows a certificate."""
        context = ssl.create_default_context(cafile=str(self.pki.root_certificate))
        if name is not None:
            party = self.parties[name]
            context.load_cert_chain(party.tls_certificate, party.tls_key)
        return context
