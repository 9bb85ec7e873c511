"""Rounds, their units, sites and how far field work has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    QuestionnaireRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    RoundUnitRow,
    SiteRow,
    UnitRow,
)

__all__ = [
    "Progress",
    "RoundRow",
    "SiteRow",
    "UnitRow",
    "list_forms",
    "list_rounds",
    "list_sites",
    "list_units",
    "progress",
]


@dataclass(frozen=True)
class Progress:
    """How many current records of a unit and kind stand in a state."""

    unit_id: int
    kind: str
    state: str
    number: int


def list_rounds(session: Session) -> list[RoundRow]:
    """All rounds, newest first."""
    return list(session.scalars(select(RoundRow).order_by(RoundRow.id.desc())))


def list_units(session: Session, round_id: int, tops: Sequence[str]) -> list[UnitRow]:
    """The units scored in a round, inside the given subtrees."""
    query = (
        select(UnitRow)
        .join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
        .where(RoundUnitRow.round_id == round_id, within(tops))
        .order_by(UnitRow.code)
    )
    return list(session.scalars(query))


def list_sites(session: Session, round_id: int, tops: Sequence[str]) -> list[SiteRow]:
    """The sites of a round's units, inside the given subtrees."""
    query = (
        select(SiteRow)
        .join(UnitRow, UnitRow.id == SiteRow.unit_id)
        .join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
        .where(RoundUnitRow.round_id == round_id, within(tops))
        .order_by(SiteRow.code)
    )
    return list(session.scalars(query))


def list_forms(session: Session, kind: str) -> list[str]:
    """Form ids of published questionnaires of a kind."""
    query = select(QuestionnaireRow.form_id).where(QuestionnaireRow.kind == kind)
    return list(session.scalars(query.order_by(QuestionnaireRow.form_id)))


def progress(session: Session, round_id: int) -> list[Progress]:
    """Counts of current records by unit, kind and state."""
    query = (
        select(RecordRow.unit_id, RecordRow.kind, RecordStateRow.state, func.count())
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .where(RecordRow.round_id == round_id)
        .group_by(RecordRow.unit_id, RecordRow.kind, RecordStateRow.state)
    )
    return [Progress(*row) for row in session.execute(query)]
