"""What the score pages ask: units inside a scope, the records behind a number, snapshots, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from surveyapp.storage.database import Session
from surveyapp.storage.observations import CURRENT
from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    AttachmentRow,
    CellDecisionRow,
    QrLinkRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    RoundUnitRow,
    SnapshotRow,
    UnitRow,
    UserRow,
)

__all__ = ["Kept", "ListedRecord", "RoundRow", "SnapshotLine", "UnitRow"]
LIST = 100


@dataclass(frozen=True)
class ListedRecord:
    """One line of a list of records behind a number, with the hashes of the record and of its files."""

    root_id: str
    kind: str
    received_at: datetime
    state: str
    body_sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotLine:
    """A snapshot as lists show it, without its content."""

    id: int
    profile: str
    rule_version: str
    result_sha256: str
    created_at: datetime
    created_by: str | None


@dataclass(frozen=True)
class Kept:
    """A snapshot with its unit and round, inside somebody's scope."""

    row: SnapshotRow
    unit: UnitRow
    around: RoundRow
    created_by: str | None


def find_scored_unit(session: Session, round_id: int, code: str, tops: Sequence[str]) -> UnitRow | None:
    """The unit of that code when the round scores it and it lies inside the scope."""
    return session.scalar(
        select(UnitRow)
        .join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
        .where(RoundUnitRow.round_id == round_id, UnitRow.code == code, within(tops))
    )


def records_behind(session: Session, root_ids: Iterable[str]) -> dict[str, ListedRecord]:
    """Facts about records by root id, of their newest revision; meant for one page of a list."""
    columns = (RecordRow.root_id, RecordRow.kind, RecordRow.received_at, RecordStateRow.state)
    query = (
        select(*columns, RecordRow.body_sha256, RecordRow.id)
        .join(RecordStateRow, CURRENT)
        .where(RecordRow.root_id.in_(list(root_ids)))
    )
    rows = list(session.execute(query))
    files: dict[int, list[str]] = {row.id: [] for row in rows}
    held = select(AttachmentRow.record_id, AttachmentRow.sha256).where(AttachmentRow.record_id.in_(files))
    for record_id, sha256 in session.execute(held.order_by(AttachmentRow.id)):
        files[record_id].append(sha256)
    return {row.root_id: ListedRecord(*row[:-1], tuple(files[row.id])) for row in rows}


def open_measures(session: Session) -> frozenset[str]:
    """The measures that questionnaires put up as codes for everybody ask for, by key."""
    version = QuestionnaireVersionRow
    linked = select(QrLinkRow.questionnaire_id).distinct()
    sheets = session.scalars(select(version.measures).where(version.questionnaire_id.in_(linked)))
    return frozenset(row.get("name", "") for sheet in sheets for row in sheet)


def unit_decisions(
    session: Session, round_id: int, unit_id: int, indicator: str
) -> list[tuple[CellDecisionRow, str]]:
    """Decisions about a leaf's missing evidence, each with the name of the person who took it."""
    query = (
        select(CellDecisionRow, UserRow.name)
        .join(UserRow, UserRow.id == CellDecisionRow.decided_by)
        .where(
            CellDecisionRow.round_id == round_id,
            CellDecisionRow.unit_id == unit_id,
            CellDecisionRow.indicator == indicator,
        )
        .order_by(CellDecisionRow.method)
    )
    return [(row, name) for row, name in session.execute(query)]


def list_snapshots(session: Session, round_id: int, unit_id: int) -> list[SnapshotLine]:
    """The newest snapshots of a unit, newest first."""
    query = (
        select(
            SnapshotRow.id,
            SnapshotRow.profile,
            SnapshotRow.rule_version,
            SnapshotRow.result_sha256,
            SnapshotRow.created_at,
            UserRow.name,
        )
        .outerjoin(UserRow, UserRow.id == SnapshotRow.created_by)
        .where(SnapshotRow.round_id == round_id, SnapshotRow.unit_id == unit_id)
        .order_by(SnapshotRow.id.desc())
        .limit(LIST)
    )
    return [SnapshotLine(*row) for row in session.execute(query)]


def find_kept(session: Session, snapshot_id: int, tops: Sequence[str]) -> Kept | None:
    """A snapshot of a unit inside the scope; None otherwise."""
    row = session.execute(
        select(SnapshotRow, UnitRow, RoundRow, UserRow.name)
        .join(UnitRow, UnitRow.id == SnapshotRow.unit_id)
        .join(RoundRow, RoundRow.id == SnapshotRow.round_id)
        .outerjoin(UserRow, UserRow.id == SnapshotRow.created_by)
        .where(SnapshotRow.id == snapshot_id, within(tops))
    ).first()
    return Kept(*row) if row else None


def newest_kept(session: Session, tops: Sequence[str]) -> list[Kept]:
    """The newest snapshot by the round's own profile of each unit and round inside the scope."""
    newest = (
        select(func.max(SnapshotRow.id))
        .join(RoundRow, RoundRow.id == SnapshotRow.round_id)
        .join(UnitRow, UnitRow.id == SnapshotRow.unit_id)
        .where(SnapshotRow.profile == RoundRow.profile, within(tops))
        .group_by(SnapshotRow.round_id, SnapshotRow.unit_id)
    )
    query = (
        select(SnapshotRow, UnitRow, RoundRow)
        .join(UnitRow, UnitRow.id == SnapshotRow.unit_id)
        .join(RoundRow, RoundRow.id == SnapshotRow.round_id)
        .where(SnapshotRow.id.in_(newest))
        .options(defer(SnapshotRow.inputs))
        .order_by(RoundRow.id.desc(), UnitRow.code)
        .limit(LIST)
    )
    return [Kept(row, unit, around, None) for row, unit, around in session.execute(query)]
