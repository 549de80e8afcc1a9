"""The dated rules as they are delivered, and what can be wrong with a policy file."""

from datetime import date
from pathlib import Path

import pytest

from gateway.config.policies import read_policies
from gateway.domain.errors import ConfigurationFault, NotCovered
from gateway.domain.legal_basis import BasisKind, Purpose
from gateway.domain.parties import AskerKind
from tests.config.conftest import ROOT

DAY = date(2026, 11, 24)
GROUNDS, TERMS = "policies/grondslagen-2024-01-01.toml", "policies/termijnen-2024-01-01.toml"
DELIVERED, _ = read_policies(ROOT / "config")
TASK = {BasisKind.WGS_PUBLIC_TASK}
SIGNED = {BasisKind.CONSENT, BasisKind.MANDATE}
ORDER = {BasisKind.COURT_ORDER}


@pytest.mark.parametrize(
    ("asker", "purpose", "kinds", "article"),
    [
        (AskerKind.COLLEGE, Purpose.HELP_NOTICE, TASK, "Bgs art. 17 lid 1"),
        (AskerKind.COLLEGE, Purpose.DEBT_STATEMENT, TASK, "Wgs art. 8 lid 1; Bgs art. 15"),
        (AskerKind.COLLEGE, Purpose.YEARLY_CHECK, TASK, "Bgs art. 16"),
        (AskerKind.PRIVATE_HELPER, Purpose.HELP_NOTICE, SIGNED, "AVG art. 6"),
        (AskerKind.PRIVATE_HELPER, Purpose.DEBT_STATEMENT, SIGNED, "AVG art. 6"),
        (AskerKind.ADMINISTRATOR, Purpose.HELP_NOTICE, ORDER, "BW art. 1:431"),
        (AskerKind.ADMINISTRATOR, Purpose.DEBT_STATEMENT, ORDER, "BW art. 1:431"),
    ],
)
def test_each_asker_has_its_own_grounds(asker, purpose, kinds, article):
    rule = DELIVERED.grounds.rule_for(asker, purpose, DAY)
    assert rule.kinds == kinds
    assert rule.article.startswith(article)


def test_a_college_never_asks_on_consent():
    """Consent never replaces a missing statutory ground (design §2, principle 6)."""
    for rule in DELIVERED.grounds.rules:
        if rule.asker is AskerKind.COLLEGE:
            assert rule.kinds == TASK


def test_every_asker_may_tell_a_creditor_to_stop():
    for asker in AskerKind:
        DELIVERED.grounds.rule_for(asker, Purpose.WITHDRAWAL, DAY)


@pytest.mark.parametrize("asker", [AskerKind.PRIVATE_HELPER, AskerKind.ADMINISTRATOR])
def test_only_a_college_makes_the_yearly_check(asker):
    with pytest.raises(NotCovered):
        DELIVERED.grounds.rule_for(asker, Purpose.YEARLY_CHECK, DAY)


def test_before_the_first_day_nothing_is_allowed():
    with pytest.raises(NotCovered):
        DELIVERED.grounds.rule_for(AskerKind.COLLEGE, Purpose.DEBT_STATEMENT, date(2023, 12, 31))


def test_the_terms_are_those_of_the_design():
    policy = DELIVERED.terms_on(DAY)
    assert (policy.reply, policy.remind_after, policy.expire_after) == (10, (10,), 15)
    assert policy.norm_days == 120


def test_a_day_without_terms_is_a_fault():
    with pytest.raises(ConfigurationFault):
        DELIVERED.terms_on(date(2023, 12, 31))


def test_a_new_file_follows_the_old_one_without_touching_it(folder):
    folder.append(TERMS, "tot_en_met = 2026-12-31")
    text = (folder.path / TERMS).read_text(encoding="utf-8")
    later = text.replace("tot_en_met = 2026-12-31", "").replace("2024-01-01", "2027-01-01")
    later = later.replace("antwoord_werkdagen = 10", "antwoord_werkdagen = 12")
    later += "extra_vrije_dagen = [2027-04-28]\n"
    folder.append("policies/termijnen-2027-01-01.toml", later)
    policies = folder.load().policies
    assert policies.terms_on(date(2026, 12, 31)).reply == 10
    assert policies.terms_on(date(2027, 1, 1)).reply == 12
    assert policies.terms_on(date(2027, 1, 1)).extra_holidays == {date(2027, 4, 28)}


def test_two_policies_on_one_day_are_refused(folder):
    text = (folder.path / TERMS).read_text(encoding="utf-8")
    folder.append("policies/termijnen-dubbel.toml", text)
    assert folder.wrong() == {"policies/termijnen-*.toml: van": "two policies hold on the same day"}


def test_two_rules_on_one_day_are_refused(folder):
    rule = 'vrager = "college"\ndoel = "intrekking"\ngrondslagen = ["toestemming"]'
    folder.append(GROUNDS, f'[[regel]]\n{rule}\nartikel = "x"\nvan = 2025-01-01')
    assert folder.wrong() == {
        "policies/grondslagen-*.toml: regel": (
            "two rules hold on the same day: college, intrekking"
        )
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        (TERMS, "norm_dagen = 120", "", "norm_dagen"),
        (TERMS, "[10]", "[10, 10]", "rappel_na_werkdagen"),
        (TERMS, "[10]", "[12, 11]", "rappel_na_werkdagen"),
        (TERMS, "[10]", "[16]", "rappel_na_werkdagen"),
        (TERMS, "antwoord_werkdagen = 10", "antwoord_werkdagen = 16", "verstreken_na_werkdagen"),
        (TERMS, "norm_dagen = 120", "norm_dagen = 120\ntot_en_met = 2023-01-01", "van"),
        (TERMS, "van = 2024-01-01", 'van = "2024-01-01"', "van"),
        (GROUNDS, 'doel = "intrekking"', 'doel = "reclame"', "regel[3].doel"),
        (
            GROUNDS,
            'grondslagen = ["wgs_publieke_taak"]',
            "grondslagen = []",
            "regel[0].grondslagen",
        ),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(file, old, new, key, folder):
    folder.change(file, old, new)
    assert f"{file}: {key}" in folder.wrong()


def test_a_folder_without_policies_is_refused(tmp_path: Path):
    policies, findings = read_policies(tmp_path)
    assert policies.terms == ()
    assert [finding.file for finding in findings] == [
        "policies/grondslagen-*.toml",
        "policies/termijnen-*.toml",
    ]
