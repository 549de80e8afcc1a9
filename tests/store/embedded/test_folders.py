"""The folder of an embedded server: what it refuses, and what it never shows."""

from pathlib import Path

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.store.embedded.account import account_for
from gateway.store.embedded.binaries import find, within_reach
from gateway.store.embedded.folders import Connection, Folders, private_folder


def test_data_of_another_major_version_are_refused_by_name(open_folder: Path):
    folders = Folders(open_folder)
    folders.data.mkdir()
    (folders.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(StoreUnavailable, match=r"PostgreSQL 9.*pg_upgrade"):
        folders.make_data(find(), account_for(folders.data), fsync=False)


def test_an_interrupted_creation_is_begun_anew(open_folder: Path):
    folders = Folders(open_folder)
    (open_folder / "data.new").mkdir()
    (open_folder / "data.new" / "PG_VERSION").write_text("half")
    account = account_for(folders.data)
    folders.make_data(within_reach(find(), account), account, fsync=False)
    assert (folders.data / "PG_VERSION").read_text().strip() == str(find().major)
    assert folders.data.stat().st_uid == account.user


def test_one_lock_has_one_holder(open_folder: Path):
    assert Folders(open_folder).lock() is not None
    assert Folders(open_folder).lock() is None


def test_an_announcement_is_private_and_withdrawn_with_its_socket_folder(open_folder: Path):
    folders = Folders(open_folder)
    socket = private_folder("gateway-pg-", account_for(open_folder / "data"))
    folders.announce(Connection(str(socket), "secret"))
    assert (open_folder / "connection.json").stat().st_mode & 0o777 == 0o600
    assert folders.announced() == Connection(str(socket), "secret")
    folders.withdraw()
    assert folders.announced() is None
    assert not socket.exists()


def test_a_withdrawal_removes_no_folder_but_our_own(open_folder: Path):
    folders = Folders(open_folder)
    precious = open_folder / "precious"
    precious.mkdir()
    folders.announce(Connection(str(precious), "secret"))
    folders.withdraw()
    assert precious.exists()


def test_a_connection_does_not_print_its_password():
    assert "secret" not in repr(Connection("/tmp/x", "secret"))


def test_an_address_survives_every_character_of_a_name():
    dsn = Connection("/tmp/a b", "p@ss/word").dsn("de#mo")
    assert dsn == "postgresql://postgres:p%40ss%2Fword@/de%23mo?host=%2Ftmp%2Fa%20b&port=5432"
