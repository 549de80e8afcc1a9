"""Turn the outbox into the log, and the log into files that anybody can check."""

from gateway.domain.parties import Controller
from gateway.ledger.tiles import EMPTY_EDGE, grow
from gateway.store.evidence import log
from gateway.usecases.context import Gateway

PAGE = 4_096


async def sequence(gateway: Gateway, controller: Controller) -> int:
    """Integrate what waits in the outbox and sign the new root; return how many entries."""
    async with gateway.database.transaction(controller.oin) as tx:
        return await log.integrate(tx, PAGE, gateway.sign_checkpoint, gateway.clock.now())


async def published(gateway: Gateway, controller: Controller) -> dict[str, bytes]:
    """Return the log as its static files: path to content, the checkpoint included.

    A pure function of the stored entries, so that writing them again after a crash is safe.
    """
    entries: list[bytes] = []
    async with gateway.database.transaction(controller.oin) as tx:
        tree = await log.read_tree(tx)
        while len(entries) < tree.size:
            page = await log.read_entries(tx, len(entries), PAGE)
            entries.extend(page[: tree.size - len(entries)])
    files = {file.tile.path: file.content for file in grow(EMPTY_EDGE, entries).files}
    if tree.checkpoint is not None:
        files["checkpoint"] = tree.checkpoint
    return files
