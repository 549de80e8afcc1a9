"""svb as a value: what this dialect can say, what may come in, and which reply fits what.

Names and codes are those of Schuldenknooppunt 2.0 wherever public (xsd/svb/1.0/ORIGIN.md). The
messages are written in `question`, read in `reply`, and begin as `header` says.
"""

from typing import Final

from adapters.svb.header import SVB, identify, schema_of
from adapters.svb.question import (
    compose_fault,
    compose_notice,
    compose_question,
    compose_withdrawal,
    fault_schema,
    notice_schema,
    question_schema,
    withdrawal_schema,
)
from adapters.svb.reply import REFUSALS, interpret, read_fault
from gateway.ports.creditor import CreditorAdapter, Exchange, MessageKind, Notice

__all__ = ["ADAPTER", "IGNORED", "REFUSALS"]

ADAPTER: Final = CreditorAdapter(
    name="svb",
    schemas={
        SVB.tag(name): schema_of(name)
        for name in ("SaldoverzoekAntwoord", "GeenMedewerking", "Foutbericht")
    },
    identify=identify,
    replies={
        MessageKind.DEBT_STATEMENT_REQUEST: frozenset(
            {MessageKind.DEBT_STATEMENT, MessageKind.REFUSAL}
        ),
    },
    debt_statement=Exchange(question_schema, compose_question, interpret),
    help_notice=Notice(notice_schema, compose_notice),
    withdrawal=Notice(withdrawal_schema, compose_withdrawal),
    fault=Notice(fault_schema, compose_fault),
    read_fault=read_fault,
)

IGNORED: Final = ("Stuurgegevens/Datum",)
"""Fields of a reply that are deliberately not read: the sender's clock proves nothing to us."""
