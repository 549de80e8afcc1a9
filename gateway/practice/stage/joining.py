"""A creditor of somebody's own joins the story: a real endpoint, with keys from the practice PKI.

What it needs is in the folder of the story before it is asked: its own two key pairs, and the root
that the municipality's certificates come from. The keys stay the same from run to run.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.domain.errors import ConfigurationFault, Finding
from gateway.domain.identifiers import CreditorId, Oin
from gateway.practice.pki import Party, PracticePki

JOINED_ID: Final = CreditorId("eigen-schuldeiser")
JOINED_OIN: Final = Oin("00000099900000015000")
JOINED_REASON: Final = "opgave_inwoner"
_LOCAL: Final = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Joining:
    """The endpoint that joins, by its https address; it speaks svb."""

    url: str

    @classmethod
    def at(cls, url: str) -> "Joining":
        """Return the endpoint at this address; raises ConfigurationFault if it is no address."""
        try:
            parts = urlsplit(url)
            good = parts.scheme == "https" and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ConfigurationFault([Finding("--schuldeiser", "", "is not an https address")])
        return cls(url)

    def issue(self, pki: PracticePki) -> Party:
        """Return its certificates, for the host in its address and for this machine."""
        hosts = {urlsplit(self.url).hostname or "", *_LOCAL}
        return pki.party(JOINED_ID, JOINED_OIN.value, sorted(hosts))


def keys_of(pki: Path) -> str:
    """Say where the keys of the endpoint are, and what it must trust."""
    folder = pki / JOINED_ID
    return f"{folder}/tls.* and signing.*; trust {pki}/root.pem and issuing.pem"
