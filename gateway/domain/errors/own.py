"""Our own side fails: the leg stops with a clear reason, others go on."""

from collections.abc import Sequence

from gateway.domain.errors.root import Finding, GatewayError


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


class StoreUnfit(OwnFault):
    """The database is not fit for the gateway."""

    code = "database-ongeschikt"
    title = "De database is niet geschikt"


class StoryFailed(OwnFault):
    """The practice story cannot go on."""

    code = "verhaal-gestrand"
    title = "Het oefenverhaal kan niet verder"
