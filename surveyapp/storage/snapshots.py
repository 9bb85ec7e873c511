"""What scoring reads around the observations and what it keeps: versions in use, decisions, snapshots.

Statements only; how a score is computed is decided by services.scoring and the evaluation room.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    CellDecisionRow,
    QrLinkRow,
    QuestionnaireVersionRow,
    RecordRow,
    RoundRow,
    RoundUnitRow,
    SnapshotRow,
    UnitRow,
)


@dataclass(frozen=True)
class VersionInUse:
    """The newest version of a questionnaire; `is_used` when the round has records or links of it.

    `questionnaire` names it for as long as it exists: 'q' and its number.
    """

    id: int
    questionnaire: str
    measures: list[dict[str, str]]
    is_used: bool


def find_round(session: Session, round_id: int) -> RoundRow | None:
    """The round of an id; None when there is none."""
    return session.get(RoundRow, round_id)


def round_by_code(session: Session, code: str) -> RoundRow | None:
    """The round of a code; None when there is none."""
    return session.scalar(select(RoundRow).where(RoundRow.code == code))


def find_codes(session: Session, round_code: str, unit_code: str) -> tuple[int | None, int | None]:
    """The ids of a round and of a unit that is scored in it; None for what does not exist."""
    round_id = session.scalar(select(RoundRow.id).where(RoundRow.code == round_code))
    unit_id = session.scalar(
        select(UnitRow.id)
        .join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
        .where(UnitRow.code == unit_code, RoundUnitRow.round_id == round_id)
    )
    return round_id, unit_id


def versions_in_use(session: Session, round_id: int) -> list[VersionInUse]:
    """The newest version of every questionnaire, by id."""
    newest = select(func.max(QuestionnaireVersionRow.id)).group_by(QuestionnaireVersionRow.questionnaire_id)
    owner = QuestionnaireVersionRow.questionnaire_id
    siblings = QuestionnaireVersionRow.__table__.alias("siblings")
    recorded = exists().where(
        RecordRow.round_id == round_id,
        RecordRow.version_id == siblings.c.id,
        siblings.c.questionnaire_id == owner,
    )
    linked = exists().where(QrLinkRow.round_id == round_id, QrLinkRow.questionnaire_id == owner)
    query = (
        select(QuestionnaireVersionRow.id, owner, QuestionnaireVersionRow.measures, or_(recorded, linked))
        .where(QuestionnaireVersionRow.id.in_(newest))
        .order_by(QuestionnaireVersionRow.id)
    )
    return [
        VersionInUse(id_, f"q{owned_by}", list(measures), bool(used))
        for id_, owned_by, measures, used in session.execute(query)
    ]


def cell_decisions(session: Session, round_id: int, unit_ids: Collection[int]) -> list[CellDecisionRow]:
    """Decisions about the missing evidence of units, by indicator and method."""
    query = select(CellDecisionRow).where(
        CellDecisionRow.round_id == round_id, CellDecisionRow.unit_id.in_(unit_ids)
    )
    return list(session.scalars(query.order_by(CellDecisionRow.indicator, CellDecisionRow.method)))


def put_cell_decision(session: Session, values: dict[str, Any]) -> None:
    """Write a decision in the place of the one for the same cell, if there was one."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    cell = ["round_id", "unit_id", "indicator", "method"]
    changed = {name: value for name, value in values.items() if name not in cell}
    session.execute(
        dialect.insert(CellDecisionRow)
        .values(**values)
        .on_conflict_do_update(index_elements=cell, set_=changed)
    )


def drop_cell_decision(session: Session, round_id: int, unit_id: int, indicator: str, method: str) -> bool:
    """Withdraw a decision; False when there is none."""
    gone = session.execute(
        delete(CellDecisionRow)
        .where(
            CellDecisionRow.round_id == round_id,
            CellDecisionRow.unit_id == unit_id,
            CellDecisionRow.indicator == indicator,
            CellDecisionRow.method == method,
        )
        .returning(CellDecisionRow.id)
    )
    return gone.first() is not None


def add_snapshot(session: Session, values: dict[str, Any], at: datetime) -> int:
    """Store a snapshot and return its id."""
    row = SnapshotRow(**values, created_at=at)
    session.add(row)
    session.flush()
    return row.id


def find_snapshot(session: Session, snapshot_id: int) -> SnapshotRow | None:
    """A snapshot by its id; None when there is none."""
    return session.get(SnapshotRow, snapshot_id)
