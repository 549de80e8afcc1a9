"""The story in acts: a municipality asks all creditors, a helper asks on consent, days pass.

Everything that happens here goes through the REST API, over mutual TLS, as a back office does it.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from gateway.domain.errors import StoryFailed
from gateway.domain.identifiers import CreditorId
from gateway.domain.parties import CreditorClass
from gateway.practice.casefile import CaseFile
from gateway.practice.cast import Behaviour, Cast
from gateway.practice.stage.setting import Stage
from gateway.practice.story import questions
from gateway.practice.story.backoffice import BackOffice
from gateway.practice.story.guest import Guest
from gateway.practice.story.telling.report import Board, Reporter
from gateway.practice.story.told import Account, Json

WAITING = frozenset({"open", "wacht_op_antwoord"})
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.1
_MOST_DAYS = 60
_LATER = timedelta(days=7)
_ANSWERS_AT_ONCE = frozenset({Behaviour.PROMPT, Behaviour.TRANSFERRED})


class Acts:
    """One story while it is played.

    `day_seconds` is how long a working day lasts at least; with a `seed` the creditors are asked in
    another order than that of the case file, the same one for the same seed.
    """

    def __init__(
        self,
        stage: Stage,
        case: CaseFile,
        report: Reporter,
        day_seconds: float,
        seed: int | None,
        joined: CreditorId | None = None,
    ) -> None:
        self._stage, self._case, self._report = stage, case, report
        self._guest = Guest(joined, asyncio.get_running_loop().time)
        self._day_seconds, self._shuffle = day_seconds, seed is not None
        self._chance = Random(seed)  # noqa: S311 - for the order of a story, never for a key
        self._asked: dict[str, str] = {}

    async def ask_everybody(self, office: BackOffice) -> str:
        """Open the case, record the public task, ask every creditor; return the case id."""
        today = self._stage.calendar.today()
        case_id = await office.open_case(questions.case_of(self._case))
        self._report.did(f"POST /v1/zaken → 201, case of one resident, day 1 = {today}")
        basis = await office.record_ground(case_id, questions.public_task(today))
        self._report.did(f"POST …/grondslagen → 201, wgs_publieke_taak: {questions.PUBLIC_TASK}")
        order = [one.creditor_id for one in self._case.cast.creditors]
        if self._shuffle:
            self._chance.shuffle(order)
        body = questions.asked(self._case, basis, order, joined=self._guest.creditor_id)
        url = self._asked[case_id] = await office.ask(case_id, body)
        self._report.asked(body["schuldeisers"])
        self._report.did(f"POST …/saldoverzoeken → 202, Location: {url.rpartition('/')[0]}/…")
        return case_id

    async def ask_on_consent(self, office: BackOffice, name: CreditorId) -> str:
        """Ask one creditor on a consent of the resident; return the case id."""
        today = self._stage.calendar.today()
        case_id = await office.open_case(questions.case_without_bsn(self._case, "VOORBEELD-H1"))
        ground = questions.consent(today, "TOESTEMMING-2026-1", name)
        basis = await office.record_ground(case_id, ground)
        body = questions.asked(self._case, basis, [name])
        self._asked[case_id] = await office.ask(case_id, body)
        self._report.did(f"consent recorded for {name} only, and asked: {name}")
        return case_id

    async def withdraw_in_time(self, office: BackOffice, name: CreditorId) -> tuple[str, Json]:
        """Queue a question for a later day and withdraw the consent before; return what it did."""
        today = self._stage.calendar.today()
        case_id = await office.open_case(questions.case_without_bsn(self._case, "VOORBEELD-H2"))
        ground = questions.consent(today, "TOESTEMMING-2026-2", name)
        basis = await office.record_ground(case_id, ground)
        body = questions.asked(self._case, basis, [name], today + _LATER)
        self._asked[case_id] = await office.ask(case_id, body)
        ending = await office.end_ground(basis, "toestemming_ingetrokken")
        self._report.did(
            f"another consent, question to {name} queued for {today + _LATER}, consent withdrawn"
            f" → cancelled {ending['geannuleerd']}, already sending {ending['reedsOnderweg']}"
        )
        return case_id, ending

    async def let_days_pass(self, office: BackOffice, case_id: str) -> None:
        """Let working days pass until no answer is awaited; raises StoryFailed if that never is."""
        last = self._stage.calendar.today() + (_LATER if len(self._asked) > 1 else timedelta(0))
        while True:
            rows = await self._settle(office, case_id)
            waiting = any(row["toestand"] in WAITING for row in rows)
            if not waiting and self._stage.calendar.today() >= last and not self._promised():
                return
            if self._stage.calendar.worked >= _MOST_DAYS:
                raise StoryFailed(f"An answer is still awaited after {_MOST_DAYS} working days.")
            await asyncio.sleep(self._day_seconds)
            await self._stage.next_day()

    async def account(self, office: BackOffice, case_id: str) -> Account:
        """Return what the back office sees of a case."""
        return Account(
            case_id=case_id,
            order=await office.get(self._asked[case_id]),
            overview=await office.overview(case_id),
            requests=await office.requests(case_id),
            messages=await office.messages(case_id),
        )

    async def settle(self) -> None:
        """Wait until nothing is left to do today; raises StoryFailed if that takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_SECONDS
        while not self._guest.is_late and not await self._stage.settled():
            if loop.time() > until:
                raise StoryFailed(
                    f"A day did not end within {_PATIENCE_SECONDS:.0f} seconds; look in"
                    f" {self._stage.out.lines}."
                )
            await asyncio.sleep(_LOOK_SECONDS)

    async def _settle(self, office: BackOffice, case_id: str) -> Sequence[Json]:
        """Wait for the end of this day, and show meanwhile how far every creditor is."""
        waiting = asyncio.create_task(self.settle())
        try:
            while True:
                done, _ = await asyncio.wait({waiting}, timeout=self._report.looks_every)
                rows = await office.requests(case_id)
                self._report.board(self._board(rows))
                if self._guest.holds_up(rows):
                    return rows
                if done and not self._guest.is_awaited(rows):
                    waiting.result()
                    return rows
                await asyncio.sleep(_LOOK_SECONDS if done else 0)
        finally:
            waiting.cancel()

    def _board(self, rows: Sequence[Json]) -> Board:
        today, started = self._stage.calendar.today(), self._case.cast.started_on
        norm = self._stage.policies.terms_on(today).norm_days
        return Board((today - started).days + 1, norm, today, tuple(rows))

    def _promised(self) -> bool:
        return any(simulator.pending() for simulator in self._stage.simulators.values())


def consent_parts(cast: Cast) -> tuple[CreditorId, CreditorId] | None:
    """Return who is asked on consent, and for whom the consent is withdrawn; None without two.

    The first answers at once. A public creditor is left out: it is asked by law, not on consent.
    """
    private = [one for one in cast.creditors if one.creditor_class is not CreditorClass.PUBLIC]
    prompt = [one.creditor_id for one in private if one.behaviour in _ANSWERS_AT_ONCE]
    others = [one.creditor_id for one in private if one.creditor_id not in prompt[:1]]
    return (prompt[0], others[-1]) if prompt and others else None
