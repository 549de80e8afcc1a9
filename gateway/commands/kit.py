"""`gateway kit`: what another party needs to connect, written into a folder.

`gateway kit schuldeiser` is for a creditor's own developers: schemas, signed samples, practice
keys, the description of our port, and the rules, in Dutch.
"""

import argparse
from pathlib import Path

DONE = 0

_EPILOG = """\
What is in it is fictional and for practice. To see what a creditor sees:
  gateway kit schuldeiser --out aansluitkit
  sh aansluitkit/controleer.sh
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway kit` and its commands to the command line."""
    kit = subparsers.add_parser("kit", help="write what a creditor needs to connect")
    commands = kit.add_subparsers(dest="kit_command", required=True, metavar="COMMAND")
    creditor = commands.add_parser(
        "schuldeiser",
        help="the kit for a creditor with a system of its own",
        description="Write schemas, openapi, signed samples of every message, practice keys and\n"
        "the rules of the exchange into a new folder.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    creditor.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="a folder that is new or empty"
    )
    creditor.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the kit; raises ConfigurationFault."""
    from gateway.app.environment import SystemClock
    from gateway.practice.kit import write_kit

    samples = write_kit(args.out, SystemClock().now())
    print(f"Written: {args.out}, with {len(samples)} signed samples. Begin with README.md.")
    return DONE
