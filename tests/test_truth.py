"""Documents tell the truth: what is written down is compared with what it describes.

`python tests/test_truth.py` writes the generated parts again.
"""

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.inquiry import DELIVERY_TABLE, LEG_TABLE, mermaid

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
README = ROOT / "README.md"

GLOSSARY_HEAD = """# Glossary

English in the code, Dutch on the wire and on the pages; this table joins them.
It is made from the first line of each class in `gateway/domain`, and a test keeps it so.
Proper nouns (BSN, OIN, KvK, IBAN, Wgs) stay as they are.

| Dutch | In code | Module |
|---|---|---|
"""


def domain_classes() -> list[tuple[str, str, str]]:
    """Dutch term, class and module of every public class in the domain, errors apart."""
    found = []
    for path in sorted((ROOT / "gateway" / "domain").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                first = (ast.get_docstring(node) or "").splitlines()[0]
                found.append((re.split(r"[:,.;(]", first)[0].strip(), node.name, path.stem))
    return found


def glossary() -> str:
    rows = sorted(domain_classes(), key=lambda row: (row[0].lower(), row[1]))
    return GLOSSARY_HEAD + "".join(
        f"| {dutch} | `{name}` | `domain.{module}` |\n" for dutch, name, module in rows
    )


def test_the_glossary_names_every_class_of_the_domain_with_its_dutch_term() -> None:
    assert GLOSSARY.read_text() == glossary()


def test_every_class_of_the_domain_begins_with_a_dutch_term() -> None:
    assert [name for dutch, name, _ in domain_classes() if not dutch] == []


@pytest.mark.parametrize("table", [LEG_TABLE, DELIVERY_TABLE], ids=["leg", "delivery"])
def test_the_state_diagrams_are_printed_from_the_tables(table: dict[Any, Any]) -> None:
    assert f"```mermaid\n{mermaid(table)}```" in ARCHITECTURE.read_text()


def test_the_walk_of_one_request_names_only_functions_that_exist() -> None:
    walk = ARCHITECTURE.read_text().partition("function by function")[2].partition("## State")[0]
    named = re.findall(r"`((?:usecases|store|wire|ledger|domain|transports)\.[a-z_.]+)`", walk)
    assert named
    assert [name for name in named if not exists(name)] == []


def exists(dotted: str) -> bool:
    """Say whether `package.module`, or `package.module.function`, is in the gateway."""
    parts = dotted.split(".")
    for cut in (len(parts), len(parts) - 1):
        path = ROOT.joinpath("gateway", *parts[:cut])
        if path.is_dir():
            return cut == len(parts) or any(parts[-1] in f.read_text() for f in path.glob("*.py"))
        if path.with_suffix(".py").exists():
            text = path.with_suffix(".py").read_text()
            return cut == len(parts) or bool(re.search(rf"(def|class) {parts[-1]}\b", text))
    return False


def test_every_package_of_the_gateway_stands_in_the_architecture() -> None:
    text = ARCHITECTURE.read_text()
    packages = [
        path.name for path in (ROOT / "gateway").iterdir() if (path / "__init__.py").exists()
    ]
    assert [name for name in packages if f"`gateway/{name}`" not in text] == []


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text())
    assert sorted(listed) == sorted(p.name for p in folder.glob("[0-9]*.md"))


def test_every_dependency_has_a_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    project = tomllib.loads("\n".join(lines))["project"]
    groups = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    groups += tomllib.loads("\n".join(lines)).get("dependency-groups", {}).values()
    names = [item for group in groups for item in group if isinstance(item, str)]
    for name in names:
        line = next(line for line in lines if f'"{name}"' in line)
        assert re.search(r"#\s*\S.{8,}", line), f"{name} has no reason"


def test_the_readme_is_short_and_its_commands_exist() -> None:
    text = README.read_text()
    assert text.count("\n") < 150
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [t for t in re.findall(r"`make ([a-z-]+)", text) if t not in targets] == []
    commands = {p.stem.replace("_", "-") for p in (ROOT / "gateway" / "commands").glob("[a-z]*.py")}
    assert [c for c in re.findall(r"`gateway ([a-z-]+)", text) if c not in commands] == []


def test_the_paths_that_documents_point_at_exist() -> None:
    missing = [
        f"{document.name}: {target}"
        for document in [README, *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert missing == []


def with_fresh_diagrams(text: str) -> str:
    """The architecture with its state diagrams printed anew."""
    printed = iter((mermaid(LEG_TABLE), mermaid(DELIVERY_TABLE)))
    return re.sub(
        r"```mermaid\nstateDiagram.*?```",
        lambda _: f"```mermaid\n{next(printed)}```",
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    GLOSSARY.write_text(glossary())
    ARCHITECTURE.write_text(with_fresh_diagrams(ARCHITECTURE.read_text()))
    sys.stdout.write("docs/glossary.md and the diagrams of docs/architecture.md are written\n")
