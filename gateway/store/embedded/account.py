"""The account that the embedded PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root. As root we therefore run it as `nobody`, or as whoever owns the
data already; no account is made, and no folder of the user is opened up for it.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gateway.domain.errors import StoreUnavailable

_NOBODY = 65534
_PR_SET_PDEATHSIG = 1
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id of this machine."""

    user: int
    group: int

    @property
    def is_ours(self) -> bool:
        """Say whether this process itself runs as this account."""
        return self.user == os.geteuid()

    def own(self, path: Path) -> None:
        """Give a file or folder that we just made to this account."""
        if not self.is_ours:
            os.chown(path, self.user, self.group)

    def reads(self, path: Path) -> bool:
        """Say whether this account can read this file, and run it if it is a program."""
        if self.is_ours:
            return os.access(path, os.R_OK)
        real = path.resolve()
        needed = 0o5 if real.stat().st_mode & 0o111 else 0o4
        return self._may(real, needed) and self.enters(real.parent)

    def enters(self, folder: Path) -> bool:
        """Say whether this account can pass through this folder."""
        if self.is_ours:
            return os.access(folder, os.X_OK)
        real = folder.resolve()
        return all(self._may(part, 0o1) for part in (real, *real.parents))

    def _may(self, path: Path, bits: int) -> bool:
        status = path.stat()
        if status.st_uid == self.user:
            granted = status.st_mode >> 6
        elif status.st_gid == self.group:
            granted = status.st_mode >> 3
        else:
            granted = status.st_mode
        return granted & bits == bits

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account; raises StoreUnavailable if it cannot start."""
        try:
            return subprocess.run(  # noqa: S603 - the program is the PostgreSQL that we chose
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                env=_ENVIRONMENT,
                cwd="/",
                user=None if self.is_ours else self.user,
                group=None if self.is_ours else self.group,
                extra_groups=None if self.is_ours else (),
            )
        except (OSError, subprocess.SubprocessError) as fault:
            raise self._cannot_start() from fault

    def spawn(self, command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program as this account in a session of its own; it is told to end when we die.

        The kernel watches the thread that calls this, so it must be one that lives as long as the
        program is wanted: the main thread. Raises StoreUnavailable if the program cannot start.
        """
        try:
            return subprocess.Popen(  # noqa: S603 - as above
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                user=None if self.is_ours else self.user,
                group=None if self.is_ours else self.group,
                extra_groups=None if self.is_ours else (),
                preexec_fn=_end_with_parent(),  # noqa: PLW1509 - two system calls, made ready here
            )
        except (OSError, subprocess.SubprocessError) as fault:
            raise self._cannot_start() from fault

    def _cannot_start(self) -> StoreUnavailable:
        return StoreUnavailable(
            f"The embedded PostgreSQL cannot be started as user {self.user}; start the gateway as"
            " an ordinary user, or name a database of your own."
        )


def account_for(data: Path) -> Account:
    """Return the account to run as: our own, or as root the owner of the data, else nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_NOBODY, _NOBODY)
    return Account(nobody.pw_uid, nobody.pw_gid)


def _end_with_parent() -> Callable[[], None] | None:
    """Return what a child does first so that it is asked to stop (SIGINT) when we die, kill -9 too.

    Only Linux can do that. Elsewhere a server that outlives us is stopped at the next start.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
