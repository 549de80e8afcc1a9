"""What may stand in the policy files: which grounds are open to whom, and the terms, all dated."""

from datetime import date
from typing import Annotated

from pydantic import Field

from gateway.config.forms import Chosen, Form, Text
from gateway.domain.legal_basis import BasisKind, Purpose
from gateway.domain.parties import AskerKind


class GroundRuleForm(Form):
    reloads = True
    asker: Chosen[AskerKind] = Field(alias="vrager", description="who asks")
    purpose: Chosen[Purpose] = Field(alias="doel", description="what for")
    kinds: Annotated[list[Chosen[BasisKind]], Field(min_length=1)] = Field(
        alias="grondslagen", description="kinds of ground, one of which must stand"
    )
    article: Text = Field(alias="artikel", description="the article")
    start: date = Field(alias="van", description="first day")
    end: date = Field(default=date.max, alias="tot_en_met", description="last day")


class GroundsForm(Form):
    """policies/grondslagen-*.toml."""

    reloads = True
    rules: Annotated[list[GroundRuleForm], Field(min_length=1)] = Field(
        alias="regel", description="one table per rule"
    )


class TermsForm(Form):
    """policies/termijnen-*.toml."""

    reloads = True
    source: Text = Field(alias="bron", description="where these terms come from")
    start: date = Field(alias="van", description="first day")
    end: date = Field(default=date.max, alias="tot_en_met", description="last day")
    reply: Annotated[int, Field(ge=1, le=120)] = Field(
        alias="antwoord_werkdagen", description="reply term in working days"
    )
    remind_after: list[Annotated[int, Field(ge=1, le=250)]] = Field(
        alias="rappel_na_werkdagen", description="working days after which a reminder goes out"
    )
    expire_after: Annotated[int, Field(ge=1, le=250)] = Field(
        alias="verstreken_na_werkdagen", description="working days after which we stop waiting"
    )
    norm_days: Annotated[int, Field(ge=1, le=1000)] = Field(
        alias="norm_dagen", description="calendar days for the whole settlement phase"
    )
    extra_holidays: list[date] = Field(
        default=[], alias="extra_vrije_dagen", description="days off that a royal decree adds"
    )
