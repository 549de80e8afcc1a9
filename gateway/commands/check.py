"""`gateway check`: read the whole configuration, and with --dial call every creditor.

Everything that is wrong is reported at once, with file and key. A release that runs this first
cannot start with a configuration that does not hold.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands.options import add_config

if TYPE_CHECKING:
    from gateway.config.configuration import Configuration
    from gateway.config.settings import Municipality
    from gateway.domain.errors import Finding
    from gateway.ports.environment import Clock
    from gateway.ports.transport import Partner

GOOD, FOUND = 0, 1
_EPILOG = """\
exit codes:
  0  nothing is wrong
  1  something is wrong; every finding is printed with file and key
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    good: bool
    file: str
    key: str
    text: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.key) if part)
        return f"{'✔' if self.good else '✗'} {place}: {self.text}"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `gateway check` to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="read the whole configuration and report everything that is wrong",
        description="Read gateway.toml, partners, policies, certificates, adapters and schemas, and"
        " report everything that is wrong at once.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config(parser)
    parser.add_argument(
        "--dial", action="store_true", help="also call every creditor and check its certificate"
    )
    parser.add_argument("--json", action="store_true", help="print the result for machines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check; return 0 when nothing is wrong, else 1."""
    from gateway.app.environment import SystemClock
    from gateway.domain.errors import ConfigurationFault

    try:
        configuration = _load(args.config)
    except ConfigurationFault as fault:
        return _report(_wrong(fault.findings), as_json=args.json)
    clock = SystemClock()
    lines = [*_right(configuration), *_ends(configuration, clock)]
    if args.dial:
        lines += dial_all(configuration, tuple(configuration.partners), clock)
    return _report(lines, as_json=args.json)


def _load(folder: Path) -> "Configuration":
    from gateway.config.configuration import load
    from gateway.config.partners import Known
    from gateway.domain.errors import ConfigurationFault
    from gateway.registry import Registry, adapter_names

    found: list[Finding] = []
    try:
        known = Registry.load().known()
    except ConfigurationFault as fault:
        found += fault.findings
        known = Known(adapter_names())
    try:
        configuration = load(folder, known)
    except ConfigurationFault as fault:
        raise ConfigurationFault((*found, *fault.findings)) from None
    if found:
        raise ConfigurationFault(found)
    return configuration


def _wrong(findings: Iterable["Finding"]) -> list[Line]:
    return [Line(False, finding.file, finding.key, finding.problem) for finding in findings]


def _right(configuration: "Configuration") -> list[Line]:
    partners, policies = configuration.partners, configuration.policies
    settings = configuration.settings
    asked = sum(partner.enabled for partner in partners)
    return [
        Line(True, "gateway.toml", "", f"environment {settings.environment.value}"),
        Line(True, "gateway.toml", "gemeente", f"{len(settings.municipalities)} with their keys"),
        Line(True, "gateway.toml", "client", f"{len(settings.clients)} back offices"),
        Line(True, "partners", "", f"{len(partners)} creditors, {asked} of them switched on"),
        Line(True, "policies", "grondslagen", f"{len(policies.grounds.rules)} rules"),
        Line(True, "policies", "termijnen", f"{len(policies.terms)} dated policies"),
        Line(True, "adapters and xsd", "", "all import; every schema is the pinned one"),
    ]


def _ends(configuration: "Configuration", clock: "Clock") -> list[Line]:
    """Look at what ends by itself: our certificates and the revocation lists."""
    now, settings = clock.now(), configuration.settings
    lines: list[Line] = []
    for number, municipality in enumerate(settings.municipalities):
        for usage, pair in (("tls", municipality.tls), ("ondertekening", municipality.signing)):
            end = pair.certificate.not_valid_after_utc
            key, good = f"gemeente[{number}].{usage}", end > now
            text = f"certificate {'ends' if good else 'ended'} on {end.date()}"
            lines.append(Line(good, "gateway.toml", key, text))
    for revocations in settings.anchors.revocation_lists:
        end = revocations.next_update + settings.anchors.grace
        text = f"revocation list {'is good until' if end > now else 'is stale since'} {end.date()}"
        lines.append(Line(end > now, "gateway.toml", "vertrouwen.crls", text))
    return lines


def dial_all(
    configuration: "Configuration", partners: Sequence["Partner"], clock: "Clock"
) -> list[Line]:
    """Call these partners at once, each in the name of the first municipality that asks it."""
    import asyncio

    async def dial_every() -> list[Line]:
        return list(await asyncio.gather(*(_dialled(configuration, p, clock) for p in partners)))

    return asyncio.run(dial_every())


async def _dialled(configuration: "Configuration", partner: "Partner", clock: "Clock") -> Line:
    from gateway.transports.dialling import Reached, dial

    file = f"partners/{partner.creditor.creditor_id}.toml"
    asker = _asker_of(configuration, partner)
    if asker is None:
        return Line(True, file, "ingeschakeld", "switched off, not called")
    outcome = await dial(partner, asker.tls, clock)
    if isinstance(outcome, Reached):
        text = f"{outcome.protocol}, its certificate ends on {outcome.ends.date()}"
        return Line(True, file, "adres", text)
    return Line(False, file, "adres", outcome.reason)


def _asker_of(configuration: "Configuration", partner: "Partner") -> "Municipality | None":
    for municipality in configuration.settings.municipalities:
        oin = municipality.controller.oin
        narrowed = configuration.partners.get(partner.creditor.creditor_id, oin)
        if narrowed is not None and narrowed.enabled:
            return municipality
    return None


def _report(lines: Sequence[Line], *, as_json: bool) -> int:
    findings = [line for line in lines if not line.good]
    if as_json:
        result = "findings" if findings else "good"
        print(json.dumps({"result": result, "lines": [asdict(line) for line in lines]}))
    else:
        print(*lines, sep="\n")
        print(f"{len(findings)} findings." if findings else "Nothing is wrong.")
    return FOUND if findings else GOOD
