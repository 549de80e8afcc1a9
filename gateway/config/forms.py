"""What may stand in gateway.toml: the keys, their types, bounds and defaults.

A form says only whether a value has the right form; what it means, and whether it fits the rest,
is decided by the modules beside this one. config/README.md is printed from these forms, and a test
keeps it so. `reloads` says whether a change works after SIGHUP or only after a restart.
"""

from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gateway.config.rights import Right
from gateway.domain.parties import AskerKind, Environment

EnumT = TypeVar("EnumT")
# A closed set is written by its Dutch value, which strict mode would refuse.
Chosen = Annotated[EnumT, Field(strict=False)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Form(BaseModel):
    """One table of a configuration file; a key that is not declared is a fault."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, validate_by_name=False
    )
    reloads: ClassVar[bool] = False


class KeyPairForm(Form):
    certificate: Text = Field(
        alias="certificaat", description="PEM file: the certificate, then its issuing authorities"
    )
    key: Text = Field(alias="sleutel", description="PEM file: the private key, not encrypted")


class DatabaseForm(Form):
    dsn: Text | None = Field(
        default=None, alias="dsn", description="PostgreSQL 16 or newer, as a role that owns nothing"
    )
    folder: Text | None = Field(
        default=None,
        alias="map",
        description="folder of the embedded database instead; practice only",
    )
    keys_dsn: Text | None = Field(
        default=None,
        alias="sleutels_dsn",
        description="the store of wrapped keys; default: the same one",
    )
    connections: Annotated[int, Field(ge=2, le=200)] = Field(
        default=10, alias="verbindingen", description="largest number of connections per process"
    )


class ApiForm(Form):
    host: Text = Field(
        default="127.0.0.1", alias="host", description="address the port is opened on"
    )
    port: Port = Field(
        default=8443, alias="poort", description="port of the REST API; 0 picks a free one"
    )


class MessagesForm(Form):
    host: Text = Field(
        default="127.0.0.1", alias="host", description="address the port is opened on"
    )
    port: Port = Field(
        default=8444, alias="poort", description="port where creditors deliver; 0 picks a free one"
    )


class KeysForm(Form):
    keks: Annotated[list[Text], Field(min_length=1)] = Field(
        alias="kek",
        description="files with 64 hexadecimal digits: master keys, the newest last; the file"
        " name without its ending is the id",
    )


class LogForm(Form):
    key: Text = Field(alias="sleutel", description="file with the signer key of the log")
    origin: Annotated[str, Field(pattern=r"^[^\s+/]+(/[^\s+/]+)*$")] = Field(
        alias="oorsprong",
        description="name of the logs; each municipality's log is named oorsprong/OIN",
    )
    folder: Text | None = Field(
        default=None,
        alias="publicatie",
        description="folder for the published log, a subfolder per OIN; default: not published",
    )
    seconds: Annotated[float, Field(ge=0.1, le=3600)] = Field(
        default=10.0, alias="elke_seconden", description="how often it is published"
    )


class LinesForm(Form):
    file: Text | None = Field(
        default=None,
        alias="bestand",
        description="file for the log lines; default: standard output",
    )


class WorkersForm(Form):
    batch: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=32, alias="batch", description="deliveries claimed and finished together"
    )
    pause_seconds: Annotated[float, Field(ge=0.01, le=60)] = Field(
        default=1.0,
        alias="pauze_seconden",
        description="pause of a worker that found nothing to do",
    )
    in_flight: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=256, alias="onderweg", description="messages under way at once per municipality"
    )


class TrustForm(Form):
    reloads = True
    roots: Annotated[list[Text], Field(min_length=1)] = Field(
        alias="wortels", description="files with the root certificates (PEM or DER)"
    )
    intermediates: list[Text] = Field(
        default=[],
        alias="tussencertificaten",
        description="files with the intermediate certificates",
    )
    revocation_lists: list[Text] = Field(
        default=[], alias="crls", description="files with the revocation lists of every authority"
    )
    grace_hours: Annotated[int, Field(ge=0, le=72)] = Field(
        default=0,
        alias="respijt_uren",
        description="hours a revocation list may be used past its end",
    )
    issuers: list[Text] = Field(
        default=[],
        alias="uitgevers",
        description="the issuing authorities, each as the SHA-256 of its certificate or public key"
        " (64 hexadecimal digits) or as its PEM file; holds for who names none of its own",
    )


class ContactForm(Form):
    name: Text = Field(alias="naam", description="who answers questions of creditors")
    phone: Text | None = Field(default=None, alias="telefoon", description="telephone number")
    email: Text | None = Field(default=None, alias="email", description="e-mail address")


class ControllerForm(Form):
    oin: Text = Field(alias="oin", description="OIN: who asks")
    name: Text = Field(alias="naam", description="name as creditors read it")
    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")] = Field(
        alias="host", description="host name on both ports; picks certificate and municipality"
    )
    kind: Chosen[AskerKind] = Field(
        default=AskerKind.COLLEGE, alias="soort", description="decides which grounds are open"
    )
    contact: ContactForm = Field(alias="contact", description="contact for creditors")
    tls: KeyPairForm = Field(alias="tls", description="for connections")
    signing: KeyPairForm = Field(
        alias="ondertekening", description="for messages; another key than for connections"
    )


class ClientForm(Form):
    reloads = True
    oin: Text = Field(alias="oin", description="OIN in the client's certificate")
    name: Text = Field(alias="naam", description="name of the back office")
    controllers: Annotated[list[Text], Field(min_length=1)] = Field(
        alias="gemeenten", description="OINs of the municipalities it works for"
    )
    rights: Annotated[list[Chosen[Right]], Field(min_length=1)] = Field(
        alias="rechten", description="what it may do there"
    )
    issuers: list[Text] = Field(
        default=[],
        alias="uitgevers",
        description="issuing authority of its certificate, if another",
    )


class GatewayForm(Form):
    """gateway.toml."""

    environment: Chosen[Environment] = Field(
        alias="omgeving", description="practice and production never meet"
    )
    database: DatabaseForm = Field(alias="database", description="where the cases are")
    api: ApiForm = Field(default=ApiForm(), alias="api", description="the back office port")
    messages: MessagesForm = Field(
        default=MessagesForm(), alias="berichten", description="the creditor port"
    )
    keys: KeysForm = Field(alias="sleutels", description="keys that seal content")
    log: LogForm = Field(alias="logboek", description="the evidence log")
    lines: LinesForm = Field(
        default=LinesForm(), alias="logregels", description="what operators read"
    )
    workers: WorkersForm = Field(default=WorkersForm(), alias="werkers", description="who sends")
    trust: TrustForm = Field(alias="vertrouwen", description="certificate authorities")
    controllers: Annotated[list[ControllerForm], Field(min_length=1)] = Field(
        alias="gemeente", description="who asks: one table per municipality"
    )
    clients: list[ClientForm] = Field(
        default=[], alias="client", description="back offices: one table per client"
    )
