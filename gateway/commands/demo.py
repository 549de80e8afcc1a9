"""`gateway demo`: one resident's debts asked of fourteen creditors, end to end, on this machine."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.practice.casefile import CaseFile
    from gateway.practice.stage.joining import Joining
    from gateway.practice.story.proving.checks import Check
    from gateway.practice.story.telling.report import Reporter
    from gateway.practice.story.told import Told

GOOD, FOUND = 0, 1
DAY_SECONDS, CHECK_DAY_SECONDS = 1.5, 0.0

_DESCRIPTION = """\
Play one resident's case: practice keys, an embedded PostgreSQL, the gateway, and fourteen simulated
creditors as real servers, each with one behaviour. A back office opens a case, records its ground,
asks everybody and reads the overview; a helper asks on consent, and one consent is withdrawn. At
the end the evidence log is checked offline and everything kept in the clear is searched for BSN
and names. Then it stays up until Ctrl-C.

Everything is fictional, and everything it makes is in one folder (docs/demo.md).
"""
_EPILOG = """\
exit codes:
  0    good; with --check: every assertion holds
  1    --check found something, or the story cannot go on
  2    wrong usage: the case file, the folder or a port
  130  stopped with Ctrl-C before the end
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway demo` to the command line."""
    parser = subparsers.add_parser(
        "demo",
        help="play one resident's case with simulated creditors, end to end",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--check", action="store_true", help="do not stay up: assert the end state, print PASS n/n")
    add("--json", action="store_true", help="as --check, and print the result as JSON only")
    add(
        "--speed",
        type=_seconds,
        metavar="SECONDS",
        help=f"how long a working day lasts at least (default {DAY_SECONDS}; --check: 0)",
    )
    add("--seed", type=int, metavar="N", help="another order of asking, the same for the same N")
    add("--out", type=Path, default=Path(".demo"), metavar="DIR", help="folder (default .demo)")
    add("--case", type=Path, metavar="FILE", help="play this case file (docs/demo.md)")
    add("--schuldeiser", metavar="URL", help="a creditor endpoint of your own joins the story")
    add("--kit", type=Path, metavar="DIR", help="with the keys of this creditor kit")
    add("--port", type=_port, default=0, help="port for back offices (default: a free one)")
    add("--creditor-port", type=_port, default=0, help="port for creditors (default: a free one)")
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 60:
        raise argparse.ArgumentTypeError("a day lasts from 0 to 60 seconds")
    return seconds


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def run(args: argparse.Namespace) -> int:
    """Play the story; raises ConfigurationFault or StoreUnavailable when it cannot begin."""
    reporter = _reporter(args)
    reporter.banner(str(args.out))
    return _play(args, reporter)


def _reporter(args: argparse.Namespace) -> "Reporter":
    from gateway.practice.story.telling.report import PlainReporter

    if args.json:
        return PlainReporter(sys.stderr)
    if not sys.stdout.isatty():
        return PlainReporter(sys.stdout)
    from rich.console import Console

    from gateway.practice.story.telling.terminal import RichReporter

    return RichReporter(Console())


def _play(args: argparse.Namespace, reporter: "Reporter") -> int:
    import uvloop

    from gateway.domain.errors import StoryFailed
    from gateway.practice.stage.folder import OutFolder
    from gateway.practice.stage.setting import Ports
    from gateway.practice.story.proving.checks import judge
    from gateway.practice.story.show import Show
    from gateway.practice.story.telling.staying import stay_up

    case = _case(args)
    joining = _joining(args)
    unattended = args.check or args.json
    pace = args.speed
    if pace is None:
        pace = CHECK_DAY_SECONDS if unattended else DAY_SECONDS
    out = OutFolder.open(args.out)
    try:
        ports = Ports(args.port, args.creditor_port)
        show = Show(case, out, reporter, ports, pace, args.seed, joining)
        told = uvloop.run(show.run(None if unattended else stay_up))
    except StoryFailed as fault:
        print(f"gateway demo: {fault}", file=sys.stderr)
        if args.json:
            print(json.dumps({"practice": True, "ok": False, "fault": str(fault)}))
        return FOUND
    finally:
        reporter.close()
        out.close()
    return _conclude(args, told, judge(told)) if unattended else GOOD


def _joining(args: argparse.Namespace) -> "Joining | None":
    from gateway.app.environment import SystemClock
    from gateway.domain.errors import ConfigurationFault, Finding
    from gateway.practice.stage.joining import Joining
    from gateway.practice.stage.kit_keys import KitKeys

    if args.schuldeiser is None:
        if args.kit is not None:
            raise ConfigurationFault([Finding("--kit", "", "needs --schuldeiser URL")])
        return None
    kit = None if args.kit is None else KitKeys.read(args.kit, SystemClock().now())
    return Joining.at(args.schuldeiser, kit)


def _case(args: argparse.Namespace) -> "CaseFile":
    from gateway.app.environment import AmsterdamCalendar
    from gateway.practice.casefile import STORY, default_case, parse_case, read_case_file
    from gateway.registry import Registry

    registry, today = Registry.load(), AmsterdamCalendar().today()
    if args.case is None:
        return parse_case(default_case(), STORY, registry, today)
    return read_case_file(args.case, registry, today)


def _conclude(args: argparse.Namespace, told: "Told", checks: "tuple[Check, ...]") -> int:
    passed = sum(check.passed for check in checks)
    good = passed == len(checks)
    if args.json:
        print(json.dumps(_result(told, checks), indent=2, default=_plain, ensure_ascii=False))
        return GOOD if good else FOUND
    print()
    for check in checks:
        print(f"{'pass' if check.passed else 'FAIL'}  {check.name}")
        if not check.passed:
            print(f"      expected {check.expected}, found {check.actual}")
    print(f"\n{'PASS' if good else 'FAIL'} {passed}/{len(checks)}")
    return GOOD if good else FOUND


def _result(told: "Told", checks: "tuple[Check, ...]") -> dict[str, Any]:
    from gateway.practice.story.proving.result import result_of

    return result_of(told, checks)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
