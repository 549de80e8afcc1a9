"""Grounds: on what basis an exchange may happen, and whether this one is covered.

Consent is one kind of ground, not the frame: a college that works under the Wgs asks on its public
task, and consent never replaces a missing statutory ground (AP 2016; GDPR recital 43). Which asker
may use which ground for which purpose is a dated table, not code.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from gateway.domain.errors import BsnNotAllowed, NotCovered
from gateway.domain.identifiers import BasisId, CaseId, CreditorId, StreamId
from gateway.domain.parties import AskerKind, Creditor, Period
from gateway.domain.person import Address, ByBsn, ByName, Resident, Subject


class BasisKind(Enum):
    """Soort grondslag."""

    WGS_PUBLIC_TASK = "wgs_publieke_taak"
    CONSENT = "toestemming"
    MANDATE = "machtiging"
    COURT_ORDER = "rechterlijke_beschikking"
    RESIDENT_REQUEST = "verzoek_inwoner"


class Purpose(Enum):
    """Doel van een uitwisseling."""

    HELP_NOTICE = "kennisgeving"
    DEBT_STATEMENT = "saldoverzoek"
    YEARLY_CHECK = "jaarlijkse_controle"
    WITHDRAWAL = "intrekking"


class DataCategory(Enum):
    """Gegevenscategorie: what a message tells the creditor."""

    IDENTITY = "identiteit"
    ADDRESS = "adres"
    BSN = "bsn"
    CUSTOMER_NUMBERS = "klantnummers"
    METER_READINGS = "meterstanden"


class BasisState(Enum):
    """Toestand van een grondslag."""

    ACTIVE = "actief"
    ENDED = "beeindigd"


class EndReason(Enum):
    """Reden van beëindiging: each kind of ground ends in its own way (design, principle 6).

    Every kind expires by itself; nobody can ask for that (END_REASONS).
    """

    CONSENT_WITHDRAWN = "toestemming_ingetrokken"
    MANDATE_REVOKED = "machtiging_ingetrokken"
    ORDER_LIFTED = "beschikking_opgeheven"
    REQUEST_STOPPED = "verzoek_gestopt"
    HELP_REFUSED = "hulp_geweigerd"
    HELP_FINISHED = "hulp_afgerond"
    STOPPED_BY_RESIDENT = "gestopt_door_inwoner"
    EXPIRED = "verlopen"


_HELP_ENDS = frozenset({EndReason.HELP_REFUSED, EndReason.HELP_FINISHED})
END_REASONS = {
    BasisKind.WGS_PUBLIC_TASK: _HELP_ENDS | {EndReason.STOPPED_BY_RESIDENT},
    BasisKind.CONSENT: frozenset({EndReason.CONSENT_WITHDRAWN}),
    BasisKind.MANDATE: frozenset({EndReason.MANDATE_REVOKED}),
    BasisKind.COURT_ORDER: frozenset({EndReason.ORDER_LIFTED}),
    BasisKind.RESIDENT_REQUEST: frozenset({EndReason.REQUEST_STOPPED}),
}


_ARTICLE = r"(?:Wgs|Bgs|Awb|Gemw|Pw) art\. [1-9][0-9]{0,2}[a-z]?(?:\([0-9a-z]{1,2}\)){0,2}"
_ARTICLES = re.compile(rf"{_ARTICLE}(?:, {_ARTICLE}){{0,4}}", re.ASCII)


def is_article(citation: str) -> bool:
    """Say whether this is nothing but articles of law, as in `Wgs art. 8(1), Bgs art. 15(k)`.

    The article of a public task stands in the open part of events, so it may hold no free text.
    """
    return _ARTICLES.fullmatch(citation) is not None


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """Bereik: one purpose and its data for one creditor; None as creditor means every creditor.

    Consent and mandate name each creditor; only a law or an order may hold for all.
    """

    purpose: Purpose
    categories: frozenset[DataCategory]
    creditor: CreditorId | None = None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Grondslag: one recorded ground of one case.

    `citation` is the article (public task) or the record number (consent, mandate, order);
    `on_behalf_of` names the principal when the asker acts for somebody. Both are sealed at rest,
    and absent here until they are opened.
    """

    basis_id: BasisId
    case_id: CaseId
    stream_id: StreamId
    kind: BasisKind
    validity: Period
    scope: tuple[ScopeLine, ...]
    state: BasisState = BasisState.ACTIVE
    citation: str = field(default="", repr=False)
    on_behalf_of: str | None = field(default=None, repr=False)

    @property
    def article(self) -> str | None:
        """The article of a public task, which may be read by everybody; a record number may not."""
        return self.citation if self.kind is BasisKind.WGS_PUBLIC_TASK else None


