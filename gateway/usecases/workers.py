"""The workers: one loop per controller that records, logs, sends, and watches the terms.

Everything due is in rows, so a loop may stop anywhere and start again. Sending runs beside the
loop, so that a slow creditor holds up nobody else. A lost database is waited for; any other fault
of one round is logged and the loop goes on.
"""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import structlog

from gateway.config.settings import WorkerSettings
from gateway.domain.errors import GatewayError
from gateway.domain.parties import Controller
from gateway.store import deliveries, log
from gateway.usecases.context import Gateway
from gateway.usecases.recording import record_due
from gateway.usecases.sending import claim_due, send
from gateway.usecases.sequencing import sequence
from gateway.usecases.settling import Sending, recover_lapsed
from gateway.usecases.terms import watch_terms

_log = structlog.get_logger(__name__)
WATCH_EVERY = timedelta(seconds=30)


class Workers:
    """The loops of one process: so many rows at a time, so many sendings under way."""

    def __init__(self, gateway: Gateway, settings: WorkerSettings) -> None:
        self._gateway = gateway
        self._batch, self._pause = settings.batch, settings.pause_seconds
        self._in_flight = settings.in_flight
        self._wake = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._watched: dict[Controller, tuple[date, datetime]] = {}

    def start(self, controllers: Iterable[Controller]) -> None:
        """Start a loop per controller."""
        self._loops = [asyncio.create_task(self._run(controller)) for controller in controllers]

    def wake(self) -> None:
        """Say that there is work now; a hint, the loops also look by themselves."""
        self._wake.set()

    async def stop(self) -> None:
        """Stop claiming, let what is being sent finish, and end."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def idle(self) -> bool:
        """Say whether nothing is left to do today."""
        today = self._gateway.calendar.today()
        for controller in self._gateway.controllers.values():
            if self._watched.get(controller, (date.min, None))[0] != today:
                return False
            async with self._gateway.database.transaction(controller.oin) as tx:
                unfinished = await deliveries.count_unfinished(tx, today)
                if unfinished or await log.outbox_size(tx):
                    return False
        return not self._sending

    async def _run(self, controller: Controller) -> None:
        while True:
            try:
                busy = await self._round(controller)
            except GatewayError as fault:
                _log.error("worker_round_failed", code=fault.code)
                busy = False
            except Exception as fault:  # noqa: BLE001 - the last net: the loop must go on
                _log.error("worker_round_failed", error=type(fault).__name__)
                busy = False
            if not busy:
                await self._rest()

    async def _rest(self) -> None:
        jitter = 0.5 + self._gateway.ids.chance(1)[0] / 256
        try:
            await asyncio.wait_for(self._wake.wait(), self._pause * jitter)
        except TimeoutError:
            return
        self._wake.clear()

    async def _round(self, controller: Controller) -> bool:
        await self._watch(controller)
        recorded = await record_due(self._gateway, controller, self._batch)
        integrated = await sequence(self._gateway, controller)
        free = self._in_flight - len(self._sending)
        claimed, taken = await claim_due(self._gateway, controller, min(free, self._batch))
        for sending in claimed:
            self._dispatch(controller, sending)
        return bool(recorded or integrated or taken)

    def _dispatch(self, controller: Controller, sending: Sending) -> None:
        task = asyncio.create_task(send(self._gateway, controller, sending))
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        # What failed here keeps its lease and becomes doubtful when that lapses.
        if not task.cancelled() and task.exception() is not None:
            _log.error("sending_failed", error=type(task.exception()).__name__)
        self._wake.set()

    async def _watch(self, controller: Controller) -> None:
        today, now = self._gateway.calendar.today(), self._gateway.clock.now()
        last = self._watched.get(controller)
        if last is not None and last[0] == today and now - last[1] < WATCH_EVERY:
            return
        await recover_lapsed(self._gateway, controller, now)
        while True:
            watched = await watch_terms(self._gateway, controller, self._batch)
            if watched.reminded + watched.expired < self._batch:
                break
        self._gateway.keys.forget_old()
        self._watched[controller] = (today, now)
