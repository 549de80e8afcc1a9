"""`gateway serve`: run the gateway until it is told to stop."""

import argparse

from gateway.commands.options import add_config

_DESCRIPTION = """\
Run the gateway: one port for back offices, another for creditors' messages, and the workers.
SIGTERM or Ctrl-C stops in order; SIGHUP reads partners, policies and certificate lists again and
keeps the old ones when anything in the new ones is wrong.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway serve` to the command line."""
    parser = subparsers.add_parser(
        "serve",
        help="run the gateway",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until the end; raises ConfigurationFault or StoreUnavailable when it cannot start."""
    import uvloop

    from gateway import logs
    from gateway.app import serve
    from gateway.config.configuration import load
    from gateway.registry import Registry

    logs.configure(load(args.config, Registry.load().known()).settings.lines_file)
    uvloop.run(serve(args.config))
    return 0
