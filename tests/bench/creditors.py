"""The creditors of the measurement, in a process of their own: real HTTPS servers, RSA-3072 keys.

Spoken to over standard input and output, one JSON value per line:

    out  {"creditor id": "https endpoint", ...}
    in   ["host", port]               where the gateway listens for answers
    out  number of receipts           whenever it grew: answers that were delivered and receipted

Their days are short and their own: a receipt goes back in the response, the answer follows a
moment later over a connection to the gateway's listener.
"""

import asyncio
import contextlib
import json
import sys
from datetime import date, timedelta
from pathlib import Path

from gateway.practice.creditor import SimulatedCreditor
from tests.bench.cast import creditors, party_of, surroundings

DAY_SECONDS = 0.01


class OwnCalendar:
    """A calendar whose days are as short as its owner likes."""

    def __init__(self) -> None:
        self._today = date(2026, 11, 24)

    def today(self) -> date:
        return self._today

    def step(self) -> None:
        self._today += timedelta(days=1)


async def play(folder: Path) -> None:
    """Serve until standard input ends."""
    calendar = OwnCalendar()
    around = surroundings(folder, calendar)
    playing = [SimulatedCreditor(one, party_of(around.pki, one), around) for one in creditors()]
    for one in playing:
        await one.start()
    say({one.creditor.creditor_id: one.endpoint for one in playing})
    lines = await standard_input()
    host, port = json.loads(await lines.readline())
    for one in playing:
        one.answer_at(host, port)
    tasks = [asyncio.create_task(days(one)) for one in playing]
    tasks.append(asyncio.create_task(pass_days(calendar, playing)))
    await lines.read()
    for task in tasks:
        task.cancel()
    for one in playing:
        await one.stop()


async def days(creditor: SimulatedCreditor) -> None:
    """Each creditor delivers at its own pace."""
    while True:
        await creditor.day_begins()
        await asyncio.sleep(DAY_SECONDS)


async def pass_days(calendar: OwnCalendar, playing: list[SimulatedCreditor]) -> None:
    told = 0
    while True:
        await asyncio.sleep(DAY_SECONDS)
        calendar.step()
        receipts = sum(len(one.dossier.receipts) for one in playing)
        if receipts != told:
            say(told := receipts)
        for one in playing:
            wrong = [*one.dossier.refused, *one.dossier.faults, *one.dossier.complaints]
            if wrong:
                raise SystemExit(f"{one.creditor.creditor_id}: {wrong[0]}")


async def standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def say(value: object) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(value), flush=True)


if __name__ == "__main__":
    asyncio.run(play(Path(sys.argv[1])))
