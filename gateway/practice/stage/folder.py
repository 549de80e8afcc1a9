"""The folder that a story leaves behind, and the promise that nothing else is ever deleted.

OUT/.gateway-demo    says that this folder is ours; locked while a story runs
OUT/pki/             practice certificates and keys, used again by the next run
OUT/database/        the embedded PostgreSQL; its database is new in every run
OUT/config/          the configuration in the form that a real installation has
OUT/secrets/         master key and log key
OUT/log/OIN/         the exported evidence log of each controller: static files
OUT/keys/OIN.vkey    the public key of each log, apart from the log on purpose
OUT/berichten/       one signed message of each kind
OUT/lines/           what operators would read: log lines, and every URL that was called
"""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO, Self

from gateway.domain.errors import ConfigurationFault, Finding

MARKER = ".gateway-demo"
_FRESH = ("config", "secrets", "log", "keys", "berichten", "lines")
_KEPT = ("pki", "database")
_NOTE = "Made by `gateway demo`; the next run empties this folder. Fictional data only.\n"


class OutFolder:
    """The folder of one running story; made by `open`, ended by `close`."""

    def __init__(self, path: Path, marker: IO[str]) -> None:
        self.path = path
        self._marker = marker

    @classmethod
    def open(cls, path: Path) -> Self:
        """Make the folder, or empty it if it is ours.

        Raises:
            ConfigurationFault: it holds what is not ours, cannot be written, or is in use.
        """
        path = path.absolute()
        try:
            return cls(path, _prepared(path))
        except OSError as fault:
            raise _refused(path, f"cannot be used ({fault.strerror})") from fault

    def close(self) -> None:
        """Let go of the folder; what is in it stays."""
        self._marker.close()

    @property
    def pki(self) -> Path:
        """Practice certificates and keys."""
        return self.path / "pki"

    @property
    def database(self) -> Path:
        """The embedded PostgreSQL."""
        return self.path / "database"

    @property
    def config(self) -> Path:
        """The configuration of the gateway."""
        return self.path / "config"

    @property
    def secrets(self) -> Path:
        """Master key and log key."""
        return self.path / "secrets"

    @property
    def log(self) -> Path:
        """The exported evidence log of each controller."""
        return self.path / "log"

    @property
    def keys(self) -> Path:
        """The public keys of the logs."""
        return self.path / "keys"

    @property
    def messages(self) -> Path:
        """Sample messages."""
        return self.path / "berichten"

    @property
    def lines(self) -> Path:
        """Log lines and URLs."""
        return self.path / "lines"


def _prepared(path: Path) -> IO[str]:
    if (
        path.exists()
        and not (path / MARKER).exists()
        and (not path.is_dir() or any(path.iterdir()))
    ):
        raise _refused(path, "holds something that is not of a demo; name another folder")
    path.mkdir(parents=True, exist_ok=True)
    marker = (path / MARKER).open("a", encoding="utf-8")
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        marker.close()
        raise _refused(path, "is in use by another demo; stop that one or name another") from None
    if marker.tell() == 0:
        marker.write(_NOTE)
        marker.flush()
    for name in _FRESH:
        if (path / name).exists():
            shutil.rmtree(path / name)
        (path / name).mkdir(mode=0o700 if name in {"secrets", "config"} else 0o755)
    for name in _KEPT:
        (path / name).mkdir(exist_ok=True)
    return marker


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)


def _refused(path: Path, problem: str) -> ConfigurationFault:
    return ConfigurationFault([Finding("--out", str(path), problem)])