@dataclass(frozen=True, slots=True)
class GroundRule:
    """Grondslagregel: this asker may use these kinds for this purpose, by this article."""

    asker: AskerKind
    purpose: Purpose
    kinds: frozenset[BasisKind]
    article: str
    validity: Period


@dataclass(frozen=True, slots=True)
class GroundTable:
    """Grondslagentabel: the dated table asker x purpose -> allowed grounds."""

    rules: tuple[GroundRule, ...]

    def rule_for(self, asker: AskerKind, purpose: Purpose, day: date) -> GroundRule:
        """Return the rule that holds on this day, or raise NotCovered("doel")."""
        for rule in self.rules:
            if rule.asker is asker and rule.purpose is purpose and rule.validity.holds(day):
                return rule
        raise NotCovered("doel")


@dataclass(frozen=True, slots=True)
class Use:
    """Gebruik: what one exchange wants to do, held against a ground."""

    asker: AskerKind
    purpose: Purpose
    creditor: Creditor
    categories: frozenset[DataCategory]


def covers(basis: LegalBasis, use: Use, table: GroundTable, day: date) -> None:
    """Raise NotCovered, naming the part, unless this ground covers this use on this day.

    The parts, in the order in which they are checked: `doel`, `soort`, `toestand`,
    `geldigheid`, `schuldeiser`, `gegevens`. A BSN beyond the law raises BsnNotAllowed.
    """
    rule = table.rule_for(use.asker, use.purpose, day)
    if basis.kind not in rule.kinds:
        raise NotCovered("soort")
    if basis.state is not BasisState.ACTIVE:
        raise NotCovered("toestand")
    if not basis.validity.holds(day):
        raise NotCovered("geldigheid")
    _covers_scope(basis, use)
    if DataCategory.BSN in use.categories and not may_get_bsn(use.asker, basis, use.creditor):
        raise BsnNotAllowed


def _covers_scope(basis: LegalBasis, use: Use) -> None:
    creditor = use.creditor.creditor_id
    lines = [line for line in basis.scope if line.creditor in (None, creditor)]
    if not lines:
        raise NotCovered("schuldeiser")
    lines = [line for line in lines if line.purpose is use.purpose]
    if not lines:
        raise NotCovered("doel")
    if not any(use.categories <= line.categories for line in lines):
        raise NotCovered("gegevens")


def may_get_bsn(asker: AskerKind, basis: LegalBasis, creditor: Creditor) -> bool:
    """Say whether both sides' law allows the BSN (Wgs art. 8c; Wabb 10; UAVG 46).

    Never on consent or mandate, never for an asker outside the Wgs, never without a law that the
    partner entry names.
    """
    return (
        asker is AskerKind.COLLEGE
        and basis.kind is BasisKind.WGS_PUBLIC_TASK
        and creditor.bsn_law is not None
    )


def visible_subject(
    resident: Resident, asker: AskerKind, basis: LegalBasis, creditor: Creditor
) -> Subject:
    """Return what this creditor may see of the resident: BSN by law, address unless secret."""
    address = _visible_address(resident)
    if resident.bsn is not None and may_get_bsn(asker, basis, creditor):
        return ByBsn(resident.name, address, resident.bsn)
    return ByName(resident.name, address)


def _visible_address(resident: Resident) -> Address | None:
    return None if resident.address_secret else resident.address


def categories_of(subject: Subject, *, meter_readings: bool) -> frozenset[DataCategory]:
    """Return the data categories that a question about this subject discloses."""
    found = {DataCategory.IDENTITY, DataCategory.CUSTOMER_NUMBERS}
    if subject.address is not None:
        found.add(DataCategory.ADDRESS)
    if isinstance(subject, ByBsn):
        found.add(DataCategory.BSN)
    if meter_readings:
        found.add(DataCategory.METER_READINGS)
    return frozenset(found)
