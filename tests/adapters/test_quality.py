"""What an adapter claims about itself (adapter.toml) has its proof, and its page has its headings.

Bronze: may be merged. Silver: may be enabled for production. Gold: proven by others.
"""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gateway.domain.statement import RefusalReason
from tests.adapters.dialects import DIALECTS, ROOT, XSD, Dialect
from tests.adapters.golden import cases, wrong

HEADINGS = [
    "What it speaks",
    "What it cannot say",
    "Refusal codes",
    "Known limits",
    "Test environment",
    "Contact",
]
KEYS = {"name", "speaks", "dialect_version", "schemas", "owner", "contact", "quality"}


def readme(dialect: Dialect) -> str:
    return (dialect.folder / "README.md").read_text("utf-8")


def headings(dialect: Dialect) -> list[str]:
    return [line[3:] for line in readme(dialect).splitlines() if line.startswith("## ")]


def claims(dialect: Dialect) -> dict[str, str]:
    """Every rule with what the adapter claims: done, todo, or exempt with the reason."""
    steps = manifest(dialect)["quality"]
    return {rule: claim for step in steps.values() for rule, claim in step.items()}


def manifest(dialect: Dialect) -> dict[str, Any]:
    return tomllib.loads((dialect.folder / "adapter.toml").read_text("utf-8"))


def laws_hold(dialect: Dialect) -> bool:
    """The laws run over DIALECTS; being in it, with something to ask, is being under them."""
    return dialect in DIALECTS and bool(dialect.shapes)


def golden_pairs_exist(dialect: Dialect) -> bool:
    replies = cases(dialect, "reply.json")
    return bool(replies) and all((path.parent / f"{path.stem}.xml").exists() for path in replies)


def owner_is_named(dialect: Dialect) -> bool:
    found = manifest(dialect)
    return bool(found["owner"].strip() and found["contact"].strip())


def seen_at_the_creditor(dialect: Dialect) -> bool:
    """A record with date and message ids of an exchange with their own test environment."""
    return (dialect.folder / "golden" / "SEEN.md").exists()


def refusal_codes_are_mapped(dialect: Dialect) -> bool:
    codes: Mapping[str, RefusalReason] = dialect.module.REFUSALS
    said = all(f"| {code} | {reason.name} |" in readme(dialect) for code, reason in codes.items())
    return said and sorted(r.name for r in codes.values()) == sorted(r.name for r in RefusalReason)


def wrong_messages_are_kept(dialect: Dialect) -> bool:
    kept = {path.stem for path in (dialect.folder / "golden" / "wrong").glob("*.xml")}
    return {name for name, _ in wrong(dialect)} <= kept


def limits_are_measured(dialect: Dialect) -> bool:
    return "Measured:" in readme(dialect)


PROOFS: Mapping[str, Mapping[str, Callable[[Dialect], bool]]] = {
    "bronze": {
        "laws": laws_hold,
        "golden-pair-for-every-reply": golden_pairs_exist,
        "readme-headings": lambda dialect: headings(dialect) == HEADINGS,
        "owner-named": owner_is_named,
    },
    "silver": {
        "seen-at-the-creditor": seen_at_the_creditor,
        "refusal-codes-mapped": refusal_codes_are_mapped,
        "wrong-messages": wrong_messages_are_kept,
    },
    "gold": {
        "independent-tool": lambda dialect: (dialect.folder / "golden" / "INDEPENDENT.md").exists(),
        "second-organisation": lambda dialect: (dialect.folder / "golden" / "SECOND.md").exists(),
        "limits-measured": limits_are_measured,
    },
}
RULES = {rule: proof for step in PROOFS.values() for rule, proof in step.items()}
each = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@each
def test_the_manifest_has_these_keys_and_these_rules(dialect):
    found = manifest(dialect)
    assert set(found) == KEYS
    assert {step: set(rules) for step, rules in found["quality"].items()} == {
        step: set(rules) for step, rules in PROOFS.items()
    }


@each
def test_the_manifest_speaks_of_this_folder_and_of_schemas_that_exist(dialect):
    found = manifest(dialect)
    assert found["name"] == dialect.name == dialect.adapter.name
    assert (XSD / found["schemas"] / "ORIGIN.md").exists()
    assert found["schemas"].endswith(f"/{found['dialect_version']}")
    assert all(name.startswith(found["schemas"]) for name in dialect.adapter.schemas.values())


@each
@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_is_done_has_its_proof_and_what_is_exempt_its_reason(dialect, rule):
    claim = claims(dialect)[rule]
    if claim == "done":
        assert RULES[rule](dialect), f"{dialect.name} claims {rule} without proof"
    else:
        assert claim == "todo" or claim.removeprefix("exempt: ").strip() not in ("", claim)


@each
def test_every_adapter_has_bronze(dialect):
    assert set(manifest(dialect)["quality"]["bronze"].values()) == {"done"}


def test_a_claim_without_proof_is_found(tmp_path):
    empty = Dialect(tmp_path, DIALECTS[0].module, DIALECTS[0].simulator)
    (tmp_path / "README.md").write_text("# nothing\n")
    (tmp_path / "adapter.toml").write_text('owner = ""\ncontact = ""\n')
    proven = {rule for rule, proof in RULES.items() if rule != "wrong-messages" and proof(empty)}
    assert proven == set()


@each
def test_the_folder_holds_what_an_adapter_has_and_nothing_unknown(dialect):
    found = {path.name for path in dialect.folder.iterdir() if path.name != "__pycache__"}
    assert {"adapter.py", "simulator.py", "adapter.toml", "golden", "README.md"} <= found
    assert all(name.endswith((".py", ".toml", ".md")) or name == "golden" for name in found)
    assert dialect.folder.parent == ROOT / "adapters"
