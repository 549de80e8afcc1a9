"""Keeps one message of each kind and dialect, exactly as it was signed, for the curious."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.practice.story.backoffice import BackOffice
from gateway.practice.story.told import Json


async def keep_samples(
    office: BackOffice, messages: Sequence[Json], dialects: Mapping[str, str], folder: Path
) -> dict[str, bytes]:
    """Write the samples into this folder and return them by name.

    `dialects` maps the id of each creditor to the name of its adapter.
    """
    kept: dict[str, bytes] = {}
    for message in messages:
        name = _name(message, dialects[message["schuldeiser"]])
        if name not in kept:
            kept[name] = await office.document(message["documentUrl"])
            (folder / name).write_bytes(kept[name])
    return kept


def _name(message: Json, dialect: str) -> str:
    refused = message["redenQuarantaine"]
    parts = [message["richting"], dialect, message["soort"] or "onbekend", refused or ""]
    return "-".join(part for part in parts if part) + ".xml"
