"""Every SQL constant of the store is prepared against the migrated schema, by the gateway's role.

So a column that is renamed, a table without a right, or a parameter of the wrong type is found
here and not in production (style, rule 21).
"""

import importlib
import pkgutil
import re

import asyncpg
import pytest

import gateway.store
from tests.conftest import FreshDatabase

BUILT_FROM = {"DELIVERIES", "CLAIMABLE", "LEGS", "MESSAGES", "ADD_MESSAGE"}
"""Beginnings of other statements; those are prepared whole."""
_SQL = re.compile(r"\s*(select|insert|update|delete|with)\b")
_FILLED_IN = {"gateway.store.database.BEGIN"}


def statements() -> dict[str, str]:
    """Every constant in capitals that is SQL, by its full name; DDL of the owner left out."""
    found = {}
    for module in pkgutil.iter_modules(gateway.store.__path__, "gateway.store."):
        if module.ispkg or module.name.endswith("migration"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.isupper() and isinstance(value, str) and _SQL.match(value):
                found[f"{module.name}.{name}"] = value
    return found


STATEMENTS = statements()


def test_there_are_statements_to_prepare():
    assert len(STATEMENTS) > 50


@pytest.fixture
async def connection(database: FreshDatabase):
    connection = await asyncpg.connect(database.dsn)
    yield connection
    await connection.close()


async def test_every_statement_fits_the_migrated_schema(connection: asyncpg.Connection):
    refused = {}
    for name, statement in STATEMENTS.items():
        try:
            await connection.prepare(statement)
        except asyncpg.PostgresError as fault:
            refused[name] = str(fault)
    assert refused == {}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_names_its_columns(name: str):
    """What is read does not depend on the order of columns in a table."""
    assert not re.search(r"select\s+(\w\.)?\*", STATEMENTS[name].replace("select $1, $2, ", ""))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_on_the_rows_of_a_controller_names_the_bucket(name: str):
    """The same SQL routes to one shard on a distributed PostgreSQL (design §6)."""
    shared = r"\b(creditor_health|subject_key|controller_key|pg_\w+|schema_migration)\b"
    tables = re.sub(shared, "", STATEMENTS[name])
    if re.search(r"\b(from|into|update|join)\s+(only\s+)?[a-z_]+\b", tables):
        touched = set(re.findall(r"\b(?:from|into|update|join)\s+([a-z_]+)", STATEMENTS[name]))
        owned = touched & OWNED
        assert not owned or "bucket" in STATEMENTS[name]


OWNED = {
    "subject",
    "stream",
    "debt_case",
    "legal_basis",
    "request_order",
    "leg",
    "delivery",
    "message",
    "message_guard",
    "reply",
    "event",
    "log_outbox",
    "log_entry",
    "log_tree",
    "idempotency",
}
