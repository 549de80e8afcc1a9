"""Law 9: golden files match byte for byte, and every wrong reply is refused for its reason."""

import pytest

from gateway.domain.errors import PartnerFault, RootUnknown
from gateway.domain.statement import DebtStatement, Refusal, Reply
from gateway.wire.schema import validate
from gateway.wire.xml import parse
from tests.adapters import golden
from tests.adapters.codec import parse_json, print_json
from tests.adapters.dialects import CATALOGUE, DIALECTS
from tests.adapters.golden import asked, beside, cases, made, replied

MADE = [
    pytest.param(dialect, path, document, id=f"{dialect.name}-{path.name}")
    for dialect in DIALECTS
    for path, document in made(dialect)
]
REPLIES = [
    pytest.param(dialect, path, id=f"{dialect.name}-{path.name}")
    for dialect in DIALECTS
    for path in cases(dialect, "reply.xml")
]
WRONG = [
    pytest.param(dialect, path, id=f"{dialect.name}-{path.name}")
    for dialect in DIALECTS
    for path in sorted((dialect.folder / "golden" / "wrong").glob("*.xml"))
]


@pytest.mark.parametrize(("dialect", "path", "document"), MADE)
def test_a_golden_file_is_what_the_dialect_says_now(dialect, path, document):
    assert path.read_bytes() == document, "run: python -m tests.adapters.golden, and read the diff"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_xml_file_is_made_from_json(dialect):
    known = {path for path, _ in made(dialect)}
    assert set((dialect.folder / "golden").glob("*.xml")) <= known


def read(dialect, path, case):
    """What the gateway does with a verified document: allow-list, validate, interpret."""
    element = parse(path.read_bytes(), golden.LIMIT)
    schema = dialect.adapter.schemas.get(str(element.tag))
    if schema is None:
        raise RootUnknown
    validate(element, schema, CATALOGUE)
    return dialect.adapter.debt_statement.interpret(element, case.question, case.envelope)


@pytest.mark.parametrize(("dialect", "path"), REPLIES)
def test_a_golden_reply_is_heard_as_its_json_says(dialect, path):
    assert read(dialect, path, asked(path)) == replied(path)


@pytest.mark.parametrize(("dialect", "path"), WRONG)
def test_a_wrong_reply_is_refused_for_the_reason_in_its_name(dialect, path):
    case = asked(cases(dialect, "reply.json")[0])
    with pytest.raises(PartnerFault) as refusal:
        read(dialect, path, case)
    assert refusal.value.code == path.stem.split("--")[0]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_there_is_a_golden_pair_for_every_kind_of_reply(dialect):
    found = [replied(path) for path in cases(dialect, "reply.json")]
    assert {type(reply) for reply in found} == {DebtStatement, Refusal}
    lines = {
        type(line) for reply in found if isinstance(reply, DebtStatement) for line in reply.lines
    }
    assert lines == set(dialect.simulator.LINES)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_golden_json_is_in_the_one_spelling_we_print(dialect):
    for path in cases(dialect, "reply.json"):
        assert path.read_text("utf-8") == print_json(parse_json(path.read_text("utf-8"), Reply))
    for path in cases(dialect, "question.json"):
        assert path.read_text("utf-8") == print_json(asked(path))
        assert beside(path, "request.xml").exists()
