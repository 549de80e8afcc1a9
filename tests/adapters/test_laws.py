"""The laws of every adapter; a folder in adapters/ is under them because it exists.

The sentences are those of the adapter contract (design §2, style §2.5); law 9, the golden files,
is in test_golden.py.
"""

import os
import random
import socket
import sys
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.errors import (
    EnvironmentMismatch,
    Inexpressible,
    NotCorrelated,
    OtherPerson,
    PartnerFault,
    RecipientMismatch,
    ReplyNotAllowed,
    SchemaRefused,
    Unintelligible,
)
from gateway.domain.parties import Environment
from gateway.domain.person import ByBsn
from gateway.ports.creditor import MessageKind
from gateway.wire.schema import validate
from gateway.wire.xml import Namespace, canonical, parse, serialise
from tests import strategies
from tests.adapters.damage import BSN_DIGITS, damaged, every_damage
from tests.adapters.dialects import (
    CATALOGUE,
    DIALECTS,
    XSD,
    Dialect,
    without_ignored,
    without_layout,
)
from tests.adapters.examples import (
    BSN,
    ENVELOPE,
    FULL_STATEMENT,
    OTHER_CLIENT,
    REFUSAL,
    REPLY_AT,
    REPLY_ID,
    STATEMENT,
    question_of,
)

LAW = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
LIMIT = 1_000_000
WITH_ROOM = {"energie", "svb", "template"}
pytestmark = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


def sent(element):
    """What the other side has in hand: the element after it went over the wire."""
    return parse(serialise(element), LIMIT)


def draw_question(data, dialect):
    return data.draw(strategies.questions(*data.draw(st.sampled_from(dialect.shapes))))


def draw_exchange(data, dialect):
    """A question, its envelope, a reply, and both messages as they arrive."""
    question = draw_question(data, dialect)
    envelope = data.draw(strategies.envelopes)
    reply = data.draw(strategies.replies(dialect.simulator.LINES))
    request = sent(dialect.adapter.debt_statement.compose(question, envelope))
    said = sent(dialect.simulator.answer(request, reply, REPLY_ID, REPLY_AT))
    return question, envelope, reply, request, said


def example(dialect: Dialect):
    """A plain exchange: the question, the request and the creditor's statement."""
    question = question_of(*dialect.shapes[0])
    request = sent(dialect.adapter.debt_statement.compose(question, ENVELOPE))
    return question, request, dialect.simulator.answer(request, STATEMENT, REPLY_ID, REPLY_AT)


def notices(data, adapter):
    """Every one-way message this dialect can say, with a fact drawn for it."""
    facts: tuple[tuple[Any, st.SearchStrategy[Any], dict[str, Any]], ...] = (
        (adapter.help_notice, strategies.notices, {}),
        (adapter.withdrawal, strategies.withdrawals, {}),
        (adapter.fault, strategies.fault_notices, {"answers": REPLY_ID}),
    )
    for notice, values, extra in facts:
        if notice is not None:
            yield notice, data.draw(values), replace(data.draw(strategies.envelopes), **extra)


@LAW
@given(data=st.data())
def test_law_1_the_same_question_and_envelope_give_the_same_bytes(dialect, data):
    exchange = dialect.adapter.debt_statement
    question, envelope = draw_question(data, dialect), data.draw(strategies.envelopes)
    first, second = (serialise(exchange.compose(question, envelope)) for _ in range(2))
    assert first == second


@LAW
@given(data=st.data())
def test_law_2_what_is_composed_is_valid_and_what_the_simulator_answers_is_too(dialect, data):
    question, _, _, request, said = draw_exchange(data, dialect)
    schema = dialect.adapter.debt_statement.request_schema(question)
    validate(request, schema, CATALOGUE)
    assert dialect.simulator.REQUESTS[str(request.tag)] == schema
    validate(said, dialect.adapter.schemas[str(said.tag)], CATALOGUE)


@LAW
@given(data=st.data())
def test_law_2_every_notice_is_valid_too(dialect, data):
    for notice, fact, envelope in notices(data, dialect.adapter):
        composed = sent(notice.compose(fact, envelope))
        validate(composed, notice.schema(fact), CATALOGUE)
        assert dialect.simulator.REQUESTS[str(composed.tag)] == notice.schema(fact)


@LAW
@given(data=st.data())
def test_law_3_what_the_creditor_says_is_what_we_hear(dialect, data):
    question, envelope, reply, request, said = draw_exchange(data, dialect)
    assert dialect.adapter.debt_statement.interpret(said, question, envelope) == reply
    heard = dialect.simulator.hear(request)
    assert heard.client_number == question.client_number
    assert heard.reminder == question.reminder
    assert heard.invoice_numbers == question.invoice_numbers


