"""Keys of subjects: wrapped at rest, known for a minute, gone for good once destroyed."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from gateway.domain.errors import EvidenceUnavailable, LogRefused, StoreUnfit
from gateway.domain.identifiers import Bsn, SubjectId
from gateway.ledger.sealing import SealingKey
from gateway.store.evidence.keys import CACHE_FOR, KeyRing
from tests.journeys.stage import KEKS, SeededIds
from tests.store.filling import OURS, THEIRS, Store

BSN, OTHER_BSN = Bsn("111222333"), Bsn("123456782")
NEWER = {**KEKS, "kek-2": SealingKey(bytes(range(32)))}


async def ring(store: Store, keks: Mapping[str, SealingKey] = KEKS, seed: int = 2) -> KeyRing:
    return await KeyRing.open(store.dsn, keks, store.clock, SeededIds(seed))


def subject(store: Store) -> SubjectId:
    return SubjectId(store.ids.reference())


async def say(store: Store, statement: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(store.owner_dsn)
    try:
        return list(await connection.fetch(statement, *arguments))
    finally:
        await connection.close()


async def test_a_key_is_made_once_and_read_back_by_everybody(store: Store):
    one = subject(store)
    made = await store.keys.make(OURS, one)
    again = await store.keys.make(OURS, one)
    other = await ring(store)
    assert made.raw == again.raw == (await other.one(OURS, one)).raw
    await other.close()


async def test_a_key_is_never_stored_as_it_is(store: Store):
    key = await store.keys.make(OURS, subject(store))
    [row] = await say(store, "select wrapped from subject_key")
    assert key.raw not in row["wrapped"]
    assert len(row["wrapped"]) == 60


async def test_a_destroyed_key_is_used_for_a_minute_at_most(store: Store):
    one = subject(store)
    await store.keys.make(OURS, one)
    await say(store, "delete from subject_key")
    assert isinstance(await store.keys.one(OURS, one), SealingKey)
    assert timedelta(minutes=1) >= CACHE_FOR
    store.clock.forward(CACHE_FOR)
    with pytest.raises(EvidenceUnavailable):
        await store.keys.one(OURS, one)


async def test_what_is_old_is_dropped_from_memory(store: Store):
    await store.keys.make(OURS, subject(store))
    store.keys.forget_old()
    assert len(store.keys._cache) == 1
    store.clock.forward(CACHE_FOR)
    store.keys.forget_old()
    assert store.keys._cache == {}


async def test_a_key_of_another_municipality_is_not_found(store: Store):
    one = subject(store)
    await store.keys.make(OURS, one)
    with pytest.raises(EvidenceUnavailable):
        await store.keys.one(THEIRS, one)


async def test_one_missing_key_is_told_and_not_passed_over(store: Store):
    one, other = subject(store), subject(store)
    await store.keys.make(OURS, one)
    with pytest.raises(EvidenceUnavailable):
        await store.keys.many(OURS, (one, other))


async def test_no_subjects_need_no_keys(store: Store):
    assert await store.keys.many(OURS, ()) == {}


async def test_new_keys_are_wrapped_under_the_newest_master_key_and_old_ones_still_open(
    store: Store,
):
    old, new = subject(store), subject(store)
    first = await store.keys.make(OURS, old)
    newer = await ring(store, NEWER)
    await newer.make(OURS, new)
    assert (await newer.one(OURS, old)).raw == first.raw
    rows = await say(store, "select kek_id from subject_key where subject_id = $1", new)
    assert [row["kek_id"] for row in rows] == ["kek-2"]
    with pytest.raises(EvidenceUnavailable):
        await store.keys.one(OURS, new)  # it lacks the new master key
    await newer.close()


async def test_a_master_key_of_the_same_name_and_other_content_opens_nothing(store: Store):
    one = subject(store)
    await store.keys.make(OURS, one)
    wrong = await ring(store, {"kek-1": SealingKey(bytes(32))})
    with pytest.raises(LogRefused):
        await wrong.one(OURS, one)
    await wrong.close()


async def test_the_key_of_one_subject_cannot_be_put_under_another(store: Store):
    one, other = subject(store), subject(store)
    await store.keys.make(OURS, one)
    await say(store, "update subject_key set subject_id = $1", UUID(str(other)))
    store.clock.forward(CACHE_FOR)
    with pytest.raises(LogRefused):
        await store.keys.one(OURS, other)


async def test_a_bsn_is_blinded_the_same_by_every_replica(store: Store):
    other = await ring(store)
    assert await store.keys.blind(OURS, BSN) == await other.blind(OURS, BSN)
    assert len(await store.keys.blind(OURS, BSN)) == 32
    await other.close()


async def test_a_bsn_is_blinded_differently_per_person_and_per_municipality(store: Store):
    blinds = {
        await store.keys.blind(controller, bsn)
        for controller in (OURS, THEIRS)
        for bsn in (BSN, OTHER_BSN)
    }
    assert len(blinds) == 4


async def test_the_blinding_key_outlives_a_new_master_key(store: Store):
    before = await store.keys.blind(OURS, BSN)
    newer = await ring(store, NEWER)
    assert await newer.blind(OURS, BSN) == before
    await newer.close()


async def test_the_gateway_can_neither_change_nor_destroy_a_key(store: Store):
    connection = await asyncpg.connect(store.dsn)
    try:
        for table in ("subject_key", "controller_key"):
            for statement in (f"update {table} set kek_id = ''", f"delete from {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_session_sees_the_keys_of_its_own_controller_only(store: Store):
    await store.keys.make(OURS, subject(store))
    await store.keys.blind(OURS, BSN)
    connection = await asyncpg.connect(store.dsn)
    try:
        for controllers, seen in ((None, 0), (THEIRS.value, 0), (OURS.value, 1)):
            if controllers is not None:
                await connection.execute(
                    "select set_config('gateway.controllers', $1, false)", controllers
                )
            for table in ("subject_key", "controller_key"):
                assert await connection.fetchval(f"select count(*) from {table}") == seen
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into subject_key values (1, $1, $2, 'kek-1', '')",
                THEIRS.value,
                subject(store),
            )
    finally:
        await connection.close()


async def test_a_role_that_sees_past_row_level_security_is_refused(store: Store):
    with pytest.raises(StoreUnfit):
        await KeyRing.open(store.owner_dsn, KEKS, store.clock, SeededIds(3))


async def test_the_blinding_key_is_known_for_a_minute_at_most(store: Store):
    before = await store.keys.blind(OURS, BSN)
    await say(store, "delete from controller_key")
    assert await store.keys.blind(OURS, BSN) == before
    store.clock.forward(CACHE_FOR)
    assert await store.keys.blind(OURS, BSN) != before
