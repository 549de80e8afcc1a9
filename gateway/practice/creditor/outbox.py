"""The answers that a simulated creditor still owes, and how it delivers them at our listener.

An answer is written on the day it is due and kept until it was delivered: a second try brings the
same bytes. Our signed receipt is verified as any message, and kept.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from gateway.domain.errors import PartnerFault
from gateway.domain.identifiers import ConversationId, Oin
from gateway.domain.parties import Environment
from gateway.practice.behaviours import AnswerLater, Pen
from gateway.practice.creditor.dossier import Dossier
from gateway.practice.creditor.surroundings import KnownAsker
from gateway.practice.creditor.writing import Letter, Writer
from gateway.transports.tls import client_context
from gateway.wire import receipt
from gateway.wire.signature import verify
from gateway.wire.xml import Element

PATH: Final = "/v1/berichten"
_ANSWER_BYTES: Final = 1_000_000
PAUSES: Final = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between tries when the gateway cannot be reached; after that, the next day."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, sock_connect=5)
_HEADERS: Final = {
    "Content-Type": "application/xml; charset=utf-8",
    "Accept": "application/xml",
    "User-Agent": "simulated-creditor",
}


@dataclass(slots=True)
class Promise:
    """An answer that is owed: to whom, in which conversation, on what, and when."""

    asker: KnownAsker
    conversation: ConversationId
    request: Element = field(repr=False)
    action: AnswerLater
    due: int = 0
    delivered: int = 0
    letter: Letter | None = field(default=None, repr=False)
    settled: bool = False


class Outbox:
    """The late answers of one creditor; days are counted as `day_begins` is called."""

    def __init__(self, writer: Writer, dossier: Dossier) -> None:
        self._writer, self._dossier = writer, dossier
        self._promises: list[Promise] = []
        self._day = 0
        self._today = writer.around.calendar.today()
        self._listener: tuple[str, int] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._contexts: dict[Oin, ssl.SSLContext] = {}
        self._delivering = asyncio.Lock()

    def answer_at(self, host: str, port: int) -> None:
        """Say where the gateway listens for creditors."""
        self._listener = (host, port)

    def add(self, promise: Promise) -> None:
        """Owe an answer; its day is counted from today."""
        promise.due = self._day + promise.action.working_days
        self._promises.append(promise)

    def cancel(self, conversation: ConversationId) -> int:
        """Owe nothing any more in this conversation; return how many answers that were."""
        stopped = [one for one in self._promises if one.conversation == conversation]
        for one in stopped:
            one.settled = True
        self._sweep()
        return len(stopped)

    def pending(self) -> int:
        """Return how many answers are still to come, today or later."""
        return len(self._promises)

    def due(self) -> int:
        """Return how many answers are due and not delivered."""
        return sum(one.due <= self._day for one in self._promises)

    async def day_begins(self) -> None:
        """Deliver what is due; the date must have changed for a new day to count."""
        today = self._writer.around.calendar.today()
        if today != self._today:
            self._today, self._day = today, self._day + 1
        async with self._delivering:
            for promise in tuple(self._promises):
                if promise.due <= self._day and not promise.settled:
                    await self._deliver(promise)
            self._sweep()

    async def close(self) -> None:
        """Close the connections to the gateway."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _sweep(self) -> None:
        self._promises = [one for one in self._promises if not one.settled]

    async def _deliver(self, promise: Promise) -> None:
        if promise.letter is None:
            variant = promise.action.variant
            promise.letter = self._writer.answer(promise.request, variant, Pen.OWN)
        while promise.delivered < promise.action.copies and not promise.settled:
            answer = await self._persist(promise, promise.letter)
            if answer is None:
                return
            self._note(promise, promise.letter, *answer)
            promise.delivered += 1
        promise.settled = True

    async def _persist(self, promise: Promise, letter: Letter) -> tuple[int, bytes] | None:
        for pause in (*PAUSES, None):
            try:
                status, body = await self._post(promise.asker, letter.signed.document)
                if status < 500 and status != 429:
                    return status, body
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            if pause is None or promise.settled:
                break
            await asyncio.sleep(pause)
        return None

    async def _post(self, asker: KnownAsker, document: bytes) -> tuple[int, bytes]:
        if self._listener is None:
            raise ConnectionRefusedError
        host, port = self._listener
        async with self._opened().post(
            f"https://{host}:{port}{PATH}",
            data=document,
            headers=_HEADERS | {"Host": asker.host},
            ssl=self._context(asker),
            server_hostname=asker.host,
            allow_redirects=False,
        ) as response:
            return response.status, await response.read()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=_TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _context(self, asker: KnownAsker) -> ssl.SSLContext:
        context = self._contexts.get(asker.oin)
        if context is None:
            pair, clock = self._writer.keyring.tls, self._writer.around.clock
            context = self._contexts[asker.oin] = client_context(pair, asker.trust, clock)
        return context

    def _note(self, promise: Promise, letter: Letter, status: int, body: bytes) -> None:
        if status >= 300:
            self._dossier.faults.append(status)
            return
        if not promise.delivered:
            self._dossier.answers += 1
        try:
            self._dossier.keep(self._receipt(promise.asker, letter, body))
        except PartnerFault as fault:
            self._dossier.complaints.append(fault.code)
        except _WrongReceipt:
            self._dossier.complaints.append("receipt-of-something-else")

    def _receipt(self, asker: KnownAsker, letter: Letter, body: bytes) -> receipt.Receipt:
        """Return the receipt if it is of this very letter (attacks-and-needs §2 row 19)."""
        verified = verify(body, asker.trust, self._writer.around.clock.now(), _ANSWER_BYTES)
        found = receipt.interpret(verified.element)
        wanted = (letter.message_id, letter.signed.digest, asker.oin, self._writer.creditor.party)
        if (found.message_id, found.digest, found.sender, found.receiver) != wanted:
            raise _WrongReceipt
        if found.environment is not Environment.PRACTICE:
            raise _WrongReceipt
        return found


class _WrongReceipt(Exception):
    """A good receipt, but not of the message that was delivered."""
