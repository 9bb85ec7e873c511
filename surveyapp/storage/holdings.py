"""Observations of a unit as rows by measure, what was added to them, and the state they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from surveyapp.evaluation.scoring import Observation
from surveyapp.storage.database import Session
from surveyapp.storage.observations import observation_values
from surveyapp.storage.tables import HoldingRow, ObservationRow, QualityDecisionRow


@dataclass(frozen=True, slots=True)
class Holding:
    """A state of a unit's observations in a round: how many there are, how often some were taken away."""

    held: int
    taken: int


ROWS = ObservationRow.__table__.c
NOTHING = Holding(0, 0)


def holdings(session: Session, round_id: int) -> dict[int, Holding]:
    """The state of every unit that ever held observations in the round, by unit id."""
    row = HoldingRow
    query = select(row.unit_id, row.held, row.taken).where(row.round_id == round_id)
    return {unit: Holding(held, taken) for unit, held, taken in session.execute(query)}


def newest_observation(session: Session) -> int:
    """The highest id of all observations; 0 when there is none."""
    return session.scalar(select(func.max(ROWS.id))) or 0


def has_decisions(session: Session, round_id: int) -> bool:
    """Whether any record of the round has a quality decision."""
    return session.scalar(_decided(round_id).limit(1)) is not None


def units_of_decided(session: Session, round_id: int) -> dict[str, list[int]]:
    """The units that hold observations of records with a quality decision, by root id."""
    query = select(ROWS.root_id, ROWS.unit_id).where(
        ROWS.round_id == round_id, ROWS.root_id.in_(_decided(round_id))
    )
    found: dict[str, list[int]] = {}
    for root_id, unit_id in session.execute(query.distinct()):
        found.setdefault(root_id, []).append(unit_id)
    return found


def rows_of(
    session: Session, round_id: int, unit_id: int, is_decided: bool, after: int = 0
) -> Sequence[Sequence[Any]]:
    """Measure, primary unit (cluster or record), stratum, weight and value of ids over `after`.

    With `is_decided` records with a quality decision are left out (see decided_observations).
    """
    primary = case((ROWS.cluster == "", ROWS.root_id), else_=ROWS.cluster)
    query = select(ROWS.measure, primary, ROWS.stratum, ROWS.weight, ROWS.value)
    query = query.where(_within(round_id, unit_id))
    if is_decided:
        query = query.where(ROWS.root_id.not_in(_decided(round_id)))
    if after:
        query = query.where(ROWS.id > after)
    return session.execute(query).all()


def decided_observations(session: Session, round_id: int, unit_id: int) -> list[Observation]:
    """The observations, before any decision, of records that have a quality decision."""
    decided = ROWS.root_id.in_(_decided(round_id))
    return [Observation(*row) for row in observation_values(session, round_id, unit_id, decided)]


def observations_for(
    session: Session, round_id: int, unit_id: int, measures: Iterable[str]
) -> list[Observation]:
    """The observations, before any decision, of some measures."""
    wanted = ROWS.measure.in_(sorted(measures))
    return [Observation(*row) for row in observation_values(session, round_id, unit_id, wanted)]


def _within(round_id: int, unit_id: int) -> ColumnElement[bool]:
    return and_(ROWS.round_id == round_id, ROWS.unit_id == unit_id)


def _decided(round_id: int) -> Select[str]:
    """The root ids with a confirmed step of a quality decision."""
    row = QualityDecisionRow
    return select(row.root_id).where(row.round_id == round_id, row.confirmed_by.is_not(None))
