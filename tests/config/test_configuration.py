"""One snapshot, swapped at once or not at all."""

import pytest
import structlog

from gateway.config.configuration import LiveConfiguration
from gateway.domain.identifiers import CreditorId, Oin
from tests.config.conftest import KNOWN, MUNICIPALITY

PARTNER = "partners/voorbeeld-energie.toml"
ENERGY = CreditorId("voorbeeld-energie")


def test_a_reload_swaps_everything_at_once_and_leaves_the_old_snapshot_whole(folder):
    live = LiveConfiguration(folder.path, KNOWN)
    before = live.current
    folder.change(PARTNER, 'klasse = "Nuts"', 'klasse = "Nuts"\ningeschakeld = false')
    with structlog.testing.capture_logs() as lines:
        assert live.reload()
    assert lines == [{"event": "partners_reloaded", "partners": 2, "log_level": "info"}]
    after = live.current.partners.get(ENERGY)
    held = before.partners.get(ENERGY)
    assert after is not None
    assert held is not None
    assert (held.enabled, after.enabled) == (True, False)


def test_any_fault_keeps_the_old_snapshot(folder):
    live = LiveConfiguration(folder.path, KNOWN)
    before = live.current
    folder.change(PARTNER, 'klasse = "Nuts"', "klasse = 1\nwat = 2")
    with structlog.testing.capture_logs() as lines:
        assert not live.reload()
    assert live.current is before
    assert lines == [{"event": "partners_reload_rejected", "findings": 2, "log_level": "error"}]


def test_a_reload_reads_new_revocation_lists(folder):
    live = LiveConfiguration(folder.path, KNOWN)
    before = live.current.settings.anchors
    assert live.reload()
    assert live.current.settings.anchors is not before


def test_a_controller_is_found_by_oin_and_by_host(folder):
    configuration = folder.load()
    (controller,) = configuration.controllers
    assert configuration.controller(Oin(MUNICIPALITY)) is controller
    assert configuration.controller_at("LocalHost") is controller
    assert configuration.controller_at("elders") is None
    assert configuration.controller(Oin("00000099000000009000")) is None


@pytest.mark.parametrize("what", ["empty", "missing"])
def test_a_partner_folder_without_creditors_keeps_the_old_snapshot(folder, what):
    live = LiveConfiguration(folder.path, KNOWN)
    before = live.current
    partners = folder.path / "partners"
    for path in partners.iterdir():
        path.unlink()
    if what == "missing":
        partners.rmdir()
    assert not live.reload()
    assert live.current is before
    assert folder.wrong() == {"partners: ": "holds no creditor: there must be at least one file"}
