"""`gateway migrate` on a real PostgreSQL."""

import asyncio


async def test_an_empty_database_gets_every_migration_and_a_second_run_does_nothing(
    gateway, empty_database
):
    first = await asyncio.to_thread(gateway, "migrate", "--dsn", empty_database)
    assert first.code == 0
    assert first.out.startswith("applied  ")
    second = await asyncio.to_thread(gateway, "migrate", "--dsn", empty_database)
    assert (second.code, second.out) == (0, "0 applied; the database is up to date.\n")


async def test_the_address_may_come_from_the_environment(gateway, empty_database, monkeypatch):
    monkeypatch.setenv("GATEWAY_OWNER_DSN", empty_database)
    ran = await asyncio.to_thread(gateway, "migrate")
    assert ran.code == 0


def test_without_an_address_one_sentence_says_so(gateway, monkeypatch):
    monkeypatch.delenv("GATEWAY_OWNER_DSN", raising=False)
    ran = gateway("migrate")
    assert ran.code == 2
    assert ran.err.count("\n") == 1


def test_a_database_that_cannot_be_reached_is_one_sentence(gateway, unused_tcp_port):
    ran = gateway("migrate", "--dsn", f"postgresql://u:geheim@127.0.0.1:{unused_tcp_port}/x")
    assert ran.code == 2
    assert ran.err == "gateway migrate: The database cannot be reached.\n"
