"""The 73 bytes; the expected commitments were made with `openssl dgst -sha256 -mac HMAC`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import EvidenceUnavailable, LogRefused
from gateway.ledger.entry import (
    ENTRY_BYTES,
    Entry,
    Part,
    check_opening,
    commit,
    parse_entry,
    print_entry,
    recorded_time,
)

KEY = bytes(range(32))
META = b'{"v":"gateway-event/1"}'
C_META = bytes.fromhex("afe55dd8c46b98cacec6076e25e0cbe73003e41157e736d832fa4fcf8995ef35")
C_PERS = bytes.fromhex("bddb78848447fa764904e45040508e9559a1e3fa2c3ebc2310989a78f1f7531e")
ENTRY_HEX = (
    "01" + "000001a0c40d9400"
    "afe55dd8c46b98cacec6076e25e0cbe73003e41157e736d832fa4fcf8995ef35"
    "bddb78848447fa764904e45040508e9559a1e3fa2c3ebc2310989a78f1f7531e"
)

hashes = st.binary(min_size=32, max_size=32)
times = st.integers(0, 2**64 - 1)


def test_commitments_are_those_openssl_makes():
    assert commit(Part.META, KEY, META) == C_META
    assert commit(Part.PERS, b"\xff" * 32, b'{"subject":"s-1"}') == C_PERS


def test_the_bytes_of_an_entry_never_change():
    entry = Entry(0x01A0C40D9400, C_META, C_PERS)
    assert print_entry(entry).hex() == ENTRY_HEX
    assert recorded_time(bytes.fromhex(ENTRY_HEX)) == 0x01A0C40D9400


@given(times, hashes, hashes)
def test_an_entry_is_read_back_as_it_was_written(time, c_meta, c_pers):
    printed = print_entry(Entry(time, c_meta, c_pers))
    assert len(printed) == ENTRY_BYTES
    assert parse_entry(printed) == Entry(time, c_meta, c_pers)


@given(st.binary(min_size=72, max_size=72), st.integers(0, 255))
def test_only_version_one_is_read(rest, version):
    data = bytes([version]) + rest
    if version == 1:
        assert print_entry(parse_entry(data)) == data
    else:
        with pytest.raises(LogRefused):
            parse_entry(data)


@pytest.mark.parametrize("length", [0, 1, 72, 74])
def test_an_entry_of_another_length_is_refused(length):
    with pytest.raises(LogRefused):
        parse_entry(b"\x01" * length)


@pytest.mark.parametrize("time", [-1, 2**64])
def test_a_time_outside_the_field_is_refused(time):
    with pytest.raises(EvidenceUnavailable):
        Entry(time, C_META, C_PERS)


def test_a_commitment_of_another_length_is_refused():
    with pytest.raises(EvidenceUnavailable):
        Entry(0, C_META[:31], C_PERS)
    with pytest.raises(EvidenceUnavailable):
        Entry(0, C_META, C_PERS + b"\x00")


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_that_hmac_would_pad_or_hash_is_refused(length):
    with pytest.raises(EvidenceUnavailable):
        commit(Part.META, bytes(length), META)
    with pytest.raises(LogRefused):
        check_opening(Part.META, bytes(length), META, C_META)


def test_an_opening_fits_one_commitment_one_part_one_key_and_one_payload():
    check_opening(Part.META, KEY, META, C_META)
    for part, key, payload, commitment in (
        (Part.PERS, KEY, META, C_META),
        (Part.META, KEY[::-1], META, C_META),
        (Part.META, KEY, META + b" ", C_META),
        (Part.META, KEY, META, C_PERS),
    ):
        with pytest.raises(LogRefused):
            check_opening(part, key, payload, commitment)
