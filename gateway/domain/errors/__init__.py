"""Every fault the gateway knows, in one tree, by whose fault it is.

GatewayError
├── CallerFault             a back office or operator asks what cannot or may not be done
│   ├── InvalidInput            the request does not have the agreed form (all faults at once)
│   ├── BsnInvalid              a citizen service number fails the eleven test
│   ├── ReferenceLooksLikeBsn   a back-office reference has the form of a BSN
│   ├── ReasonMissing           no reason is given why this creditor is asked
│   ├── CreditorUnknown         no such partner in the configuration
│   ├── CreditorNotReachable    the partner is disabled or cannot express this question
│   ├── BsnNotAllowed           the partner entry or the asker's law does not allow a BSN
│   ├── MeterReadingsMissing    a creditor of class Nuts is asked without meter readings
│   ├── NotCovered              the ground is missing, ended, expired or does not cover this
│   ├── NotFound                no such resource for this controller
│   ├── NotAuthorised           the client or employee may not do this here
│   ├── IdempotencyConflict     the same Idempotency-Key came with another body
│   └── StateConflict           the resource is in a state that does not allow this
├── PartnerFault            what a creditor sent is refused; it is quarantined, the leg waits on
│   ├── MessageTooLarge         over the byte limit of the partner
│   ├── MessageUnreadable       not well-formed XML, or markup we never accept (DOCTYPE, entities)
│   ├── RootUnknown             the root element is not on the allow-list of the dialect
│   ├── SignatureRefused        the signature is missing, wrong or outside our profile
│   ├── CertificateRefused      the signing certificate is not this partner's, expired or revoked
│   ├── SchemaRefused           the verified content is not valid against its XSD
│   ├── EnvironmentMismatch     practice met production
│   ├── RecipientMismatch       addressed to, or sent by, another party
│   ├── MessageReused           known message id with other content
│   ├── NotCorrelated           answers no question of ours
│   ├── ReplyNotAllowed         this kind of reply does not fit the question
│   ├── OtherPerson             the answer is about another person than the question
│   ├── GroundEnded             the ground ended before the answer came: kept unread
│   └── Unintelligible          valid, but it does not answer the question
└── OwnFault                our own side fails; the leg stops with a clear reason, others go on
    ├── Inexpressible           this dialect cannot say our question
    ├── AdapterFault            an adapter raised something it may not raise
    ├── IllegalMove             a state table does not know this move
    ├── ConfigurationFault      configuration or policy data is wrong (all findings at once)
    ├── EvidenceUnavailable     the log entry cannot be made, so nothing is sent
    ├── LogRefused              a log file, key, proof or sealed record is not what it must be
    ├── StoreUnavailable        the database cannot be reached
    ├── StoreUnfit              the database lacks migrations, or the role has too many rights
    └── StoryFailed             the practice story cannot go on

Messages are constant and carry no personal data: what varies goes into attributes that hold ids,
numbers and codes only. `code` is stable and public (docs/errors.md); `title` is what a Dutch
caller reads; `wire_code` is the code of the Foutbericht a creditor gets (skp-messages §13.4).
"""

from gateway.domain.errors.caller import (
    BsnInvalid,
    BsnNotAllowed,
    CallerFault,
    CreditorNotReachable,
    CreditorUnknown,
    IdempotencyConflict,
    InvalidInput,
    MeterReadingsMissing,
    NotAuthorised,
    NotCovered,
    NotFound,
    ReasonMissing,
    ReferenceLooksLikeBsn,
    StateConflict,
)
from gateway.domain.errors.own import (
    AdapterFault,
    ConfigurationFault,
    EvidenceUnavailable,
    IllegalMove,
    Inexpressible,
    LogRefused,
    OwnFault,
    StoreUnavailable,
    StoreUnfit,
    StoryFailed,
)
from gateway.domain.errors.partner import (
    CertificateRefused,
    EnvironmentMismatch,
    GroundEnded,
    MessageReused,
    MessageTooLarge,
    MessageUnreadable,
    NotCorrelated,
    OtherPerson,
    PartnerFault,
    RecipientMismatch,
    ReplyNotAllowed,
    RootUnknown,
    SchemaRefused,
    SignatureRefused,
    Unintelligible,
)
from gateway.domain.errors.root import (
    Finding,
    GatewayError,
    InvalidParam,
)

__all__ = (
    "AdapterFault",
    "BsnInvalid",
    "BsnNotAllowed",
    "CallerFault",
    "CertificateRefused",
    "ConfigurationFault",
    "CreditorNotReachable",
    "CreditorUnknown",
    "EnvironmentMismatch",
    "EvidenceUnavailable",
    "Finding",
    "GatewayError",
    "GroundEnded",
    "IdempotencyConflict",
    "IllegalMove",
    "Inexpressible",
    "InvalidInput",
    "InvalidParam",
    "LogRefused",
    "MessageReused",
    "MessageTooLarge",
    "MessageUnreadable",
    "MeterReadingsMissing",
    "NotAuthorised",
    "NotCorrelated",
    "NotCovered",
    "NotFound",
    "OtherPerson",
    "OwnFault",
    "PartnerFault",
    "ReasonMissing",
    "RecipientMismatch",
    "ReferenceLooksLikeBsn",
    "ReplyNotAllowed",
    "RootUnknown",
    "SchemaRefused",
    "SignatureRefused",
    "StateConflict",
    "StoreUnavailable",
    "StoreUnfit",
    "StoryFailed",
    "Unintelligible",
)
