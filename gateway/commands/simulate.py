"""`gateway simulate`: the creditors of a practice configuration, each as a real HTTPS server.

For whoever connects a back office and wants answers: start the gateway from a configuration, and
beside it this, from the same folder.
"""

import argparse
from pathlib import Path

from gateway.commands.options import add_config

DONE = 0
_BEHAVIOURS = (
    "prompt",
    "three-claims",
    "after-reminder",
    "client-unknown",
    "transferred",
    "unavailable-twice",
    "duplicate-answer",
    "two-answers",
    "other-person",
    "wrong-signature",
    "expired-certificate",
    "schema-invalid",
    "silent",
    "own-tax-office",
)
"""practice.cast.Behaviour, spelled out so that --help need not import it; a test compares them."""

_EPILOG = f"""\
behaviours:
  {", ".join(_BEHAVIOURS[:5])},
  {", ".join(_BEHAVIOURS[5:10])},
  {", ".join(_BEHAVIOURS[10:])}

examples:
  python -m gateway.practice.example      make the keys of the example configuration
  gateway simulate                        serve the creditors of that configuration
  gateway simulate --creditor voorbeeld-energie --behaviour silent
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway simulate` to the command line."""
    parser = subparsers.add_parser(
        "simulate",
        help="serve simulated creditors on this machine, for integrators",
        description="Serve the creditors of a practice configuration on this machine: real HTTPS\n"
        "servers with mutual TLS that verify what they get and sign what they say.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config(parser)
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="DIR",
        help="the practice PKI (default: the folder of the root that the configuration trusts)",
    )
    parser.add_argument(
        "--creditor",
        action="append",
        default=[],
        metavar="NAME",
        help="only this creditor; may be given again (default: all on this machine)",
    )
    parser.add_argument(
        "--behaviour",
        choices=_BEHAVIOURS,
        metavar="B",
        help="how they behave (default: as in the demo, others prompt)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        metavar="P",
        help="first port (default: the port in each creditor's own address)",
    )
    parser.add_argument(
        "--day",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="how long a working day lasts for late answers (default: 10)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; raises ConfigurationFault."""
    import asyncio
    import signal

    from gateway.practice.cast import Behaviour
    from gateway.practice.simulation import Wish, simulate

    wish = Wish(
        config=args.config,
        keys=args.keys,
        creditors=tuple(args.creditor),
        behaviour=Behaviour(args.behaviour) if args.behaviour else None,
        port=args.port,
        day_seconds=args.day,
    )

    async def serve() -> None:
        task = asyncio.current_task()
        if task is not None:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await simulate(wish, lambda text: print(text, flush=True))

    try:
        asyncio.run(serve())
    except asyncio.CancelledError:
        print("Stopped.")
    return DONE


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("a day lasts from 0.1 to 86400 seconds")
    return seconds
