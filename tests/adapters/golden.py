"""Golden files: what each dialect says, to the byte, with fixed ids and times.

In adapters/<dialect>/golden/, per case `NN-name`:

    NN-name.question.json   what we ask      -> NN-name.request.xml   the bytes we send
    NN-name.reply.json      what they answer -> NN-name.reply.xml     the bytes they send
    NN-name.notice.json     what we tell     -> NN-name.notice.xml    the bytes we send
    wrong/CODE--what.xml    a reply to the first question that is refused with this error code

JSON is written and read by people. `python -m tests.adapters.golden` makes the XML anew after a
change to a dialect; the difference is then read in review.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from gateway.domain.identifiers import ConversationId, MessageId, Oin
from gateway.domain.parties import Environment
from gateway.domain.statement import DebtStatementRequest, HelpNotice, Reply, Withdrawal
from gateway.ports.creditor import Envelope, FaultNotice
from gateway.wire.xml import Element, serialise
from tests.adapters.codec import parse_json
from tests.adapters.dialects import DIALECTS, Dialect
from tests.adapters.examples import OTHER_CLIENT, REPLY_AT, REPLY_ID

LIMIT = 1_000_000
OTHER = UUID("11111111-2222-4333-8444-555555555555")
OTHER_PARTY = Oin("00000003876543210000")

SPOILED = {
    "antwoord-onbegrijpelijk--som-klopt-niet": (b"430.00", b"430.01"),
    "antwoord-onbegrijpelijk--iban-klopt-niet": (b"NL91ABNA0417164300", b"NL91ABNA0417164301"),
    "schema-ongeldig--bedrag-met-komma": (b"430.00", b"430,00"),
    "schema-ongeldig--bedrag-zonder-decimalen": (b"430.00", b"430"),
    "schema-ongeldig--negatief-bedrag": (b"430.00", b"-430.00"),
    "schema-ongeldig--dag-bestaat-niet": (b"2026-03-31", b"2026-02-30"),
    "schema-ongeldig--klantnummer-is-een-bsn": (b"K-0G7K-2MPX-9QRT", b"111222333"),
}
"""What is wrong -> the bytes of the first reply that are replaced, and by what."""


@dataclass(frozen=True)
class Asked:
    """A question with its envelope: a `.question.json`."""

    envelope: Envelope
    question: DebtStatementRequest


@dataclass(frozen=True)
class Told:
    """A notice with its envelope: a `.notice.json`."""

    envelope: Envelope
    fact: HelpNotice | Withdrawal | FaultNotice


def cases(dialect: Dialect, suffix: str) -> list[Path]:
    """The files of a dialect that end so, in order."""
    return sorted((dialect.folder / "golden").glob(f"*.{suffix}"))


def beside(path: Path, suffix: str) -> Path:
    """The file of the same case with another suffix."""
    return path.with_name(f"{path.name.split('.')[0]}.{suffix}")


def asked(path: Path) -> Asked:
    """The question of a case."""
    found: Asked = parse_json(beside(path, "question.json").read_text("utf-8"), Asked)
    return found


def replied(path: Path) -> Reply:
    """The reply of a case."""
    found: Reply = parse_json(beside(path, "reply.json").read_text("utf-8"), Reply)
    return found


def request(dialect: Dialect, case: Asked) -> Element:
    """The request of a case."""
    return dialect.adapter.debt_statement.compose(case.question, case.envelope)


def answer(dialect: Dialect, case: Asked, reply: Reply, **other: object) -> Element:
    """The reply message of a case."""
    composed: Element = dialect.simulator.answer(
        request(dialect, case), reply, REPLY_ID, REPLY_AT, **other
    )
    return composed


def notice(dialect: Dialect, path: Path) -> Element:
    """The message of a notice."""
    told: Told = parse_json(path.read_text("utf-8"), Told)
    match told.fact:
        case HelpNotice() as fact if dialect.adapter.help_notice:
            return dialect.adapter.help_notice.compose(fact, told.envelope)
        case Withdrawal() as fact if dialect.adapter.withdrawal:
            return dialect.adapter.withdrawal.compose(fact, told.envelope)
        case FaultNotice() as fact if dialect.adapter.fault:
            return dialect.adapter.fault.compose(fact, told.envelope)
    raise AssertionError("this dialect cannot say it")


def made(dialect: Dialect) -> Iterator[tuple[Path, bytes]]:
    """Every XML file of a dialect that is made from JSON, with its bytes."""
    for path in cases(dialect, "question.json"):
        yield beside(path, "request.xml"), serialise(request(dialect, asked(path)))
    for path in cases(dialect, "reply.json"):
        said = answer(dialect, asked(path), replied(path))
        yield beside(path, "reply.xml"), serialise(said)
    for path in cases(dialect, "notice.json"):
        yield beside(path, "notice.xml"), serialise(notice(dialect, path))
    for name, document in wrong(dialect):
        yield dialect.folder / "golden" / "wrong" / f"{name}.xml", document


def wrong(dialect: Dialect) -> Iterator[tuple[str, bytes]]:
    """Replies to the first question that must be refused: error code and what, and the bytes."""
    path = cases(dialect, "reply.json")[0]
    case, reply = asked(path), replied(path)
    right = serialise(answer(dialect, case, reply))
    for name, (old, new) in SPOILED.items():
        assert right.count(old) >= 1, f"{path.name} has nothing to spoil for {name}"
        yield name, right.replace(old, new)
    yield "berichtsoort-onbekend--onze-eigen-vraag", serialise(request(dialect, case))
    other = serialise(answer(dialect, case, reply, about=OTHER_CLIENT))
    yield "andere-persoon--ander-klantnummer", other
    if dialect.adapter.fault is not None:
        back = replace(
            case.envelope,
            message_id=REPLY_ID,
            sender=case.envelope.receiver,
            receiver=case.envelope.sender,
            answers=case.envelope.message_id,
        )
        fault = dialect.adapter.fault.compose(FaultNotice("GW014", "Geweigerd"), back)
        yield "antwoord-niet-toegestaan--foutbericht", serialise(fault)
    for name, envelope in _other_envelopes(case.envelope):
        said = answer(dialect, replace(case, envelope=envelope), reply, as_receipt=False)
        yield name, serialise(said)


def _other_envelopes(envelope: Envelope) -> Iterator[tuple[str, Envelope]]:
    code = "geen-vraag-bekend"
    yield f"{code}--andere-vraag", replace(envelope, message_id=MessageId(OTHER))
    yield f"{code}--ander-gesprek", replace(envelope, conversation_id=ConversationId(OTHER))
    yield "partij-verkeerd--andere-afzender", replace(envelope, receiver=OTHER_PARTY)
    yield "partij-verkeerd--andere-ontvanger", replace(envelope, sender=OTHER_PARTY)
    yield "omgeving-verkeerd--productie", replace(envelope, environment=Environment.PRODUCTION)
    citation = replace(envelope.citation, reference="Wgs artikel 4a")
    name = "antwoord-onbegrijpelijk--andere-grondslag"
    yield name, replace(envelope, citation=citation)


def rewrite() -> None:
    """Write every made file of every dialect."""
    for dialect in DIALECTS:
        for path, document in made(dialect):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document)


if __name__ == "__main__":
    rewrite()
