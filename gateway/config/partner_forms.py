"""What may stand in a partner file: the keys, their types, bounds and defaults."""

from datetime import date
from typing import Annotated

from pydantic import Field

from gateway.config.forms import Chosen, Form, Text
from gateway.domain.parties import CreditorClass


class PartnerTrustForm(Form):
    reloads = True
    issuers: list[Text] = Field(
        default=[],
        alias="uitgevers",
        description="issuing authority of its certificates, if another",
    )
    tls_issuers: list[Text] = Field(
        default=[],
        alias="tls_uitgevers",
        description="the same, if the TLS certificate's is another",
    )
    rsa2048_until: date | None = Field(
        default=None,
        alias="rsa2048_tot",
        description="last day on which RSA keys of 2048 bits pass",
    )
    tls_signs_until: date | None = Field(
        default=None,
        alias="tls_ondertekent_tot",
        description="last day on which its TLS certificate may sign",
    )


class LimitsForm(Form):
    reloads = True
    message_bytes: Annotated[int, Field(ge=1_000, le=50_000_000)] = Field(
        default=1_000_000, alias="bericht_bytes", description="largest message"
    )
    timeout_seconds: Annotated[float, Field(ge=0.1, le=300)] = Field(
        default=20.0, alias="seconden", description="longest call"
    )
    concurrency: Annotated[int, Field(ge=1, le=100)] = Field(
        default=8, alias="gelijktijdig", description="calls at the same time"
    )
    attempts: Annotated[int, Field(ge=1, le=50)] = Field(
        default=8, alias="pogingen", description="attempts before a delivery fails"
    )


class LoweredLimitsForm(Form):
    reloads = True
    message_bytes: int | None = Field(default=None, alias="bericht_bytes", description="lower only")
    timeout_seconds: float | None = Field(default=None, alias="seconden", description="lower only")
    concurrency: int | None = Field(default=None, alias="gelijktijdig", description="lower only")
    attempts: int | None = Field(default=None, alias="pogingen", description="lower only")


class NarrowingForm(Form):
    reloads = True
    enabled: bool = Field(
        default=True, alias="ingeschakeld", description="false: this municipality does not ask it"
    )
    bsn: bool = Field(
        default=True, alias="bsn", description="false: it gets no BSN from this municipality"
    )
    limits: LoweredLimitsForm = Field(
        default=LoweredLimitsForm(), alias="grenzen", description="lower limits"
    )


class PartnerForm(Form):
    """partners/NAME.toml; NAME is the id of the creditor."""

    reloads = True
    name: Text = Field(alias="naam", description="name of the creditor")
    oin: Text | None = Field(
        default=None, alias="oin", description="OIN in its certificates, or ..."
    )
    kvk: Text | None = Field(
        default=None, alias="kvk", description="... KvK number in its certificates"
    )
    creditor_class: Chosen[CreditorClass] = Field(
        alias="klasse", description="decides the variant of a message"
    )
    adapter: Text = Field(alias="adapter", description="the dialect it speaks")
    transport: Text = Field(default="rest", alias="transport", description="the road to it")
    endpoint: Text = Field(alias="adres", description="https address")
    bsn_law: Text | None = Field(
        default=None,
        alias="bsn_wet",
        description="law by which it may process the BSN; none: no BSN",
    )
    reply_term: Annotated[int, Field(ge=1, le=120)] | None = Field(
        default=None, alias="termijn", description="reply term of a covenant in working days"
    )
    enabled: bool = Field(default=True, alias="ingeschakeld", description="false: nobody asks it")
    trust: PartnerTrustForm = Field(
        default=PartnerTrustForm(), alias="vertrouwen", description="its certificates"
    )
    limits: LimitsForm = Field(
        default=LimitsForm(), alias="grenzen", description="limits of a call"
    )
    narrowed: dict[str, NarrowingForm] = Field(
        default={}, alias="gemeente", description="per OIN of a municipality: only narrower"
    )
