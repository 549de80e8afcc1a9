"""policies/*.toml: which grounds are open to whom, and the terms.

Dated, so that a change of law is a file, and an old exchange is judged by the rule of its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

from gateway.config.policy_forms import GroundRuleForm, GroundsForm, TermsForm
from gateway.config.reading import Findings, read_form
from gateway.domain.errors import ConfigurationFault, Finding
from gateway.domain.legal_basis import GroundRule, GroundTable
from gateway.domain.parties import Period
from gateway.domain.terms import TermPolicy

FOLDER = "policies"


@dataclass(frozen=True, slots=True)
class Policies:
    """The dated rules: the table of grounds, and the terms, no two of which hold on one day."""

    grounds: GroundTable
    terms: tuple[TermPolicy, ...]

    def terms_on(self, day: date) -> TermPolicy:
        """Return the term policy of this day.

        Raises:
            ConfigurationFault: there is none.
        """
        for policy in self.terms:
            if policy.validity.holds(day):
                return policy
        problem = "no policy holds on the day that is asked for"
        raise ConfigurationFault((Finding(f"{FOLDER}/termijnen-*.toml", "van", problem),))


def read_policies(folder: Path) -> tuple[Policies, tuple[Finding, ...]]:
    """Read every policy file in this configuration folder; the findings name file and key."""
    rules, of_rules = _read_grounds(folder)
    terms, of_terms = _read_terms(folder)
    return Policies(GroundTable(rules), terms), (*of_rules, *of_terms)


def _read_grounds(folder: Path) -> tuple[tuple[GroundRule, ...], tuple[Finding, ...]]:
    rules: list[GroundRule] = []
    findings = Findings(f"{FOLDER}/grondslagen-*.toml")
    for path in sorted((folder / FOLDER).glob("grondslagen-*.toml")):
        here = Findings(f"{FOLDER}/{path.name}")
        form = read_form(path, GroundsForm, here)
        for number, rule in enumerate(form.rules if form else ()):
            rules.append(_rule(rule, f"regel[{number}]", here))
        findings.extend(here.all())
    if not rules and not findings.all():
        findings.add("", "there is no such file, so nothing may be asked")
    for one, other in combinations(rules, 2):
        if (one.asker, one.purpose) == (other.asker, other.purpose) and _meet(one, other):
            place = f"{one.asker.value}, {one.purpose.value}"
            findings.add("regel", f"two rules hold on the same day: {place}")
    return tuple(rules), findings.all()


def _rule(form: GroundRuleForm, key: str, findings: Findings) -> GroundRule:
    period = _period(form.start, form.end, key, findings)
    return GroundRule(form.asker, form.purpose, frozenset(form.kinds), form.article, period)


def _read_terms(folder: Path) -> tuple[tuple[TermPolicy, ...], tuple[Finding, ...]]:
    policies: list[TermPolicy] = []
    findings = Findings(f"{FOLDER}/termijnen-*.toml")
    for path in sorted((folder / FOLDER).glob("termijnen-*.toml")):
        here = Findings(f"{FOLDER}/{path.name}")
        form = read_form(path, TermsForm, here)
        if form is not None:
            policies.append(_policy(form, here))
        findings.extend(here.all())
    if not policies and not findings.all():
        findings.add("", "there is no such file, so no term is known")
    if any(_meet(one, other) for one, other in combinations(policies, 2)):
        findings.add("van", "two policies hold on the same day")
    return tuple(policies), findings.all()


def _policy(form: TermsForm, findings: Findings) -> TermPolicy:
    if _falls(form.remind_after) or (
        form.remind_after and form.remind_after[-1] > form.expire_after
    ):
        findings.add("rappel_na_werkdagen", "must rise, and end before verstreken_na_werkdagen")
    if form.reply > form.expire_after:
        findings.add("verstreken_na_werkdagen", "comes before the end of antwoord_werkdagen")
    return TermPolicy(
        validity=_period(form.start, form.end, "", findings),
        reply=form.reply,
        remind_after=tuple(form.remind_after),
        expire_after=form.expire_after,
        norm_days=form.norm_days,
        extra_holidays=frozenset(form.extra_holidays),
    )


def _falls(numbers: Sequence[int]) -> bool:
    return list(numbers) != sorted(set(numbers))


def _period(start: date, end: date, key: str, findings: Findings) -> Period:
    if start > end:
        findings.add(f"{key}.van".removeprefix("."), "is after tot_en_met")
    return Period(start, end)


def _meet(one: GroundRule | TermPolicy, other: GroundRule | TermPolicy) -> bool:
    first, second = one.validity, other.validity
    return first.start <= second.end and second.start <= first.end
