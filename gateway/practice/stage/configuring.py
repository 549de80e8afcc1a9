"""Writes the configuration of a story, in the form that a real installation has.

The gateway of a story is started from these files and from nothing else.
"""

import json
import secrets
import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.config.rights import Right
from gateway.domain.identifiers import CreditorId
from gateway.ledger.note import SignerKey, print_signer, print_verifier
from gateway.practice.cast import CastCreditor
from gateway.practice.pki import AuthorityFiles, Party, PracticePki
from gateway.practice.stage.folder import OutFolder, write_secret
from gateway.practice.stage.joining import JOINED_ID, JOINED_OIN, Joining
from gateway.practice.stage.kit_keys import KitKeys, keys_of_asker
from gateway.practice.stage.parties import ASKERS, StoryAsker

LOG_ORIGIN = "voorbeeldstad.example/oefenlogboek"
LINES_FILE = "gateway.log"
_PAUSE_SECONDS = 0.05
_PHONE = "088-0000000"


def write_policies(out: OutFolder, source: Path) -> None:
    """Copy the dated rules of this installation into the configuration of the story."""
    shutil.copytree(source, out.config / "policies")


def write_gateway(
    out: OutFolder, pki: PracticePki, ports: tuple[int, int], kit: KitKeys | None = None
) -> None:
    """Write gateway.toml with fresh master and log keys; port 0 means a free one.

    With a kit, its root is trusted too, and the municipality has the certificates of the kit.
    """
    write_secret(out.secrets / "kek-1.hex", secrets.token_hex(32) + "\n")
    signer = SignerKey(LOG_ORIGIN, secrets.token_bytes(32))
    write_secret(out.secrets / "log.key", print_signer(signer) + "\n")
    for one in ASKERS:
        # Each log has a name and a key of its own, as config.settings.LogSettings makes them.
        public = SignerKey(f"{LOG_ORIGIN}/{one.oin}", signer.seed).verifier
        (out.keys / f"{one.oin}.vkey").write_text(print_verifier(public) + "\n", encoding="ascii")
    tables = [
        _general(out, ports),
        _trust(pki, *([kit] if kit else [])),
        *(_controller(one, keys_of_asker(pki, one, kit)) for one in ASKERS),
        *(_client(one) for one in ASKERS),
    ]
    (out.config / "gateway.toml").write_text("\n".join(tables), encoding="utf-8")


def write_partners(
    out: OutFolder, creditors: tuple[CastCreditor, ...], endpoints: Mapping[CreditorId, str]
) -> None:
    """Write one file per creditor: nothing else is needed to connect one."""
    folder = out.config / "partners"
    folder.mkdir(exist_ok=True)
    for one in creditors:
        text = _partner(one, endpoints[one.creditor_id])
        (folder / f"{one.creditor_id}.toml").write_text(text, encoding="utf-8")


def write_joined(out: OutFolder, joining: Joining) -> None:
    """Write the partner file of an endpoint that joins; one that is away is soon given up."""
    text = _table(
        "",
        naam="Eigen schuldeiser",
        klasse="Overig",
        adapter="svb",
        adres=joining.url,
        oin=JOINED_OIN.value,
    )
    text += _table("grenzen", pogingen=3, seconden=10.0)
    if joining.kit is not None:
        # Only this partner is of the kit's issuer; everybody else stays pinned to the story's own.
        text += _table("vertrouwen", uitgevers=[_pin(joining.kit.issuing_certificate)])
    (out.config / "partners" / f"{JOINED_ID}.toml").write_text(text, encoding="utf-8")


def _general(out: OutFolder, ports: tuple[int, int]) -> str:
    return _table("", omgeving="oefen") + "\n".join(
        (
            _table("database", map=str(out.database)),
            _table("api", host="127.0.0.1", poort=ports[0]),
            _table("berichten", host="127.0.0.1", poort=ports[1]),
            _table("sleutels", kek=[str(out.secrets / "kek-1.hex")]),
            _table("logboek", sleutel=str(out.secrets / "log.key"), oorsprong=LOG_ORIGIN),
            _table("logregels", bestand=str(out.lines / LINES_FILE)),
            _table("werkers", pauze_seconden=_PAUSE_SECONDS),
        )
    )


def _trust(own: AuthorityFiles, *others: AuthorityFiles) -> str:
    """Trust these authorities; who says nothing else is of the issuer of the first."""
    every = (own, *others)
    return _table(
        "vertrouwen",
        wortels=[str(one.root_certificate) for one in every],
        tussencertificaten=[str(one.issuing_certificate) for one in every],
        crls=[str(one.revocation_lists) for one in every],
        uitgevers=[_pin(own.issuing_certificate)],
    )


def _pin(certificate: Path) -> str:
    held = x509.load_pem_x509_certificate(certificate.read_bytes())
    return sha256(held.public_bytes(Encoding.DER)).hexdigest()


def _controller(asker: StoryAsker, party: Party) -> str:
    return "\n".join(
        (
            _table(
                "[gemeente]",
                oin=asker.oin.value,
                naam=asker.name,
                host=asker.host,
                soort=asker.kind.value,
            ),
            _table(
                "gemeente.contact", naam=f"Team schuldhulp {asker.name}", telefoon="088-0000000"
            ),
            _table(
                "gemeente.tls",
                certificaat=str(party.tls_certificate),
                sleutel=str(party.tls_key),
            ),
            _table(
                "gemeente.ondertekening",
                certificaat=str(party.signing_certificate),
                sleutel=str(party.signing_key),
            ),
        )
    )


def _client(asker: StoryAsker) -> str:
    return _table(
        "[client]",
        oin=asker.client.value,
        naam=f"Zaaksysteem {asker.name}",
        gemeenten=[asker.oin.value],
        rechten=[right.value for right in Right],
    )


def _partner(creditor: CastCreditor, endpoint: str) -> str:
    serial = creditor.subject_serial
    number = {"oin": serial} if serial == creditor.party.value else {"kvk": serial}
    law = {"bsn_wet": creditor.bsn_law} if creditor.bsn_law else {}
    return _table(
        "",
        naam=creditor.name,
        klasse=creditor.creditor_class.value,
        adapter=creditor.adapter,
        adres=endpoint,
        **number,
        **law,
    )


def _table(name: str, **values: str | float | list[str]) -> str:
    """Write one table of TOML; a JSON string is a basic string of TOML."""
    head = f"[{name}]\n" if name else ""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    return head + "".join(lines)
