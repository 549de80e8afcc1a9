"""Keys of subjects: wrapped in a store of their own, unwrapped for at most a minute.

A subject's key seals everything that is readable about that person; destroying it makes all copies
unreadable at once. The key that blinds BSNs is one per controller and never leaves this module.
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from gateway.domain.errors import EvidenceUnavailable
from gateway.domain.identifiers import Bsn, Oin, SubjectId
from gateway.ledger.sealing import NONCE_BYTES, SealingKey, unwrap, wrap
from gateway.ports.environment import Clock, Ids
from gateway.store.database import Database

CACHE_FOR = timedelta(minutes=1)

READ_KEYS = """
select subject_id, kek_id, wrapped from subject_key
where bucket = $1 and controller = $2 and subject_id = any ($3::uuid[])
"""
ADD_KEY = """
insert into subject_key (bucket, controller, subject_id, kek_id, wrapped)
values ($1, $2, $3, $4, $5)
on conflict do nothing
"""
READ_CONTROLLER_KEY = """
select kek_id, wrapped from controller_key
where bucket = $1 and controller = $2 and purpose = $3
"""
ADD_CONTROLLER_KEY = """
insert into controller_key (bucket, controller, purpose, kek_id, wrapped)
values ($1, $2, $3, $4, $5)
on conflict do nothing
"""

_BSN = "bsn_blind"


class KeyRing:
    """The wrapped keys and a cache of a minute; `keks` maps id to key, the newest last."""

    def __init__(
        self, database: Database, keks: Mapping[str, SealingKey], clock: Clock, ids: Ids
    ) -> None:
        self._database, self._keks, self._clock, self._ids = database, dict(keks), clock, ids
        self._cache: dict[tuple[Oin, UUID], tuple[datetime, SealingKey]] = {}
        self._blinding: dict[Oin, tuple[datetime, bytes]] = {}

    @classmethod
    async def open(
        cls, dsn: str, keks: Mapping[str, SealingKey], clock: Clock, ids: Ids
    ) -> "KeyRing":
        """Connect to the store of keys and check the role; raises StoreUnavailable, StoreUnfit."""
        return cls(await Database.open(dsn, size=4), keks, clock, ids)

    async def close(self) -> None:
        """Close every connection and forget every key."""
        self._cache.clear()
        self._blinding.clear()
        await self._database.close()

    async def make(self, controller: Oin, subject_id: SubjectId) -> SealingKey:
        """Make the key of a new subject, before the transaction that will need it."""
        key = SealingKey(self._ids.chance(32))
        kek_id, kek = self._newest()
        wrapped = wrap(kek, self._ids.chance(NONCE_BYTES), subject_id, key)
        async with self._database.transaction(controller) as tx:
            await tx.connection.execute(
                ADD_KEY, tx.bucket, controller.value, subject_id, kek_id, wrapped
            )
        return (await self.many(controller, (subject_id,)))[subject_id]

    async def many(
        self, controller: Oin, subjects: Iterable[SubjectId]
    ) -> dict[SubjectId, SealingKey]:
        """Return the keys of these subjects; raises EvidenceUnavailable if one is destroyed."""
        now, wanted = self._clock.now(), set(subjects)
        found = {s: hit for s in wanted if (hit := self._cached(controller, s, now))}
        absent = wanted - found.keys()
        if absent:
            async with self._database.transaction(controller) as tx:
                rows = await tx.connection.fetch(
                    READ_KEYS, tx.bucket, controller.value, list(absent)
                )
            for row in rows:
                key = unwrap(self._kek(row["kek_id"]), row["subject_id"], row["wrapped"])
                self._cache[controller, row["subject_id"]] = (now + CACHE_FOR, key)
                found[row["subject_id"]] = key
        if wanted - found.keys():
            raise EvidenceUnavailable("The key of a subject no longer exists.")
        return found

    async def one(self, controller: Oin, subject_id: SubjectId) -> SealingKey:
        """Return the key of one subject; raises EvidenceUnavailable if it is destroyed."""
        return (await self.many(controller, (subject_id,)))[subject_id]

    async def blind(self, controller: Oin, bsn: Bsn) -> bytes:
        """Return the keyed hash under which this controller finds a person again."""
        now, hit = self._clock.now(), self._blinding.get(controller)
        if hit is None or hit[0] <= now:
            hit = (now + CACHE_FOR, await self._blinding_key(controller))
            self._blinding[controller] = hit
        text = f"{controller.value}\x00{bsn.value}".encode()
        return hmac.digest(hit[1], text, "sha256")

    def forget_old(self) -> None:
        """Drop what was cached for more than a minute."""
        now = self._clock.now()
        self._cache = {at: hit for at, hit in self._cache.items() if hit[0] > now}
        self._blinding = {at: hit for at, hit in self._blinding.items() if hit[0] > now}

    def _cached(self, controller: Oin, subject: SubjectId, now: datetime) -> SealingKey | None:
        hit = self._cache.get((controller, subject))
        return hit[1] if hit and hit[0] > now else None

    def _newest(self) -> tuple[str, SealingKey]:
        return next(reversed(self._keks.items()))

    def _kek(self, kek_id: str) -> SealingKey:
        try:
            return self._keks[kek_id]
        except KeyError:
            raise EvidenceUnavailable("A key is wrapped under a master key we lack.") from None

    async def _blinding_key(self, controller: Oin) -> bytes:
        owner = UUID(int=int(controller.value.encode().hex(), 16) % (1 << 128))
        kek_id, kek = self._newest()
        fresh = wrap(kek, self._ids.chance(NONCE_BYTES), owner, SealingKey(self._ids.chance(32)))
        async with self._database.transaction(controller) as tx:
            await tx.connection.execute(
                ADD_CONTROLLER_KEY, tx.bucket, controller.value, _BSN, kek_id, fresh
            )
            row = await tx.connection.fetchrow(
                READ_CONTROLLER_KEY, tx.bucket, controller.value, _BSN
            )
        if row is None:
            raise EvidenceUnavailable("The blinding key cannot be read back.")
        return unwrap(self._kek(row["kek_id"]), owner, row["wrapped"]).raw
