"""Grounds as stored: record, find, lock, end.

Whoever acts on a ground holds it, and holders do not wait for each other; whoever ends it locks it,
and waits for all holders. So nothing happens on a ground while it ends, and the stream, which is
locked last, shows everything in the order in which it happened.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from gateway.domain.identifiers import BasisId, CaseId, CreditorId, StreamId, SubjectId
from gateway.domain.legal_basis import (
    BasisKind,
    BasisState,
    DataCategory,
    EndReason,
    LegalBasis,
    Purpose,
    ScopeLine,
)
from gateway.domain.parties import Period
from gateway.ledger.sealing import SealingKey
from gateway.store.database import Transaction
from gateway.store.sealed import open_content, seal_content

ADD_BASIS = """
insert into legal_basis (bucket, controller, basis_id, case_id, subject_id, stream_id, kind, state,
                         citation, valid_from, valid_until, scope, recorded_at, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
READ_BASES = """
select basis_id, case_id, subject_id, stream_id, kind, state, citation, valid_from, valid_until,
       scope, recorded_at, ended_at, end_reason, sealed
from legal_basis
where bucket = $1 and controller = $2 and basis_id = any ($3::uuid[])
"""
BASES_OF_CASE = """
select basis_id, case_id, subject_id, stream_id, kind, state, citation, valid_from, valid_until,
       scope, recorded_at, ended_at, end_reason, sealed
from legal_basis
where bucket = $1 and controller = $2 and case_id = $3
order by recorded_at, basis_id
"""
BASES = """
select b.basis_id, b.case_id, b.subject_id, b.stream_id, b.kind, b.state, b.citation,
       b.valid_from, b.valid_until, b.scope, b.recorded_at, b.ended_at, b.end_reason, b.sealed
from legal_basis b
where b.bucket = $1 and b.controller = $2 and b.basis_id = any ($3::uuid[])
order by b.basis_id
"""
HOLD_BASES = BASES + " for share"
LOCK_BASES = BASES + " for update"
END_BASIS = """
update legal_basis set state = $4, ended_at = $5, end_reason = $6
where bucket = $1 and controller = $2 and basis_id = $3
"""


@dataclass(frozen=True, slots=True)
class BasisRow:
    """A ground as stored; `sealed_principal` is the sealed name of whom the asker acts for."""

    basis: LegalBasis
    subject_id: SubjectId
    recorded_at: datetime
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    sealed_principal: bytes | None = None

    def principal(self, key: SealingKey) -> str | None:
        """Return on whose behalf, opened."""
        if self.sealed_principal is None:
            return None
        return open_content(key, self.basis.basis_id, self.sealed_principal).decode()


def seal_principal(key: SealingKey, nonce: bytes, basis: LegalBasis) -> bytes | None:
    """Seal on whose behalf the ground is used, if anybody's."""
    if basis.on_behalf_of is None:
        return None
    return seal_content(key, nonce, basis.basis_id, basis.on_behalf_of.encode())


async def add_basis(tx: Transaction, row: BasisRow) -> None:
    """Add a ground."""
    basis = row.basis
    await tx.connection.execute(
        ADD_BASIS,
        tx.bucket,
        tx.controller.value,
        basis.basis_id,
        basis.case_id,
        row.subject_id,
        basis.stream_id,
        basis.kind.value,
        basis.state.value,
        basis.citation,
        basis.validity.start,
        basis.validity.end,
        _print_scope(basis.scope),
        row.recorded_at,
        row.sealed_principal,
    )


async def read_basis(tx: Transaction, basis_id: BasisId) -> BasisRow | None:
    """Return a ground of this controller."""
    row = await tx.connection.fetchrow(READ_BASES, tx.bucket, tx.controller.value, [basis_id])
    return _row(row) if row else None


async def bases_of_case(tx: Transaction, case_id: CaseId) -> tuple[BasisRow, ...]:
    """Return the grounds of a case, oldest first."""
    rows = await tx.connection.fetch(BASES_OF_CASE, tx.bucket, tx.controller.value, case_id)
    return tuple(_row(row) for row in rows)


async def hold_bases(tx: Transaction, ids: Iterable[BasisId]) -> dict[BasisId, BasisRow]:
    """Return these grounds as they now stand, and keep them so until the transaction ends."""
    return await _fetch(tx, HOLD_BASES, ids)


async def lock_bases(tx: Transaction, ids: Iterable[BasisId]) -> dict[BasisId, BasisRow]:
    """Lock these grounds, to change them; waits for everybody who holds one."""
    return await _fetch(tx, LOCK_BASES, ids)


async def _fetch(
    tx: Transaction, statement: str, ids: Iterable[BasisId]
) -> dict[BasisId, BasisRow]:
    rows = await tx.connection.fetch(statement, tx.bucket, tx.controller.value, sorted(set(ids)))
    return {row["basis_id"]: _row(row) for row in rows}


async def end_basis(tx: Transaction, basis_id: BasisId, reason: EndReason, at: datetime) -> None:
    """Mark a locked ground as ended."""
    await tx.connection.execute(
        END_BASIS,
        tx.bucket,
        tx.controller.value,
        basis_id,
        BasisState.ENDED.value,
        at,
        reason.value,
    )


def _row(row: asyncpg.Record) -> BasisRow:
    basis = LegalBasis(
        basis_id=row["basis_id"],
        case_id=row["case_id"],
        stream_id=StreamId(row["stream_id"]),
        kind=BasisKind(row["kind"]),
        citation=row["citation"],
        validity=Period(row["valid_from"], row["valid_until"]),
        scope=_parse_scope(row["scope"]),
        state=BasisState(row["state"]),
    )
    reason = EndReason(row["end_reason"]) if row["end_reason"] else None
    return BasisRow(
        basis, row["subject_id"], row["recorded_at"], row["ended_at"], reason, row["sealed"]
    )


def _print_scope(scope: tuple[ScopeLine, ...]) -> str:
    return json.dumps(
        [
            [line.purpose.value, sorted(c.value for c in line.categories), line.creditor]
            for line in scope
        ]
    )


def _parse_scope(text: str) -> tuple[ScopeLine, ...]:
    return tuple(
        ScopeLine(
            Purpose(purpose),
            frozenset(DataCategory(category) for category in categories),
            CreditorId(creditor) if creditor is not None else None,
        )
        for purpose, categories, creditor in json.loads(text)
    )
