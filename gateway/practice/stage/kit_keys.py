"""The keys of a creditor kit, as far as a story needs them: what it must trust and show.

A creditor's own endpoint trusts the root of its kit and nothing else. So in a story that it joins,
the municipality shows the certificates that are in the kit, and the gateway trusts the kit's root
for this one partner. No authority key is needed for that, and a kit holds none.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from gateway.domain.errors import CertificateRefused, ConfigurationFault, Finding
from gateway.practice.pki import Party, PracticePki
from gateway.practice.stage.parties import MUNICIPALITY, StoryAsker, issue_asker
from gateway.wire.anchors import Anchors
from gateway.wire.trust import PartnerTrust, Usage, certificate_pin, check_certificate

FOLDER: Final = "sleutels"
"""Where a kit keeps its keys."""
PARTY_FILES: Final = ("tls.pem", "tls.key", "signing.pem", "signing.key")


@dataclass(frozen=True, slots=True)
class KitKeys:
    """The folder `sleutels` of a kit; `read` checks it."""

    folder: Path

    @classmethod
    def read(cls, kit: Path, now: datetime) -> "KitKeys":
        """Return the keys of a kit; `now` is UTC.

        Raises:
            ConfigurationFault: it is no kit, or its certificates or lists are not good now.
        """
        keys = cls(kit.absolute() / FOLDER)
        party = keys.municipality
        try:
            trust = keys._trust()
            certificates: tuple[tuple[Path, Usage], ...] = (
                (party.tls_certificate, "tls"),
                (party.signing_certificate, "signing"),
            )
            for path, usage in certificates:
                held = x509.load_pem_x509_certificate(path.read_bytes())
                check_certificate(held, trust, now, usage)
        except OSError as fault:
            problem = f"is not a creditor kit ({Path(fault.filename or '').name}: {fault.strerror})"
            raise _refused(kit, problem) from fault
        except ValueError as fault:
            raise _refused(kit, "holds a file that is no certificate") from fault
        except CertificateRefused as fault:
            problem = f"is not good now ({fault.reason}); make one: gateway kit schuldeiser --out"
            raise _refused(kit, problem) from fault
        return keys

    @property
    def root_certificate(self) -> Path:
        """The root that the creditor's endpoint trusts."""
        return self.folder / "root.pem"

    @property
    def issuing_certificate(self) -> Path:
        """The issuing authority of all parties in the kit."""
        return self.folder / "issuing.pem"

    @property
    def revocation_lists(self) -> Path:
        """The revocation lists of both."""
        return self.folder / "issuing.crl"

    @property
    def municipality(self) -> Party:
        """The certificates and keys by which the municipality of the story is known to the kit."""
        paths = (self.folder / MUNICIPALITY.folder / name for name in PARTY_FILES)
        return Party(MUNICIPALITY.folder, MUNICIPALITY.oin.value, *paths)

    def _trust(self) -> PartnerTrust:
        issuing = self.issuing_certificate.read_bytes()
        anchors = Anchors.load(
            [self.root_certificate.read_bytes()], [issuing], [self.revocation_lists.read_bytes()]
        )
        pin = certificate_pin(x509.load_pem_x509_certificate(issuing))
        return PartnerTrust(anchors, MUNICIPALITY.oin.value, frozenset({pin}))


def keys_of_asker(pki: PracticePki, asker: StoryAsker, kit: KitKeys | None) -> Party:
    """Return the keys of a controller: those in the kit, else of the PKI of the story."""
    return kit.municipality if kit and asker is MUNICIPALITY else issue_asker(pki, asker)


def _refused(kit: Path, problem: str) -> ConfigurationFault:
    return ConfigurationFault([Finding("--kit", str(kit), problem)])
