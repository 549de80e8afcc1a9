"""The workers: one loop per controller that records, logs, sends, and watches the terms.

Everything due is in rows, so a loop may stop anywhere and start again. Sending runs beside the
loop, so that a slow creditor holds up nobody else. A lost database is waited for, longer each
time; any other fault of one stage is logged and the rest goes on.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

import structlog

from gateway.config.settings import WorkerSettings
from gateway.domain.errors import GatewayError, StoreUnavailable
from gateway.domain.parties import Controller
from gateway.store import deliveries, idempotency
from gateway.store.evidence import log
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.recording import record_due
from gateway.usecases.exchange.sending import claim_due, send
from gateway.usecases.exchange.settling import Sending, recover_lapsed
from gateway.usecases.watch.sequencing import sequence
from gateway.usecases.watch.terms import watch_terms

_log = structlog.get_logger(__name__)
WATCH_EVERY = timedelta(seconds=30)
KEPT_FOR = timedelta(days=7)
"""How long the answer under an Idempotency-Key is kept."""
GATHER_SECONDS = 0.01
"""How long a busy loop lets work come together before its next round: a transaction costs nearly
the same for one row as for a batch."""


LOST_LIMIT_SECONDS: Final = 30.0
"""The longest that a lost database is left alone."""
Result = TypeVar("Result")


@dataclass(slots=True)
class _Loop:
    """The loop of one controller: what it is sending, and for which day it looked at the terms."""

    controller: Controller
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    sending: set[asyncio.Task[None]] = field(default_factory=set)
    watched: tuple[date, datetime] | None = None


class Workers:
    """The loops of one process: so many rows at a time, so many sendings under way."""

    def __init__(self, gateway: Gateway, settings: WorkerSettings) -> None:
        self._gateway = gateway
        self._batch, self._pause = settings.batch, settings.pause_seconds
        self._in_flight = settings.in_flight
        self._loops: list[_Loop] = []
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, controllers: Iterable[Controller]) -> None:
        """Start a loop per controller."""
        self._loops = [_Loop(controller) for controller in controllers]
        self._tasks = [asyncio.create_task(self._run(loop)) for loop in self._loops]

    def wake(self) -> None:
        """Say that there is work now; a hint, the loops also look by themselves."""
        for loop in self._loops:
            loop.wake.set()

    async def stop(self) -> None:
        """Stop claiming, let what is being sent finish, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        sending = [task for loop in self._loops for task in loop.sending]
        await asyncio.gather(*sending, return_exceptions=True)

    async def idle(self) -> bool:
        """Say whether nothing is left to do today."""
        today = self._gateway.calendar.today()
        for loop in self._loops:
            if loop.sending or loop.watched is None or loop.watched[0] != today:
                return False
            async with self._gateway.database.transaction(loop.controller.oin) as tx:
                unfinished = await deliveries.count_unfinished(tx, today)
                if unfinished or await log.outbox_size(tx):
                    return False
        return not any(loop.sending for loop in self._loops)

    async def _run(self, loop: _Loop) -> None:
        lost = 0
        while True:
            try:
                done = await self._round(loop)
                lost = 0
            except StoreUnavailable as fault:
                lost += 1
                _log.error("worker_round_failed", code=fault.code, times=lost)
                await asyncio.sleep(self._without_database(lost))
                continue
            if not done:
                await self._rest(loop)
            elif done < self._batch:
                await asyncio.sleep(GATHER_SECONDS)

    async def _rest(self, loop: _Loop) -> None:
        jitter = 0.5 + self._gateway.ids.chance(1)[0] / 256
        try:
            await asyncio.wait_for(loop.wake.wait(), self._pause * jitter)
        except TimeoutError:
            return
        loop.wake.clear()

    def _without_database(self, lost: int) -> float:
        """Return how many seconds to leave a lost database alone: twice as long each time."""
        jitter = 0.5 + self._gateway.ids.chance(1)[0] / 512
        return min(self._pause * (1 << min(lost, 20)), LOST_LIMIT_SECONDS) * jitter

    async def _round(self, loop: _Loop) -> int:
        """Do what is due; return the size of the largest batch of it.

        A stage that fails is logged and stops no other: what was recorded still leaves. Raises
        StoreUnavailable.
        """
        await _stage(self._watch(loop))
        recorded = await _stage(record_due(self._gateway, loop.controller, self._batch))
        integrated = await _stage(sequence(self._gateway, loop.controller))
        return max(recorded or 0, integrated or 0, await _stage(self._send_due(loop)) or 0)

    async def _send_due(self, loop: _Loop) -> int:
        free = min(self._in_flight - len(loop.sending), self._batch)
        claimed, taken = await claim_due(self._gateway, loop.controller, free)
        for sending in claimed:
            self._dispatch(loop, sending)
        return taken

    def _dispatch(self, loop: _Loop, sending: Sending) -> None:
        task = asyncio.create_task(send(self._gateway, loop.controller, sending))
        loop.sending.add(task)
        task.add_done_callback(partial(_sent, loop))

    async def _watch(self, loop: _Loop) -> None:
        today, now = self._gateway.calendar.today(), self._gateway.clock.now()
        last = loop.watched
        if last is not None and last[0] == today and now - last[1] < WATCH_EVERY:
            return
        await recover_lapsed(self._gateway, loop.controller, now)
        while True:
            watched = await watch_terms(self._gateway, loop.controller, self._batch)
            if watched.reminded + watched.expired < self._batch:
                break
        self._gateway.keys.forget_old()
        async with self._gateway.database.transaction(loop.controller.oin) as tx:
            await idempotency.forget_old(tx, now - KEPT_FOR)
        loop.watched = (today, now)


async def _stage(work: Awaitable[Result]) -> Result | None:
    try:
        return await work
    except StoreUnavailable:
        raise
    except GatewayError as fault:
        _log.error("worker_stage_failed", code=fault.code)
    except Exception as fault:  # noqa: BLE001 - the last net: the loop must go on
        _log.error("worker_stage_failed", error=type(fault).__name__)
    return None


def _sent(loop: _Loop, task: asyncio.Task[None]) -> None:
    loop.sending.discard(task)
    # What failed here keeps its lease and becomes doubtful when that lapses.
    if not task.cancelled() and task.exception() is not None:
        _log.error("sending_failed", error=type(task.exception()).__name__)
    loop.wake.set()