@LAW
@given(data=st.data())
def test_law_3_both_sides_identify_the_same_exchange(dialect, data):
    _, envelope, _, request, said = draw_exchange(data, dialect)
    asked, answered = dialect.adapter.identify(request), dialect.adapter.identify(said)
    assert (asked.message_id, asked.answers) == (envelope.message_id, None)
    assert (answered.message_id, answered.answers) == (REPLY_ID, envelope.message_id)
    assert asked.conversation_id == answered.conversation_id == envelope.conversation_id
    assert (asked.sender, asked.receiver) == (envelope.sender, envelope.receiver)
    assert (answered.sender, answered.receiver) == (envelope.receiver, envelope.sender)
    assert asked.environment is answered.environment is envelope.environment
    assert asked.kind is MessageKind.DEBT_STATEMENT_REQUEST
    assert answered.kind in dialect.adapter.replies[asked.kind]


@LAW
@given(data=st.data())
def test_law_3_an_answer_repeats_the_digest_of_the_question_or_has_no_room_for_it(dialect, data):
    """Who repeats it signs for the question too: the answer is its own receipt (design §4)."""
    _, _, reply, request, said = draw_exchange(data, dialect)
    identify = dialect.adapter.identify
    assert identify(request).answered_digest is None
    assert identify(said).answered_digest in (digest_of(request), None)
    bare = sent(dialect.simulator.answer(request, reply, REPLY_ID, REPLY_AT, as_receipt=False))
    validate(bare, dialect.adapter.schemas[str(bare.tag)], CATALOGUE)
    assert identify(bare).answered_digest is None


def digest_of(request):
    """What the first DigestValue in the signature of a request holds."""
    return sha256(canonical(request)).digest()


def test_the_dialects_of_this_repository_have_room_for_that_digest(dialect):
    _, request, said = example(dialect)
    found = dialect.adapter.identify(sent(said)).answered_digest
    assert dialect.name not in WITH_ROOM or found == digest_of(request)


@pytest.mark.parametrize("spelling", ["", "x", BSN_DIGITS, "A" * 44, "A" * 42 + "B=", " " * 44])
def test_another_spelling_of_that_digest_is_refused(dialect, spelling):
    _, request, said = example(dialect)
    digest = b64encode(digest_of(request))
    broken = parse(serialise(said).replace(digest, spelling.encode()), LIMIT)
    if dialect.adapter.identify(said).answered_digest is None:
        assert canonical(broken) == canonical(said)
        return
    with pytest.raises(Unintelligible):
        dialect.adapter.identify(broken)


@LAW
@given(data=st.data(), other=strategies.envelopes)
def test_law_4_a_reply_to_another_message_is_refused(dialect, data, other):
    question, envelope, _, _, said = draw_exchange(data, dialect)
    interpret = dialect.adapter.debt_statement.interpret
    if other.message_id != envelope.message_id:
        with pytest.raises(NotCorrelated):
            interpret(said, question, replace(envelope, message_id=other.message_id))
    if other.conversation_id != envelope.conversation_id:
        with pytest.raises(NotCorrelated):
            interpret(said, question, replace(envelope, conversation_id=other.conversation_id))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"sender": ENVELOPE.receiver}, RecipientMismatch),
        ({"receiver": ENVELOPE.sender}, RecipientMismatch),
        ({"environment": Environment.PRODUCTION}, EnvironmentMismatch),
        ({"citation": replace(ENVELOPE.citation, reference="ander artikel")}, Unintelligible),
        ({"citation": replace(ENVELOPE.citation, on_behalf_of="ander")}, Unintelligible),
    ],
)
def test_law_4_a_reply_from_or_on_something_else_is_refused(dialect, change, refusal):
    question, _, said = example(dialect)
    with pytest.raises(refusal):
        dialect.adapter.debt_statement.interpret(said, question, replace(ENVELOPE, **change))


def test_law_4_our_own_question_is_no_reply(dialect):
    question, request, _ = example(dialect)
    with pytest.raises(ReplyNotAllowed):
        dialect.adapter.debt_statement.interpret(request, question, ENVELOPE)


