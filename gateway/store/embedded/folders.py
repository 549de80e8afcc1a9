"""Where the embedded PostgreSQL keeps its things.

    FOLDER/lock              held by the process that owns the server
    FOLDER/connection.json   how others reach it while it runs (mode 0600: holds the password)
    FOLDER/password          made with the data, never changed (mode 0600)
    FOLDER/postgres.log      what the server says; never a statement or a value
    FOLDER/data              PostgreSQL's own folder
    /tmp/gateway-pg-…/       the socket: paths of sockets may not be long

When the account that PostgreSQL runs as cannot pass through FOLDER (root's home, say), `data` is a
symbolic link to a private folder in /var/tmp that it can reach: FOLDER itself is never opened up.
"""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded.account import Account
from gateway.store.embedded.binaries import PUBLIC_FOLDERS, Binaries

SUPERUSER = "postgres"
_PORT = 5432
_SOCKET_PREFIX = "gateway-pg-"
_LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a running server."""

    socket_folder: str
    password: str

    def dsn(self, database: str) -> str:
        """Return a URL for asyncpg and psql, as the superuser."""
        return (
            f"postgresql://{SUPERUSER}:{quote(self.password, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(self.socket_folder, safe='')}&port={_PORT}"
        )

    def __repr__(self) -> str:
        return "Connection(…)"


class Folders:
    """The files of one embedded server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._connection = self.folder / "connection.json"
        self._password = self.folder / "password"

    def lock(self) -> int | None:
        """Take the lock and return its descriptor, or None when another process holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def announce(self, connection: Connection) -> None:
        """Tell others how to reach the server."""
        _write_private(self._connection, json.dumps(asdict(connection)))

    def announced(self) -> Connection | None:
        """Return what the owner announced, if it did."""
        try:
            return Connection(**json.loads(self._connection.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def withdraw(self) -> None:
        """Remove the announcement and the socket folder that it names."""
        known = self.announced()
        if known is not None and Path(known.socket_folder).name.startswith(_SOCKET_PREFIX):
            shutil.rmtree(known.socket_folder, ignore_errors=True)
        self._connection.unlink(missing_ok=True)

    def password(self) -> str:
        """Return the password of the superuser, made at the first call."""
        if not self._password.exists():
            _write_private(self._password, secrets.token_urlsafe(24))
        return self._password.read_text(encoding="utf-8")

    def make_data(self, binaries: Binaries, account: Account, *, fsync: bool) -> None:
        """Make the data folder if there is none; it appears when it is complete."""
        if self._has_data(binaries):
            return
        place = self.folder
        if not account.enters(place):
            place = private_folder("gateway-data-", account)
        building = place / "data.new"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        account.own(building)
        try:
            self._initialise(building, binaries, account, fsync=fsync)
        except BaseException:
            shutil.rmtree(building if place == self.folder else place, ignore_errors=True)
            raise
        building.rename(place / "data")
        if place != self.folder:
            self.data.symlink_to(place / "data")

    def _has_data(self, binaries: Binaries) -> bool:
        if self.data.is_symlink() and not self.data.exists():
            raise StoreUnavailable(
                "The data of the embedded database were in a temporary folder that is gone; remove"
                f" {self.data} to begin with an empty database."
            )
        if not self.data.exists():
            return False
        major = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if major != str(binaries.major):
            raise StoreUnavailable(
                f"The data in {self.data} were made by PostgreSQL {major} and this is"
                f" {binaries.version}; convert them with pg_upgrade."
            )
        return True

    def _initialise(
        self, building: Path, binaries: Binaries, account: Account, *, fsync: bool
    ) -> None:
        secret = private_folder(_SOCKET_PREFIX, account) / "password"
        try:
            _write_private(secret, self.password())
            account.own(secret)
            done = account.run(initdb_command(binaries, building, secret, fsync=fsync))
        finally:
            shutil.rmtree(secret.parent, ignore_errors=True)
        if done.returncode != 0:
            last = done.stdout.strip().splitlines()[-1:] or ["no message"]
            raise StoreUnavailable(f"The embedded database cannot be made: {last[0]}")


def initdb_command(binaries: Binaries, data: Path, secret: Path, *, fsync: bool) -> list[str]:
    """Return the command that makes a data folder: passwords, checksums, no locale of the system.

    A locale of the operating system would change the order of an index when the system changes.
    """
    command = [str(binaries.initdb), f"--pgdata={data}", f"--username={SUPERUSER}"]
    command += [f"--pwfile={secret}", "--auth=scram-sha-256", "--data-checksums"]
    command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
    if binaries.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return command if fsync else [*command, "--no-sync"]


def server_command(
    binaries: Binaries, data: Path, socket_folder: Path, *, fsync: bool
) -> list[str]:
    """Return the command that runs the server: private socket, no network, no value in its log."""
    settings = {
        "listen_addresses": "",
        "port": str(_PORT),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Statements and their details hold personal data.
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length_on_error": "0",
    }
    if not fsync:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries.postgres), "-D", str(data.resolve()), *options]


def socket_folder(account: Account) -> Path:
    """Make a private folder with a short path for the socket."""
    return private_folder(_SOCKET_PREFIX, account)


def private_folder(prefix: str, account: Account) -> Path:
    """Make a new folder of the account's own, mode 0700, in a place that it can reach."""
    places = (
        *(PUBLIC_FOLDERS if prefix != _SOCKET_PREFIX else ()),
        Path(tempfile.gettempdir()),
        *reversed(PUBLIC_FOLDERS),
    )
    for place in places:
        if place.is_dir() and account.enters(place) and len(str(place)) < _LONGEST_SOCKET_FOLDER:
            made = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
            account.own(made)
            return made
    raise StoreUnavailable("No temporary folder can be reached by the embedded database.")


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, all or nothing."""
    building = path.with_name(path.name + ".new")
    building.unlink(missing_ok=True)
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    building.rename(path)
