"""Every domain value that is sealed comes back equal; what was moved or changed does not open."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import EvidenceUnavailable
from gateway.domain.identifiers import Bsn, CaseId
from gateway.domain.parties import CreditorClass
from gateway.domain.person import ByBsn, ByName, Resident
from gateway.domain.statement import (
    Claim,
    DebtStatementRequest,
    Reply,
    TransferredClaim,
    UnknownClaim,
)
from gateway.ledger.sealing import SealingKey
from gateway.store import cases, legs, messages
from gateway.store.evidence.sealed import Codec, Content, open_content, seal_content
from gateway.store.legs import LegContent
from tests.adapters.examples import NAME
from tests.strategies import SHAPES, addresses, bsns, names, questions, replies

KEY, OTHER_KEY = SealingKey(bytes(32)), SealingKey(bytes(range(32)))
NONCE = bytes(12)
ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
LINES = (Claim, TransferredClaim, UnknownClaim)

ANY_QUESTION = st.one_of(*(questions(*shape) for shape in SHAPES))  # type: ignore[arg-type]
ANY_RESIDENT = st.builds(
    Resident, names, st.none() | addresses, address_secret=st.booleans(), bsn=st.none() | bsns
)


@given(ANY_RESIDENT, st.text(max_size=40))
def test_a_case_comes_back_equal(resident: Resident, reference: str):
    content = cases.CaseContent(reference, resident)
    codec = Codec[cases.CaseContent](cases.CaseContent)
    assert codec.decode(codec.encode(content)) == content


@given(ANY_QUESTION, st.none() | st.text(max_size=40))
def test_a_question_comes_back_equal(question: DebtStatementRequest, note: str | None):
    content = LegContent(question, note)
    found = legs._CONTENT.decode(legs._CONTENT.encode(content))
    assert found == content
    assert type(found.question.subject) is type(question.subject)


@pytest.mark.parametrize("kind", [ByName, ByBsn])
@given(st.data())
def test_a_subject_stays_of_its_kind(kind: type, data: st.DataObject):
    """With a BSN or without is decided once; a seal may not turn one into the other."""
    question = data.draw(questions(CreditorClass.PUBLIC, kind, False))
    content = LegContent(question, None)
    assert isinstance(legs._CONTENT.decode(legs._CONTENT.encode(content)).question.subject, kind)


@given(replies(LINES))
def test_an_answer_comes_back_equal_line_by_line(reply: Reply):
    found = messages._REPLY.decode(messages.encode_reply(reply))
    assert found == reply
    assert type(found) is type(reply)
    lines = [type(line) for line in getattr(reply, "lines", ())]
    assert [type(line) for line in getattr(found, "lines", ())] == lines


@given(st.binary(max_size=200), st.sampled_from(Content))
def test_what_is_sealed_opens_in_its_place(plain: bytes, content: Content):
    sealed = seal_content(KEY, NONCE, ROW, content, plain)
    assert open_content(KEY, ROW, content, sealed) == plain
    assert len(sealed) == len(plain) + 12 + 16


@pytest.mark.parametrize(
    ("key", "row", "content"),
    [
        (OTHER_KEY, ROW, Content.REPLY),
        (KEY, OTHER_ROW, Content.REPLY),
        (KEY, ROW, Content.MESSAGE),
    ],
)
def test_what_was_moved_does_not_open(key: SealingKey, row: UUID, content: Content):
    sealed = seal_content(KEY, NONCE, ROW, Content.REPLY, b"vordering")
    with pytest.raises(EvidenceUnavailable):
        open_content(key, row, content, sealed)


@given(st.integers(0, 36), st.integers(0, 7))
def test_what_was_changed_in_any_bit_does_not_open(place: int, bit: int):
    sealed = bytearray(seal_content(KEY, NONCE, ROW, Content.LEG, b"vordering"))
    sealed[place] ^= 1 << bit
    with pytest.raises(EvidenceUnavailable):
        open_content(KEY, ROW, Content.LEG, bytes(sealed))


@pytest.mark.parametrize("cut", [0, 11, 12, 27])
def test_what_was_cut_off_does_not_open(cut: int):
    sealed = seal_content(KEY, NONCE, ROW, Content.CASE, b"")
    with pytest.raises(EvidenceUnavailable):
        open_content(KEY, ROW, Content.CASE, sealed[:cut])


@given(bsns)
def test_a_sealed_person_is_not_readable(bsn: Bsn):
    content = cases.CaseContent("Z-1", Resident(NAME, None, bsn=bsn))
    sealed = cases.seal_case(KEY, NONCE, CaseId(ROW), content)
    assert bsn.value.encode() not in sealed
    assert NAME.surname.encode() not in sealed
