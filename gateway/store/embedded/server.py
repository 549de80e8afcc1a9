"""The life of one embedded PostgreSQL: started, waited for by connecting, stopped.

The first process that starts a folder owns the server, as its direct child; a process that comes
later connects to it. The server is asked to stop when its owner dies, however it dies, and what it
left behind is cleared up at the next start. There is no time limit on starting: recovery after a
crash takes as long as it takes.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Self

import asyncpg

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded import binaries
from gateway.store.embedded.account import Account, account_for
from gateway.store.embedded.folders import Connection, Folders, server_command, socket_folder

_PAUSE = 0.02
_NOT_YET = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# Processes of a server that was killed may hold its memory for a moment longer.
_STILL_ENDING = ("still in use", "already exists")
_PATIENCE = 300


class EmbeddedServer:
    """A PostgreSQL of our own; made by `start`, ended by `stop` or by leaving `async with`."""

    def __init__(self, folders: Folders, connection: Connection) -> None:
        self._folders = folders
        self._connection = connection
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @classmethod
    async def start(cls, data_dir: Path, *, fsync: bool = True) -> Self:
        """Start the server of this folder, or connect to the process that has done so.

        Call it from the main thread: the server ends with the thread that started it. Without
        `fsync` a power failure may lose data (for tests). Raises StoreUnavailable.
        """
        folders = Folders(data_dir)
        try:
            while True:
                if (lock := folders.lock()) is not None:
                    return await cls._own(folders, lock, fsync=fsync)
                known = folders.announced()
                if known is not None and await _answers(known):
                    return cls(folders, known)
                await asyncio.sleep(_PAUSE)
        except PermissionError as fault:
            raise StoreUnavailable(
                f"The folder {folders.folder} of the embedded database belongs to another user."
            ) from fault

    @classmethod
    async def _own(cls, folders: Folders, lock: int, *, fsync: bool) -> Self:
        try:
            account = account_for(folders.data)
            await _end_leftover(folders)
            found = binaries.within_reach(await asyncio.to_thread(binaries.find), account)
            await asyncio.to_thread(folders.make_data, found, account, fsync=fsync)
            connection = Connection(str(socket_folder(account)), folders.password())
            folders.announce(connection)
            server = cls(folders, connection)
            server._lock = lock
            await server._run(found, account, fsync=fsync)
        except BaseException:
            folders.withdraw()
            os.close(lock)
            raise
        return server

    async def _run(self, found: binaries.Binaries, account: Account, *, fsync: bool) -> None:
        socket = Path(self._connection.socket_folder)
        command = server_command(found, self._folders.data, socket, fsync=fsync)
        for _ in range(_PATIENCE):
            with self._folders.log.open("wb") as log:
                self._child = account.spawn(command, log)
            try:
                if await self._ready():
                    return
            except BaseException:
                await self._end_child()
                raise
            said = self._last_words()
            if not any(reason in said for reason in _STILL_ENDING):
                break
            await asyncio.sleep(0.1)
        raise StoreUnavailable(
            f"The embedded PostgreSQL stopped at its start: {self._last_words()}"
        )

    async def _ready(self) -> bool:
        """Wait until the server answers (True) or has ended (False)."""
        while self._child is not None and self._child.poll() is None:
            if await _answers(self._connection):
                return True
            await asyncio.sleep(_PAUSE)
        return False

    def _last_words(self) -> str:
        lines = self._folders.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "; ".join(line.partition("] ")[2] or line for line in lines[-3:]) or "no message"

    def dsn(self, database: str = "postgres") -> str:
        """Return the URL of a database for asyncpg, as the superuser; holds the password."""
        return self._connection.dsn(database)

    @property
    def pid(self) -> int | None:
        """The process id of the server if it is our child."""
        return self._child.pid if self._child is not None else None

    async def stop(self) -> None:
        """Stop the server if we own it, fast and clean; a second call does nothing."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        try:
            await self._end_child()
            self._folders.withdraw()
        finally:
            os.close(lock)

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGINT)
            await asyncio.to_thread(child.wait)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def _answers(connection: Connection) -> bool:
    """Say whether the server takes our connection; raises StoreUnavailable if it never will."""
    try:
        opened = await asyncpg.connect(connection.dsn("postgres"), timeout=5)
    except asyncpg.InvalidAuthorizationSpecificationError as fault:
        raise StoreUnavailable(
            "The embedded PostgreSQL does not accept the password kept beside its data."
        ) from fault
    except _NOT_YET:
        return False
    await opened.close()
    return True


async def _end_leftover(folders: Folders) -> None:
    """End a server that outlived its owner: we hold the lock, so nobody else wants it."""
    pid_file = folders.data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        pid = int(pid_file.read_text(encoding="ascii").split(maxsplit=1)[0])
        while _serves(pid, folders.data):
            os.kill(pid, signal.SIGINT)
            await asyncio.sleep(0.1)
        os.kill(pid, 0)
        # The number now belongs to another process, or to one that ended and was never waited for;
        # PostgreSQL would take either for a server. Memory still in use is found by other means.
        pid_file.unlink()
    folders.withdraw()


def _serves(pid: int, data: Path) -> bool:
    """Say whether this process is a server of this data folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        show = ["/bin/ps", "-o", "args=", "-p", str(pid)]
        command = subprocess.run(show, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return f" -D {data.resolve()} " in command
