"""`make bench`: what one exchange costs, beside the RSA operations that it cannot do without."""

import argparse
import asyncio
import cProfile
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path

from gateway import logs
from gateway.app.environment import SystemClock
from gateway.practice.stage.parties import MUNICIPALITY, issue_asker
from tests.bench.cast import CREDITORS
from tests.bench.installation import Installation, installed
from tests.bench.measuring import Figures, latencies, measured_round, megabytes
from tests.bench.raw import RawRsa
from tests.bench.report import as_json, table
from tests.bench.steps import measure_steps

CASES_PER_ROUND = 7
PER_ROUND = CASES_PER_ROUND * CREDITORS
MARKS = (1_000, 5_000)


def main() -> int:
    """Run from the command line."""
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="gateway-bench-"))
    folder.chmod(0o755)  # as root, the database runs as another user
    profile = cProfile.Profile(time.thread_time)
    if arguments.profile is not None:
        profile.enable()
    try:
        figures = _run(_bench(folder, arguments.exchanges), plain=arguments.asyncio)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.profile is not None:
        profile.disable()
        profile.dump_stats(arguments.profile)
    print(table(figures))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(figures), indent=2) + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--exchanges", type=int, default=5_000, help="how many (default 5000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--asyncio", action="store_true", help="without uvloop")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="write cProfile's statistics")
    return parser.parse_args()


def _run(work: Coroutine[None, None, Figures], *, plain: bool) -> Figures:
    factory = None
    if not plain and sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


async def _bench(folder: Path, exchanges: int) -> Figures:
    logs.configure(folder / "gateway.log")
    figures = Figures()
    async with installed(folder) as installation:
        raw = RawRsa(issue_asker(installation.pki, MUNICIPALITY))
        await measured_round(installation, CASES_PER_ROUND, CREDITORS, raw)  # warm up
        began = SystemClock().now()
        while figures.exchanges < exchanges:
            await _round(installation, figures, raw)
        figures.latencies = await latencies(installation, began)
        figures.steps = await measure_steps(installation, raw)
    return figures


async def _round(installation: Installation, figures: Figures, raw: RawRsa) -> None:
    before = figures.exchanges
    one = await measured_round(installation, CASES_PER_ROUND, CREDITORS, raw)
    figures.rounds.append(one)
    for mark in MARKS:
        if before < mark <= figures.exchanges:
            figures.memory[mark] = megabytes()
    _progress(figures, one.cpu / one.exchanges)


def _progress(figures: Figures, seconds: float) -> None:
    if sys.stderr.isatty() or figures.exchanges % (10 * PER_ROUND) == 0:
        print(f"{figures.exchanges:6} exchanges, {seconds * 1e3:.2f} ms each", file=sys.stderr)
