"""What is measured, and how: processor time of this process, of PostgreSQL, memory, durations.

Processor time is `time.process_time`: user and system time of all threads of the gateway process,
not of its children. The raw RSA operations are done in between while exchanges run, timed by their
thread and taken off: a neighbour on the same core slows RSA by a quarter, so both must have it.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from resource import getpagesize

import asyncpg

from tests.bench.installation import Installation
from tests.bench.raw import RawRsa, Sprinkled

_TIMES = """
select extract(epoch from i.recorded_at - o.recorded_at)::float8 as took
from message o join message i on i.delivery_id = o.delivery_id
 and i.direction = 'in' and i.kind <> 'ontvangstbevestiging'
where o.direction = 'uit' and o.recorded_at >= $1
"""


@dataclass(slots=True)
class Round:
    """One chunk of exchanges: seconds of processor time and of the clock on the wall."""

    exchanges: int
    cpu: float
    wall: float
    postgres_cpu: float
    rsa: float
    """Processor seconds of the raw RSA operations of one exchange, done during this round."""


@dataclass(slots=True)
class Figures:
    """All that a run found."""

    rounds: list[Round] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)
    """Megabytes resident after so many exchanges."""
    latencies: list[float] = field(default_factory=list)
    steps: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Per step: how often in one exchange, and microseconds each."""

    @property
    def exchanges(self) -> int:
        return sum(one.exchanges for one in self.rounds)

    @property
    def exchange_us(self) -> float:
        return 1e6 * sum(one.cpu for one in self.rounds) / self.exchanges

    @property
    def rsa_us(self) -> float:
        return 1e6 * sum(one.rsa * one.exchanges for one in self.rounds) / self.exchanges

    @property
    def postgres_us(self) -> float:
        return 1e6 * sum(one.postgres_cpu for one in self.rounds) / self.exchanges

    @property
    def per_second(self) -> float:
        return self.exchanges / sum(one.wall for one in self.rounds)

    @property
    def ratio(self) -> float:
        return self.exchange_us / self.rsa_us


async def measured_round(installation: Installation, cases: int, per: int, raw: RawRsa) -> Round:
    """Queue, let the day begin, wait for all answers; only the last two are measured."""
    await installation.queue(cases)
    sprinkled = Sprinkled(raw)
    database = postgres_seconds(installation.server.pid)
    cpu, wall = time.process_time(), time.perf_counter()
    async with sprinkled.during():
        await installation.exchange(cases * per)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    database = postgres_seconds(installation.server.pid) - database
    own = cpu - sprinkled.seconds
    return Round(cases * per, own, wall, database, sprinkled.seconds / sprinkled.times)


async def latencies(installation: Installation, since: object) -> list[float]:
    """Return seconds from request recorded to answer stored, of exchanges recorded since then."""
    connection = await asyncpg.connect(installation.server.dsn("gateway"))
    try:
        return sorted(row["took"] for row in await connection.fetch(_TIMES, since))
    finally:
        await connection.close()


def megabytes() -> float:
    """Return what is resident of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * getpagesize() / 2**20


def postgres_seconds(server: int | None) -> float:
    """Return the processor seconds of the server and its processes, dead ones included."""
    if server is None:
        return 0.0
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text(encoding="utf-8", errors="replace").partition(" (")
        except (FileNotFoundError, ProcessLookupError):
            continue
        values = rest.rpartition(") ")[2].split()
        if int(pid) == server:
            total += sum(map(int, values[11:15]))  # with those of children that ended
        elif int(values[1]) == server:
            total += sum(map(int, values[11:13]))
    return total / 100
