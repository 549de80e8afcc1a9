"""What a creditor sent is refused: it is quarantined and the leg waits on."""

from collections.abc import Sequence
from typing import ClassVar

from gateway.domain.errors.root import GatewayError, InvalidParam


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
