"""`gateway migrate`: bring the database to the form this version needs."""

import argparse
import os
import sys

OWNER_DSN = "GATEWAY_OWNER_DSN"

_DESCRIPTION = f"""\
Apply the migrations that the database lacks, forward only, each once. Run it as the owner of the
database: the gateway's own role may not change tables. The owner's address comes from --dsn or,
so that no password stands in the list of processes, from the environment variable {OWNER_DSN}.
The embedded database of practice migrates itself.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway migrate` to the command line."""
    parser = subparsers.add_parser(
        "migrate",
        help="bring the database to the form this version needs",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dsn", help=f"address of the database as its owner ({OWNER_DSN})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Apply what is missing; raises StoreUnavailable or ConfigurationFault."""
    import asyncio

    from gateway.store.migration import migrate

    dsn = args.dsn or os.environ.get(OWNER_DSN)
    if not dsn:
        sentence = f"give the address of the database as its owner: --dsn or {OWNER_DSN}."
        print(f"gateway migrate: {sentence}", file=sys.stderr)
        return 2
    applied = asyncio.run(migrate(dsn))
    for name in applied:
        print(f"applied  {name}")
    print(f"{len(applied)} applied; the database is up to date.")
    return 0
