"""After the story everything stays up, so that anybody can look around until Ctrl-C."""

import asyncio
import signal

from gateway.practice.stage.parties import MUNICIPALITY
from gateway.practice.stage.setting import Stage
from gateway.practice.story.telling.report import Reporter
from gateway.practice.story.told import Told


async def stay_up(stage: Stage, told: Told, report: Reporter) -> None:
    """Print where everything is, and wait for Ctrl-C or SIGTERM."""
    report.act("Still up; Ctrl-C stops everything")
    for what, where in _places(stage):
        report.did(f"{what}: {where}")
    report.did("the overview once more, as a back office reads it:")
    for line in curl(stage, f"/v1/zaken/{told.municipality.case_id}/schuldenoverzicht"):
        report.line(line)
    report.close()
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stopped.set)
    try:
        await stopped.wait()
    finally:
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(one)


def _places(stage: Stage) -> list[tuple[str, str]]:
    api, listener = stage.app.api_address, stage.app.listener_address
    places = [
        ("REST API for back offices", f"https://{MUNICIPALITY.host}:{api[1]}/v1 on {api[0]}"),
        ("openapi.json", f"https://{MUNICIPALITY.host}:{api[1]}/v1/openapi.json"),
        ("port for creditors", f"https://{MUNICIPALITY.host}:{listener[1]} on {listener[0]}"),
    ]
    places += [(f"creditor {name}", one.endpoint) for name, one in stage.simulators.items()]
    return [*places, ("files", str(stage.out.path))]


def curl(stage: Stage, path: str) -> tuple[str, ...]:
    """Return a command that calls the API with the certificate of the back office."""
    host, port = MUNICIPALITY.host, stage.app.api_address[1]
    keys = stage.clients[MUNICIPALITY.oin]
    return (
        f"curl --resolve {host}:{port}:127.0.0.1 --cacert {stage.root_certificate} \\",
        f"  --cert {keys.tls_certificate} --key {keys.tls_key} \\",
        "  -H 'X-Medewerker: mw-7f3a' -H 'X-Rol: schuldhulpverlener' \\",
        f"  https://{host}:{port}{path}",
    )
