"""The log as static files: written so that a reader never sees half of one.

Tiles and bundles first, each under another name, flushed and renamed; the checkpoint last, so that
what it promises is there. Files are a pure function of the log: writing them again after a crash
changes nothing.
"""

import asyncio
import os
from pathlib import Path

import structlog

from gateway.domain.errors import GatewayError
from gateway.usecases.context import Gateway
from gateway.usecases.watch.sequencing import published

_CHECKPOINT = "checkpoint"
_log = structlog.get_logger(__name__)


async def publish(gateway: Gateway, directory: Path) -> None:
    """Write the log of every controller under directory/OIN/; raises StoreUnavailable, OSError."""
    for controller in gateway.controllers.values():
        files = await published(gateway, controller)
        folder = directory / controller.oin.value
        await asyncio.to_thread(_write_all, folder, files)


async def keep_publishing(gateway: Gateway, directory: Path, seconds: float) -> None:
    """Publish again and again; a fault is logged and the next round tries again."""
    while True:
        try:
            await publish(gateway, directory)
        except (GatewayError, OSError) as fault:
            _log.error("log_publication_failed", error=type(fault).__name__)
        await asyncio.sleep(seconds)


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    for path in sorted(files, key=lambda path: path == _CHECKPOINT):
        target = folder / path
        if not target.exists() or target.read_bytes() != files[path]:
            _write(target, files[path])
    _sweep(folder, files)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _sweep(folder: Path, files: dict[str, bytes]) -> None:
    """Remove partial tiles of earlier sizes; C2SP tlog-tiles allows it beside a larger one."""
    for path in sorted(folder.rglob("*.p/*")):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