@pytest.mark.parametrize("reply", [STATEMENT, REFUSAL], ids=["statement", "refusal"])
def test_law_5_a_reply_about_another_person_is_refused(dialect, reply):
    question, request, _ = example(dialect)
    said = dialect.simulator.answer(request, reply, REPLY_ID, REPLY_AT, about=OTHER_CLIENT)
    validate(said, dialect.adapter.schemas[str(said.tag)], CATALOGUE)
    with pytest.raises(OtherPerson):
        dialect.adapter.debt_statement.interpret(said, question, ENVELOPE)


def hold_law_6(dialect, broken, question, envelope):
    fault = refusal_of(lambda: dialect.adapter.identify(broken)) or refusal_of(
        lambda: dialect.adapter.debt_statement.interpret(broken, question, envelope)
    )
    if fault is not None:
        shown = " ".join((str(fault), repr(fault), repr(fault.args), repr(vars(fault))))
        assert BSN_DIGITS not in shown
        assert fault.__suppress_context__ or fault.__context__ is None


def hold_law_7(dialect, broken, question, envelope, request):
    schema = dialect.adapter.schemas.get(str(broken.tag))
    if schema is None:
        return
    try:
        validate(broken, schema, CATALOGUE)
        understood = dialect.adapter.debt_statement.interpret(broken, question, envelope)
    except PartnerFault:
        return
    found = dialect.adapter.identify(broken)
    whole = found.answered_digest is not None
    repeated = sent(
        dialect.simulator.answer(request, understood, found.message_id, REPLY_AT, as_receipt=whole)
    )
    compared = [
        canonical(without_layout(without_ignored(one, dialect.module.IGNORED)))
        for one in (broken, repeated)
    ]
    assert compared[0] == compared[1]


def refusal_of(act: Callable[[], object]) -> PartnerFault | None:
    """The PartnerFault that an act raises; any other fault passes and fails the test."""
    try:
        act()
    except PartnerFault as fault:
        return fault
    return None


@LAW
@given(data=st.data())
def test_laws_6_and_7_hold_for_a_damaged_reply(dialect, data):
    """Law 6: refused or understood, never a crash, even when no schema has seen it, and no error
    shows a BSN. Law 7: we understand only what the creditor could have said.
    """
    question, envelope, _, request, said = draw_exchange(data, dialect)
    broken = data.draw(damaged(said))
    hold_law_6(dialect, broken, question, envelope)
    hold_law_7(dialect, broken, question, envelope, request)


@pytest.mark.parametrize("reply", ["statement", "refusal"])
def test_laws_6_and_7_hold_for_every_damage_to_a_plain_reply(dialect, reply):
    question, request, _ = example(dialect)
    said = dialect.simulator.answer(
        request, full_statement(dialect) if reply == "statement" else REFUSAL, REPLY_ID, REPLY_AT
    )
    tried = 0
    for broken in every_damage(sent(said)):
        hold_law_6(dialect, broken, question, ENVELOPE)
        hold_law_7(dialect, broken, question, ENVELOPE, request)
        tried += 1
    assert tried > 300


def full_statement(dialect):
    """A statement with one line of each kind that this dialect knows."""
    lines = tuple(line for line in FULL_STATEMENT.lines if type(line) in dialect.simulator.LINES)
    return replace(FULL_STATEMENT, lines=lines)


class Touched(BaseException):
    """An adapter reached outside; no adapter can catch this by accident."""


_TRAPPED = ("open", "socket.", "os.", "subprocess.", "import", "ctypes.", "shutil.", "tempfile.")
_ARMED: set[str] = set()


def _watch(event: str, _: tuple[object, ...]) -> None:
    if _ARMED and event.startswith(_TRAPPED):
        raise Touched(event)


# An audit hook sees what Python code and extension modules open, and cannot be taken away again.
sys.addaudithook(_watch)


class _NoEnvironment(dict[str, str]):
    def __getitem__(self, key: object) -> str:
        raise Touched("environment")

    def get(self, *_: object) -> str:
        raise Touched("environment")


