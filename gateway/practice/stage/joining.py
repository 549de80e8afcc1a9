"""A creditor of somebody's own joins the story: a real endpoint, with practice keys.

They are those of a creditor kit, or of the practice PKI of the story: then its two key pairs, and
the root that the municipality's certificates come from, are in the folder of the story before it is
asked, and stay the same from run to run.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.domain.errors import ConfigurationFault, Finding
from gateway.domain.identifiers import CreditorId, Oin
from gateway.practice.pki import Party, PracticePki
from gateway.practice.stage.kit_keys import KitKeys

JOINED_ID: Final = CreditorId("eigen-schuldeiser")
JOINED_OIN: Final = Oin("00000099900000015000")
JOINED_REASON: Final = "opgave_inwoner"
_LOCAL: Final = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Joining:
    """The endpoint that joins, by its https address; it speaks svb."""

    url: str
    kit: KitKeys | None = None
    """The kit that it was built with; without one it has the keys that `issue` makes."""

    @classmethod
    def at(cls, url: str, kit: KitKeys | None = None) -> "Joining":
        """Return the endpoint at this address; raises ConfigurationFault if it is no address."""
        try:
            parts = urlsplit(url)
            good = parts.scheme == "https" and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ConfigurationFault([Finding("--schuldeiser", "", "is not an https address")])
        return cls(url, kit)

    def issue(self, pki: PracticePki) -> Party:
        """Return its certificates, for the host in its address and for this machine."""
        hosts = {urlsplit(self.url).hostname or "", *_LOCAL}
        return pki.party(JOINED_ID, JOINED_OIN.value, sorted(hosts))


def keys_of(joining: Joining, pki: Path) -> str:
    """Say where the keys of the endpoint are, and what it must trust."""
    if joining.kit is not None:
        return f"those of the kit in {joining.kit.folder.parent}"
    folder = pki / JOINED_ID
    return f"{folder}/tls.* and signing.*; trust {pki}/root.pem and issuing.pem"


def listener_of(host: str) -> str:
    """Say how the port for creditors must be called, apart from its address."""
    return f"server name and Host {host}, POST /v1/berichten"
