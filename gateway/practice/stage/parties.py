"""Who asks in a story: a municipality and a helper outside the Wgs, each with its back office.

All of them are fictional; their OINs have the prefix that production refuses.
"""

from dataclasses import dataclass
from typing import Final

from gateway.domain.identifiers import Oin
from gateway.domain.parties import AskerKind
from gateway.practice.issuing import KeyKind
from gateway.practice.pki import Party, PracticePki


@dataclass(frozen=True, slots=True)
class StoryAsker:
    """A controller of the story, and the OIN of its back office."""

    oin: Oin
    name: str
    host: str
    kind: AskerKind
    client: Oin
    folder: str
    signing_key: KeyKind


MUNICIPALITY: Final = StoryAsker(
    oin=Oin("00000099900000001000"),
    name="Gemeente Voorbeeldstad",
    host="voorbeeldstad.example",
    kind=AskerKind.COLLEGE,
    client=Oin("00000099900000011000"),
    folder="gemeente",
    signing_key="rsa3072",
)
HELPER: Final = StoryAsker(
    oin=Oin("00000099900000002000"),
    name="Stichting Voorbeeldhulp",
    host="voorbeeldhulp.example",
    kind=AskerKind.PRIVATE_HELPER,
    client=Oin("00000099900000012000"),
    folder="hulpverlener",
    signing_key="p256",
)
ASKERS: Final = (MUNICIPALITY, HELPER)


def issue_asker(pki: PracticePki, asker: StoryAsker) -> Party:
    """Return the certificates of a controller, issued unless those on disk still fit."""
    return pki.party(asker.folder, asker.oin.value, [asker.host], signing_key=asker.signing_key)


def issue_client(pki: PracticePki, asker: StoryAsker) -> Party:
    """Return the certificates of the back office of a controller."""
    return pki.party(f"backoffice-{asker.folder}", asker.client.value, [asker.host])
