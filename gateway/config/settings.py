"""gateway.toml: what this installation is, where it listens, who asks and who may call it.

Also the place where practice is kept out of production (design §2, principle 10): a practice root,
the embedded database or a test OIN in production is a fault, and the gateway does not start.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from gateway.config.forms import (
    ClientForm,
    ControllerForm,
    DatabaseForm,
    GatewayForm,
    TrustForm,
    WorkersForm,
)
from gateway.config.keys import (
    Kek,
    KeyPair,
    check_pairs,
    read_keks,
    read_key_pair,
    read_log_key,
    read_pins,
)
from gateway.config.reading import Findings, Source, read_form
from gateway.config.rights import Right
from gateway.domain.identifiers import Oin
from gateway.domain.parties import Contact, Controller, Environment
from gateway.ledger.note import SignerKey
from gateway.wire.anchors import Anchors
from gateway.wire.certificates import is_practice_root, known
from gateway.wire.trust import PartnerTrust

FILE = "gateway.toml"
NO_ANCHORS = Anchors((), (), (), timedelta(0))
"""What partners are read against when the real anchors are at fault: all faults come at once."""
_UNREAD = frozenset({"unread"})


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where the store is: a DSN, or the folder of the embedded server.

    `keys_dsn` is None when the wrapped keys are in the same database.
    """

    dsn: str | None = field(repr=False)
    folder: Path | None
    keys_dsn: str | None = field(repr=False)
    connections: int


