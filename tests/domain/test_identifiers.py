"""Identifiers check themselves and print nothing personal; a BSN is found where it may not be."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.nl import bsn as stdnum_bsn

from gateway.domain.errors import BsnInvalid, InvalidInput, ReferenceLooksLikeBsn
from gateway.domain.identifiers import (
    Bsn,
    ClientNumber,
    Iban,
    KvkNumber,
    Oin,
    bucket_of,
    refuse_bsn_like,
)
from tests.strategies import bsns, parties

NINE_DIGITS = st.integers(0, 999_999_999).map(lambda number: f"{number:09d}")


def eleven_test(digits: str) -> bool:
    """The rule itself: weights 9 to 2 and -1, a multiple of eleven, not all zero (Wabb)."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(w * int(d) for w, d in zip(weights, digits, strict=True))
    return int(digits) > 0 and total % 11 == 0


@given(NINE_DIGITS | st.sampled_from(["111222333", "123456782"]))
def test_a_bsn_is_nine_digits_that_pass_the_eleven_test(digits: str):
    assert eleven_test(digits) == stdnum_bsn.is_valid(digits)
    if eleven_test(digits):
        assert Bsn(digits).value == digits
    else:
        with pytest.raises(BsnInvalid):
            Bsn(digits)


@pytest.mark.parametrize("known", ["111222333", "123456782"])
def test_the_published_examples_pass(known: str):
    assert Bsn(known).value == known


@pytest.mark.parametrize(
    "wrong",
    [
        "123456789",
        "000000000",
        "11122233",
        "1112223330",
        "111.222.333",
        " 111222333",
        "111222333\n",
        "١١١٢٢٢٣٣٣",
        "",
    ],
)
def test_what_is_not_spelled_as_a_bsn_is_refused(wrong: str):
    with pytest.raises(BsnInvalid) as refusal:
        Bsn(wrong)
    assert not any(sign.isdigit() for sign in str(refusal.value))


@given(bsns)
def test_a_bsn_prints_as_nothing(bsn: Bsn):
    assert repr(bsn) == str(bsn) == f"{bsn}" == "Bsn(…)"


def bsn_that_begins_with(first_seven: int) -> str | None:
    """The eight digits of an old number: seven, and the one that makes it pass."""
    for last in range(10):
        digits = f"{first_seven:07d}{last}"
        if eleven_test("0" + digits):
            return digits
    return None


def spelled(digits: str, separators: list[str]) -> str:
    """Put a separator (or nothing) behind each digit but the last."""
    padded = [*separators, ""]
    return "".join(d + s for d, s in zip(digits, padded, strict=True))


# One separator after the year of a case number is the only spelling that is let through.
SEPARATORS = st.lists(st.sampled_from(["", "", " ", ".", "-"]), min_size=8, max_size=8)
WORDS = st.sampled_from(["", "zaak ", "Z-", "dossier: ", "(", "2026/", "K", "12-", "00 ", "1234 "])
TAILS = st.sampled_from(["", " x", "/2026", ")", "-a", " 7", "-12", ".", " 1234"])


@given(WORDS, bsns, SEPARATORS, TAILS)
def test_a_bsn_is_found_however_it_is_spelled_and_whatever_stands_around_it(
    before: str, bsn: Bsn, separators: list[str], after: str
):
    assume([bool(one) for one in separators] != [False] * 3 + [True] + [False] * 4)
    with pytest.raises(ReferenceLooksLikeBsn):
        refuse_bsn_like(before + spelled(bsn.value, separators) + after)


OLD_NUMBERS = st.integers(1_000_000, 9_999_999).map(bsn_that_begins_with).filter(bool)


@given(OLD_NUMBERS, st.sampled_from(["", "zaak ", "Z-", "00 ", "("]))
def test_an_old_number_that_lost_its_leading_zero_is_found(digits: str, before: str):
    assert len(digits) == 8
    with pytest.raises(ReferenceLooksLikeBsn):
        refuse_bsn_like(before + digits)


