"""ORIGIN.md of every message set tells the truth: hashes and provenance are rebuilt and compared.

`python tests/xsd/test_origin.py` writes them anew after a change to a draft set.
"""

import hashlib
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

ROOT = Path(__file__).parents[2] / "xsd"
SETS = sorted(path.parent for path in ROOT.glob("*/*/ORIGIN.md"))
FILES = sorted(ROOT.glob("*/*/*.xsd"))
MARK = "<!-- From here on made by tests/xsd/test_origin.py; do not edit. -->"
XS = "{http://www.w3.org/2001/XMLSchema}"
SOURCE = "urn:schuldeisersberichten:herkomst"
PROVENANCE = ("skp-published", "skp-deduced", "partner-published", "own")
WITH_PROVENANCE = ("svb", "ontvangst")


def declared(file: Path) -> list[tuple[str, str]]:
    """Name and provenance of every element and coded value that a schema file declares."""
    rows = []
    for node in etree.parse(file).iter(f"{XS}element", f"{XS}enumeration"):
        found = node.find(f"{XS}annotation/{XS}appinfo[@source='{SOURCE}']")
        if found is not None:
            rows.append((path_of(node), found.text or ""))
    return rows


def path_of(node: etree._Element) -> str:
    """Place of a declaration: the names around it, a coded value as `Type = value`."""
    names = [n.get("name") for n in (node, *node.iterancestors()) if n.get("name")]
    path = "/".join(str(name) for name in reversed(names))
    return f"{path} = {node.get('value')}" if node.tag == f"{XS}enumeration" else path


def made_part(folder: Path) -> str:
    """The generated part of ORIGIN.md: one hash per file, one row per declaration."""
    files = sorted(folder.glob("*.xsd"))
    lines = [MARK, "", "## Files", "", "| File | SHA-256 |", "|---|---|"]
    lines += [f"| {f.name} | `{hashlib.sha256(f.read_bytes()).hexdigest()}` |" for f in files]
    if folder.parent.name in WITH_PROVENANCE:
        lines += ["", "## Provenance per element", "", "| File | Element | Provenance |"]
        lines += ["|---|---|---|"]
        lines += [
            f"| {f.name} | {path} | {origin} |" for f in files for path, origin in declared(f)
        ]
    return "\n".join(lines) + "\n"


def test_every_set_has_an_origin():
    assert {file.parent for file in FILES} == set(SETS)


@pytest.mark.parametrize("folder", SETS, ids=lambda path: path.parent.name)
def test_the_origin_lists_every_file_with_its_hash_and_every_element_with_its_provenance(folder):
    text = (folder / "ORIGIN.md").read_text("utf-8")
    assert text[text.index(MARK) :] == made_part(folder), "run: python tests/xsd/test_origin.py"


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_both_validators_compile_the_schema(file):
    etree.XMLSchema(etree.parse(file))
    xmlschema.XMLSchema10(str(file), allow="sandbox")


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.parts[-3] in WITH_PROVENANCE], ids=lambda path: path.stem
)
def test_every_element_says_where_its_name_comes_from(file):
    for node in etree.parse(file).iter(f"{XS}element"):
        found = node.findall(f"{XS}annotation/{XS}appinfo[@source='{SOURCE}']")
        assert [entry.text for entry in found] != [], path_of(node)
        assert found[0].text in PROVENANCE


@pytest.mark.parametrize("file", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_simple_type_is_bounded(file):
    """Tight types: a text has a pattern or a list of values, a repetition has a maximum."""
    for node in etree.parse(file).iter(f"{XS}restriction"):
        assert node.find(f"{XS}pattern") is not None or node.find(f"{XS}enumeration") is not None
    for node in etree.parse(file).iter():
        assert node.get("maxOccurs") != "unbounded"
        assert not str(node.get("type")).startswith("xs:"), "a bare XML Schema type has no bounds"


def test_every_message_ends_in_room_for_one_signature():
    messages = 0
    for file in FILES:
        for root in etree.parse(file).getroot().findall(f"{XS}element"):
            last = root.findall(f"{XS}complexType/{XS}sequence/*")[-1]
            if last.tag == f"{XS}group":
                name = str(last.get("ref")).removeprefix("svb:")
                types = etree.parse(file.parent / "typen.xsd")
                (last,) = types.findall(f"{XS}group[@name='{name}']/{XS}sequence/*")
            assert last.tag == f"{XS}any"
            assert last.get("namespace") == "http://www.w3.org/2000/09/xmldsig#"
            assert (last.get("minOccurs"), last.get("maxOccurs", "1")) == ("0", "1")
            messages += 1
    assert messages >= 18


def rewrite() -> None:
    """Write the generated part of every ORIGIN.md."""
    for folder in SETS:
        origin = folder / "ORIGIN.md"
        kept = origin.read_text("utf-8").split(MARK)[0]
        origin.write_text(kept + made_part(folder), "utf-8")


if __name__ == "__main__":
    rewrite()
