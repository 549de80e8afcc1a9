"""The evidence of a story: exported, checked offline, and held against what was recorded.

An auditor gets the files and the key and nothing else. Here, where the keys of the residents are at
hand, each event is opened as well, and must be what its entry in the exported log commits to.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from gateway.app import App
from gateway.domain.errors import StoryFailed
from gateway.domain.identifiers import Oin
from gateway.ledger.entry import Part, commit, parse_entry
from gateway.ledger.sealing import SealingKey
from gateway.ledger.tiles import split_bundle
from gateway.ledger.verification import verify_log
from gateway.practice.stage.folder import OutFolder
from gateway.practice.story.told import Evidence, Json
from gateway.store.evidence.events import EventRow, read_events

_ENTRIES = "tile/entries/"


async def examine(app: App, out: OutFolder, controller: Oin) -> Evidence:
    """Return the evidence of one controller, whose log was exported before."""
    files = _files(out.log / controller.value)
    key = (out.keys / f"{controller}.vkey").read_text(encoding="ascii").strip()
    async with app.gateway.database.transaction(controller) as tx:
        rows = await read_events(tx)
    keys = await app.gateway.keys.many(controller, {row.subject_id for row in rows})
    committed = _commitments(files)
    events, opened = [], 0
    for row in rows:
        event, commitment = _open(row, keys[row.subject_id])
        events.append(event)
        opened += commitment in committed
    return Evidence(verify_log(files, key), tuple(events), opened)


def _files(folder: Path) -> Mapping[str, bytes]:
    if not folder.is_dir():
        raise StoryFailed("The log was not exported.")
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _commitments(files: Mapping[str, bytes]) -> frozenset[bytes]:
    bundles = (content for path, content in files.items() if path.startswith(_ENTRIES))
    return frozenset(
        parse_entry(entry).c_meta for bundle in bundles for entry in split_bundle(bundle)
    )


def _open(row: EventRow, key: SealingKey) -> tuple[Json, bytes]:
    opened = row.open_part(key)
    if opened is None:
        raise StoryFailed("An event was erased during the story.")
    return json.loads(opened.payload), commit(Part.META, opened.key, opened.payload)
