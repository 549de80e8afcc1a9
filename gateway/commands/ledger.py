"""`gateway ledger`: look at the evidence log from outside, with nothing but its files and a key.

The key must come from elsewhere (a council decision, an auditor's own folder). A key that lies
inside the log folder is refused: whoever can change the log could then change the key with it.
"""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import ledger_export

if TYPE_CHECKING:
    from gateway.ledger.verification import LogFinding, Verification

GOOD, FOUND, USAGE = 0, 1, 2

# No file of the format is larger; one byte more is read, so that a larger file is seen to differ.
MAX_FILE_BYTES = 64 * 1024
MAX_KEY_BYTES = 4 * 1024
MAX_LINES = 20

_EPILOG = """\
exit codes:
  0  the log is whole: every entry, tile and the checkpoint fit together and are signed
  1  something was found; each finding is printed with its kind and file
  2  the check could not be done (no such folder, unreadable key, key inside the log folder)
"""


class _Unusable(Exception):
    """The check cannot be done; the message is one sentence for the person at the keyboard."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway ledger` and its commands to the command line."""
    ledger = subparsers.add_parser("ledger", help="export and check the evidence log")
    commands = ledger.add_subparsers(dest="ledger_command", required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify",
        help="rebuild a log from its entries and check its signature",
        description="Rebuild the whole tree from the entries of an exported log, compare every\n"
        "file byte by byte, and check the signed checkpoint with a key from outside.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument(
        "--log", required=True, type=Path, metavar="DIR", help="folder with the exported log"
    )
    verify.add_argument(
        "--key",
        required=True,
        type=Path,
        metavar="FILE",
        help="file with the verifier key of the log, kept outside that folder",
    )
    verify.add_argument("--json", action="store_true", help="print the result for machines")
    verify.set_defaults(run=run)
    ledger_export.register(commands)


def run(args: argparse.Namespace) -> int:
    """Run `gateway ledger verify`; return its exit code."""
    from gateway.domain.errors import LogRefused
    from gateway.ledger.verification import verify_log

    try:
        key = _read_key(args.key, args.log)
        verification = verify_log(LogFolder(args.log), key)
    except LogRefused as refused:
        return _refuse(f"The key in {args.key} is not a verifier key. {refused.detail}", args.json)
    except _Unusable as unusable:
        return _refuse(str(unusable), args.json)
    except OSError as fault:
        return _refuse(f"Cannot read {fault.filename}: {fault.strerror}.", args.json)
    lines = (_json(verification),) if args.json else _report(verification, args.log)
    print("\n".join(lines))
    return FOUND if verification.findings else GOOD


class LogFolder(Mapping[str, bytes]):
    """The files of a log folder by their path with `/`; content is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        """List the folder.

        Raises:
            _Unusable: there is no such folder, or something in it is not a plain file.
        """
        if not folder.is_dir():
            raise _Unusable(f"There is no log folder {folder}.")
        self._paths = {path.relative_to(folder).as_posix(): path for path in _walk(folder)}

    def __getitem__(self, name: str) -> bytes:
        with self._paths[name].open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        # A link could show this reader other bytes than the next one.
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise _Unusable(f"{path} is neither a plain file nor a folder.")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def _read_key(key_file: Path, log: Path) -> str:
    if key_file.resolve().is_relative_to(log.resolve()):
        raise _Unusable(
            "The key lies inside the log folder; use a key that you got from somewhere else."
        )
    with key_file.open("rb") as file:
        data = file.read(MAX_KEY_BYTES + 1)
    if data.startswith(b"PRIVATE+KEY+"):
        raise _Unusable(f"{key_file} holds a private key; give the verifier key of the log.")
    try:
        return data.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise _Unusable(f"The key in {key_file} is not text.") from None


def _refuse(sentence: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"result": "usage", "problem": sentence}))
    print(f"gateway ledger verify: {sentence}", file=sys.stderr)
    return USAGE


def _json(verification: "Verification") -> str:
    def rows(found: Sequence["LogFinding"]) -> list[dict[str, str]]:
        return [{"kind": f.kind.value, "path": f.path, "detail": f.detail} for f in found]

    return json.dumps(
        {
            "result": "findings" if verification.findings else "good",
            "origin": verification.origin,
            "size": verification.size,
            "root": b64encode(verification.root).decode("ascii"),
            "files": verification.files,
            "findings": rows(verification.findings),
            "warnings": rows(verification.warnings),
        }
    )


def _report(verification: "Verification", log: Path) -> tuple[str, ...]:
    root = b64encode(verification.root).decode("ascii")
    return (
        f"Log       {verification.origin}, in {log}",
        f"Entries   {verification.size} read, the tree rebuilt from them",
        f"Root      {root} (recomputed)",
        f"Files     {verification.files} compared byte by byte",
        *_list("Warning", verification.warnings),
        *_list("FINDING", verification.findings),
        _verdict(verification),
    )


def _list(word: str, found: Sequence["LogFinding"]) -> tuple[str, ...]:
    shown = tuple(
        f"{word}   {f.kind.value}: {_printable(f.path)}: {f.detail}" for f in found[:MAX_LINES]
    )
    hidden = len(found) - len(shown)
    return (*shown, f"{word}   and {hidden} more (all of them with --json)") if hidden else shown


def _printable(path: str) -> str:
    # File names in the folder are not ours; they must not steer the terminal.
    return path if path.isprintable() else ascii(path)


def _verdict(verification: "Verification") -> str:
    if verification.findings:
        count = len(verification.findings)
        return f"Result    NOT GOOD: {count} finding{'s' if count > 1 else ''}"
    return "Result    GOOD: signed by this key, and every entry and tile is accounted for"
