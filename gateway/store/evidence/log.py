"""The sequencer's tables: the outbox becomes the log, in one commit.

One sequencer at a time per bucket (a transaction-level advisory lock) takes what is in the outbox,
ordered by stream and number, gives each entry its index, and signs the new root at once: what is
signed in the transaction that integrates it can never be unsigned and known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.identifiers import Oin
from gateway.ledger.tree import EMPTY, leaf_hash, parse_frontier, print_frontier
from gateway.store.database import Transaction

_LOCK_SPACE = 7_204_911

LOCK_BUCKET = "select pg_advisory_xact_lock($1, $2)"
READ_TREE = """
select size, frontier, checkpoint from log_tree where bucket = $1 and controller = $2
"""
TAKE_OUTBOX = """
delete from log_outbox where bucket = $1 and controller = $2 and event_id in (
    select event_id from log_outbox where bucket = $1 and controller = $2
    order by stream_id, seq limit $3)
returning event_id, stream_id, seq, entry
"""
ADD_ENTRIES = """
insert into log_entry (bucket, controller, idx, event_id, entry)
select $1, $2, e.* from unnest($3::bigint[], $4::uuid[], $5::bytea[]) as e
"""
WRITE_TREE = """
insert into log_tree (bucket, controller, size, frontier, checkpoint, signed_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (bucket, controller) do update
set size = excluded.size, frontier = excluded.frontier, checkpoint = excluded.checkpoint,
    signed_at = excluded.signed_at
"""
READ_ENTRIES = """
select idx, entry from log_entry where bucket = $1 and controller = $2 and idx >= $3
order by idx limit $4
"""
COUNT_OUTBOX = "select count(*) from log_outbox where bucket = $1 and controller = $2"

SignRoot = Callable[[Oin, int, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Tree:
    """The log of one controller as it stands: size and the latest signed checkpoint."""

    size: int
    checkpoint: bytes | None


async def integrate(tx: Transaction, limit: int, sign: SignRoot, now: datetime) -> int:
    """Move at most `limit` entries from the outbox into the log; return how many."""
    key = (tx.bucket, tx.controller.value)
    await tx.connection.execute(LOCK_BUCKET, _LOCK_SPACE, tx.bucket)
    taken = await tx.connection.fetch(TAKE_OUTBOX, *key, limit)
    if not taken:
        return 0
    taken.sort(key=lambda row: (row["stream_id"], row["seq"]))
    row = await tx.connection.fetchrow(READ_TREE, *key)
    frontier = parse_frontier(row["size"], row["frontier"]) if row else EMPTY
    grown = frontier.extended(leaf_hash(row["entry"]) for row in taken)
    await tx.connection.execute(
        ADD_ENTRIES,
        *key,
        list(range(frontier.size, grown.size)),
        [row["event_id"] for row in taken],
        [row["entry"] for row in taken],
    )
    checkpoint = sign(tx.controller, grown.size, grown.root)
    await tx.connection.execute(
        WRITE_TREE, *key, grown.size, print_frontier(grown), checkpoint, now
    )
    return len(taken)


async def read_tree(tx: Transaction) -> Tree:
    """Return size and signed checkpoint of this controller's log."""
    row = await tx.connection.fetchrow(READ_TREE, tx.bucket, tx.controller.value)
    return Tree(row["size"], row["checkpoint"]) if row else Tree(0, None)


async def read_entries(tx: Transaction, start: int, limit: int) -> tuple[bytes, ...]:
    """Return the entries from index `start`, at most `limit`, in order."""
    rows = await tx.connection.fetch(READ_ENTRIES, tx.bucket, tx.controller.value, start, limit)
    return tuple(row["entry"] for row in rows)


async def outbox_size(tx: Transaction) -> int:
    """Return how many events wait for the sequencer."""
    return int(await tx.connection.fetchval(COUNT_OUTBOX, tx.bucket, tx.controller.value) or 0)
