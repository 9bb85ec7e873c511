"""Rounds, the units scored in them, and the calls and visits planned for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import AssignmentRow, RoundRow, RoundUnitRow


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
