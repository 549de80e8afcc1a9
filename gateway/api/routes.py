"""A route as a value: one table entry per operation, from which server and openapi.json are made.

A handler gets a Call, in which everything has been checked: who asks, the right to ask it, headers,
query and body. What it returns is a Reply. So a handler holds no HTTP, and what is documented is
what is served.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from gateway.api.forms import Incoming, Outgoing, Query
from gateway.config.rights import Right
from gateway.domain.errors import GatewayError, NotFound
from gateway.domain.parties import Controller
from gateway.store.database import Transaction
from gateway.usecases.casework import idempotency
from gateway.usecases.casework.idempotency import Answer
from gateway.usecases.commands import Caller
from gateway.usecases.context import Gateway

JSON, XML = "application/json", "application/xml"
API_VERSION = "1.0.0"
RETRY_SECONDS = 5
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, before the headers that every answer has."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A checked request.

    `peer` is the subject serial number of the caller's certificate; `body` and `query` are of the
    models that the route names; `digest` stands for the whole request.
    """

    gateway: Gateway
    controller: Controller
    path: Mapping[str, str]
    caller: Caller | None = None
    peer: str | None = None
    body: Any = None
    query: Any = None
    idempotency_key: str | None = None
    digest: bytes = b""

    @property
    def acting(self) -> Caller:
        """The caller; a route without one does not ask for it."""
        if self.caller is None:
            raise TypeError("This route is served without a caller.")
        return self.caller

    def identifier(self, name: str) -> UUID:
        """Return an id from the path; raises NotFound when it has not the one form of a UUID."""
        text = self.path[name]
        try:
            found = UUID(text)
        except ValueError:
            raise NotFound from None
        if str(found) != text:
            raise NotFound
        return found

    async def perform(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Reply:
        """Do the work in one transaction, once per Idempotency-Key, and return its answer."""
        answer = await idempotency.perform(
            self.gateway, self.acting, self.idempotency_key, self.digest, work
        )
        headers = {} if answer.location is None else {"Location": answer.location}
        if answer.status == 202:
            headers["Retry-After"] = str(RETRY_SECONDS)
        return Reply(answer.status, answer.body, headers=headers)


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    `right` is what a client needs; None lets every configured client in. `public` asks for no
    certificate at all and opens the route to browsers (CORS). `names_employee` demands X-Medewerker
    and X-Rol. `reads` and `gives` are media types; what is read as XML reaches the handler as
    bytes. `changes` takes an Idempotency-Key. `problems` are the error types that this operation
    can end in, beside those that every operation has.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    right: Right | None = None
    body: type[Incoming] | None = None
    query: type[Query] | None = None
    result: type[Outgoing] | None = None
    status: int = 200
    reads: str | None = None
    gives: str = JSON
    names_employee: bool = True
    public: bool = False
    changes: bool = False
    problems: tuple[type[GatewayError], ...] = ()


def reply(model: Outgoing, status: int = 200) -> Reply:
    """Return a model as the reply."""
    return Reply(status, model.document())


def answer(model: Outgoing, status: int, location: str | None = None) -> Answer:
    """Return a model as the answer of a transaction, to be kept under its Idempotency-Key."""
    return Answer(status, model.document(), location)
