"""The installation that is measured: the gateway in this process, as `gateway serve` would run it.

PostgreSQL is the embedded one with fsync on; the creditors are in a process of their own.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gateway.app import App, keep_what_is_built
from gateway.app.embedding import DATABASE
from gateway.app.environment import SystemClock
from gateway.config.policies import read_policies
from gateway.domain.identifiers import CreditorId
from gateway.domain.parties import Controller
from gateway.practice.pki import PracticePki
from gateway.practice.stage.calendar import PracticeCalendar
from gateway.practice.stage.configuring import write_gateway, write_partners, write_policies
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.parties import ASKERS, MUNICIPALITY, issue_asker, issue_client
from gateway.registry import ROOT
from gateway.store.embedded import EmbeddedServer
from gateway.store.migration import drop_database
from gateway.usecases.casework.ask import ask_creditors
from gateway.usecases.casework.cases import open_case
from gateway.usecases.casework.grounds import record_basis
from gateway.usecases.commands import Caller
from tests.bench.cast import ACTOR, asking, creditors, opening, party_of, public_task

FIRST_DAY = date(2026, 11, 24)
SERVE_PAUSE = "pauze_seconden = 1.0"
"""A story looks for work twenty times a second; an installation once, unless it is woken."""


@dataclass(slots=True)
class Installation:
    """The gateway, its database and the process of the creditors."""

    app: App
    server: EmbeddedServer
    calendar: PracticeCalendar
    pki: PracticePki
    child: asyncio.subprocess.Process
    answered: int = 0
    _cases: int = field(default=0)

    @property
    def controller(self) -> Controller:
        return self.app.gateway.controllers[MUNICIPALITY.host]

    async def queue(self, cases: int) -> None:
        """Open cases and queue a question to every creditor, to leave on the next working day."""
        gateway, caller = self.app.gateway, Caller(self.controller, ACTOR, MUNICIPALITY.client)
        today = self.calendar.today()
        for _ in range(cases):
            self._cases += 1
            async with gateway.database.transaction(self.controller.oin) as tx:
                case = await open_case(gateway, tx, caller, opening(self._cases, today))
                task = public_task(case.case_id, today)
                ground = await record_basis(gateway, tx, caller, task)
                order = asking(case.case_id, ground.basis.basis_id, self.tomorrow())
                await ask_creditors(gateway, tx, caller, order)
        while not await self.app.idle():
            self.app.wake()
            await asyncio.sleep(0.05)

    def tomorrow(self) -> date:
        ahead = PracticeCalendar(self.calendar.today(), self.calendar._policy_on)
        return ahead.step()

    async def exchange(self, count: int) -> None:
        """Let the day begin and wait until `count` answers were delivered and receipted."""
        wanted = self.answered + count
        self.calendar.step()
        self.app.wake()
        assert self.child.stdout is not None
        while self.answered < wanted:
            line = await asyncio.wait_for(self.child.stdout.readline(), 60)
            if not line:
                raise SystemExit("The creditors have stopped; the reason is above.")
            self.answered = json.loads(line)


@asynccontextmanager
async def installed(folder: Path) -> AsyncIterator[Installation]:
    """Install in this folder, which any user must be able to pass through."""
    out = OutFolder.open(folder / "gateway")
    pki = await asyncio.to_thread(PracticePki.create, out.pki, SystemClock().now())
    await asyncio.to_thread(make_keys, pki)
    write_policies(out, ROOT / "config" / "policies")
    policies, findings = read_policies(out.config)
    assert not findings
    calendar = PracticeCalendar(FIRST_DAY, policies.terms_on)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.creditors", str(out.pki)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    endpoints = {CreditorId(k): v for k, v in json.loads(await child.stdout.readline()).items()}
    server = await EmbeddedServer.start(out.database, fsync=True)
    try:
        await drop_database(server.dsn(), DATABASE)
        configure(out, pki, endpoints)
        app = await App.start(out.config, calendar=calendar)
        keep_what_is_built()
        try:
            child.stdin.write(json.dumps(app.listener_address).encode() + b"\n")
            yield Installation(app, server, calendar, pki, child)
        finally:
            await app.stop()
    finally:
        child.stdin.close()
        await child.wait()
        await server.stop()
        out.close()


def make_keys(pki: PracticePki) -> None:
    for asker in ASKERS:
        issue_asker(pki, asker)
        issue_client(pki, asker)
    for creditor in creditors():
        party_of(pki, creditor)


def configure(out: OutFolder, pki: PracticePki, endpoints: dict[CreditorId, str]) -> None:
    write_gateway(out, pki, (0, 0))
    write_partners(out, creditors(), endpoints)
    file = out.config / "gateway.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [SERVE_PAUSE if line.startswith("pauze_seconden") else line for line in lines]
    file.write_text("\n".join(found) + "\n", encoding="utf-8")