@contextmanager
def booby_traps(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files, sockets, processes and imports by audit hook; environment, clock, dice by name."""

    def touched(*_: object, **__: object) -> None:
        raise Touched("clock or dice")

    with patch.context() as inner:
        inner.setattr(os, "environ", _NoEnvironment())
        for module, name in ((time, "time"), (random, "random"), (uuid, "uuid4"), (os, "urandom")):
            inner.setattr(module, name, touched)
        _ARMED.add("now")
        try:
            yield
        finally:
            _ARMED.clear()


def test_law_8_the_traps_work(dialect, monkeypatch):
    with booby_traps(monkeypatch):
        for reach_out in (
            Path(__file__).read_bytes,
            lambda: os.environ["HOME"],
            lambda: os.getenv("HOME"),
            socket.socket,
            lambda: uuid.uuid4(),  # noqa: PLW0108 - looked up when called
            lambda: time.time(),  # noqa: PLW0108 - looked up when called
        ):
            with pytest.raises(Touched):
                reach_out()


def test_law_8_composing_and_interpreting_touch_nothing(dialect, monkeypatch):
    adapter, questions = dialect.adapter, [question_of(*shape) for shape in dialect.shapes]
    # python-stdnum loads the rules of a country when its first IBAN passes; that is not ours.
    example(dialect)
    with booby_traps(monkeypatch):
        for question in questions:
            request = adapter.debt_statement.compose(question, ENVELOPE)
            adapter.identify(request)
            for reply in (STATEMENT, REFUSAL):
                said = dialect.simulator.answer(request, reply, REPLY_ID, REPLY_AT)
                adapter.identify(said)
                assert adapter.debt_statement.interpret(said, question, ENVELOPE) == reply


@LAW
@given(data=st.data())
def test_no_bsn_leaves_unless_given_by_bsn_and_no_address_when_it_is_secret(dialect, data):
    """A test walks every message (design, principle 9); the digits stand in no other place."""
    for said, subject in all_messages(data, dialect):
        names = local_names(said)
        number = subject.bsn.value if isinstance(subject, ByBsn) else None
        assert (number is not None) == ("BSN" in names)
        assert number is None or canonical(said).count(number.encode()) == 1
        secret = subject is None or subject.address is None
        assert secret == names.isdisjoint({"Adreskeuze", "Straatadres", "Leveringsadres", "Adres"})


def all_messages(data, dialect):
    """Every message this dialect can send, with the subject it is about."""
    question, envelope = draw_question(data, dialect), data.draw(strategies.envelopes)
    yield dialect.adapter.debt_statement.compose(question, envelope), question.subject
    for notice, fact, outer in notices(data, dialect.adapter):
        yield notice.compose(fact, outer), getattr(fact, "subject", None)


def local_names(element):
    return {str(one.tag).split("}")[1] for one in element.iter()}


def test_a_question_that_does_not_fit_is_refused_and_never_cut_down(dialect):
    """What a message has no room for is Inexpressible: the log says what was disclosed."""
    assert dialect.shapes, "a dialect that can ask nothing"
    for shape in strategies.SHAPES:
        question = question_of(*shape)
        if shape in dialect.shapes:
            text = canonical(dialect.adapter.debt_statement.compose(question, ENVELOPE)).decode()
            assert (BSN.value in text) == hasattr(question.subject, "bsn")
            assert all(f"{reading.value:.3f}" in text for reading in question.meter_readings)
        else:
            with pytest.raises(Inexpressible):
                dialect.adapter.debt_statement.compose(question, ENVELOPE)


def test_every_message_carries_its_ground_and_its_environment(dialect):
    _, request, said = example(dialect)
    for element in (request, said):
        text = canonical(element).decode()
        assert ENVELOPE.citation.kind.value in text
        assert ENVELOPE.citation.reference in text
        assert ENVELOPE.environment.value in text


def test_a_signature_is_allowed_as_the_last_child_only(dialect):
    _, _, said = example(dialect)
    schema = dialect.adapter.schemas[str(said.tag)]
    signature = Namespace("http://www.w3.org/2000/09/xmldsig#")
    said.append(signature.element("Signature"))
    validate(said, schema, CATALOGUE)
    said.append(signature.element("Signature"))
    with pytest.raises(SchemaRefused):
        validate(said, schema, CATALOGUE)
    del said[-1]
    said.insert(1, said[-1])
    with pytest.raises(SchemaRefused):
        validate(said, schema, CATALOGUE)


SECOND_OPINIONS: dict[str, xmlschema.XMLSchema10] = {}


def second_opinion(name):
    if name not in SECOND_OPINIONS:
        SECOND_OPINIONS[name] = xmlschema.XMLSchema10(str(XSD / name), allow="local")
    return SECOND_OPINIONS[name]


@settings(LAW, max_examples=100)
@given(data=st.data())
def test_both_validators_give_the_same_verdict_on_whole_and_damaged_messages(dialect, data):
    question, _, _, request, said = draw_exchange(data, dialect)
    asked = dialect.adapter.debt_statement.request_schema(question)
    for element, name in ((request, asked), (said, dialect.adapter.schemas[str(said.tag)])):
        for one in (element, data.draw(damaged(element))):
            if one.tag == element.tag:
                assert CATALOGUE.compiled(name).validate(one) == second_opinion(name).is_valid(one)
