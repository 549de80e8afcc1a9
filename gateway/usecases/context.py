"""What the use cases work with: built once by app.py and passed by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.config.partners import Partners
from gateway.config.policies import Policies
from gateway.domain.errors import CreditorNotReachable, CreditorUnknown
from gateway.domain.identifiers import CreditorId, Oin
from gateway.domain.parties import Controller, Environment
from gateway.ports.creditor import CreditorAdapter
from gateway.ports.environment import Calendar, Clock, Ids
from gateway.ports.transport import Partner, Transport
from gateway.store.database import Database
from gateway.store.evidence.journal import Journal
from gateway.store.evidence.keys import KeyRing
from gateway.usecases.slots import Slots
from gateway.usecases.together import Together
from gateway.wire.schema import SchemaCatalogue
from gateway.wire.signature import Signer

SignCheckpoint = Callable[[Oin, int, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of one process.

    `controllers` maps host name to controller; `partners` and `policies` return the snapshot that
    holds now, which an exchange keeps until it is done.
    """

    environment: Environment
    controllers: Mapping[str, Controller]
    partners: Callable[[], Partners]
    policies: Callable[[], Policies]
    adapters: Mapping[str, CreditorAdapter]
    catalogue: SchemaCatalogue
    signers: Mapping[Oin, Signer]
    transports: Mapping[str, Transport]
    sign_checkpoint: SignCheckpoint
    database: Database
    keys: KeyRing
    journal: Journal
    clock: Clock
    calendar: Calendar
    ids: Ids
    together: Together = field(default_factory=Together)
    slots: Slots = field(default_factory=Slots)

    def partner(self, creditor_id: CreditorId, controller: Oin) -> Partner:
        """Return an enabled partner; raises CreditorUnknown or CreditorNotReachable."""
        partner = self.partners().get(creditor_id, controller)
        if partner is None:
            raise CreditorUnknown
        if not partner.enabled:
            raise CreditorNotReachable
        return partner

    def adapter(self, partner: Partner) -> CreditorAdapter:
        """Return the dialect that a partner speaks."""
        return self.adapters[partner.adapter]

    def controller(self, oin: Oin) -> Controller:
        """Return the controller with this OIN."""
        return next(c for c in self.controllers.values() if c.oin == oin)
