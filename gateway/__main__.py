"""`gateway`: the command line.

A command is a module of gateway.commands, imported only when it is asked for, so that --help
answers at once. Exit codes: 0 good, 1 something was found, 2 wrong usage or configuration (one
clear sentence on stderr), 130 after Ctrl-C.
"""

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence

from gateway import __version__
from gateway.domain.errors import ConfigurationFault, GatewayError

FOUND, USAGE, INTERRUPTED = 1, 2, 130

# name -> (module in gateway.commands, what it does); in the order in which a newcomer needs them.
COMMANDS = {
    "demo": ("demo", "play one resident's case with simulated creditors, end to end"),
    "serve": ("serve", "run the gateway"),
    "check": ("check", "read the whole configuration and report everything that is wrong"),
    "migrate": ("migrate", "bring the database to the form this version needs"),
    "ledger": ("ledger", "export and check the evidence log"),
    "partner": ("partner", "list, add and test creditors"),
    "simulate": ("simulate", "run simulated creditors on this machine"),
    "new-adapter": ("new_adapter", "start a dialect as a copy of the template"),
    "kit": ("kit", "write what a creditor needs to connect"),
}

_EPILOG = """\
`gateway COMMAND --help` explains a command. To begin: gateway demo

exit codes:
  0    good
  1    something was found; it is printed
  2    wrong usage or configuration; one sentence says what
  130  stopped with Ctrl-C
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that these words name; return the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    args = _parser(words).parse_args(words)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`gateway partner list | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except GatewayError as fault:
        return _explain(fault, args.command)
    return code


def available() -> dict[str, tuple[str, str]]:
    """Return the commands whose module exists."""
    return {
        name: (module, sentence)
        for name, (module, sentence) in COMMANDS.items()
        if importlib.util.find_spec(f"gateway.commands.{module}") is not None
    }


def _wide(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=18)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows the named command in full, and of the others only the names."""
    parser = argparse.ArgumentParser(
        prog="gateway",
        description="The municipality's one front door to all creditors of a resident with debts.",
        epilog=_EPILOG,
        formatter_class=_wide,
    )
    parser.add_argument("--version", action="version", version=f"creditor-gateway {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in words if not word.startswith("-")), None)
    for name, (module, sentence) in available().items():
        if name == asked:
            importlib.import_module(f"gateway.commands.{module}").register(commands)
        else:
            commands.add_parser(name, help=sentence)
    return parser


def _explain(fault: GatewayError, command: str) -> int:
    """Say what went wrong: one sentence, and for a configuration every finding under it."""
    sentence, lines = str(fault), []
    if isinstance(fault, ConfigurationFault):
        count = len(fault.findings)
        sentence = f"the configuration is wrong ({count} finding{'' if count == 1 else 's'})."
        lines = [f"  {finding}" for finding in fault.findings]
    print(f"gateway {command}: {sentence}", *lines, sep="\n", file=sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
