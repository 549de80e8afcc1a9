"""One spelling per value: what is printed is parsed back, what is parsed is printed back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import Inexpressible, Unintelligible
from gateway.wire import values

PAIRS: tuple[tuple[Callable[[Any], str], Callable[[str], Any]], ...] = (
    (values.print_amount, values.parse_amount),
    (values.print_whole, values.parse_whole),
    (values.print_date, values.parse_date),
    (values.print_moment, values.parse_moment),
    (values.print_flag, values.parse_flag),
    (values.print_digest, values.parse_digest),
)


@given(st.integers(0, 99_999_999_999_999_999))
def test_an_amount_comes_back(cents: int) -> None:
    assert values.parse_amount(values.print_amount(cents)) == cents


@given(st.integers(-999_999_999_999_999_999, 999_999_999_999_999_999))
def test_a_whole_number_comes_back(number: int) -> None:
    assert values.parse_whole(values.print_whole(number)) == number


@given(st.dates())
def test_a_date_comes_back(day: date) -> None:
    assert values.parse_date(values.print_date(day)) == day


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back(moment: datetime) -> None:
    assert values.parse_moment(values.print_moment(moment)) == moment


@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_comes_back(flag: bool) -> None:
    assert values.parse_flag(values.print_flag(flag)) is flag


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_comes_back(digest: bytes) -> None:
    assert values.parse_digest(values.print_digest(digest)) == digest


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_digest_has_32_bytes(length: int) -> None:
    with pytest.raises(Inexpressible):
        values.print_digest(bytes(length))


alphabet = st.text("0123456789.-+:TZ ,etrufals_\u0663\u2212", max_size=28)


@given(
    st.one_of(
        alphabet,
        st.from_regex(r"\A[+-]?[0-9]{1,4}[.,]?[0-9]{0,3}\Z"),
        st.from_regex(r"\A[A-Za-z0-9+/_]{42,43}={0,2}\Z"),
        st.from_regex(r"\A[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9])?"),
        st.from_regex(r"\A20[0-9]{2}-1[0-2]-2[0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?Z\Z"),
    )
)
def test_what_is_accepted_is_printed_back_as_the_same_text(text: str) -> None:
    for printer, parser in PAIRS:
        try:
            value = parser(text)
        except Unintelligible:
            continue
        assert printer(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.5",
        "1.234",
        "01.00",
        ".50",
        "-1.00",
        "+1.00",
        "1,00",
        " 1.00",
        "1.00\n",
        "1e2",
        "1_0.00",
        "\u0661.00",
        "NaN",
        "1000000000000000.00",
    ],
)
def test_another_spelling_of_an_amount_is_refused(text: str) -> None:
    with pytest.raises(Unintelligible):
        values.parse_amount(text)


@pytest.mark.parametrize("text", ["", "+7", "07", "-0", "1_0", " 1", "1.0", "\u0661", "1" * 19])
def test_another_spelling_of_a_number_is_refused(text: str) -> None:
    with pytest.raises(Unintelligible):
        values.parse_whole(text)


@pytest.mark.parametrize(
    "text", ["", "2026-1-1", "20260101", "2026-02-30", "2026-01-01Z", "01-01-2026", "2026-W01-1"]
)
def test_another_spelling_of_a_date_is_refused(text: str) -> None:
    with pytest.raises(Unintelligible):
        values.parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24T12:00:00",
        "2026-11-24T12:00:00+01:00",
        "2026-11-24T12:00:00+00:00",
        "2026-11-24T12:00:00.0Z",
        "2026-11-24T12:00:00.50Z",
        "2026-11-24T12:00:00z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T23:59:60Z",
        "2026-11-24 12:00:00Z",
        "2026-11-24T12:00Z",
        "2026-02-30T12:00:00Z",
    ],
)
def test_another_spelling_of_a_moment_is_refused(text: str) -> None:
    with pytest.raises(Unintelligible):
        values.parse_moment(text)


@pytest.mark.parametrize("text", ["", "1", "0", "True", "ja", " true"])
def test_another_spelling_of_a_flag_is_refused(text: str) -> None:
    with pytest.raises(Unintelligible):
        values.parse_flag(text)


def test_what_cannot_be_said_exactly_is_not_printed() -> None:
    for cents in (-1, 100_000_000_000_000_000):
        with pytest.raises(Inexpressible):
            values.print_amount(cents)
    with pytest.raises(Inexpressible):
        values.print_whole(10**18)
    with pytest.raises(Inexpressible):
        values.print_moment(datetime(2026, 11, 24, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(Inexpressible):
        values.print_moment(datetime(2026, 11, 24, tzinfo=timezone(timedelta(hours=1))))
