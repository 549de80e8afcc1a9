"""Nothing about a person stands where it may be read: open parts, readable columns, log lines."""

from datetime import timedelta

import asyncpg
import structlog

from gateway.domain.identifiers import ClientNumber
from gateway.ledger.encoding import encode
from tests.journeys.logbook import check_log
from tests.journeys.playing import (
    STATEMENT,
    arrives,
    asked_for,
    ended,
    overview,
    settled,
)
from tests.journeys.stage import ENERGY, RENT, SHOP, TAX, Stage

PERSONAL = (
    "111222333",
    "Zandvoort",
    "Anna Bea",
    "Voorhout",
    "2514ED",
    "1984-02-29",
    "Z-2026-0042",
    "stond op de lijst",
    "KL-778",
    "F-2026-001",
    "NL91ABNA0417164300",
    "m-17",
)
COLUMNS = """
select c.relname as table, a.attname as column
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and a.attnum > 0 and not a.attisdropped
"""


async def whole_story(stage: Stage) -> None:
    """Ask, answer, quarantine, remind, expire, end, look: every kind of event there is."""
    stage.creditor(SHOP).reply = STATEMENT
    case = await asked_for(stage, SHOP, RENT, TAX, ENERGY)
    await settled(stage)
    rent = stage.creditor(RENT)
    stranger = ClientNumber("K-7ZZZ-2MPX-9QRT")
    await arrives(stage, rent.answer(rent.last_question, STATEMENT, about=stranger), RENT)
    await arrives(stage, b"Mevrouw Zandvoort, BSN 111222333", RENT)
    stage.calendar.day += timedelta(days=14)
    await settled(stage)
    stage.calendar.day += timedelta(days=14)
    await settled(stage)
    await overview(stage, case.case_id)
    await ended(stage, case.basis_id)
    await settled(stage)


async def test_the_open_part_of_every_event_is_free_of_persons(stage: Stage):
    await whole_story(stage)
    events = await check_log(stage)
    assert len({event.type for event in events}) >= 10
    for event in events:
        printed = encode(dict(event.open)).decode()
        assert [word for word in PERSONAL if word in printed] == []


async def test_no_readable_column_holds_anything_about_a_person(stage: Stage):
    await whole_story(stage)
    connection = await asyncpg.connect(stage.owner_dsn)
    try:
        columns = await connection.fetch(COLUMNS)
        assert len(columns) > 100
        for row in columns:
            name = f'"{row["table"]}"."{row["column"]}"'
            values = await connection.fetch(
                f'select {name} as value from "{row["table"]}" where {name} is not null'
            )
            for (value,) in values:
                content = value if isinstance(value, bytes) else str(value).encode()
                found = [word for word in PERSONAL if word.encode() in content]
                assert found == [], name
    finally:
        await connection.close()


async def test_no_log_line_says_anything_about_a_person(stage: Stage):
    with structlog.testing.capture_logs() as lines:
        await whole_story(stage)
    assert [word for word in PERSONAL if word in str(lines)] == []
