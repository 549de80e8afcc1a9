"""Every fault the gateway knows, in one tree, by whose fault it is.

GatewayError
├── CallerFault             a back office or operator asks what cannot or may not be done
│   ├── InvalidInput            the request does not have the agreed form (all faults at once)
│   ├── BsnInvalid              a citizen service number fails the eleven test
│   ├── ReferenceLooksLikeBsn   a back-office reference has the form of a BSN
│   ├── ReasonMissing           no reason is given why this creditor is asked
│   ├── CreditorUnknown         no such partner in the configuration
│   ├── CreditorNotReachable    the partner is disabled or cannot express this question
│   ├── BsnNotAllowed           the partner entry or the asker's law does not allow a BSN
│   ├── MeterReadingsMissing    a creditor of class Nuts is asked without meter readings
│   ├── NotCovered              the ground is missing, ended, expired or does not cover this
│   ├── NotFound                no such resource for this controller
│   ├── NotAuthorised           the client or employee may not do this here
│   ├── IdempotencyConflict     the same Idempotency-Key came with another body
│   └── StateConflict           the resource is in a state that does not allow this
├── PartnerFault            what a creditor sent is refused; it is quarantined, the leg waits on
│   ├── MessageTooLarge         over the byte limit of the partner
│   ├── MessageUnreadable       not well-formed XML, or markup we never accept (DOCTYPE, entities)
│   ├── RootUnknown             the root element is not on the allow-list of the dialect
│   ├── SignatureRefused        the signature is missing, wrong or outside our profile
│   ├── CertificateRefused      the signing certificate is not this partner's, expired or revoked
│   ├── SchemaRefused           the verified content is not valid against its XSD
│   ├── EnvironmentMismatch     practice met production
│   ├── RecipientMismatch       addressed to, or sent by, another party
│   ├── MessageReused           known message id with other content
│   ├── NotCorrelated           answers no question of ours
│   ├── ReplyNotAllowed         this kind of reply does not fit the question
│   ├── OtherPerson             the answer is about another person than the question
│   ├── GroundEnded             the ground ended before the answer came: kept unread
│   └── Unintelligible          valid, but it does not answer the question
└── OwnFault                our own side fails; the leg stops with a clear reason, others go on
    ├── Inexpressible           this dialect cannot say our question
    ├── AdapterFault            an adapter raised something it may not raise
    ├── IllegalMove             a state table does not know this move
    ├── ConfigurationFault      configuration or policy data is wrong (all findings at once)
    ├── EvidenceUnavailable     the log entry cannot be made, so nothing is sent
    ├── LogRefused              a log file, key, proof or sealed record is not what it must be
    └── StoreUnavailable        the database cannot be reached

Messages are constant and carry no personal data: what varies goes into attributes that hold ids,
numbers and codes only. `code` is stable and public (docs/errors.md); `title` is what a Dutch
caller reads; `wire_code` is the code of the Foutbericht a creditor gets (skp-messages §13.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InvalidParam:
    """One fault in a request: where, what kind, and what to do (Haal Centraal form)."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in configuration data: file, key, and what is wrong with it."""

    file: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.problem}"


class GatewayError(Exception):
    """Something went wrong inside the gateway."""

    code: ClassVar[str] = "interne-fout"
    title: ClassVar[str] = "Interne fout"

    def __init__(self, detail: str = "") -> None:
        first_line = (type(self).__doc__ or "").strip().splitlines()[0]
        super().__init__(f"{first_line} {detail}".strip())
        self.detail = detail


class CallerFault(GatewayError):
    """The request cannot be granted."""

    code = "verzoek-geweigerd"
    title = "Het verzoek kan niet worden uitgevoerd"


class InvalidInput(CallerFault):
    """The request does not have the agreed form."""

    code = "invoer-ongeldig"
    title = "De invoer is ongeldig"

    def __init__(self, invalid_params: Sequence[InvalidParam] = (), detail: str = "") -> None:
        super().__init__(detail)
        self.invalid_params = tuple(invalid_params)


class BsnInvalid(CallerFault):
    """The citizen service number fails the eleven test."""

    code = "bsn-ongeldig"
    title = "Het BSN voldoet niet aan de elfproef"


class ReferenceLooksLikeBsn(CallerFault):
    """A reference has the form of a BSN."""

    code = "kenmerk-lijkt-bsn"
    title = "Het kenmerk lijkt een BSN en wordt daarom geweigerd"


class ReasonMissing(CallerFault):
    """No reason is given why this creditor is asked."""

    code = "reden-ontbreekt"
    title = "De reden waarom deze schuldeiser wordt bevraagd ontbreekt"


class CreditorUnknown(CallerFault):
    """No such creditor is configured."""

    code = "schuldeiser-onbekend"
    title = "De schuldeiser is niet bekend"


class CreditorNotReachable(CallerFault):
    """The creditor cannot be asked this question."""

    code = "schuldeiser-niet-bereikbaar"
    title = "Aan deze schuldeiser kan deze vraag niet worden gesteld"


class BsnNotAllowed(CallerFault):
    """A BSN may not be given to this creditor by this asker."""

    code = "bsn-niet-toegestaan"
    title = "Het BSN mag niet aan deze schuldeiser worden verstrekt"


class MeterReadingsMissing(CallerFault):
    """A creditor that works with meter readings is asked without them."""

    code = "meterstanden-ontbreken"
    title = "Deze schuldeiser vraagt meterstanden"


class NotCovered(CallerFault):
    """The ground does not cover this exchange."""

    code = "grondslag-dekt-niet"
    title = "De grondslag dekt deze uitwisseling niet"

    def __init__(self, part: str, detail: str = "") -> None:
        super().__init__(detail or f"Not covered: {part}.")
        self.part = part


