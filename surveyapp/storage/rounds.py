"""Rounds, the units scored in them, and the calls and visits planned for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    AssignmentRow,
    CallbackRow,
    PhoneLineRow,
    RecordRow,
    RoundRow,
    RoundUnitRow,
    UnitRow,
    UserRow,
)


class RoundRefused(Exception):
    """The code is taken, or what the round or the plan names does not exist; nothing was inserted."""


def find_round(session: Session, round_id: int) -> RoundRow | None:
    """The round with an id; None when there is none."""
    return session.get(RoundRow, round_id)


def has_demonstration(session: Session) -> bool:
    """Whether there is a demonstration round."""
    return session.scalar(select(RoundRow.id).where(RoundRow.is_demonstration).limit(1)) is not None


def add_round(session: Session, unit_ids: Iterable[int], **values: Any) -> int:
    """Insert a round with the units scored in it and return its id. Raises RoundRefused."""
    row = RoundRow(**values)
    try:
        session.add(row)
        session.flush()
        session.add_all(RoundUnitRow(round_id=row.id, unit_id=unit_id) for unit_id in unit_ids)
        session.flush()
    except IntegrityError as error:
        raise RoundRefused(f"round {values['code']}: {error.orig}") from error
    return row.id


def add_assignment(session: Session, **values: Any) -> int:
    """Insert a planned call or visit that nobody has begun; returns its id. Raises RoundRefused."""
    row = AssignmentRow(**values, state="planned", locked_until=None, locked_by=None)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise RoundRefused(f"assignment in round {values['round_id']}: {error.orig}") from error
    return row.id


def lock_round(session: Session, round_id: int) -> RoundRow | None:
    """The round with an id, locked until the transaction ends; None when there is none."""
    return session.scalar(select(RoundRow).where(RoundRow.id == round_id).with_for_update())


def units_of(session: Session, round_id: int) -> list[UnitRow]:
    """The units scored in a round, by code."""
    query = select(UnitRow).join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
    return list(session.scalars(query.where(RoundUnitRow.round_id == round_id).order_by(UnitRow.code)))


def planned_calls(session: Session, line_ids: Collection[int]) -> list[tuple[str, str, datetime, str]]:
    """(line, slot, instant, caller) by code and login of all calls on some lines that are not cancelled."""
    query = (
        select(PhoneLineRow.code, AssignmentRow.slot, AssignmentRow.planned_at, UserRow.login)
        .join(PhoneLineRow, PhoneLineRow.id == AssignmentRow.line_id)
        .join(UserRow, UserRow.id == AssignmentRow.user_id)
        .where(AssignmentRow.line_id.in_(line_ids), AssignmentRow.state != "cancelled")
        .order_by(AssignmentRow.planned_at, AssignmentRow.id)
    )
    return [(code, slot or "", at, login) for code, slot, at, login in session.execute(query)]


def callback_cases(session: Session, round_id: int, unit_id: int) -> list[str]:
    """Root ids of a unit's records with a number left for a call-back that is not planned, in order."""
    planned = select(AssignmentRow.case_root_id).where(
        AssignmentRow.case_root_id.is_not(None), AssignmentRow.state == "planned"
    )
    query = (
        select(CallbackRow.root_id)
        .join(RecordRow, (RecordRow.root_id == CallbackRow.root_id) & (RecordRow.revision == 1))
        .where(RecordRow.round_id == round_id, RecordRow.unit_id == unit_id, RecordRow.kind == "survey")
        .where(CallbackRow.root_id.not_in(planned))
    )
    return list(session.scalars(query.order_by(CallbackRow.root_id)))


def planned_answers(session: Session, round_id: int, unit_id: int, kind: str) -> list[dict[str, Any]]:
    """What is planned beforehand of a unit's work of a kind that is not cancelled."""
    query = select(AssignmentRow.known).where(
        AssignmentRow.round_id == round_id,
        AssignmentRow.unit_id == unit_id,
        AssignmentRow.kind == kind,
        AssignmentRow.state != "cancelled",
    )
    return [known or {} for known in session.scalars(query)]


def planned_work(
    session: Session, round_id: int, work_id: int, kinds: Sequence[str]
) -> tuple[AssignmentRow, UnitRow] | None:
    """Work of a round that is still planned, with its unit, locked; None otherwise."""
    row = session.execute(
        select(AssignmentRow, UnitRow)
        .join(UnitRow, UnitRow.id == AssignmentRow.unit_id)
        .where(
            AssignmentRow.id == work_id,
            AssignmentRow.round_id == round_id,
            AssignmentRow.kind.in_(kinds),
            AssignmentRow.state == "planned",
        )
        .with_for_update(of=AssignmentRow)
    ).first()
    return (row[0], row[1]) if row else None
