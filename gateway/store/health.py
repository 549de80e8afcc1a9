"""Creditor health: the circuit breaker shared by all replicas, as one row per creditor."""

from datetime import datetime

from gateway.domain.identifiers import CreditorId
from gateway.store.database import Transaction

MARK_WELL = """
delete from creditor_health where creditor_id = any ($1::text[])
"""
MARK_ILL = """
insert into creditor_health (creditor_id, failures) values ($1, 1)
on conflict (creditor_id) do update
set failures = creditor_health.failures + 1,
    open_until = case when creditor_health.failures + 1 >= $2::int then $3::timestamptz end
"""

FAILURES_UNTIL_OPEN = 5


async def mark_well(tx: Transaction, creditors: list[CreditorId]) -> None:
    """Close the breaker of creditors that answered."""
    await tx.connection.execute(MARK_WELL, creditors)


async def mark_ill(tx: Transaction, creditor: CreditorId, open_until: datetime) -> None:
    """Count a failure; after five in a row the creditor is left alone until `open_until`."""
    await tx.connection.execute(MARK_ILL, creditor, FAILURES_UNTIL_OPEN, open_until)
