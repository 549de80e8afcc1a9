"""The database: one pool, transactions that name their controller, and a role that is checked.

Every transaction sets `gateway.controllers`, the setting that row-level security reads; the OIN
comes from the configuration, never from a request. The gateway refuses to work under a role that
could see past row-level security.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg

from gateway.domain.errors import StoreUnavailable, StoreUnfit
from gateway.domain.identifiers import Oin, bucket_of

Connection = asyncpg.pool.PoolConnectionProxy

# One round trip; what is filled in is an OIN: digits and capitals, nothing else (domain.Oin).
BEGIN = "begin; set local gateway.controllers = '{}'"
COMMIT = "commit"
ROLLBACK = "rollback"
SET_SAVEPOINT = "savepoint part"
FORGET_SAVEPOINT = "release savepoint part"
BACK_TO_SAVEPOINT = "rollback to savepoint part; release savepoint part"

# Also what a role may become with SET ROLE: whoever speaks as the gateway could do that too.
ROLE_RIGHTS = """
select exists (select from pg_roles r
               where (r.rolsuper or r.rolbypassrls
                      or exists (select from pg_class c
                                 where c.relnamespace = 'public'::regnamespace
                                   and c.relkind in ('r', 'p') and c.relowner = r.oid))
                 and pg_has_role(current_user, r.oid, 'member'))
"""

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # raised for a statement under way when the server is killed
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, just after a failover
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_CONNECTION_FAULTS = (*_LOST, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction of one controller."""

    connection: Connection
    bucket: int
    controller: Oin

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """A part of the transaction that may fail by itself: a savepoint.

        Raises StoreUnavailable as `row_faults` does.
        """
        with row_faults():
            await self.connection.execute(SET_SAVEPOINT)
            try:
                yield
            except BaseException:
                await self.connection.execute(BACK_TO_SAVEPOINT)
                raise
            await self.connection.execute(FORGET_SAVEPOINT)


class Database:
    """The main store."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, dsn: str, *, size: int = 10) -> "Database":
        """Connect and check the role; raises StoreUnavailable, StoreUnfit."""
        pool = await open_pool(dsn, size)
        try:
            with connection_faults():
                too_many = await pool.fetchval(ROLE_RIGHTS)
        except BaseException:
            await pool.close()
            raise
        if too_many:
            await pool.close()
            raise StoreUnfit(
                "Its role is superuser, owner of a table or bypasses row-level security, or may"
                " become such a one; use a role that is only a member of gateway_app."
            )
        return cls(pool)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, controller: Oin) -> AsyncIterator[Transaction]:
        """Open a transaction that sees this controller only; raises StoreUnavailable."""
        with connection_faults():
            connection = await self._pool.acquire()
        try:
            # A file or a time limit that fails in the work of a caller is no lost database, so
            # from here on only what asyncpg itself raises counts.
            with connection_faults(_LOST):
                async with _begun(connection, controller):
                    yield Transaction(connection, bucket_of(controller), controller)
        finally:
            await self._pool.release(connection)

    async def ready(self) -> bool:
        """Say whether the database answers."""
        try:
            async with self._pool.acquire(timeout=2) as connection:
                return bool(await connection.fetchval("select true", timeout=2))
        except (*_CONNECTION_FAULTS, asyncpg.PostgresError):
            return False


@asynccontextmanager
async def _begun(connection: Connection, controller: Oin) -> AsyncIterator[None]:
    try:
        await connection.execute(BEGIN.format(controller.value))
        yield
        await connection.execute(COMMIT)
    except BaseException:
        try:
            await connection.execute(ROLLBACK)
        except BaseException:  # noqa: BLE001 - the first fault is the one that counts
            connection.terminate()  # nobody may get it back in the middle of a transaction
        raise


class connection_faults:  # noqa: N801 - reads as a statement
    """Turn every way of losing the database into StoreUnavailable, at this one door."""

    def __init__(self, kinds: tuple[type[BaseException], ...] = _CONNECTION_FAULTS) -> None:
        self._kinds = kinds

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, self._kinds):
            raise StoreUnavailable from fault


@contextmanager
def row_faults() -> Iterator[None]:
    """Tell a fault of the rows at hand from one of the server, which is StoreUnavailable.

    Only a wrong value (class 22) or a broken constraint (class 23) is the fault of a row; a
    deadlock, a full disk or a missing right would meet any other row as well.
    """
    with connection_faults(_LOST):
        try:
            yield
        except asyncpg.PostgresError as fault:
            if (fault.sqlstate or "")[:2] in {"22", "23"}:
                raise
            raise StoreUnavailable from fault


async def open_pool(dsn: str, size: int) -> asyncpg.Pool:
    """Open a pool of at most `size` connections; raises StoreUnavailable."""
    with connection_faults():
        # Settings are only ever local to a transaction, so a released connection needs no reset:
        # that saves a round trip on every use.
        return await asyncpg.create_pool(dsn, min_size=1, max_size=size, reset=_nothing_to_reset)


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    return None
