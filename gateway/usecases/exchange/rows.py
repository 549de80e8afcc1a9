"""Work on due rows in a batch; when the batch fails, on each row by itself.

A batch costs nearly the same as one row, so all goes in one transaction. One row that cannot be
worked on must not hold up the others: then every row gets a savepoint of its own, and the one that
fails there is failed, with the code of what it failed on (design §6).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from gateway.domain.errors import GatewayError, StoreUnavailable
from gateway.domain.parties import Controller
from gateway.store.database import Transaction, row_faults
from gateway.usecases.context import Gateway

_log = structlog.get_logger(__name__)
Row = TypeVar("Row")
Result = TypeVar("Result")


class _BatchFailed(Exception):
    """The work on a batch failed, and not because the database is lost."""


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row, Result]):
    """What is to be done: lock what is due, work on it, and end a row that fails alone."""

    claim: Callable[[Transaction], Awaitable[Sequence[Row]]]
    work: Callable[[Transaction, Sequence[Row]], Awaitable[Sequence[Result]]]
    fail: Callable[[Transaction, Row, str], Awaitable[None]]


async def work_on(
    gateway: Gateway, controller: Controller, rows: Rows[Row, Result]
) -> tuple[int, list[Result]]:
    """Return how many rows were taken, and the results of those that succeeded.

    Raises StoreUnavailable.
    """
    try:
        async with gateway.database.transaction(controller.oin) as tx:
            due = await rows.claim(tx)
            return len(due), list(await _at_once(tx, rows, due)) if due else []
    except _BatchFailed as fault:
        _log.warning("batch_failed", error=type(fault.__cause__).__name__)
    async with gateway.database.transaction(controller.oin) as tx:
        due = await rows.claim(tx)
        done = [result for row in due for result in await _alone(tx, rows, row)]
    return len(due), done


async def _at_once(
    tx: Transaction, rows: Rows[Row, Result], due: Sequence[Row]
) -> Sequence[Result]:
    try:
        with row_faults():
            return await rows.work(tx, due)
    except StoreUnavailable:
        raise
    except Exception as fault:
        raise _BatchFailed from fault


async def _alone(tx: Transaction, rows: Rows[Row, Result], row: Row) -> Sequence[Result]:
    try:
        async with tx.apart():
            return await rows.work(tx, [row])
    except StoreUnavailable:
        raise
    except GatewayError as fault:
        code = fault.code
    except Exception as fault:  # noqa: BLE001 - whatever it is, only this row ends by it
        _log.error("row_failed", error=type(fault).__name__)
        code = GatewayError.code
    await rows.fail(tx, row, code)
    return ()
