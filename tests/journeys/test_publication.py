"""The log as files: written while it grows, checked by the verifier an outsider has."""

from pathlib import Path

from gateway.app.publishing import publish
from gateway.ledger.note import print_verifier
from gateway.ledger.verification import Verification, verify_log
from tests.journeys.playing import STATEMENT, asked_for, settled
from tests.journeys.stage import LOG_KEY, SHOP, TOWN, Stage


def checked(folder: Path) -> Verification:
    files = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    return verify_log(files, print_verifier(LOG_KEY.verifier))


async def test_a_published_log_verifies_and_grows_in_place(stage: Stage, tmp_path: Path):
    folder = tmp_path / TOWN.oin.value
    stage.creditor(SHOP).reply = STATEMENT
    await asked_for(stage, SHOP)
    await settled(stage)
    await publish(stage.gateway, tmp_path)
    first = checked(folder)
    assert first.findings == ()
    assert first.size > 0
    await asked_for(stage, SHOP)
    await settled(stage)
    await publish(stage.gateway, tmp_path)
    second = checked(folder)
    assert second.findings == ()
    assert second.size > first.size
    assert not list(folder.rglob(".*.new"))
    assert len(list(folder.rglob("*.p/*"))) == 2


async def test_what_did_not_change_is_not_written_again(stage: Stage, tmp_path: Path):
    await asked_for(stage, SHOP)
    await settled(stage)
    await publish(stage.gateway, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    await publish(stage.gateway, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
