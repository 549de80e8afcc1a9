"""`gateway ledger export` and `gateway ledger key`: what an auditor is given.

The export is a folder of static files per municipality. The key goes another way than the log: on
paper, in a council decision, in the auditor's own folder.
"""

import argparse
from pathlib import Path

from gateway.commands.options import add_config


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to `gateway ledger`."""
    export = commands.add_parser(
        "export",
        help="write the log of every municipality as files that anybody can check",
        description="Write the log of every municipality to DIR/OIN/. Run it again at any time:"
        " only what changed is written, and the checkpoint last.",
    )
    export.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to write to")
    add_config(export)
    export.set_defaults(run=run_export)
    key = commands.add_parser(
        "key",
        help="print the verifier key of each log",
        description="Print a line per municipality: its OIN and the verifier key of its log.",
    )
    add_config(key)
    key.set_defaults(run=run_key)


def run_export(args: argparse.Namespace) -> int:
    """Write the files; raises ConfigurationFault or StoreUnavailable."""
    import asyncio

    asyncio.run(_export(args.config, args.out))
    return 0


async def _export(config: Path, out: Path) -> None:
    from gateway.app.building import build
    from gateway.app.environment import AmsterdamCalendar
    from gateway.app.publishing import publish
    from gateway.config.configuration import LiveConfiguration
    from gateway.registry import Registry

    registry = Registry.load()
    live = LiveConfiguration(config, registry.known())
    parts = await build(live, registry, AmsterdamCalendar())
    try:
        await publish(parts.gateway, out)
    finally:
        await parts.close()
    for controller in parts.gateway.controllers.values():
        print(f"{controller.oin}  {controller.name}: {out / controller.oin.value}")
    print("Check it with: gateway ledger verify --log DIR --key FILE (see gateway ledger key)")


def run_key(args: argparse.Namespace) -> int:
    """Print the keys; raises ConfigurationFault."""
    from gateway.config.configuration import load
    from gateway.ledger.note import print_verifier
    from gateway.registry import Registry

    configuration = load(args.config, Registry.load().known())
    for controller in configuration.controllers:
        signer = configuration.settings.log.signer_for(controller.oin)
        print(f"{controller.oin}  {print_verifier(signer.verifier)}")
    return 0
