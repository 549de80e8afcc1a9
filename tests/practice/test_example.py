"""The keys of the example configuration."""

from datetime import UTC, datetime

from gateway.practice.example import make_keys


def test_keys_that_are_there_are_kept_and_nobody_else_may_read_them(tmp_path):
    folder = tmp_path / "dev"
    make_keys(folder, datetime.now(UTC))
    secrets = [*folder.rglob("*.key"), folder / "kek-1.hex"]
    before = {path: path.read_bytes() for path in secrets}
    assert len(before) > 10
    make_keys(folder, datetime.now(UTC))
    assert {path: path.read_bytes() for path in secrets} == before
    assert {path.stat().st_mode & 0o077 for path in secrets} == {0}
