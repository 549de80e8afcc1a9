"""The embedded server: it starts, survives, is shared, and dies with its owner."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded import EmbeddedServer
from gateway.store.embedded.account import account_for
from gateway.store.embedded.binaries import find, within_reach

ROOT = os.geteuid() == 0
REPOSITORY = Path(__file__).parents[3]

# What asyncpg raises when the server goes: the last is what it says of a statement under way.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

OWNER = """
import asyncio, sys
from pathlib import Path
from gateway.store.embedded import EmbeddedServer

async def main():
    server = await EmbeddedServer.start(Path(sys.argv[1]))
    print(server.pid, server.dsn(), flush=True)
    await asyncio.sleep(float(sys.argv[2]))
    await server.stop()

asyncio.run(main())
"""

# What a started server needs is imported before the rights to read it are given up.
# initdb wants a user that the machine knows by name; every Unix knows daemon.
ORDINARY = pwd.getpwnam("daemon")
AS_ORDINARY_USER = f"""
import concurrent.futures.thread, encodings.idna, os, sys
import asyncpg, gateway.store.embedded
os.setgroups([])
os.setgid({ORDINARY.pw_gid})
os.setuid({ORDINARY.pw_uid})
"""


async def fetch(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def start_process(
    folder: Path, *, seconds: int, prefix: str = ""
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        prefix + OWNER,
        str(folder),
        str(seconds),
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"},
    )


async def first_line(process: asyncio.subprocess.Process) -> list[str]:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().split()


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_it_answers_over_a_private_socket_with_a_password(open_folder: Path):
    async with await EmbeddedServer.start(open_folder / "db") as server:
        assert await fetch(server.dsn(), "show listen_addresses") == ""
        assert await fetch(server.dsn(), "show data_checksums") == "on"
        assert await fetch(server.dsn(), "show password_encryption") == "scram-sha-256"
        password = (open_folder / "db" / "password").read_text()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.dsn().replace(password, "guess"))
    for name in ("password", "lock"):
        assert stat.S_IMODE((open_folder / "db" / name).stat().st_mode) == 0o600


async def test_text_is_ordered_without_a_locale_of_the_system(open_folder: Path):
    async with await EmbeddedServer.start(open_folder) as server:
        query = "select string_agg(w, '' order by w) from unnest(array['b', 'ä', 'a', 'B', 'é']) w"
        assert await fetch(server.dsn(), query) == "Babäé"
        assert await fetch(server.dsn(), "select upper('é')") == "É"


async def test_a_restart_keeps_the_data(open_folder: Path):
    async with await EmbeddedServer.start(open_folder) as server:
        await execute(server.dsn(), "create table kept as select 42 as answer")
    async with await EmbeddedServer.start(open_folder) as server:
        assert await fetch(server.dsn(), "select answer from kept") == 42


async def test_no_acknowledged_row_is_lost_when_the_server_is_killed(open_folder: Path):
    server = await EmbeddedServer.start(open_folder)
    await execute(server.dsn(), "create table entry (number int primary key)")
    acknowledged: list[int] = []

    async def write(first: int) -> None:
        connection = await asyncpg.connect(server.dsn())
        for number in range(first, first + 1_000_000):
            await connection.execute("insert into entry values ($1)", number)
            acknowledged.append(number)

    writers = [asyncio.create_task(write(start)) for start in (0, 10_000_000, 20_000_000)]
    while len(acknowledged) < 300:  # noqa: ASYNC110 - the writers must not wait for us
        await asyncio.sleep(0.01)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    ends = await asyncio.gather(*writers, return_exceptions=True)
    assert all(isinstance(end, LOST) for end in ends)
    await server.stop()

    async with await EmbeddedServer.start(open_folder) as server:
        connection = await asyncpg.connect(server.dsn())
        kept = {row["number"] for row in await connection.fetch("select number from entry")}
        await connection.close()
    assert set(acknowledged) <= kept


async def test_a_second_process_uses_the_server_of_the_first(open_folder: Path):
    query = "select pg_postmaster_start_time()::text"
    async with await EmbeddedServer.start(open_folder) as server:
        process = await start_process(open_folder, seconds=0)
        pid, dsn = await first_line(process)
        assert await process.wait() == 0
        assert pid == "None"
        assert dsn == server.dsn()
        assert await fetch(server.dsn(), query)  # the end of the guest did not stop it


async def test_many_that_start_at_once_get_one_server(open_folder: Path):
    servers = await asyncio.gather(*(EmbeddedServer.start(open_folder) for _ in range(4)))
    assert len({server.dsn() for server in servers}) == 1
    assert len([server for server in servers if server.pid]) == 1
    for server in servers:
        await server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_the_server_ends_with_an_owner_that_is_killed(open_folder: Path):
    process = await start_process(open_folder, seconds=100)
    pid, dsn = await first_line(process)
    await execute(dsn, "create table kept as select 42 as answer")
    process.kill()
    await process.wait()
    async with await EmbeddedServer.start(open_folder) as server:
        assert not is_alive(int(pid))
        assert await fetch(server.dsn(), "select answer from kept") == 42


async def test_a_server_that_outlived_its_owner_is_ended_first(open_folder: Path):
    orphan = await EmbeddedServer.start(open_folder)
    assert orphan.pid is not None
    assert orphan._lock is not None
    os.close(orphan._lock)  # what remains when an owner dies where no kernel watches
    async with await EmbeddedServer.start(open_folder) as server:
        assert not is_alive(orphan.pid)
        assert server.pid not in {None, orphan.pid}
    orphan._lock = None
    await orphan._end_child()


async def test_a_process_id_that_was_given_away_does_not_hinder(open_folder: Path):
    async with await EmbeddedServer.start(open_folder):
        pass
    with (open_folder / "stranger.log").open("wb") as log:
        stranger = account_for(open_folder / "data").spawn(["/bin/sleep", "60"], log)
    (open_folder / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{open_folder}/data\n")
    async with await EmbeddedServer.start(open_folder) as server:
        assert await fetch(server.dsn(), "select 1") == 1
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_its_log_shows_no_value_of_a_refused_statement(open_folder: Path):
    async with await EmbeddedServer.start(open_folder) as server:
        await execute(server.dsn(), "create table person (bsn text primary key)")
        await execute(server.dsn(), "insert into person values ('999990019')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await execute(server.dsn(), "insert into person values ('999990019')")
    log = (open_folder / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "999990019" not in log


async def test_a_stop_leaves_no_socket_and_no_announcement(open_folder: Path):
    server = await EmbeddedServer.start(open_folder)
    socket_folder = Path(server._connection.socket_folder)
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    await server.stop()
    await server.stop()
    assert not socket_folder.exists()
    assert sorted(path.name for path in open_folder.iterdir()) == [
        "data", "lock", "password", "postgres.log",
    ]  # fmt: skip


async def test_a_wrong_password_is_one_clear_sentence(open_folder: Path):
    async with await EmbeddedServer.start(open_folder):
        pass
    (open_folder / "password").write_text("changed by hand")
    with pytest.raises(StoreUnavailable, match="does not accept the password"):
        await EmbeddedServer.start(open_folder)


async def test_a_server_that_cannot_start_says_why(open_folder: Path):
    async with await EmbeddedServer.start(open_folder):
        pass
    (open_folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StoreUnavailable, match="no_such_setting"):
        await EmbeddedServer.start(open_folder)


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")
async def test_root_may_use_a_folder_that_is_closed_to_others(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        async with await EmbeddedServer.start(closed / "db") as server:
            assert await fetch(server.dsn(), "select 1") == 1
    data = (closed / "db" / "data").resolve()
    assert data.stat().st_uid != 0
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed.stat().st_uid == 0
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
    shutil.rmtree(data.parent)
    with pytest.raises(StoreUnavailable, match="begin with an empty database"):
        await EmbeddedServer.start(closed / "db")


@pytest.mark.skipif(not ROOT, reason="the whole test run is this test when it is not root's")
async def test_an_ordinary_user_runs_it_as_itself(open_folder: Path, monkeypatch):
    open_folder.chmod(0o777)
    reachable = within_reach(find(), account_for(open_folder / "data"))
    monkeypatch.setenv("PGBIN", str(reachable.folder))
    process = await start_process(open_folder / "db", seconds=100, prefix=AS_ORDINARY_USER)
    pid, dsn = await first_line(process)
    assert Path(f"/proc/{pid}").stat().st_uid == ORDINARY.pw_uid
    assert await fetch(dsn, "select 1") == 1
    process.terminate()
    await process.wait()
    # Root may then go on with it: as the owner of the data, not as nobody.
    async with await EmbeddedServer.start(open_folder / "db") as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == ORDINARY.pw_uid


@pytest.mark.skipif(not ROOT, reason="needs two users")
async def test_a_folder_of_another_user_is_one_clear_sentence(open_folder: Path):
    async with await EmbeddedServer.start(open_folder):
        pass
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AS_ORDINARY_USER + OWNER, str(open_folder), "0",
        stderr=subprocess.PIPE, cwd=REPOSITORY,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 1
    assert "belongs to another user" in said.decode()
