"""Checkpoints: one spelling, one log, one key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import LogRefused
from gateway.ledger.checkpoint import (
    Checkpoint,
    parse_checkpoint,
    print_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from gateway.ledger.note import SignerKey, print_note, sign_note

SIGNER = SignerKey("log.example/0001", bytes(range(32)))
ROOT = bytes(range(32))
ROOT_TEXT = base64.b64encode(ROOT).decode()
TEXT = f"log.example/0001\n17\n{ROOT_TEXT}\n"

lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)
checkpoints = st.builds(
    Checkpoint,
    lines,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=3).map(tuple),
)


def test_a_checkpoint_is_three_lines():
    assert print_checkpoint(Checkpoint("log.example/0001", 17, ROOT)) == TEXT


@given(checkpoints)
def test_a_checkpoint_is_read_back_as_it_was_written(checkpoint):
    assert parse_checkpoint(print_checkpoint(checkpoint)) == checkpoint


@given(st.text(max_size=40) | st.text(max_size=8).map(lambda tail: TEXT + tail))
def test_any_text_is_refused_or_prints_again_as_it_is(text):
    try:
        checkpoint = parse_checkpoint(text)
    except LogRefused:
        return
    assert print_checkpoint(checkpoint) == text


def test_extension_lines_we_do_not_know_are_kept_and_signed():
    checkpoint = Checkpoint(SIGNER.name, 17, ROOT, ("extra one", "extra two"))
    signed = sign_checkpoint(checkpoint, SIGNER)
    assert verify_checkpoint(signed, SIGNER.verifier) == checkpoint
    with pytest.raises(LogRefused):
        verify_checkpoint(signed.replace(b"extra one", b"extra 0ne"), SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log.example/0001\n17\n",
        TEXT[:-1],
        TEXT + "\n",
        "\n" + TEXT,
        TEXT.replace("17", "017"),
        TEXT.replace("17", "+17"),
        TEXT.replace("17", "-17"),
        TEXT.replace("17", "17 "),
        TEXT.replace("17", "1_7"),
        TEXT.replace("17", "١٧"),
        TEXT.replace("17", ""),
        TEXT.replace("17", str(2**63)),
        TEXT.replace("17", "9" * 5000),
        TEXT.replace(ROOT_TEXT, ROOT_TEXT[:-2] + "9="),
        TEXT.replace(ROOT_TEXT, ROOT_TEXT + " "),
        TEXT.replace(ROOT_TEXT, "AAAA"),
        TEXT.replace(ROOT_TEXT, "é"),
    ],
    ids=repr,
)
def test_another_spelling_is_refused(text):
    with pytest.raises(LogRefused):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, ROOT), ("a\nb", 1, ROOT), ("a", -1, ROOT), ("a", 2**63, ROOT), ("a", 1, ROOT[:31])],
)
def test_what_cannot_be_a_line_cannot_be_in_a_checkpoint(origin, size, root):
    with pytest.raises(LogRefused):
        Checkpoint(origin, size, root)


def test_a_key_signs_its_own_log_only():
    with pytest.raises(LogRefused):
        sign_checkpoint(Checkpoint("log.example/0002", 17, ROOT), SIGNER)
    foreign = print_note(sign_note(TEXT.replace("0001", "0002"), SIGNER))
    with pytest.raises(LogRefused):
        verify_checkpoint(foreign, SIGNER.verifier)


def test_every_changed_byte_of_a_signed_checkpoint_is_refused():
    signed = sign_checkpoint(Checkpoint(SIGNER.name, 17, ROOT), SIGNER)
    assert verify_checkpoint(signed, SIGNER.verifier).size == 17
    for place in range(len(signed)):
        for change in range(1, 256):
            changed = bytearray(signed)
            changed[place] ^= change
            with pytest.raises(LogRefused):
                verify_checkpoint(bytes(changed), SIGNER.verifier)