@dataclass(frozen=True, slots=True)
class Listening:
    """Address and port of one server; port 0 lets the system choose."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The evidence log: one seed and a name; each controller's log has its own origin and key.

    `folder` is where it is published, every so many seconds.
    """

    origin: str
    key: SignerKey
    folder: Path | None = None
    seconds: float = 10.0

    def origin_of(self, controller: Oin) -> str:
        """Return the name of this controller's log."""
        return f"{self.origin}/{controller}"

    def signer_for(self, controller: Oin) -> SignerKey:
        """Return the key of this controller's log; C2SP wants it named as the log is."""
        return SignerKey(self.origin_of(controller), self.key.seed)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker claims: deliveries per batch, pause in seconds, messages under way at once."""

    batch: int
    pause_seconds: float
    in_flight: int


@dataclass(frozen=True, slots=True)
class Municipality:
    """A controller with its keys: one pair for connections, another for messages."""

    controller: Controller
    tls: KeyPair
    signing: KeyPair


@dataclass(frozen=True, slots=True)
class Client:
    """A back-office system: known by its certificate, for these controllers, with these rights."""

    oin: Oin
    name: str
    controllers: frozenset[Oin]
    rights: frozenset[Right]
    trust: PartnerTrust


@dataclass(frozen=True, slots=True)
class Settings:
    """All of gateway.toml."""

    environment: Environment
    database: DatabaseSettings
    api: Listening
    messages: Listening
    keks: tuple[Kek, ...]
    log: LogSettings
    lines_file: Path | None
    workers: WorkerSettings
    anchors: Anchors
    municipalities: tuple[Municipality, ...]
    clients: tuple[Client, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """gateway.toml as far as it could be read; `settings` is None when anything is at fault.

    The rest is what partner files are held against even then.
    """

    settings: Settings | None
    environment: Environment | None = None
    anchors: Anchors = NO_ANCHORS
    issuers: frozenset[str] = frozenset()
    controllers: frozenset[str] = frozenset()


def read_settings(folder: Path, findings: Findings) -> Read:
    """Read gateway.toml in this folder; every fault goes into `findings`."""
    form = read_form(folder / FILE, GatewayForm, findings)
    if form is None:
        return Read(None, issuers=_UNREAD)
    source = Source(folder, form.environment is Environment.PRODUCTION, findings)
    anchors = _anchors(form.trust, source)
    issuers = read_pins(form.trust.issuers, "vertrouwen.uitgevers", source)
    municipalities = tuple(
        _municipality(one, f"gemeente[{number}]", source)
        for number, one in enumerate(form.controllers)
    )
    clients = tuple(
        _client(one, f"client[{number}]", anchors, issuers, source)
        for number, one in enumerate(form.clients)
    )
    keks = read_keks(form.keys.keks, source)
    log = _log(form, source)
    database = _database(form.database, source)
    _check_names(form, findings)
    oins = frozenset(one.oin for one in form.controllers)
    _check_clients(form, oins, findings)
    read = Read(None, form.environment, anchors, issuers, oins)
    if findings.all() or log is None:
        return read
    settings = Settings(
        environment=form.environment,
        database=database,
        api=Listening(form.api.host, form.api.port),
        messages=Listening(form.messages.host, form.messages.port),
        keks=keks,
        log=log,
        lines_file=folder / form.lines.file if form.lines.file else None,
        workers=_workers(form.workers),
        anchors=anchors,
        municipalities=tuple(one for one in municipalities if one is not None),
        clients=tuple(one for one in clients if one is not None),
    )
    return replace(read, settings=settings)


def _anchors(form: TrustForm, source: Source) -> Anchors:
    anchors = NO_ANCHORS
    with source.findings.at("vertrouwen"):
        anchors = Anchors.load(
            [(source.folder / name).read_bytes() for name in form.roots],
            [(source.folder / name).read_bytes() for name in form.intermediates],
            [(source.folder / name).read_bytes() for name in form.revocation_lists],
            timedelta(hours=form.grace_hours),
        )
    listed = {one.issuer for one in anchors.revocation_lists}
    for authority in anchors.roots + anchors.intermediates:
        if known(authority).fingerprint not in listed:
            name = authority.subject.rfc4514_string()
            # Without one every certificate of this authority is refused (digikoppeling §4.4).
            source.findings.add("vertrouwen.crls", f"there is no revocation list of {name}")
    if source.production and any(map(is_practice_root, anchors.roots + anchors.intermediates)):
        source.findings.add("vertrouwen.wortels", "a practice root is refused in production")
    return anchors


def _database(form: DatabaseForm, source: Source) -> DatabaseSettings:
    if (form.dsn is None) == (form.folder is None):
        source.findings.add("database", "needs either dsn or map")
    if source.production and form.folder is not None:
        source.findings.add("database.map", "the embedded database is refused in production")
    folder = source.folder / form.folder if form.folder else None
    return DatabaseSettings(form.dsn, folder, form.keys_dsn, form.connections)


def _log(form: GatewayForm, source: Source) -> LogSettings | None:
    key = read_log_key(form.log.key, source)
    if key is None:
        return None
    if key.name != form.log.origin:
        source.findings.add("logboek.sleutel", "the name in the key is not oorsprong")
    folder = source.folder / form.log.folder if form.log.folder else None
    return LogSettings(form.log.origin, key, folder, form.log.seconds)


def _workers(form: WorkersForm) -> WorkerSettings:
    return WorkerSettings(form.batch, form.pause_seconds, form.in_flight)


def _municipality(form: ControllerForm, key: str, source: Source) -> Municipality | None:
    oin = source.oin(form.oin, f"{key}.oin")
    tls = read_key_pair(form.tls, f"{key}.tls", source)
    signing = read_key_pair(form.signing, f"{key}.ondertekening", source)
    if oin is None or tls is None or signing is None:
        return None
    check_pairs(tls, signing, oin.value, key, source)
    contact = Contact(form.contact.name, form.contact.phone, form.contact.email)
    return Municipality(Controller(oin, form.name, form.host, form.kind, contact), tls, signing)


def _client(
    form: ClientForm, key: str, anchors: Anchors, issuers: frozenset[str], source: Source
) -> Client | None:
    oin = source.oin(form.oin, f"{key}.oin")
    pins = read_pins(form.issuers, f"{key}.uitgevers", source) or issuers
    if not pins:
        source.findings.add(f"{key}.uitgevers", "is missing, and vertrouwen.uitgevers too")
    controllers = tuple(
        source.oin(text, f"{key}.gemeenten[{number}]")
        for number, text in enumerate(form.controllers)
    )
    if oin is None or not pins:
        return None
    return Client(
        oin=oin,
        name=form.name,
        controllers=frozenset(one for one in controllers if one is not None),
        rights=frozenset(form.rights),
        trust=PartnerTrust(anchors, oin.value, pins),
    )


def _check_names(form: GatewayForm, findings: Findings) -> None:
    for key, values in (
        ("gemeente.oin", [one.oin for one in form.controllers]),
        ("gemeente.host", [one.host for one in form.controllers]),
        ("client.oin", [one.oin for one in form.clients]),
    ):
        if len(set(values)) != len(values):
            findings.add(key, "the same value stands there twice")


def _check_clients(form: GatewayForm, known: frozenset[str], findings: Findings) -> None:
    for number, client in enumerate(form.clients):
        if not known.issuperset(client.controllers):
            findings.add(f"client[{number}].gemeenten", "names one that is not in this file")
