"""Whatever is changed in a published log, an outsider sees it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import LogRefused
from gateway.ledger.checkpoint import Checkpoint, sign_checkpoint
from gateway.ledger.entry import Entry, print_entry, recorded_time
from gateway.ledger.note import SignerKey, print_note, print_verifier, sign_note
from gateway.ledger.tiles import EMPTY_EDGE, grow
from gateway.ledger.tree import EMPTY_ROOT
from gateway.ledger.verification import Kind, LogFinding, verify_log

SMALL, LARGE = 3, 600


def _kinds(findings: tuple[LogFinding, ...]) -> set[str]:
    return {finding.kind.value for finding in findings}


@pytest.fixture(scope="module")
def small(publish, make_entries):
    return publish(make_entries(SMALL))


@pytest.fixture(scope="module")
def large(publish, make_entries):
    return publish(make_entries(LARGE))


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 512, 600])
def test_a_log_as_published_is_good(publish, make_entries, vkey, count):
    entries = make_entries(count)
    files = publish(entries)
    verification = verify_log(files, vkey)
    assert verification.findings == verification.warnings == ()
    assert verification.size == count
    assert verification.root == grow(EMPTY_EDGE, entries).edge.frontier.root
    assert verification.files == len(files)
    assert verification.origin == "log.example/0001"


def test_every_changed_bit_of_every_file_is_a_finding(small, vkey):
    for path, content in small.items():
        for place in range(len(content) * 8):
            changed = bytearray(content)
            changed[place // 8] ^= 1 << place % 8
            assert verify_log({**small, path: bytes(changed)}, vkey).findings, (path, place)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_changed_byte_of_a_large_log_is_a_finding(large, vkey, data):
    path = data.draw(st.sampled_from(sorted(large)))
    changed = bytearray(large[path])
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    assert verify_log({**large, path: bytes(changed)}, vkey).findings


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_bytes_inserted_or_left_out_are_a_finding(large, vkey, data):
    path = data.draw(st.sampled_from(sorted(large)))
    content = large[path]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 80)))
    inserted = data.draw(st.binary(max_size=80).filter(lambda new: new != content[start:end]))
    changed = content[:start] + inserted + content[end:]
    if changed != content:
        assert verify_log({**large, path: changed}, vkey).findings


def test_every_missing_file_is_a_finding(large, vkey):
    for path in large:
        rest = {name: content for name, content in large.items() if name != path}
        found = _kinds(verify_log(rest, vkey).findings)
        assert found & {"checkpoint-missing", "entries-missing", "tile-missing"}, path


@pytest.mark.parametrize(
    "path",
    ["README", "tile/0/003", "tile/0/000.p/0", "tile/2/000.p/1", "tile/0/002.p/89", "checkpoint~"],
)
def test_a_file_that_does_not_belong_to_the_log_is_a_finding(large, vkey, path):
    verification = verify_log({**large, path: b"x"}, vkey)
    assert [(f.kind, f.path) for f in verification.findings] == [(Kind.FILE_UNEXPECTED, path)]


def test_partial_files_of_earlier_sizes_may_stay_and_are_compared(
    publish, make_entries, large, vkey
):
    earlier = publish(make_entries(300))
    del earlier["checkpoint"]
    both = {**earlier, **large}
    verification = verify_log(both, vkey)
    assert verification.findings == ()
    assert verification.files == len(both)
    for path in earlier.keys() - large.keys():
        changed = earlier[path][:-1] + bytes([earlier[path][-1] ^ 1])
        found = verify_log({**both, path: changed}, vkey).findings
        assert [finding.path for finding in found] == [path]


def test_a_log_signed_by_another_key_is_a_finding(large):
    stranger = print_verifier(SignerKey("log.example/0001", b"\x09" * 32).verifier)
    assert _kinds(verify_log(large, stranger).findings) == {"checkpoint-signature"}


def test_the_checkpoint_of_another_log_is_a_finding(large):
    key = SignerKey("log.example/0002", bytes(range(32)))
    found = verify_log(large, print_verifier(key.verifier)).findings
    assert _kinds(found) == {"origin-differs", "checkpoint-signature"}


def test_another_log_signed_with_the_right_key_is_a_finding(large, signer, vkey):
    text = large["checkpoint"].decode().split("\n\n")[0].replace("0001", "0002") + "\n"
    foreign = print_note(sign_note(text, signer))
    assert _kinds(verify_log({**large, "checkpoint": foreign}, vkey).findings) == {"origin-differs"}


def test_a_rewritten_past_under_the_old_checkpoint_is_a_finding(publish, make_entries, large, vkey):
    entries = make_entries(LARGE)
    forged = publish((entries[1], entries[0], *entries[2:]))
    found = verify_log({**forged, "checkpoint": large["checkpoint"]}, vkey).findings
    assert _kinds(found) == {"root-differs"}


def test_a_tile_of_the_lowest_level_is_compared_although_the_root_does_not_need_it(large, vkey):
    tile = b"\x00" * 32 + large["tile/0/000"][32:]
    found = verify_log({**large, "tile/0/000": tile}, vkey).findings
    assert [(f.kind, f.path) for f in found] == [(Kind.TILE_DIFFERS, "tile/0/000")]


def test_an_entry_of_another_version_is_a_finding_even_when_signed(publish, make_entries, vkey):
    first, second, *rest = make_entries(10)
    files = publish((first, b"\x02" + second[1:], *rest))
    found = verify_log(files, vkey).findings
    assert [(f.kind, f.path) for f in found] == [(Kind.ENTRIES_FORM, "tile/entries/000.p/10")]
    assert "Entry 1" in found[0].detail


def test_a_bundle_with_fewer_entries_than_its_path_says_is_a_finding(small, vkey):
    path = "tile/entries/000.p/3"
    found = verify_log({**small, path: small[path][:-75]}, vkey).findings
    assert _kinds(found) == {"entries-form"}


def test_a_huge_claimed_size_costs_no_more_than_the_files_that_are_there(large, signer, vkey):
    head = Checkpoint(signer.name, 2**62, bytes(32))
    verification = verify_log({**large, "checkpoint": sign_checkpoint(head, signer)}, vkey)
    assert _kinds(verification.findings) == {"entries-missing"}
    assert verification.size == 512


def test_a_checkpoint_that_cannot_be_read_is_one_finding(large, vkey):
    verification = verify_log({**large, "checkpoint": b"nonsense"}, vkey)
    assert _kinds(verification.findings) == {"checkpoint-form"}
    assert (verification.size, verification.root) == (0, EMPTY_ROOT)


def test_an_empty_folder_is_a_finding(vkey):
    assert _kinds(verify_log({}, vkey).findings) == {"checkpoint-missing"}


def _at(entry: bytes, time: int) -> bytes:
    return print_entry(Entry(time, entry[9:41], entry[41:]))


def test_a_time_that_runs_back_by_more_than_a_second_is_a_warning_only(publish, make_entries, vkey):
    one, two, three = make_entries(3)
    start = recorded_time(one)
    back = publish((one, _at(two, start - 1000), _at(three, start - 2001)))
    verification = verify_log(back, vkey)
    assert verification.findings == ()
    assert [warning.kind for warning in verification.warnings] == [Kind.TIME_RUNS_BACK]
    assert "Entry 2 was recorded 1001 ms before" in verification.warnings[0].detail


def test_a_signature_of_a_key_that_was_not_given_is_a_warning_only(small, vkey):
    witness = SignerKey("witness.example", b"\x07" * 32)
    text = small["checkpoint"].decode().split("\n\n")[0] + "\n"
    line = print_note(sign_note(text, witness)).split(b"\n\n")[1]
    verification = verify_log({**small, "checkpoint": small["checkpoint"] + line}, vkey)
    assert verification.findings == ()
    assert _kinds(verification.warnings) == {"signature-unknown"}


def test_a_key_that_is_not_a_verifier_key_is_refused(small):
    with pytest.raises(LogRefused):
        verify_log(small, "nonsense")


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=80), max_size=5))
def test_a_folder_of_anything_is_findings_and_never_a_crash(vkey, files):
    assert verify_log(files, vkey).findings
