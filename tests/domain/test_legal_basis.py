"""What a ground covers, part by part; who may use which; where a BSN may go."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.policies import read_policies
from gateway.domain.errors import BsnNotAllowed, NotCovered
from gateway.domain.identifiers import BasisId, CaseId, CreditorId, Oin, StreamId
from gateway.domain.legal_basis import (
    END_REASONS,
    BasisKind,
    BasisState,
    DataCategory,
    EndReason,
    GroundRule,
    GroundTable,
    LegalBasis,
    Purpose,
    ScopeLine,
    Use,
    categories_of,
    covers,
    may_get_bsn,
    visible_subject,
)
from gateway.domain.parties import AskerKind, Creditor, CreditorClass, Period
from gateway.domain.person import ByBsn, ByName, Resident
from tests.strategies import addresses, bsns, names

TODAY = date(2026, 11, 24)
SHOP, RENT = CreditorId("winkel"), CreditorId("huur")
PRIVATE = Creditor(SHOP, "Winkel", Oin("00000003123456780000"), CreditorClass.OTHER)
PUBLIC = replace(PRIVATE, bsn_law="Wgs art. 8c", creditor_class=CreditorClass.PUBLIC)
PLAIN = frozenset({DataCategory.IDENTITY, DataCategory.CUSTOMER_NUMBERS})
EVERYTHING = frozenset(DataCategory)

GROUNDS = read_policies(Path(__file__).parents[2] / "config")[0].grounds
"""The table as it is configured."""


def basis(
    kind: BasisKind = BasisKind.WGS_PUBLIC_TASK,
    *scope: ScopeLine,
    state: BasisState = BasisState.ACTIVE,
) -> LegalBasis:
    return LegalBasis(
        basis_id=BasisId(UUID(int=1)),
        case_id=CaseId(UUID(int=2)),
        stream_id=StreamId(UUID(int=3)),
        kind=kind,
        validity=Period(TODAY, TODAY + timedelta(days=30)),
        scope=scope or (ScopeLine(Purpose.DEBT_STATEMENT, EVERYTHING),),
        state=state,
        citation="Wgs art. 8 lid 1",
    )


def use(
    asker: AskerKind = AskerKind.COLLEGE,
    purpose: Purpose = Purpose.DEBT_STATEMENT,
    creditor: Creditor = PRIVATE,
    categories: frozenset[DataCategory] = PLAIN,
) -> Use:
    return Use(asker, purpose, creditor, categories)


def part_refused(ground: LegalBasis, wanted: Use, day: date = TODAY) -> str:
    with pytest.raises(NotCovered) as refusal:
        covers(ground, wanted, GROUNDS, day)
    return refusal.value.part


# --- covers, part by part -------------------------------------------------------------------------


def test_a_ground_covers_what_it_was_given_for():
    covers(basis(), use(), GROUNDS, TODAY)


def test_a_purpose_nobody_gave_to_this_asker_is_refused():
    wanted = use(AskerKind.PRIVATE_HELPER, Purpose.YEARLY_CHECK)
    assert part_refused(basis(BasisKind.CONSENT), wanted) == "doel"


@pytest.mark.parametrize("kind", [BasisKind.CONSENT, BasisKind.MANDATE, BasisKind.COURT_ORDER])
def test_consent_never_replaces_the_statutory_ground_of_a_college(kind: BasisKind):
    assert part_refused(basis(kind), use()) == "soort"


def test_an_ended_ground_covers_nothing():
    assert part_refused(basis(state=BasisState.ENDED), use()) == "toestand"


@pytest.mark.parametrize("days", [-1, 31])
def test_a_ground_covers_nothing_before_its_first_and_after_its_last_day(days: int):
    assert part_refused(basis(), use(), TODAY + timedelta(days=days)) == "geldigheid"


@pytest.mark.parametrize("days", [0, 30])
def test_the_first_and_the_last_day_are_included(days: int):
    covers(basis(), use(), GROUNDS, TODAY + timedelta(days=days))


def test_a_creditor_that_is_not_named_is_refused():
    ground = basis(BasisKind.CONSENT, ScopeLine(Purpose.DEBT_STATEMENT, EVERYTHING, RENT))
    assert part_refused(ground, use(AskerKind.PRIVATE_HELPER)) == "schuldeiser"


def test_a_creditor_that_is_named_for_something_else_is_refused():
    ground = basis(BasisKind.CONSENT, ScopeLine(Purpose.HELP_NOTICE, EVERYTHING, SHOP))
    assert part_refused(ground, use(AskerKind.PRIVATE_HELPER)) == "doel"


def test_data_that_are_not_named_are_refused():
    ground = basis(BasisKind.CONSENT, ScopeLine(Purpose.DEBT_STATEMENT, PLAIN, SHOP))
    wanted = use(AskerKind.PRIVATE_HELPER, categories=PLAIN | {DataCategory.ADDRESS})
    assert part_refused(ground, wanted) == "gegevens"


def test_two_lines_together_do_not_cover_what_neither_covers():
    ground = basis(
        BasisKind.CONSENT,
        ScopeLine(Purpose.DEBT_STATEMENT, PLAIN, SHOP),
        ScopeLine(Purpose.DEBT_STATEMENT, frozenset({DataCategory.ADDRESS}), SHOP),
    )
    wanted = use(AskerKind.PRIVATE_HELPER, categories=PLAIN | {DataCategory.ADDRESS})
    assert part_refused(ground, wanted) == "gegevens"


# --- the table of grounds, walked whole -----------------------------------------------------------

ALLOWED = {
    AskerKind.COLLEGE: (
        {BasisKind.WGS_PUBLIC_TASK},
        {Purpose.HELP_NOTICE, Purpose.DEBT_STATEMENT, Purpose.YEARLY_CHECK, Purpose.WITHDRAWAL},
    ),
    AskerKind.PRIVATE_HELPER: (
        {BasisKind.CONSENT, BasisKind.MANDATE},
        {Purpose.HELP_NOTICE, Purpose.DEBT_STATEMENT, Purpose.WITHDRAWAL},
    ),
    AskerKind.ADMINISTRATOR: (
        {BasisKind.COURT_ORDER},
        {Purpose.HELP_NOTICE, Purpose.DEBT_STATEMENT, Purpose.WITHDRAWAL},
    ),
}
"""Written out by hand from Wgs, Bgs, BW and GDPR (domain §5.1, §5.2)."""


@pytest.mark.parametrize(("asker", "purpose", "kind"), list(product(AskerKind, Purpose, BasisKind)))
def test_each_asker_may_use_only_the_grounds_that_its_law_gives_it(
    asker: AskerKind, purpose: Purpose, kind: BasisKind
):
    kinds, purposes = ALLOWED[asker]
    ground = basis(kind, ScopeLine(purpose, EVERYTHING, SHOP))
    if kind in kinds and purpose in purposes:
        covers(ground, use(asker, purpose), GROUNDS, TODAY)
    else:
        wanted = "soort" if purpose in purposes else "doel"
        assert part_refused(ground, use(asker, purpose)) == wanted


def test_the_articles_are_those_of_the_law():
    article = {
        (rule.asker, rule.purpose): rule.article
        for rule in GROUNDS.rules
        if rule.validity.holds(TODAY)
    }
    college = AskerKind.COLLEGE
    assert article[college, Purpose.HELP_NOTICE] == "Bgs art. 17 lid 1"
    assert article[college, Purpose.DEBT_STATEMENT] == "Wgs art. 8 lid 1; Bgs art. 15"
    assert article[college, Purpose.YEARLY_CHECK] == "Bgs art. 16"


def test_a_rule_holds_only_on_its_days():
    rule = GroundRule(
        AskerKind.COLLEGE,
        Purpose.DEBT_STATEMENT,
        frozenset({BasisKind.WGS_PUBLIC_TASK}),
        "Bgs art. 15",
        Period(TODAY, TODAY),
    )
    table = GroundTable((rule,))
    assert table.rule_for(AskerKind.COLLEGE, Purpose.DEBT_STATEMENT, TODAY) is rule
    for days in (-1, 1):
        with pytest.raises(NotCovered):
            table.rule_for(AskerKind.COLLEGE, Purpose.DEBT_STATEMENT, TODAY + timedelta(days=days))


def test_every_kind_of_ground_ends_for_reasons_of_its_own():
    assert set(END_REASONS) == set(BasisKind)
    reasons = [reason for found in END_REASONS.values() for reason in found]
    assert len(reasons) == len(set(reasons))
    assert set(reasons) == set(EndReason) - {EndReason.EXPIRED}  # which nobody can ask for


# --- BSN and secret address (design, principle 9) -------------------------------------------------


@pytest.mark.parametrize(
    ("asker", "kind", "creditor"),
    list(product(AskerKind, BasisKind, [PRIVATE, PUBLIC])),
)
def test_a_bsn_needs_the_law_of_both_sides(asker: AskerKind, kind: BasisKind, creditor: Creditor):
    allowed = (
        asker is AskerKind.COLLEGE
        and kind is BasisKind.WGS_PUBLIC_TASK
        and creditor.bsn_law is not None
    )
    assert may_get_bsn(asker, basis(kind), creditor) == allowed


def test_a_use_with_a_bsn_beyond_the_law_is_refused_though_the_scope_names_it():
    wanted = use(categories=PLAIN | {DataCategory.BSN})
    with pytest.raises(BsnNotAllowed):
        covers(basis(), wanted, GROUNDS, TODAY)
    covers(basis(), replace(wanted, creditor=PUBLIC), GROUNDS, TODAY)


RESIDENTS = st.builds(
    Resident, names, st.none() | addresses, address_secret=st.booleans(), bsn=st.none() | bsns
)


@given(
    RESIDENTS,
    st.sampled_from(AskerKind),
    st.sampled_from(BasisKind),
    st.sampled_from([PRIVATE, PUBLIC]),
    st.booleans(),
)
def test_nobody_sees_more_of_a_resident_than_its_law_allows(
    resident: Resident, asker: AskerKind, kind: BasisKind, creditor: Creditor, metered: bool
):
    ground = basis(kind)
    subject = visible_subject(resident, asker, ground, creditor)
    assert subject.name == resident.name
    assert subject.address == (None if resident.address_secret else resident.address)
    by_bsn = resident.bsn is not None and may_get_bsn(asker, ground, creditor)
    assert isinstance(subject, ByBsn if by_bsn else ByName)
    categories = categories_of(subject, meter_readings=metered)
    assert (DataCategory.BSN in categories) == by_bsn
    assert (DataCategory.ADDRESS in categories) == (subject.address is not None)
    assert (DataCategory.METER_READINGS in categories) == metered
    assert categories >= PLAIN
