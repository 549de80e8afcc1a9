"""Grounds as stored: record, find, lock, end.

Whoever acts on a ground holds it, and holders do not wait for each other; whoever ends it locks it,
and waits for all holders. So nothing happens on a ground while it ends, and the stream, which is
locked last, shows everything in the order in which it happened.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

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
from gateway.store.evidence.sealed import Codec, Content, open_content, seal_content

ADD_BASIS = """
insert into legal_basis (bucket, controller, basis_id, case_id, subject_id, stream_id, kind, state,
                         valid_from, valid_until, scope, recorded_at, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
READ_BASES = """
select basis_id, case_id, subject_id, stream_id, kind, state, valid_from, valid_until, scope,
       recorded_at, ended_at, end_reason, sealed
from legal_basis
where bucket = $1 and controller = $2 and basis_id = any ($3::uuid[])
"""
BASES_OF_CASE = """
select basis_id, case_id, subject_id, stream_id, kind, state, valid_from, valid_until, scope,
       recorded_at, ended_at, end_reason, sealed
from legal_basis
where bucket = $1 and controller = $2 and case_id = $3
order by recorded_at, basis_id
"""
BASES = """
select b.basis_id, b.case_id, b.subject_id, b.stream_id, b.kind, b.state,
       b.valid_from, b.valid_until, b.scope, b.recorded_at, b.ended_at, b.end_reason, b.sealed
from legal_basis b
where b.bucket = $1 and b.controller = $2 and b.basis_id = any ($3::uuid[])
order by b.basis_id
"""
HOLD_BASES = BASES + " for share"
LOCK_BASES = BASES + " for update"
LOCK_LAPSED = """
select basis_id, case_id, subject_id, stream_id, kind, state, valid_from, valid_until, scope,
       recorded_at, ended_at, end_reason, sealed
from legal_basis
where bucket = $1 and controller = $2 and state = 'actief' and valid_until < $3
order by basis_id limit $4 for update skip locked
"""
END_BASIS = """
update legal_basis set state = $4, ended_at = $5, end_reason = $6
where bucket = $1 and controller = $2 and basis_id = $3
"""


@dataclass(frozen=True, slots=True, repr=False)
class BasisContent:
    """What is sealed of a ground: article or record number, and for whom the asker acts."""

    citation: str
    on_behalf_of: str | None


@dataclass(frozen=True, slots=True)
class BasisRow:
    """A ground as stored."""

    basis: LegalBasis
    subject_id: SubjectId
    recorded_at: datetime
    sealed: bytes
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    def opened(self, key: SealingKey) -> "BasisRow":
        """Return the ground with its citation and principal, opened."""
        content = _CONTENT.decode(
            open_content(key, self.basis.basis_id, Content.LEGAL_BASIS, self.sealed)
        )
        basis = replace(self.basis, citation=content.citation, on_behalf_of=content.on_behalf_of)
        return replace(self, basis=basis)


_CONTENT: Codec[BasisContent] = Codec(BasisContent)


def seal_basis(key: SealingKey, nonce: bytes, basis: LegalBasis) -> bytes:
    """Seal the citation of a ground, and on whose behalf it is used."""
    content = BasisContent(basis.citation, basis.on_behalf_of)
    return seal_content(key, nonce, basis.basis_id, Content.LEGAL_BASIS, _CONTENT.encode(content))


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
        basis.validity.start,
        basis.validity.end,
        _print_scope(basis.scope),
        row.recorded_at,
        row.sealed,
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


async def lock_lapsed(tx: Transaction, today: date, limit: int) -> tuple[BasisRow, ...]:
    """Lock grounds that stand but whose last day is over, without waiting for their holders."""
    rows = await tx.connection.fetch(LOCK_LAPSED, tx.bucket, tx.controller.value, today, limit)
    return tuple(_row(row) for row in rows)


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
        validity=Period(row["valid_from"], row["valid_until"]),
        scope=_parse_scope(row["scope"]),
        state=BasisState(row["state"]),
    )
    reason = EndReason(row["end_reason"]) if row["end_reason"] else None
    return BasisRow(
        basis, row["subject_id"], row["recorded_at"], row["sealed"], row["ended_at"], reason
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
