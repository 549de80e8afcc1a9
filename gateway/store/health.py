"""Creditor health: the circuit breaker shared by all replicas, as one row per creditor that failed.

The rows are shared by all controllers too, and batches that meet must not wait for each other in a
circle: every batch locks its creditors in the order of their ids. Who is well has no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from gateway.domain.identifiers import CreditorId
from gateway.store.database import Transaction

MARK_WELL = """
with locked as materialized (
    select creditor_id from creditor_health where creditor_id = any ($1::text[])
    order by creditor_id for update)
delete from creditor_health where creditor_id in (select creditor_id from locked)
"""
MARK_ILL = """
insert into creditor_health as h (creditor_id, failures, open_until)
values ($1, $2, case when $2 >= $4::int then $5::timestamptz end)
on conflict (creditor_id) do update
set failures = $2 + case when $3 then 0 else h.failures end,
    open_until = case when $2 + case when $3 then 0 else h.failures end >= $4::int
                      then $5::timestamptz end
"""

FAILURES_UNTIL_OPEN = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a creditor: whether it answered, and its failures in a row after that."""

    creditor_id: CreditorId
    answered: bool
    failures: int


async def mark(tx: Transaction, seen: Sequence[Seen], open_until: datetime) -> None:
    """Count failures, each creditor at most once; a creditor that answered begins anew.

    After five in a row a creditor is left alone until `open_until`.
    """
    ordered = sorted(seen, key=lambda one: one.creditor_id)
    for ill, group in groupby(ordered, key=lambda one: one.failures > 0):
        if not ill:
            await tx.connection.execute(MARK_WELL, [one.creditor_id for one in group])
            continue
        for one in group:
            await tx.connection.execute(
                MARK_ILL,
                one.creditor_id,
                one.failures,
                one.answered,
                FAILURES_UNTIL_OPEN,
                open_until,
            )
