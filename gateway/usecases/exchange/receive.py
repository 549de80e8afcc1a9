"""Accept a message from a creditor, or refuse it and keep it apart.

    1 verify             the signature, against this partner's keys
    2 allow-list         the root element is one this dialect may send us
    3 identify           read the header of what was signed, nothing else
    4 parties            same environment, from this partner, to this controller
    5-10                 in intake: guard, correlate, ground, validate, interpret, commit

A message that fails anywhere is quarantined and never moves a leg. So is one that our own adapter
stumbles over: it is not lost, the creditor is not blamed, and what it sends again is read again.
"""

from dataclasses import dataclass

from gateway.domain.errors import (
    AdapterFault,
    EnvironmentMismatch,
    NotCorrelated,
    PartnerFault,
    RecipientMismatch,
    RootUnknown,
    Unintelligible,
)
from gateway.domain.parties import Controller
from gateway.ports.creditor import FaultNotice, Identified, MessageKind
from gateway.ports.transport import Partner
from gateway.usecases.context import Gateway
from gateway.usecases.exchange.conversation import Conversation
from gateway.usecases.exchange.intake import Incoming, take_in
from gateway.usecases.exchange.quarantine import Refused, fault_message, quarantine
from gateway.wire import receipt
from gateway.wire.signature import Verified, verify


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What to answer the creditor: a signed receipt or Foutbericht, or only a code."""

    status: int
    body: bytes | None
    code: str | None = None


@dataclass(slots=True)
class _Reading:
    """How far a message came; a refusal is recorded with what is known by then."""

    document: bytes
    verified: Verified | None = None
    identified: Identified | None = None
    conversation: Conversation | None = None


async def accept(
    gateway: Gateway, controller: Controller, partner: Partner, document: bytes
) -> Acceptance:
    """Take in a message that came to our listener; never raises a PartnerFault."""
    reading = _Reading(document)
    try:
        verified = _verify(gateway, partner, reading)
        return Acceptance(200, await _take(gateway, controller, partner, reading, verified))
    except PartnerFault as fault:
        refused = await _refuse(gateway, controller, partner, reading, fault)
        return Acceptance(400, await fault_message(gateway, refused), fault.code)
    except AdapterFault as fault:
        await _refuse(gateway, controller, partner, reading, fault)
        return Acceptance(500, None, fault.code)


async def accept_response(
    gateway: Gateway, controller: Controller, talk: Conversation, body: bytes
) -> receipt.Receipt | Identified | FaultNotice | None:
    """Take in what came back on a request of ours; return what proves that the request came in.

    That is a signed receipt, or the signed answer when it repeats the digest of the request; or it
    is a Foutbericht, which is filed too: the creditor refused the request and says why.
    A message that cannot be verified is still known to belong to this leg, by the connection.
    """
    reading = _Reading(body)
    try:
        verified = _verify(gateway, talk.partner, reading)
        if str(verified.element.tag) == receipt.RECEIPT_TAG:
            return _check_receipt(gateway, talk, receipt.interpret(verified.element))
        await _take(gateway, controller, talk.partner, reading, verified)
        if reading.identified is not None and reading.identified.kind is MessageKind.FAULT:
            return _fault(gateway, talk, reading.identified, verified)
        return _own_receipt(talk, reading.identified)
    except (PartnerFault, AdapterFault) as fault:
        reading.conversation = reading.conversation or talk
        await _refuse(gateway, controller, talk.partner, reading, fault)
    return None


async def _refuse(
    gateway: Gateway,
    controller: Controller,
    partner: Partner,
    reading: _Reading,
    fault: PartnerFault | AdapterFault,
) -> Refused:
    refused = Refused(
        reading.document, fault, reading.verified, reading.identified, reading.conversation
    )
    await quarantine(gateway, controller, partner, refused)
    return refused


def _check_receipt(gateway: Gateway, talk: Conversation, found: receipt.Receipt) -> receipt.Receipt:
    """A receipt passes every check that a message passes (attacks-and-needs §2 row 19)."""
    if found.environment is not gateway.environment:
        raise EnvironmentMismatch
    if found.sender != talk.partner.creditor.party or found.receiver != talk.controller.oin:
        raise RecipientMismatch
    if found.message_id != talk.delivery.message_id or found.digest != talk.delivery.digest:
        raise NotCorrelated
    return found


def _fault(
    gateway: Gateway, talk: Conversation, found: Identified, verified: Verified
) -> FaultNotice | None:
    read = gateway.adapter(talk.partner).read_fault
    about_this = found.answers == talk.delivery.message_id
    return read(verified.element) if read is not None and about_this else None


def _own_receipt(talk: Conversation, found: Identified | None) -> Identified | None:
    """An accepted answer is its own receipt if it repeats id and digest of this very request."""
    if found is None or found.answered_digest is None:
        return None
    asked = (talk.delivery.message_id, talk.delivery.digest)
    return found if (found.answers, found.answered_digest) == asked else None


def _verify(gateway: Gateway, partner: Partner, reading: _Reading) -> Verified:  # 1
    limits, now = partner.limits, gateway.clock.now()
    reading.verified = verify(reading.document, partner.signing_trust, now, limits.message_bytes)
    return reading.verified


async def _take(
    gateway: Gateway,
    controller: Controller,
    partner: Partner,
    reading: _Reading,
    verified: Verified,
) -> bytes:
    schema = gateway.adapter(partner).schemas.get(str(verified.element.tag))  # 2
    if schema is None:
        raise RootUnknown
    reading.identified = found = _identify(gateway, partner, verified)  # 3
    _check_parties(gateway, controller, partner, found)  # 4
    incoming = Incoming(partner, reading.document, verified, found, schema)
    try:
        return await take_in(gateway, controller, incoming)  # 5 to 10
    finally:
        reading.conversation = incoming.conversation


def _identify(gateway: Gateway, partner: Partner, verified: Verified) -> Identified:
    try:
        return gateway.adapter(partner).identify(verified.element)
    except PartnerFault:
        raise
    except Exception as fault:
        raise Unintelligible("The header cannot be read.") from fault


def _check_parties(
    gateway: Gateway, controller: Controller, partner: Partner, found: Identified
) -> None:
    if found.environment is not gateway.environment:
        raise EnvironmentMismatch
    if found.receiver != controller.oin or found.sender != partner.creditor.party:
        raise RecipientMismatch
