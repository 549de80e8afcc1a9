"""A store per test."""

from collections.abc import AsyncIterator

import pytest

from gateway.store.database import Database
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from tests.conftest import FreshDatabase
from tests.journeys.stage import KEKS, NOW, TODAY, SeededIds, StandingCalendar, StandingClock
from tests.store.filling import Store


@pytest.fixture
async def store(database: FreshDatabase) -> AsyncIterator[Store]:
    clock, ids = StandingClock(NOW), SeededIds(1)
    opened = await Database.open(database.dsn, size=8)
    ring = await KeyRing.open(database.dsn, KEKS, clock, ids)
    journal = Journal(ring, ids, StandingCalendar(TODAY), "creditor-gateway/test")
    yield Store(opened, ring, journal, clock, ids, database.owner_dsn, database.dsn)
    await ring.close()
    await opened.close()
