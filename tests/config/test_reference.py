"""config/README.md lists every key, with its default and when a change works."""

import pytest

from gateway.config.forms import GatewayForm
from gateway.config.partner_forms import PartnerForm
from gateway.config.policy_forms import GroundsForm, TermsForm
from gateway.config.reference import document, keys_of
from tests.config.conftest import ROOT


def test_the_readme_is_what_the_forms_say():
    """Made anew by `python -m gateway.config.reference > config/README.md`."""
    assert (ROOT / "config/README.md").read_text(encoding="utf-8") == document()


@pytest.mark.parametrize("form", [GatewayForm, PartnerForm, GroundsForm, TermsForm])
def test_every_key_says_what_it_is_for(form):
    keys = list(keys_of(form))
    assert keys
    for path, field, _ in keys:
        assert field.description, path


def test_what_reloads_is_trust_clients_partners_and_policies():
    reloading = {path.partition(".")[0] for path, _, reloads in keys_of(GatewayForm) if reloads}
    assert reloading == {"vertrouwen", "client[]"}
    assert all(
        reloads for form in (PartnerForm, GroundsForm, TermsForm) for *_, reloads in keys_of(form)
    )
