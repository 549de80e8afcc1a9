"""Adapters are found by folder and schemas are held against ORIGIN.md."""

import shutil
import sys
from pathlib import Path

import pytest

from gateway.domain.errors import ConfigurationFault, Finding
from gateway.registry import ROOT, Registry, adapter_names, find_adapters, read_schemas


@pytest.fixture
def root(tmp_path: Path):
    """A checkout with the real schemas and an empty adapters folder."""
    import adapters

    shutil.copytree(ROOT / "xsd", tmp_path / "xsd")
    (tmp_path / "adapters").mkdir()
    yield tmp_path
    if str(tmp_path / "adapters") in adapters.__path__:
        adapters.__path__.remove(str(tmp_path / "adapters"))
    for name in [name for name in sys.modules if name.startswith("adapters.proef")]:
        del sys.modules[name]


def write_adapter(root: Path, name: str, text: str) -> None:
    folder = root / "adapters" / name
    folder.mkdir()
    (folder / "adapter.py").write_text(text, encoding="utf-8")


def found_in(root: Path) -> tuple[Finding, ...]:
    with pytest.raises(ConfigurationFault) as caught:
        Registry.load(root)
    return caught.value.findings


def test_every_adapter_of_the_checkout_is_found_under_its_name():
    registry = Registry.load()
    assert registry.adapters.keys() == adapter_names() >= {"svb", "energie", "template"}
    assert registry.known().adapters == adapter_names()
    assert all(adapter.name == name for name, adapter in registry.adapters.items())


def test_every_schema_that_an_adapter_names_is_in_the_catalogue():
    registry = Registry.load()
    for adapter in registry.adapters.values():
        assert adapter.schemas
        for root, schema in adapter.schemas.items():
            assert root in registry.catalogue.roots_of(schema)


def test_an_adapter_in_another_root_is_found(root):
    write_adapter(root, "proef_vertaald", "from adapters.template.adapter import ADAPTER\n")
    assert Registry.load(root).adapters.keys() == {"template"}


def test_two_adapters_with_one_name_are_refused(root):
    for name in ("proef_een", "proef_twee"):
        write_adapter(root, name, "from adapters.template.adapter import ADAPTER\n")
    assert found_in(root) == (
        Finding("adapters/proef_twee/adapter.py", "name", "another adapter is called template too"),
    )


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("ADAPTER = 'svb'\n", "ADAPTER", "is not a CreditorAdapter"),
        ("", "", "cannot be imported (AttributeError)"),
        ("1 / 0\n", "", "cannot be imported (ZeroDivisionError)"),
    ],
)
def test_an_adapter_that_is_none_is_refused(text, key, problem, root):
    write_adapter(root, "proef_kapot", text)
    assert found_in(root) == (Finding("adapters/proef_kapot/adapter.py", key, problem),)


def test_an_adapter_that_names_a_schema_which_is_not_there_is_refused(root):
    write_adapter(
        root,
        "proef_los",
        "from dataclasses import replace\n"
        "from adapters.template.adapter import ADAPTER as MODEL\n"
        "ADAPTER = replace(MODEL, name='proef_los', schemas={'{urn:x}A': 'x/1.0/A.xsd'})\n",
    )
    assert found_in(root) == (
        Finding("adapter proef_los", "{urn:x}A", "there is no schema x/1.0/A.xsd"),
    )


def test_a_changed_schema_is_refused(root):
    path = root / "xsd/svb/1.0/Intrekking.xsd"
    path.write_bytes(path.read_bytes() + b"\n")
    assert found_in(root) == (
        Finding("xsd/svb/1.0/Intrekking.xsd", "", "is not the file that ORIGIN.md pins"),
    )


def test_a_schema_that_is_not_pinned_is_refused(root):
    (root / "xsd/svb/1.0/Extra.xsd").write_text("<x/>", encoding="utf-8")
    findings: list[Finding] = []
    read_schemas(root, findings)
    assert findings == [Finding("xsd/svb/1.0/Extra.xsd", "", "is not in ORIGIN.md")]


def test_a_pinned_schema_that_is_gone_is_refused(root):
    (root / "xsd/svb/1.0/Intrekking.xsd").unlink()
    findings: list[Finding] = []
    read_schemas(root, findings)
    problem = "is in ORIGIN.md, but there is no such file"
    assert findings == [Finding("xsd/svb/1.0/Intrekking.xsd", "", problem)]


def test_a_set_without_origin_is_refused(root):
    (root / "xsd/ontvangst/1.0/ORIGIN.md").unlink()
    assert [finding.problem for finding in found_in(root)] == ["is not in ORIGIN.md"]


def test_all_faults_come_at_once(root):
    (root / "xsd/ontvangst/1.0/ORIGIN.md").unlink()
    write_adapter(root, "proef_kapot", "1 / 0\n")
    assert len(found_in(root)) == 2


def test_a_root_without_schemas_is_refused(tmp_path):
    findings: list[Finding] = []
    assert read_schemas(tmp_path, findings) == {}
    assert findings == [Finding("xsd", "", "there are no schemas")]


def test_the_adapters_of_the_checkout_have_nothing_wrong():
    findings: list[Finding] = []
    find_adapters(ROOT, findings)
    assert findings == []
