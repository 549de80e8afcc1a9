"""One consistent snapshot of the configuration, and the place where a new one is swapped in.

Work takes the snapshot once and keeps it until it is done, so that nothing sees half of a reload.
"""

from dataclasses import dataclass
from pathlib import Path

import structlog

from gateway.config.partners import Known, Partners, read_partners
from gateway.config.policies import Policies, read_policies
from gateway.config.reading import Findings
from gateway.config.settings import FILE, Settings, read_settings
from gateway.domain.errors import ConfigurationFault
from gateway.domain.identifiers import Oin
from gateway.domain.parties import Controller

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that was configured at one moment."""

    settings: Settings
    partners: Partners
    policies: Policies

    @property
    def controllers(self) -> tuple[Controller, ...]:
        """Who asks through this gateway."""
        return tuple(one.controller for one in self.settings.municipalities)

    def controller(self, oin: Oin) -> Controller | None:
        """Return the controller with this OIN."""
        return next((one for one in self.controllers if one.oin == oin), None)

    def controller_at(self, host: str) -> Controller | None:
        """Return the controller that has this host name."""
        return next((one for one in self.controllers if one.host == host.lower()), None)


def load(folder: Path, known: Known) -> Configuration:
    """Read all files of a configuration folder.

    Raises:
        ConfigurationFault: with every fault in every file.
    """
    findings = Findings(FILE)
    read = read_settings(folder, findings)
    partners, of_partners = read_partners(folder, read, known)
    policies, of_policies = read_policies(folder)
    every = (*findings.all(), *of_partners, *of_policies)
    if every or read.settings is None:
        raise ConfigurationFault(every)
    return Configuration(read.settings, partners, policies)


class LiveConfiguration:
    """The snapshot that holds now; one reference, so a reader sees the old one or the new one."""

    def __init__(self, folder: Path, known: Known) -> None:
        """Read the folder for the first time; raises ConfigurationFault."""
        self._folder, self._known = folder, known
        self._current = load(folder, known)

    @property
    def current(self) -> Configuration:
        """The snapshot that holds now."""
        return self._current

    def reload(self) -> bool:
        """Read the folder again; any fault keeps the old snapshot, and the answer is False."""
        try:
            self._current = load(self._folder, self._known)
        except ConfigurationFault as fault:
            _log.error("partners_reload_rejected", findings=len(fault.findings))
            return False
        _log.info("partners_reloaded", partners=len(self._current.partners))
        return True
