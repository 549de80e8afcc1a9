"""Parties that sign a small message set of their own."""

import pytest

from tests.wire.signing_parties import Parties, make_parties


@pytest.fixture(scope="session")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return make_parties(tmp_path_factory.mktemp("pki"))
