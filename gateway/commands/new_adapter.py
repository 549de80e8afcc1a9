"""`gateway new-adapter NAME`: start a dialect as a copy of the template.

The copy has its own folder, its own schemas and its own namespace, and passes the laws of every
adapter from the first moment; what is left is to change the words. Most creditors need none of
this: they are one TOML file (`gateway partner add`).
"""

import argparse
import hashlib
import keyword
import re
import shutil
import sys
from pathlib import Path

GOOD, USAGE = 0, 2

_TEMPLATE, _SCHEMAS = "template", "sjabloon"
_VERSION = "1.0"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_MADE = "<!-- From here on made by"

_DESCRIPTION = f"""\
Copy adapters/{_TEMPLATE}/ and xsd/{_SCHEMAS}/ to a dialect of this name, with the names replaced.
NAME is a Python name in small letters: it is the folder, and the word in a partner's file.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway new-adapter` to the command line."""
    parser = subparsers.add_parser(
        "new-adapter",
        help="start a dialect as a copy of the template",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="name of the dialect, for example waternet")
    parser.add_argument(
        "--root",
        type=Path,
        default=Path(__file__).parents[2],
        metavar="DIR",
        help="folder with adapters/ and xsd/ (default: this checkout)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy the template; return 2 when the name cannot be used."""
    name, root = args.name, args.root
    problem = _problem_with(name, root)
    if problem:
        print(f"gateway new-adapter: {problem}", file=sys.stderr)
        return USAGE
    adapter, schemas = root / "adapters" / name, root / "xsd" / name / _VERSION
    _copy(root / "adapters" / _TEMPLATE, adapter, name)
    _repeat_digests(root / "adapters" / _TEMPLATE / "golden", adapter / "golden")
    _copy(root / "xsd" / _SCHEMAS / _VERSION, schemas, name)
    _pin(schemas, name)
    print(f"Made: adapters/{name}/ and xsd/{name}/{_VERSION}/")
    print("Next: change the words, pin the schemas with python tests/xsd/test_origin.py,")
    print(f"and hold it to the laws with make test ARGS='tests/adapters -k {name}'.")
    return GOOD


def _problem_with(name: str, root: Path) -> str | None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        return "NAME is a Python name of 2 to 31 small letters, digits and underscores."
    for folder in (root / "adapters" / name, root / "xsd" / name):
        if folder.exists():
            return f"{folder.relative_to(root)} exists already."
    if not (root / "adapters" / _TEMPLATE / "adapter.py").exists():
        return f"there is no adapters/{_TEMPLATE} in {root}."
    return None


def _copy(source: Path, target: Path, name: str) -> None:
    """Copy a folder of text files with the names in it replaced."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted(target.rglob("*")):
        if path.is_file():
            path.write_text(_renamed(path.read_text(encoding="utf-8"), name), encoding="utf-8")


def _renamed(text: str, name: str) -> str:
    for old, new in (
        (f"adapters.{_TEMPLATE}", f"adapters.{name}"),
        (f"adapters/{_TEMPLATE}", f"adapters/{name}"),
        (f'name="{_TEMPLATE}"', f'name="{name}"'),
        (f'name = "{_TEMPLATE}"', f'name = "{name}"'),
        (f"voorbeeld:{_SCHEMAS}:", f"voorbeeld:{name}:"),
        (f"{_SCHEMAS}/{_VERSION}", f"{name}/{_VERSION}"),
    ):
        text = text.replace(old, new)
    return text


def _repeat_digests(before: Path, after: Path) -> None:
    """Let the copied replies repeat the digests of the copied questions, whose names are new."""
    digests = {_digest(before / path.name): _digest(path) for path in after.glob("*.request.xml")}
    for path in after.rglob("*.xml"):
        text = path.read_text(encoding="utf-8")
        for old, new in digests.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


def _digest(request: Path) -> str:
    from gateway.wire.values import print_digest
    from gateway.wire.xml import canonical, parse

    document = request.read_bytes()
    return print_digest(hashlib.sha256(canonical(parse(document, len(document)))).digest())


def _pin(schemas: Path, name: str) -> None:
    """Write ORIGIN.md with the hashes of the copied schemas: without it they would be refused."""
    origin = schemas / "ORIGIN.md"
    _, mark, rest = origin.read_text(encoding="utf-8").partition(_MADE)
    head = (
        f"# {name} {_VERSION}, draft\n\n"
        "**What it is.** A copy of the adapter template. Say here whose vocabulary this is, where\n"
        "it is published, and what in it is a choice of ours.\n\n"
    )
    comment = rest.partition("\n")[0]
    rows = [
        f"| {path.name} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |"
        for path in sorted(schemas.glob("*.xsd"))
    ]
    table = "\n".join(("## Files", "", "| File | SHA-256 |", "|---|---|", *rows))
    origin.write_text(f"{head}{mark}{comment}\n\n{table}\n", encoding="utf-8")
