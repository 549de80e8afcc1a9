"""What the tests of the wire share: a small message set and parties that sign."""

import pytest

from gateway.wire.schema import SchemaCatalogue
from tests.wire.message_set import DOCUMENTS
from tests.wire.signing_parties import Parties, make_parties


@pytest.fixture(scope="session")
def catalogue() -> SchemaCatalogue:
    return SchemaCatalogue(DOCUMENTS)


@pytest.fixture(scope="session")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return make_parties(tmp_path_factory.mktemp("pki"))
