"""partners/*.toml: the creditors, each with its dialect, its road, its keys and its limits.

One snapshot holds all of them. A municipality may narrow a partner for itself (not ask it, give it
no BSN, lower a limit) and never widen it. A creditor of which anything is wrong keeps the whole
set from being taken: half a set of partners would send a question to nobody.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from gateway.config.keys import read_pins
from gateway.config.partner_forms import (
    LimitsForm,
    LoweredLimitsForm,
    NarrowingForm,
    PartnerForm,
    PartnerTrustForm,
)
from gateway.config.reading import Findings, Source, read_form
from gateway.config.settings import Read
from gateway.domain.errors import Finding, GatewayError
from gateway.domain.identifiers import CreditorId, KvkNumber, Oin
from gateway.domain.parties import Creditor, Environment
from gateway.ports.transport import Limits, Partner
from gateway.wire.trust import PartnerTrust

FOLDER = "partners"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Known:
    """The dialects and roads that exist in this gateway, by name."""

    adapters: frozenset[str]
    transports: frozenset[str] = frozenset({"rest"})


@dataclass(frozen=True, slots=True)
class Partners:
    """All partners, in the order of their ids, and how each municipality narrowed them."""

    _all: tuple[Partner, ...] = ()
    _narrowed: Mapping[tuple[CreditorId, Oin], Partner] = field(default_factory=dict)
    _by_id: Mapping[CreditorId, Partner] = field(init=False, repr=False, compare=False)
    _by_party: Mapping[Oin, Partner] = field(init=False, repr=False, compare=False)
    _by_serial: Mapping[str, Partner] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {one.creditor.creditor_id: one for one in self._all}
        by_serial = {one.tls_trust.subject_serial: one for one in self._all}
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_party", {one.creditor.party: one for one in self._all})
        object.__setattr__(self, "_by_serial", by_serial)

    def __iter__(self) -> Iterator[Partner]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def get(self, creditor_id: CreditorId, controller: Oin | None = None) -> Partner | None:
        """Return this partner, as the controller narrowed it; it may be disabled."""
        return self._for(self._by_id.get(creditor_id), controller)

    def enabled_for(self, controller: Oin) -> tuple[Partner, ...]:
        """Return the partners this controller may ask, each as it narrowed them."""
        every = (self._for(partner, controller) for partner in self._all)
        return tuple(partner for partner in every if partner is not None and partner.enabled)

    def by_party(self, party: Oin, controller: Oin | None = None) -> Partner | None:
        """Return the partner with this OIN (a KvK number in its OIN form), disabled ones too.

        A disabled partner is asked nothing new, but it may still answer what it was asked.
        """
        return self._for(self._by_party.get(party), controller)

    def by_serial(self, serial: str, controller: Oin | None = None) -> Partner | None:
        """Return the partner whose certificates carry this subject serial number."""
        return self._for(self._by_serial.get(serial), controller)

    def _for(self, partner: Partner | None, controller: Oin | None) -> Partner | None:
        if partner is None or controller is None:
            return partner
        return self._narrowed.get((partner.creditor.creditor_id, controller), partner)


def read_partners(folder: Path, read: Read, known: Known) -> tuple[Partners, tuple[Finding, ...]]:
    """Read every partner file in this configuration folder; the findings name file and key."""
    findings: list[Finding] = []
    partners: list[Partner] = []
    narrowed: dict[tuple[CreditorId, Oin], Partner] = {}
    paths = sorted((folder / FOLDER).glob("*.toml"))
    if not paths:
        # A folder that was not mounted must not take every creditor away at a reload.
        findings.append(Finding(FOLDER, "", "holds no creditor: there must be at least one file"))
    for path in paths:
        source = Source(folder, read.environment is Environment.PRODUCTION, _of(path))
        form = read_form(path, PartnerForm, source.findings)
        partner = None if form is None else _partner(path.stem, form, read, known, source)
        if form is not None and partner is not None:
            partners.append(partner)
            narrowed |= _narrowings(partner, form, read, source)
        findings += source.findings.all()
    findings += _doubles(partners)
    return Partners(tuple(partners), narrowed), tuple(findings)


def _of(path: Path) -> Findings:
    return Findings(f"{FOLDER}/{path.name}")


def _partner(
    name: str, form: PartnerForm, read: Read, known: Known, source: Source
) -> Partner | None:
    add = source.findings.add
    if not _ID.fullmatch(name):
        add("", "the file name is the id: small letters, digits and hyphens")
    if form.adapter not in known.adapters:
        add("adapter", f"there is no such adapter; known: {_listed(known.adapters)}")
    if form.transport not in known.transports:
        add("transport", f"there is no such transport; known: {_listed(known.transports)}")
    _check_endpoint(form.endpoint, source.findings)
    holder = _holder(form, source)
    signing = read_pins(form.trust.issuers, "vertrouwen.uitgevers", source) or read.issuers
    tls = read_pins(form.trust.tls_issuers, "vertrouwen.tls_uitgevers", source) or signing
    if not signing:
        add("vertrouwen.uitgevers", "is missing, and so is vertrouwen.uitgevers in gateway.toml")
    if holder is None or not signing:
        return None
    party, serial = holder
    return Partner(
        creditor=Creditor(
            creditor_id=CreditorId(name),
            name=form.name,
            party=party,
            creditor_class=form.creditor_class,
            bsn_law=form.bsn_law,
            reply_term=form.reply_term,
        ),
        adapter=form.adapter,
        transport=form.transport,
        endpoint=form.endpoint,
        signing_trust=_trust(form.trust, signing, serial, read),
        tls_trust=_trust(form.trust, tls, serial, read),
        limits=_limits(form.limits),
        enabled=form.enabled,
    )


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _check_endpoint(address: str, findings: Findings) -> None:
    with findings.at("adres"):
        try:
            parts = urlsplit(address)
            good = parts.scheme == "https" and parts.hostname and parts.port != 0
        except ValueError:
            good = False
            parts = urlsplit("")
        if not good:
            findings.add("adres", "is not an https address")
        # Whatever stands there ends up in access logs on the way (design §2, principle 9).
        if parts.query or parts.fragment or parts.username or parts.password:
            findings.add("adres", "may not have a query, a fragment or a user name")


def _holder(form: PartnerForm, source: Source) -> tuple[Oin, str] | None:
    """Return who this is on the wire, and what its certificates call it."""
    if (form.oin is None) == (form.kvk is None):
        source.findings.add("oin", "needs either oin or kvk")
        return None
    if form.oin is not None:
        oin = source.oin(form.oin, "oin")
        return None if oin is None else (oin, oin.value)
    try:
        number = KvkNumber(form.kvk or "")
    except GatewayError:
        source.findings.add("kvk", "is not a KvK number")
        return None
    return number.as_oin(), number.value


def _trust(
    form: PartnerTrustForm, issuers: frozenset[str], serial: str, read: Read
) -> PartnerTrust:
    return PartnerTrust(
        anchors=read.anchors,
        subject_serial=serial,
        issuer_pins=issuers,
        rsa2048_until=form.rsa2048_until,
        tls_signs_until=form.tls_signs_until,
    )


def _limits(form: LimitsForm) -> Limits:
    return Limits(form.message_bytes, form.timeout_seconds, form.concurrency, form.attempts)


def _narrowings(
    partner: Partner, form: PartnerForm, read: Read, source: Source
) -> dict[tuple[CreditorId, Oin], Partner]:
    found: dict[tuple[CreditorId, Oin], Partner] = {}
    for text, narrowing in form.narrowed.items():
        key = f'gemeente."{text}"'
        oin = source.oin(text, key)
        if oin is None:
            continue
        if read.environment is not None and text not in read.controllers:
            source.findings.add(key, "is not a municipality of gateway.toml")
        found[partner.creditor.creditor_id, oin] = _narrowed(partner, narrowing, key, source)
    return found


def _narrowed(partner: Partner, form: NarrowingForm, key: str, source: Source) -> Partner:
    creditor = partner.creditor if form.bsn else replace(partner.creditor, bsn_law=None)
    limits = _lowered(partner.limits, form.limits, f"{key}.grenzen", source.findings)
    enabled = partner.enabled and form.enabled
    return replace(partner, creditor=creditor, limits=limits, enabled=enabled)


def _lowered(limits: Limits, form: LoweredLimitsForm, key: str, findings: Findings) -> Limits:
    wanted = form.model_dump(exclude_none=True)
    for name, value in wanted.items():
        if not 0 < value <= getattr(limits, name):
            alias = LoweredLimitsForm.model_fields[name].alias
            findings.add(f"{key}.{alias}", "may only be lower than the limit of the partner")
    return replace(limits, **wanted)


def _doubles(partners: list[Partner]) -> tuple[Finding, ...]:
    seen: dict[Oin, CreditorId] = {}
    found: list[Finding] = []
    for partner in partners:
        creditor = partner.creditor
        first = seen.setdefault(creditor.party, creditor.creditor_id)
        if first != creditor.creditor_id:
            file = f"{FOLDER}/{creditor.creditor_id}.toml"
            found.append(Finding(file, "oin", f"is also the party of {FOLDER}/{first}.toml"))
    return tuple(found)
