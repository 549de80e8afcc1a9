"""Signed notes, held against the key and signature in the documentation of Go's note package."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import LogRefused
from gateway.ledger.note import (
    MAX_NOTE_BYTES,
    Note,
    Signature,
    SignerKey,
    VerifierKey,
    parse_note,
    parse_signer,
    parse_verifier,
    print_note,
    print_signer,
    print_verifier,
    sign_note,
    verify_note,
)

GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n"
).encode()

SIGNER = SignerKey("log.example/0001", bytes(range(32)))
OTHER = SignerKey("witness.example", b"\x07" * 32)
TEXT = "log.example/0001\n1\nAAAA\n"

names = st.text(st.characters(categories=["L", "N", "P", "Sm"], exclude_characters="+"), min_size=1)
seeds = st.binary(min_size=32, max_size=32)
note_texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n"))


def test_keys_and_signature_are_those_of_go():
    signer, verifier = parse_signer(GO_SIGNER), parse_verifier(GO_VERIFIER)
    assert signer.verifier == verifier
    assert print_note(sign_note(GO_TEXT, signer)) == GO_NOTE
    verify_note(parse_note(GO_NOTE), verifier)


@given(names, seeds)
def test_keys_are_read_back_as_they_were_written(name, seed):
    signer = SignerKey(name, seed)
    assert parse_signer(print_signer(signer)) == signer
    assert parse_verifier(print_verifier(signer.verifier)) == signer.verifier


@given(note_texts)
def test_a_signed_text_is_read_back_and_verifies(text):
    note = sign_note(text + "\n", SIGNER)
    assert parse_note(print_note(note)) == note
    verify_note(note, SIGNER.verifier)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: GO_NOTE[:120] + tail))
def test_any_bytes_are_refused_or_print_again_as_they_are(data):
    try:
        note = parse_note(data)
    except LogRefused:
        return
    assert print_note(note) == data


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+00000000",
        GO_VERIFIER.replace("c74f20a3", "c74f20a4"),
        GO_VERIFIER.replace("c74f20a3", "C74F20A3"),
        GO_VERIFIER.replace("Peter", "Pieter"),
        GO_VERIFIER + "\n",
        " " + GO_VERIFIER,
        GO_VERIFIER.replace("ARpc", "Arpc"),
        GO_VERIFIER[:-1],
        GO_VERIFIER[:-4],
        GO_SIGNER,
    ],
)
def test_a_verifier_key_that_is_not_exactly_one_is_refused(key):
    with pytest.raises(LogRefused):
        parse_verifier(key)


@pytest.mark.parametrize(
    "key", ["", GO_VERIFIER, GO_SIGNER + "\n", GO_SIGNER.replace("c74f20a3", "c74f20a4")]
)
def test_a_signer_key_that_is_not_exactly_one_is_refused(key):
    with pytest.raises(LogRefused):
        parse_signer(key)


def test_keys_of_another_size_or_name_are_refused():
    for name in ("", "a b", "a+b", "a\nb", "a\u00a0b"):
        with pytest.raises(LogRefused):
            VerifierKey(name, bytes(32))
    with pytest.raises(LogRefused):
        VerifierKey("name", bytes(31))
    with pytest.raises(LogRefused):
        SignerKey("name", bytes(33))


def test_a_signer_key_shows_no_secret():
    assert "seed" not in repr(SIGNER)
    assert repr(bytes(range(32))) not in repr(SIGNER)


def test_lines_of_other_keys_are_left_alone():
    both = Note(
        TEXT,
        sign_note(TEXT, OTHER).signatures
        + sign_note(TEXT, SIGNER).signatures
        + (Signature("unknown", b"\x01\x02\x03\x04", b"whatever"),),
    )
    note = parse_note(print_note(both))
    assert note == both
    verify_note(note, SIGNER.verifier)
    verify_note(note, OTHER.verifier)


def test_a_note_without_our_signature_does_not_verify():
    with pytest.raises(LogRefused):
        verify_note(sign_note(TEXT, OTHER), SIGNER.verifier)


def test_a_false_signature_beside_a_good_one_does_not_verify():
    (good,) = sign_note(TEXT, SIGNER).signatures
    false = Signature(good.name, good.key_id, bytes(64))
    with pytest.raises(LogRefused):
        verify_note(Note(TEXT, (good, false)), SIGNER.verifier)


def test_the_same_name_with_another_key_does_not_verify():
    namesake = SignerKey(SIGNER.name, b"\x09" * 32)
    with pytest.raises(LogRefused):
        verify_note(sign_note(TEXT, namesake), SIGNER.verifier)


SIGNED = print_note(sign_note(TEXT, SIGNER)).decode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        TEXT.encode(),
        SIGNED[:-1].encode(),
        (SIGNED + "\n").encode(),
        SIGNED.replace("— ", "- ").encode(),
        SIGNED.replace("\n\n", "\n").encode(),
        SIGNED.replace("\n", "\r\n").encode(),
        SIGNED.replace("AAAA", "AA\tA").encode(),
        (SIGNED + "— short AAAAAA==\n").encode(),
        (SIGNED + "— two words AAAAAAA=\n").encode(),
        (SIGNED + "— name AAAAAAB=\n").encode(),
        (SIGNED + "— name AAA AAAA=\n").encode(),
        (SIGNED + "— name AAAAAAA=\n" * 32).encode(),
        SIGNED.encode() + b"\xff",
        b"x" * MAX_NOTE_BYTES + SIGNED.encode(),
    ],
)
def test_what_is_not_exactly_a_signed_note_is_refused(data):
    with pytest.raises(LogRefused):
        parse_note(data)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "null\x00\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(LogRefused):
        sign_note(text, SIGNER)
