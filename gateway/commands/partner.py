"""`gateway partner`: list, add and test creditors.

A creditor is one file in partners/. What `add` writes is checked together with everything else
before it stays; a file that would be wrong is not kept.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands.options import add_config

if TYPE_CHECKING:
    from gateway.config.configuration import Configuration

GOOD, FOUND, USAGE = 0, 1, 2
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CLASSES = ("Publiek", "Nuts", "Zorg", "Overig")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway partner` and its commands to the command line."""
    partner = subparsers.add_parser("partner", help="list, add and test creditors")
    commands = partner.add_subparsers(dest="partner_command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="print every creditor, one per line")
    add_config(listing)
    listing.add_argument("--json", action="store_true", help="print the result for machines")
    listing.set_defaults(run=run_list)
    _register_add(commands.add_parser("add", help="write the file of a new creditor"))
    test = commands.add_parser("test", help="call a creditor and check its certificate")
    add_config(test)
    test.add_argument("name", metavar="NAME", help="its id: the name of its file")
    test.set_defaults(run=run_test)


def _register_add(parser: argparse.ArgumentParser) -> None:
    add_config(parser)
    parser.add_argument("name", metavar="NAME", help="its id: small letters, digits and hyphens")
    number = parser.add_mutually_exclusive_group(required=True)
    number.add_argument("--oin", help="OIN in its certificates")
    number.add_argument("--kvk", help="KvK number in its certificates")
    parser.add_argument("--url", required=True, help="https address where it takes messages")
    parser.add_argument("--adapter", default="svb", help="the dialect it speaks (default: svb)")
    parser.add_argument("--label", metavar="TEXT", help="its name for people (default: NAME)")
    parser.add_argument(
        "--class", dest="klasse", choices=_CLASSES, default="Overig", help="default: Overig"
    )
    parser.add_argument("--bsn-law", metavar="TEXT", help="law by which it may process the BSN")
    parser.add_argument(
        "--issuer",
        metavar="FILE|SHA256",
        help="issuing authority of its certificates (default: vertrouwen.uitgevers)",
    )
    parser.set_defaults(run=run_add)


def run_list(args: argparse.Namespace) -> int:
    """Print the creditors."""
    rows = [
        {
            "id": partner.creditor.creditor_id,
            "name": partner.creditor.name,
            "class": partner.creditor.creditor_class.value,
            "party": partner.creditor.party.value,
            "adapter": partner.adapter,
            "transport": partner.transport,
            "address": partner.endpoint,
            "bsn": partner.creditor.bsn_law is not None,
            "enabled": partner.enabled,
        }
        for partner in _load(args.config).partners
    ]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return GOOD
    for row in rows:
        state = "on " if row["enabled"] else "off"
        print(f"{state}  {row['id']:<28}  {row['adapter']:<10}  {row['party']}  {row['address']}")
    print(f"{len(rows)} creditors.")
    return GOOD


def run_add(args: argparse.Namespace) -> int:
    """Write the file of a new creditor, unless the configuration would then be wrong."""
    from gateway.domain.errors import ConfigurationFault

    if not _NAME.fullmatch(args.name):
        return _refuse("NAME has only small letters, digits and hyphens.")
    path: Path = args.config / "partners" / f"{args.name}.toml"
    if path.exists():
        return _refuse(f"{path} exists already.")
    path.parent.mkdir(exist_ok=True)
    path.write_text(_text(args), encoding="utf-8")
    try:
        _load(args.config)
    except ConfigurationFault:
        path.unlink()
        raise
    print(f"Written: {path}\nNext: gateway partner test {args.name}")
    return GOOD


def run_test(args: argparse.Namespace) -> int:
    """Call one creditor; return 0 when it is reached and is who it should be."""
    from gateway.app.environment import SystemClock
    from gateway.commands.check import dial_all
    from gateway.domain.identifiers import CreditorId

    configuration = _load(args.config)
    partner = configuration.partners.get(CreditorId(args.name))
    if partner is None:
        return _refuse(f"there is no partners/{args.name}.toml.")
    (line,) = dial_all(configuration, (partner,), SystemClock())
    print(line)
    return GOOD if line.good else FOUND


def _text(args: argparse.Namespace) -> str:
    number = ("oin", args.oin) if args.oin else ("kvk", args.kvk)
    rows = [("naam", args.label or args.name), number, ("klasse", args.klasse)]
    rows += [("adapter", args.adapter), ("adres", args.url)]
    if args.bsn_law:
        rows.append(("bsn_wet", args.bsn_law))
    # A JSON string is a basic string of TOML.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in rows]
    if args.issuer:
        lines += ["", "[vertrouwen]", f"uitgevers = [{json.dumps(args.issuer)}]"]
    return "\n".join(lines) + "\n"


def _load(folder: Path) -> "Configuration":
    from gateway.config.configuration import load
    from gateway.registry import Registry

    return load(folder, Registry.load().known())


def _refuse(sentence: str) -> int:
    print(f"gateway partner: {sentence}", file=sys.stderr)
    return USAGE
