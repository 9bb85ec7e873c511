"""Observations of a unit as rows by measure, what was added to them, and the state they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, true

from surveyapp.evaluation.scoring import Observation, Row
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
BETWEEN = "\x1f"
"""Stands between the names of primary units that the database joins to one text."""


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


def rows_of(session: Session, round_id: int, unit_id: int, is_decided: bool) -> list[Row]:
    """The observations of a unit by measure, stratum, weight and value, with the primary unit (cluster or
    record) of each.

    With `is_decided` records with a quality decision are left out (see decided_observations).
    """
    which = (ROWS.round_id == round_id) & (ROWS.unit_id == unit_id) & _left(round_id, is_decided)
    return [(*shared, names) for names, *shared in _bundled(session, which)]


def rows_added(
    session: Session, round_id: int, unit_ids: Collection[int], is_decided: bool, after: int, are_few: bool
) -> dict[int, list[Row]]:
    """The same of ids over `after`, by unit that has any.

    `are_few`: there are fewer such ids than the units hold, so that the database shall go through them
    (adding 0 keeps it from the index of the units).
    """
    unit, around = (ROWS.unit_id + 0, ROWS.round_id + 0) if are_few else (ROWS.unit_id, ROWS.round_id)
    which = (around == round_id) & unit.in_(unit_ids) & (ROWS.id > after) & _left(round_id, is_decided)
    found: dict[int, list[Row]] = defaultdict(list)
    for names, *shared, unit_id in _bundled(session, which, ROWS.unit_id):
        found[unit_id].append((*shared, names))
    return found


def _bundled(
    session: Session, which: ColumnElement[bool], *more: ColumnElement[int]
) -> Sequence[Sequence[Any]]:
    """Names of primary units; the measure, stratum, weight and value that they share; `more` of theirs.

    One by one when a name holds what the names are joined with.
    """
    shared = (ROWS.measure, ROWS.stratum, ROWS.weight, ROWS.value, *more)
    primary = case((ROWS.cluster == "", ROWS.root_id), else_=ROWS.cluster)
    joined = select(func.count(), func.aggregate_strings(primary, BETWEEN), *shared).group_by(*shared)
    found = [(n, text.split(BETWEEN), *row) for n, text, *row in session.execute(joined.where(which))]
    if all(n == len(names) for n, names, *_ in found):
        return [row for _, *row in found]
    return [((name,), *row) for name, *row in session.execute(select(primary, *shared).where(which))]


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


def _left(round_id: int, is_decided: bool) -> ColumnElement[bool]:
    """Whether an observation is of no record with a quality decision, if the round has any."""
    return ROWS.root_id.not_in(_decided(round_id)) if is_decided else true()


def _decided(round_id: int) -> Select[str]:
    """The root ids with a confirmed step of a quality decision."""
    row = QualityDecisionRow
    return select(row.root_id).where(row.round_id == round_id, row.confirmed_by.is_not(None))
