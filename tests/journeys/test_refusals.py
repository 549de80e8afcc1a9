"""Every message that must be refused: it is kept apart, says why, and never moves a leg.

Each one comes in on both roads: in the response to our own question, and at our listener.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest

from gateway.domain.errors import (
    CertificateRefused,
    EnvironmentMismatch,
    MessageReused,
    MessageTooLarge,
    MessageUnreadable,
    NotCorrelated,
    OtherPerson,
    PartnerFault,
    RecipientMismatch,
    ReplyNotAllowed,
    RootUnknown,
    SchemaRefused,
    SignatureRefused,
)
from gateway.domain.events import EventType
from gateway.domain.identifiers import CaseId, ClientNumber, MessageId
from gateway.domain.inquiry import LegState
from gateway.ports.creditor import FaultNotice, MessageKind
from gateway.usecases.casework.read import list_messages
from gateway.wire.schema import validate
from gateway.wire.signature import Signer, verify
from gateway.wire.xml import Element
from tests.journeys.creditors import MemoryCreditor
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    OTHER_STATEMENT,
    STATEMENT,
    arrives,
    asked_for,
    caller,
    ended,
    leg,
    settled,
)
from tests.journeys.stage import NEIGHBOUR, RENT, SHOP, TOWN, Stage

STRANGER = ClientNumber("K-7ZZZ-2MPX-9QRT")
SVB = "{urn:schuldeisersberichten:svb:1.0}"


def with_text(element: Element, name: str, text: str) -> Element:
    """Put another text in the element of this name."""
    found = next(element.iter(SVB + name))
    found.text = text
    return element


def other_person(shop: MemoryCreditor) -> bytes:
    return shop.answer(shop.last_question, STATEMENT, about=STRANGER)


def incomplete(shop: MemoryCreditor) -> bytes:
    element = shop.unsigned(STATEMENT)
    element.remove(element[-1])
    return shop.sign_anything(element)


def wrong_environment(shop: MemoryCreditor) -> bytes:
    return shop.sign_anything(with_text(shop.unsigned(STATEMENT), "Omgeving", "productie"))


def wrong_recipient(shop: MemoryCreditor) -> bytes:
    element = with_text(shop.unsigned(STATEMENT), "Ontvanger", NEIGHBOUR.oin.value)
    return shop.sign_anything(element)


def wrong_sender(shop: MemoryCreditor) -> bytes:
    element = with_text(shop.unsigned(STATEMENT), "Afzender", "00000099000000011000")
    return shop.sign_anything(element)


def answers_nothing(shop: MemoryCreditor) -> bytes:
    stray = str(shop.ids.reference())
    return shop.sign_anything(with_text(shop.unsigned(STATEMENT), "CrossReferentienummer", stray))


def other_conversation(shop: MemoryCreditor) -> bytes:
    stray = str(shop.ids.reference())
    element = with_text(shop.unsigned(STATEMENT), "ConversatieReferentienummer", stray)
    return shop.sign_anything(element)


def other_document(shop: MemoryCreditor) -> bytes:
    """It names our question, and repeats the digest of something else."""
    digest = b64encode(bytes(32)).decode()
    return shop.sign_anything(with_text(shop.unsigned(STATEMENT), "CrossDigest", digest))


def fault_as_answer(shop: MemoryCreditor) -> bytes:
    """A Foutbericht is in the dialect, but this one holds an answer."""
    element = with_text(shop.unsigned(STATEMENT), "Berichttype", "Foutbericht")
    element.tag = SVB + "Foutbericht"
    return shop.sign_anything(element)


def question_as_answer(shop: MemoryCreditor) -> bytes:
    return shop.sign_anything(with_text(shop.last_question, "Rappel", "0"))


def by_a_stranger(shop: MemoryCreditor) -> bytes:
    return shop.answer(shop.last_question, STATEMENT, signer=SIGNERS["huur"])


def by_an_expired_certificate(shop: MemoryCreditor) -> bytes:
    return shop.answer(shop.last_question, STATEMENT, signer=SIGNERS["verlopen"])


def tampered(shop: MemoryCreditor) -> bytes:
    return shop.answer(shop.last_question, STATEMENT).replace(b"450.00", b"950.00")


def unsigned(shop: MemoryCreditor) -> bytes:
    document = shop.answer(shop.last_question, STATEMENT)
    start, end = document.index(b"<ds:Signature"), document.index(b"</ds:Signature>")
    return document[:start] + document[end + len(b"</ds:Signature>") :]


def no_xml(shop: MemoryCreditor) -> bytes:
    return b"Geachte mevrouw, wij kennen deze klant niet."


def with_doctype(shop: MemoryCreditor) -> bytes:
    return b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + shop.answer(shop.last_question, STATEMENT)


def far_too_large(shop: MemoryCreditor) -> bytes:
    return b"<a>" + b" " * 1_000_000 + b"</a>"


SIGNERS: dict[str, Signer] = {}


@dataclass(frozen=True, slots=True)
class Bad:
    """A spoiled answer, its refusal, and whether its conversation is known by then."""

    spoil: Callable[[MemoryCreditor], bytes]
    fault: type[PartnerFault]
    correlated: bool = False


BAD = {
    bad.spoil.__name__: bad
    for bad in (
        Bad(other_person, OtherPerson, correlated=True),
        Bad(incomplete, SchemaRefused, correlated=True),
        Bad(fault_as_answer, SchemaRefused, correlated=True),
        Bad(wrong_environment, EnvironmentMismatch),
        Bad(wrong_recipient, RecipientMismatch),
        Bad(wrong_sender, RecipientMismatch),
        Bad(answers_nothing, NotCorrelated),
        Bad(other_conversation, NotCorrelated),
        Bad(other_document, NotCorrelated, correlated=True),
        Bad(question_as_answer, RootUnknown),
        Bad(by_a_stranger, CertificateRefused),
        Bad(by_an_expired_certificate, CertificateRefused),
        Bad(tampered, SignatureRefused),
        Bad(unsigned, SignatureRefused),
        Bad(no_xml, MessageUnreadable),
        Bad(with_doctype, MessageUnreadable),
        Bad(far_too_large, MessageTooLarge),
    )
}


@pytest.fixture(autouse=True)
def other_signers(stage: Stage) -> None:
    SIGNERS["huur"] = stage.creditor(RENT).signer
    serial = stage.creditor(SHOP).party.value
    SIGNERS["verlopen"] = stage.keys.signer("verlopen", serial, expired=True)


Road = Callable[[Stage, Bad], Awaitable[CaseId]]


async def in_the_response(stage: Stage, bad: Bad) -> CaseId:
    stage.creditor().spoiled = bad.spoil
    case = await asked_for(stage)
    await settled(stage)
    stage.creditor().spoiled = None
    assert (await leg(stage, case.case_id)).leg.quarantined == (bad.fault.code,)
    return case.case_id


async def at_the_listener(stage: Stage, bad: Bad) -> CaseId:
    case = await asked_for(stage)
    await settled(stage)
    answer = await arrives(stage, bad.spoil(stage.creditor()))
    assert (answer.status, answer.code) == (400, bad.fault.code)
    found = (await leg(stage, case.case_id)).leg
    assert found.quarantined == ((bad.fault.code,) if bad.correlated else ())
    check_fault_message(stage, answer.body, bad)
    return case.case_id


def check_fault_message(stage: Stage, body: bytes | None, bad: Bad) -> None:
    """Who is known gets a signed Foutbericht with a constant text; who is not, gets a code."""
    if not bad.correlated:
        assert body is None
        return
    assert body is not None
    verified = verify(body, stage.keys.trust(TOWN.oin.value), stage.clock.now(), 1_000_000)
    validate(verified.element, "svb/1.0/Foutbericht.xsd", stage.gateway.catalogue)
    code = next(verified.element.iter(SVB + "Code"))
    assert code.text == bad.fault.wire_code
    assert b"Zandvoort" not in body


@pytest.mark.parametrize("road", [in_the_response, at_the_listener])
@pytest.mark.parametrize("name", BAD)
async def test_a_bad_message_is_kept_apart_and_the_leg_waits_on(
    stage: Stage, road: Road, name: str
):
    bad = BAD[name]
    case_id = await road(stage, bad)
    found = (await leg(stage, case_id)).leg
    assert (found.state, found.reply) == (LegState.AWAITING_REPLY, None)
    events = [e for e in await check_log(stage) if e.type is EventType.EXCHANGE_QUARANTINED]
    assert [event.open["reason"] for event in events] == [bad.fault.code]
    shop = stage.creditor()
    good = shop.answer(next(iter(shop.questions.values())), STATEMENT)
    assert (await arrives(stage, good)).status == 200
    found = (await leg(stage, case_id)).leg
    assert (found.state, found.reply) == (LegState.ANSWERED, STATEMENT)


async def test_an_answer_about_another_person_opens_a_breach_record(stage: Stage):
    await at_the_listener(stage, BAD["other_person"])
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.BREACH_OPENED) == 1


async def test_a_refused_message_that_comes_again_is_kept_once(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    for spoil in (incomplete, answers_nothing):
        document = spoil(stage.creditor())
        codes = [(await arrives(stage, document)).code for _ in range(3)]
        assert len(set(codes)) == 1
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.EXCHANGE_QUARANTINED) == 2
    assert len((await leg(stage, case.case_id)).leg.quarantined) == 1


async def test_an_answer_to_a_stop_is_not_allowed(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    await ended(stage, case.basis_id)
    await settled(stage)
    shop = stage.creditor()
    stop = next(m for m in shop.came if m.kind is MessageKind.WITHDRAWAL)
    element = shop.unsigned(STATEMENT, as_receipt=False)
    with_text(element, "CrossReferentienummer", str(stop.message_id))
    assert (await arrives(stage, shop.sign_anything(element))).code == ReplyNotAllowed.code


async def test_a_creditor_cannot_answer_the_question_of_another(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    rent = stage.creditor(RENT)
    element = rent.unsigned(STATEMENT, question=stage.creditor().last_question)
    element = with_text(element, "Afzender", rent.party.value)
    taken = await arrives(stage, rent.sign_anything(element), RENT)
    assert taken.code == NotCorrelated.code
    assert (await leg(stage, case.case_id)).leg.quarantined == ()


async def test_a_message_that_belongs_to_nothing_gets_a_key_of_its_own(stage: Stage):
    await asked_for(stage)
    await settled(stage)
    await arrives(stage, answers_nothing(stage.creditor()))
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        row = await connection.fetchrow(
            "select m.leg_id, m.subject_id, s.subject_id as person, k.subject_id as key"
            " from message m left join subject s using (subject_id)"
            " left join subject_key k using (subject_id) where m.state = 'in_quarantaine'"
        )
    finally:
        await connection.close()
    assert row is not None
    assert (row["leg_id"], row["person"]) == (None, None)
    assert row["key"] == row["subject_id"]


async def test_each_leg_shows_its_own_quarantine_of_the_same_junk(stage: Stage):
    """A creditor whose system answers every question with the same error page."""
    stage.creditor().spoiled = lambda _: b"<storing/>"
    cases = [await asked_for(stage) for _ in range(2)]
    await settled(stage)
    for case in cases:
        assert (await leg(stage, case.case_id)).leg.quarantined == (SignatureRefused.code,)
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.EXCHANGE_QUARANTINED) == 2


async def test_the_same_junk_many_times_makes_one_key(stage: Stage):
    async def keys() -> int:
        connection = await asyncpg.connect(stage.owner_dsn)
        try:
            return int(await connection.fetchval("select count(*) from subject_key"))
        finally:
            await connection.close()

    before = await keys()
    await asyncio.gather(*(arrives(stage, b"<junk/>") for _ in range(5)))
    for _ in range(5):
        await arrives(stage, b"<junk/>")
    assert await keys() - before == 1
    events = await check_log(stage)
    assert [e.type for e in events] == [EventType.EXCHANGE_QUARANTINED]


# --- the guard: duplicates, reused ids, conflicts (attacks-and-needs §2 row 18) -------------------


async def test_a_duplicate_gets_the_original_receipt_and_changes_nothing(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    answer = stage.creditor().answer(stage.creditor().last_question, STATEMENT)
    receipts = {(await arrives(stage, answer)).body for _ in range(3)}
    assert len(receipts) == 1
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.EXCHANGE_RESPONSE) == 1
    assert not (await leg(stage, case.case_id)).leg.conflicting


async def test_the_same_document_in_a_new_envelope_is_a_duplicate(stage: Stage):
    """The digest is that of the document without its signature (design §4)."""
    await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    element = shop.unsigned(STATEMENT)
    first = await arrives(stage, shop.sign_anything(element))
    second_document = shop.sign_anything(element)  # ECDSA: another signature value
    assert await arrives(stage, second_document) == first


async def test_a_known_id_with_other_content_is_an_incident(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    message_id = MessageId(UUID("5f0c8a52-1c3e-4d7a-9b6f-2e8d4c1a7b90"))
    first, second = (
        shop.answer(shop.last_question, statement, message_id=message_id)
        for statement in (STATEMENT, OTHER_STATEMENT)
    )
    assert (await arrives(stage, first)).status == 200
    refused = await arrives(stage, second)
    assert (refused.status, refused.code) == (400, MessageReused.code)
    found = (await leg(stage, case.case_id)).leg
    assert (found.reply, found.conflicting) == (STATEMENT, False)


async def test_an_id_is_known_per_creditor(stage: Stage):
    """Nobody can squat on the ids of another creditor."""
    case = await asked_for(stage, SHOP, RENT)
    await settled(stage)
    message_id = MessageId(UUID("5f0c8a52-1c3e-4d7a-9b6f-2e8d4c1a7b90"))
    for creditor_id in (SHOP, RENT):
        one = stage.creditor(creditor_id)
        answer = one.answer(one.last_question, STATEMENT, message_id=message_id)
        assert (await arrives(stage, answer, creditor_id)).status == 200
    assert (await leg(stage, case.case_id, RENT)).leg.state is LegState.ANSWERED


async def test_a_second_different_answer_is_a_conflict_and_the_first_one_stands(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    for statement in (STATEMENT, OTHER_STATEMENT):
        assert (await arrives(stage, shop.answer(shop.last_question, statement))).status == 200
    found = (await leg(stage, case.case_id)).leg
    assert (found.reply, found.conflicting) == (STATEMENT, True)
    events = await check_log(stage)
    assert [e.type for e in events].count(EventType.EXCHANGE_CONFLICT) == 1


async def test_the_same_answer_under_a_new_id_is_no_conflict(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    for _ in range(2):
        assert (await arrives(stage, shop.answer(shop.last_question, STATEMENT))).status == 200
    assert not (await leg(stage, case.case_id)).leg.conflicting
    kept = await list_messages(stage.gateway, caller(), case.case_id)
    assert [m.kind for m in kept].count("saldoverzoek_antwoord") == 2


async def test_the_second_answer_once_more_makes_no_third_version(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    shop = stage.creditor()
    for statement in (STATEMENT, OTHER_STATEMENT, OTHER_STATEMENT):
        await arrives(stage, shop.answer(shop.last_question, statement))
    assert (await leg(stage, case.case_id)).leg.conflicting
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        assert await connection.fetchval("select count(*) from reply") == 2
    finally:
        await connection.close()


# --- receipts pass every check that a message passes (attacks-and-needs §2 row 19) ---------------


async def test_the_receipt_of_one_message_is_no_receipt_of_another(stage: Stage):
    shop = stage.creditor()
    shop.spoiled = lambda one: one.receipt(one.came[-1], bytes(32))
    case = await asked_for(stage)
    await settled(stage)
    found = (await leg(stage, case.case_id)).leg
    assert found.quarantined == (NotCorrelated.code,)
    assert found.state is LegState.AWAITING_REPLY


async def test_a_receipt_is_filed_with_its_message(stage: Stage):
    case = await asked_for(stage)
    await settled(stage)
    kept = await list_messages(stage.gateway, caller(), case.case_id)
    assert [message.kind for message in kept] == ["saldoverzoek", "ontvangstbevestiging"]
    events = await check_log(stage)
    [delivered] = [e for e in events if e.type is EventType.EXCHANGE_DELIVERED]
    assert isinstance(delivered.open["receipt_sha256"], str)


def test_a_fault_notice_says_nothing_that_varies():
    for bad in BAD.values():
        notice = FaultNotice(bad.fault.wire_code, bad.fault.title)
        assert "{" not in notice.description
