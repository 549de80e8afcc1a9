"""A back office or operator asks what cannot or may not be done."""

from collections.abc import Sequence

from gateway.domain.errors.root import GatewayError, InvalidParam


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

    def __init__(self, detail: str = "", creditors: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.creditors = tuple(creditors)
