"""Sealed content opens with its own key in its own place, and nowhere else."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.entry import Part, check_opening, parse_entry, print_entry
from gateway.ledger.sealing import (
    CHANCE_BYTES,
    Draft,
    Opened,
    SealingKey,
    open_sealed,
    seal,
    seal_record,
    seal_records,
    unwrap,
    wrap,
)

DEK = SealingKey(b"\x11" * 32)
OTHER = SealingKey(b"\x22" * 32)
EVENT = UUID("6f1c2f0e-3c5b-4f0a-9d53-0a4f6b7f1c01")
OTHER_EVENT = UUID("6f1c2f0e-3c5b-4f0a-9d53-0a4f6b7f1c02")
CHANCE = bytes(range(CHANCE_BYTES))
META, PERS = b'{"type":"exchange.request"}', b'{"subject":"s-1"}'


def test_a_sealed_value_is_nonce_ciphertext_and_tag_bound_to_event_and_part():
    nonce, key = b"n" * 12, b"k" * 32
    sealed = seal(DEK, nonce, EVENT, Part.PERS, key, PERS)
    opener = Cipher(AES(DEK.raw), GCM(nonce, sealed[-16:])).decryptor()
    opener.authenticate_additional_data(EVENT.bytes + b"p")
    assert sealed[:12] == nonce
    assert opener.update(sealed[12:-16]) + opener.finalize() == key + PERS


@given(st.binary(max_size=200), st.sampled_from(Part))
def test_what_was_sealed_opens_again(payload, part):
    sealed = seal(DEK, b"n" * 12, EVENT, part, b"k" * 32, payload)
    assert open_sealed(DEK, EVENT, part, sealed) == Opened(b"k" * 32, payload)


@pytest.mark.parametrize(
    ("key", "event", "part"),
    [(OTHER, EVENT, Part.META), (DEK, OTHER_EVENT, Part.META), (DEK, EVENT, Part.PERS)],
    ids=["another resident", "another event", "the other part"],
)
def test_a_sealed_value_does_not_open_in_another_place(key, event, part):
    sealed = seal(DEK, b"n" * 12, EVENT, Part.META, b"k" * 32, META)
    with pytest.raises(LogRefused):
        open_sealed(key, event, part, sealed)


def test_every_changed_byte_of_a_sealed_value_is_noticed():
    sealed = seal(DEK, b"n" * 12, EVENT, Part.META, b"k" * 32, META)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(LogRefused):
            open_sealed(DEK, EVENT, Part.META, bytes(changed))


@pytest.mark.parametrize("length", [0, 12, 27])
def test_a_sealed_value_that_is_too_short_is_refused(length):
    with pytest.raises(LogRefused):
        open_sealed(DEK, EVENT, Part.META, bytes(length))


def test_a_sealed_value_without_room_for_a_commitment_key_is_refused():
    nonce = b"n" * 12
    sealed = nonce + DEK.cipher.encrypt(nonce, b"short", EVENT.bytes + b"m")
    with pytest.raises(LogRefused):
        open_sealed(DEK, EVENT, Part.META, sealed)


def test_both_parts_of_a_record_open_to_the_commitments_in_its_entry():
    record = seal_record(DEK, Draft(EVENT, CHANCE, META, PERS))
    entry = parse_entry(print_entry(record.entry(1_790_000_000_000)))
    assert record.sealed_pers is not None
    meta = open_sealed(DEK, EVENT, Part.META, record.sealed_meta)
    pers = open_sealed(DEK, EVENT, Part.PERS, record.sealed_pers)
    assert (meta.payload, pers.payload) == (META, PERS)
    check_opening(Part.META, meta.key, meta.payload, entry.c_meta)
    check_opening(Part.PERS, pers.key, pers.payload, entry.c_pers)


def test_keys_and_nonces_of_a_record_come_from_separate_random_bytes():
    record = seal_record(DEK, Draft(EVENT, CHANCE, META, PERS))
    assert record.sealed_pers is not None
    parts = (
        open_sealed(DEK, EVENT, Part.META, record.sealed_meta).key,
        open_sealed(DEK, EVENT, Part.PERS, record.sealed_pers).key,
        record.sealed_meta[:12],
        record.sealed_pers[:12],
    )
    assert b"".join(parts) == CHANCE


def test_a_record_without_personal_part_has_random_bytes_there():
    record = seal_record(DEK, Draft(EVENT, CHANCE, META, None))
    assert record.sealed_pers is None
    assert record.c_pers == CHANCE[32:64]


def test_a_batch_is_sealed_each_under_its_own_key():
    drafts = Draft(EVENT, CHANCE, META, PERS), Draft(OTHER_EVENT, CHANCE, META, None)
    batch = seal_records(zip((DEK, OTHER), drafts, strict=True))
    assert batch == (seal_record(DEK, drafts[0]), seal_record(OTHER, drafts[1]))


@pytest.mark.parametrize("length", [0, CHANCE_BYTES - 1, CHANCE_BYTES + 1])
def test_a_record_needs_exactly_its_random_bytes(length):
    with pytest.raises(EvidenceUnavailable):
        seal_record(DEK, Draft(EVENT, bytes(length), META, PERS))


def test_keys_and_nonces_of_a_wrong_length_are_refused():
    with pytest.raises(EvidenceUnavailable):
        SealingKey(b"\x00" * 16)
    with pytest.raises(EvidenceUnavailable):
        seal(DEK, b"n" * 11, EVENT, Part.META, b"k" * 32, META)
    with pytest.raises(EvidenceUnavailable):
        seal(DEK, b"n" * 12, EVENT, Part.META, b"k" * 31, META)
    with pytest.raises(EvidenceUnavailable):
        wrap(OTHER, b"n" * 13, EVENT, DEK)


def test_a_wrapped_key_is_unwrapped_for_its_owner_only():
    kek = OTHER
    wrapped = wrap(kek, b"n" * 12, EVENT, DEK)
    assert len(wrapped) == 60
    assert unwrap(kek, EVENT, wrapped).raw == DEK.raw
    for key, owner, data in (
        (DEK, EVENT, wrapped),
        (kek, OTHER_EVENT, wrapped),
        (kek, EVENT, wrapped[:-1]),
        (kek, EVENT, b"\x00" + wrapped[1:]),
    ):
        with pytest.raises(LogRefused):
            unwrap(key, owner, data)


def test_something_else_than_a_key_is_not_unwrapped():
    nonce = b"n" * 12
    wrapped = nonce + OTHER.cipher.encrypt(nonce, b"k" * 16, b"consentlog/v1/dek\x00" + EVENT.bytes)
    with pytest.raises(LogRefused):
        unwrap(OTHER, EVENT, wrapped)


def test_keys_and_content_print_as_nothing():
    draft = Draft(EVENT, CHANCE, META, b'{"naam":"Jansen"}')
    opened = Opened(b"k" * 32, b'{"naam":"Jansen"}')
    assert repr(DEK) == "SealingKey(…)"
    assert "Jansen" not in repr(draft) + repr(opened)
    assert "kkk" not in repr(opened)
