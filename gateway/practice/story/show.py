"""Plays a whole story and says what came of it: from an empty folder to checked evidence."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway import logs
from gateway.domain.identifiers import CreditorId
from gateway.practice.casefile import CaseFile
from gateway.practice.stage.configuring import LINES_FILE
from gateway.practice.stage.folder import OutFolder
from gateway.practice.stage.joining import JOINED_ID, Joining
from gateway.practice.stage.parties import ASKERS, HELPER, MUNICIPALITY, StoryAsker
from gateway.practice.stage.setting import ANY_PORTS, Ports, Stage
from gateway.practice.story.acts import Acts, consent_parts
from gateway.practice.story.backoffice import BackOffice
from gateway.practice.story.diagnosis import joined_of
from gateway.practice.story.proving.evidence import examine
from gateway.practice.story.proving.search import lines_of, search
from gateway.practice.story.samples import keep_samples
from gateway.practice.story.telling.ending import show_evidence, show_joined, show_overview
from gateway.practice.story.telling.report import Reporter
from gateway.practice.story.told import Account, Consents, Evidence, Joined, Json, Search, Told

URLS_FILE = "urls.log"
Stay = Callable[[Stage, Told, Reporter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Show:
    """What is played, and how: `day_seconds` is the length of a working day."""

    case: CaseFile
    out: OutFolder
    report: Reporter
    ports: Ports = ANY_PORTS
    day_seconds: float = 1.0
    seed: int | None = None
    joining: Joining | None = None

    async def run(self, stay: Stay | None = None) -> Told:
        """Play the story; `stay`, if given, is awaited while everything still runs.

        Raises:
            ConfigurationFault, StoreUnavailable, StoryFailed: the story cannot be played.
        """
        self.report.act("The stage: everything is made here, nothing comes from outside")
        logs.configure(self.out.lines / LINES_FILE)
        stage = await Stage.set(self.out, self.case.cast, self.ports, self.report.did, self.joining)
        try:
            told = await self._play(stage)
            if stay is not None:
                await stay(stage, told, self.report)
            return told
        finally:
            self.report.close()
            await stage.close()

    async def _play(self, stage: Stage) -> Told:
        joined = JOINED_ID if self.joining else None
        acts = Acts(stage, self.case, self.report, self.day_seconds, self.seed, joined)
        municipality, helper = office_of(stage, MUNICIPALITY), office_of(stage, HELPER)
        async with municipality, helper:
            self.report.act("The municipality asks every creditor, by its task under the Wgs")
            case_id = await acts.ask_everybody(municipality)
            parts = consent_parts(self.case.cast)
            cases = await self._consents(acts, helper, parts) if parts else None
            self.report.act("Working days pass")
            await acts.let_days_pass(municipality, case_id)
            account = await acts.account(municipality, case_id)
            consents = await _consents(acts, helper, parts, cases) if parts and cases else None
            dialects = {str(one.creditor_id): one.adapter for one in self.case.cast.creditors}
            dialects |= {JOINED_ID: "svb"}
            samples = await keep_samples(
                municipality, account.messages, dialects, self.out.messages
            )
            await acts.settle()
            self.report.act("The debt overview")
            show_overview(self.report, account)
            guest = await self._guest(stage, account) if joined else None
            askers = ASKERS if consents else (MUNICIPALITY,)
            evidence = await self._evidence(stage, askers)
            found = await self._search(stage, (municipality, helper), samples, evidence)
        return Told(
            case=self.case,
            municipality=account,
            consents=consents,
            evidence=evidence,
            search=found,
            dossiers={name: one.dossier for name, one in stage.simulators.items()},
            worked_days=stage.calendar.worked,
            samples=tuple(sorted(samples)),
            joined=guest,
        )

    async def _guest(self, stage: Stage, account: Account) -> Joined:
        self.report.act("Your endpoint")
        gateway = stage.app.gateway
        controller = gateway.controller(MUNICIPALITY.oin)
        found = await joined_of(gateway, controller, account, JOINED_ID)
        show_joined(self.report, found)
        return found

    async def _consents(
        self, acts: Acts, helper: BackOffice, parts: tuple[CreditorId, CreditorId]
    ) -> tuple[str, str, Json]:
        self.report.act("A helper outside the Wgs asks on consent, and one consent is withdrawn")
        first = await acts.ask_on_consent(helper, parts[0])
        second, ending = await acts.withdraw_in_time(helper, parts[1])
        return first, second, ending

    async def _evidence(
        self, stage: Stage, askers: tuple[StoryAsker, ...]
    ) -> Mapping[str, Evidence]:
        self.report.act("The evidence, checked offline with a key from outside the log")
        await stage.app.publish(self.out.log)
        found = {one.oin.value: await examine(stage.app, self.out, one.oin) for one in askers}
        show_evidence(self.report, self.out, found)
        return found

    async def _search(
        self,
        stage: Stage,
        offices: tuple[BackOffice, ...],
        samples: Mapping[str, bytes],
        evidence: Mapping[str, Evidence],
    ) -> Search:
        self.report.act("The search for BSN and names in everything that is kept in the clear")
        urls = [url for office in offices for url in office.urls]
        urls += [f"POST {one.endpoint}" for one in stage.simulators.values()]
        (self.out.lines / URLS_FILE).write_text("\n".join(urls) + "\n", encoding="utf-8")
        lines = list(lines_of(self.out.lines))
        for oin, one in evidence.items():
            lines += [(f"event of {oin}", str(dict(event))) for event in one.events]
        sent = [document for name, document in samples.items() if name.startswith("uit-")]
        found = await asyncio.to_thread(search, self.case.cast.resident, lines, sent)
        self.report.did(
            f"{len(found.found)} of {found.lines} lines of logs, events and URLs hold a BSN or name"
            f" (the same search does find them in {found.control} of {len(sent)} sent messages)"
        )
        return found


async def _consents(
    acts: Acts,
    helper: BackOffice,
    parts: tuple[CreditorId, CreditorId],
    cases: tuple[str, str, Json],
) -> Consents:
    first, second, ending = cases
    answered, withdrawn = await acts.account(helper, first), await acts.account(helper, second)
    return Consents(parts[0], parts[1], answered, withdrawn, ending)


def office_of(stage: Stage, asker: StoryAsker) -> BackOffice:
    """Return the back office of a controller, with its own client certificate."""
    return BackOffice(
        asker, stage.app.api_address, stage.clients[asker.oin], stage.root_certificate
    )