class NotFound(CallerFault):
    """The resource does not exist for this controller."""

    code = "niet-gevonden"
    title = "Niet gevonden"


class NotAuthorised(CallerFault):
    """The client has no right to do this here."""

    code = "niet-bevoegd"
    title = "Niet bevoegd"


class IdempotencyConflict(CallerFault):
    """The same Idempotency-Key was used with another request."""

    code = "idempotency-key-hergebruikt"
    title = "De Idempotency-Key is al gebruikt voor een ander verzoek"


class StateConflict(CallerFault):
    """The resource is in a state that does not allow this."""

    code = "toestand-staat-niet-toe"
    title = "De toestand van de bron staat dit niet toe"


class PartnerFault(GatewayError):
    """A creditor's message is refused."""

    code = "bericht-geweigerd"
    title = "Het bericht is geweigerd"
    wire_code: ClassVar[str] = "GW100"


class MessageTooLarge(PartnerFault):
    """The message is over the agreed size."""

    code = "bericht-te-groot"
    title = "Het bericht is te groot"
    wire_code = "GW008"


class MessageUnreadable(PartnerFault):
    """The message is not XML that we accept."""

    code = "bericht-onleesbaar"
    title = "Het bericht is geen toegestane XML"
    wire_code = "StUF055"


class RootUnknown(PartnerFault):
    """The root element is not a message of this dialect."""

    code = "berichtsoort-onbekend"
    title = "De berichtsoort is niet bekend"
    wire_code = "GW004"


class SignatureRefused(PartnerFault):
    """The signature is missing, wrong or outside the agreed profile.

    `reason` is a stable code that says which check refused it, for operators and tests.
    """

    code = "handtekening-geweigerd"
    title = "De handtekening is geweigerd"
    wire_code = "GW014"

    def __init__(self, detail: str = "", *, reason: str = "signature-refused") -> None:
        super().__init__(detail)
        self.reason = reason


class CertificateRefused(PartnerFault):
    """The certificate is not valid for this partner now.

    `reason` is a stable code that says which check refused it, for operators and tests.
    """

    code = "certificaat-geweigerd"
    title = "Het certificaat is geweigerd"
    wire_code = "GW014"

    def __init__(self, detail: str = "", *, reason: str = "certificate-refused") -> None:
        super().__init__(detail)
        self.reason = reason


class SchemaRefused(PartnerFault):
    """The message is not valid against its schema."""

    code = "schema-ongeldig"
    title = "Het bericht voldoet niet aan het schema"
    wire_code = "StUF055"

    def __init__(self, faults: Sequence[InvalidParam] = (), detail: str = "") -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


class EnvironmentMismatch(PartnerFault):
    """A practice message met production, or the reverse."""

    code = "omgeving-verkeerd"
    title = "De omgeving (oefen of productie) klopt niet"
    wire_code = "GW015"


class RecipientMismatch(PartnerFault):
    """The message names another sender or recipient than the connection."""

    code = "partij-verkeerd"
    title = "Afzender of ontvanger klopt niet"
    wire_code = "GW002"


class MessageReused(PartnerFault):
    """The message id is known with other content."""

    code = "referentienummer-hergebruikt"
    title = "Het referentienummer is al gebruikt voor een ander bericht"
    wire_code = "GW006"


class NotCorrelated(PartnerFault):
    """The message answers no question of ours."""

    code = "geen-vraag-bekend"
    title = "Het bericht beantwoordt geen bekende vraag"
    wire_code = "GW013"


class ReplyNotAllowed(PartnerFault):
    """This kind of reply does not fit the question."""

    code = "antwoord-niet-toegestaan"
    title = "Dit antwoord past niet bij de vraag"
    wire_code = "GW005"


class OtherPerson(PartnerFault):
    """The answer is about another person than the question."""

    code = "andere-persoon"
    title = "Het antwoord gaat over een andere persoon"
    wire_code = "GW016"


class GroundEnded(PartnerFault):
    """The ground of the question has ended; the answer is kept unread."""

    code = "grondslag-beeindigd"
    title = "De grondslag van de vraag is beëindigd"
    wire_code = "GW017"


class Unintelligible(PartnerFault):
    """The message is valid but does not answer the question."""

    code = "antwoord-onbegrijpelijk"
    title = "Het antwoord is niet te begrijpen"
    wire_code = "GW018"


class OwnFault(GatewayError):
    """Our own side fails."""


class Inexpressible(OwnFault):
    """This dialect cannot express the question."""

    code = "niet-uit-te-drukken"
    title = "De vraag past niet in het berichtformaat van deze schuldeiser"


class AdapterFault(OwnFault):
    """An adapter broke its contract."""

    code = "adapter-fout"
    title = "Fout in een adapter"


class IllegalMove(OwnFault):
    """A state table does not allow this move."""

    code = "toestandsovergang-onbekend"
    title = "Onmogelijke toestandsovergang"


class ConfigurationFault(OwnFault):
    """The configuration is wrong."""

    code = "configuratie-ongeldig"
    title = "De configuratie is ongeldig"

    def __init__(self, findings: Sequence[Finding], detail: str = "") -> None:
        super().__init__(detail or "; ".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class EvidenceUnavailable(OwnFault):
    """The log entry cannot be made, so nothing is done."""

    code = "bewijs-niet-vast-te-leggen"
    title = "Het bewijs kan niet worden vastgelegd; er is niets verzonden"


class LogRefused(OwnFault):
    """The log material does not have the form or content it must have."""

    code = "logboek-ongeldig"
    title = "Het logboek of een bewijs daaruit klopt niet"


class StoreUnavailable(OwnFault):
    """The database cannot be reached."""

    code = "database-onbereikbaar"
    title = "De database is niet bereikbaar"