@given(st.integers(1990, 2099), st.integers(0, 99_999), st.sampled_from([4, 5]))
def test_a_year_and_a_number_are_no_alarm(year: int, number: int, width: int):
    """Nobody spells a BSN so; case numbers look so, and one in eleven passes the eleven test."""
    reference = f"Z-{year}-{number % 10**width:0{width}d}"
    assert refuse_bsn_like(reference) == reference


@given(NINE_DIGITS.filter(lambda digits: not eleven_test(digits)))
def test_a_number_that_fails_the_eleven_test_is_no_alarm(digits: str):
    assert refuse_bsn_like(f"F{digits}") == f"F{digits}"


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "Z-2026-0042",
        "F-2026-001",
        "NL91ABNA0417164300",
        "K-0G7K-2MPX-9QRT",
        "1234567890123456",  # a payment reference: sixteen digits hold no number of nine
        "871687110000123456",
        "0b6d8f4e-6f1c-4a57-9f0e-0a1b2c3d4e5f",
        "artikel 8 lid 1",
    ],
)
def test_ordinary_references_are_no_alarm(reference: str):
    assert refuse_bsn_like(reference) == reference


@given(parties)
def test_an_oin_prints_as_it_is_spelled(oin: Oin):
    assert Oin(str(oin)) == oin
    assert not oin.is_test


@pytest.mark.parametrize(
    "wrong",
    [
        "00000001123456789",
        "000000011234567890000",
        "00000005123456780000",
        "0000000112345678900a",
        "00000001123456780001",
        "",
    ],
)
def test_what_is_not_an_oin_is_refused(wrong: str):
    with pytest.raises(InvalidInput):
        Oin(wrong)


def test_a_test_oin_is_known_by_its_prefix():
    assert Oin("00000099000000001000").is_test


@given(st.integers(0, 99_999_999))
def test_a_kvk_number_travels_as_an_oin(number: int):
    oin = KvkNumber(f"{number:08d}").as_oin()
    assert oin.value == f"00000003{number:08d}0000"


@pytest.mark.parametrize("wrong", ["1234567", "123456789", "1234567a", ""])
def test_what_is_not_a_kvk_number_is_refused(wrong: str):
    with pytest.raises(InvalidInput):
        KvkNumber(wrong)


def test_an_iban_is_checked_modulo_97():
    assert Iban("NL91ABNA0417164300").value == "NL91ABNA0417164300"
    for wrong in ("NL92ABNA0417164300", "NL91 ABNA 0417 1643 00", "nl91abna0417164300", "NL91"):
        with pytest.raises(InvalidInput):
            Iban(wrong)


@given(st.integers(0, 2**64 - 1))
def test_a_client_number_of_ours_is_never_taken_for_a_bsn(bits: int):
    number = ClientNumber.from_random(bits)
    assert ClientNumber(str(number)) == number
    assert refuse_bsn_like(str(number)) == str(number)
    assert all(group[0].isalpha() for group in str(number).split("-"))


@given(st.integers(0, 2**58 - 1), st.integers(0, 2**58 - 1))
def test_other_bits_make_another_client_number(one: int, other: int):
    numbers = {ClientNumber.from_random(bits) for bits in (one, other)}
    assert len(numbers) == len({one, other})


@pytest.mark.parametrize("wrong", ["K-ABCD-EFGH-IJKL", "k-0000-0000-0000", "111222333", ""])
def test_what_is_not_a_client_number_is_refused(wrong: str):
    with pytest.raises(InvalidInput):
        ClientNumber(wrong)


@given(parties)
def test_a_controller_has_one_bucket_of_sixty_four(oin: Oin):
    assert bucket_of(oin) == bucket_of(Oin(oin.value))
    assert 0 <= bucket_of(oin) < 64


def test_the_bucket_of_a_controller_never_changes():
    """Rows lie under their bucket: another answer here would lose them."""
    known = {
        "00000099000000001000": 15,
        "00000099000000002000": 46,
        "00000099000000003000": 13,
        "00000001001234567000": 5,
    }
    assert {oin: bucket_of(Oin(oin)) for oin in known} == known


def test_buckets_spread_over_the_municipalities_of_the_country():
    used = {bucket_of(Oin(f"00000001{number:09d}000")) for number in range(342)}
    assert len(used) > 55
