"""Keeps one message of each kind and direction, exactly as it was signed, for the curious."""

from collections.abc import Sequence
from pathlib import Path

from gateway.practice.story.backoffice import BackOffice
from gateway.practice.story.told import Json


async def keep_samples(
    office: BackOffice, messages: Sequence[Json], folder: Path
) -> dict[str, bytes]:
    """Write the samples into this folder and return them by name."""
    kept: dict[str, bytes] = {}
    for message in messages:
        name = _name(message)
        if name not in kept:
            kept[name] = await office.document(message["documentUrl"])
            (folder / name).write_bytes(kept[name])
    return kept


def _name(message: Json) -> str:
    refused = message["redenQuarantaine"]
    parts = [message["richting"], message["soort"] or "onbekend", refused or ""]
    return "-".join(part for part in parts if part) + ".xml"
