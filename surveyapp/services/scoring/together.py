"""The scores of many units at once, from columns of observations instead of single ones.

What did not change is not read again. Equal to the scores from records up to rounding (tested to 1e-9). Lists
of records, snapshots and releases are made from the records themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.quality import as_decided
from surveyapp.evaluation.scoring import Observation, UnitScore, fits, row_of, score_columns
from surveyapp.services.installation import Platform
from surveyapp.services.memory import Memory
from surveyapp.services.scoring.basis import Basis, RoundBasis, basis_in
from surveyapp.services.scoring.states import State, View, view_in
from surveyapp.services.scoring.units import computed, observations_in
from surveyapp.stats.value_tables import ValueTable, value_table
from surveyapp.storage import holdings as store
from surveyapp.storage.database import Session
from surveyapp.storage.holdings import Holding

LIGHT = 5
"""So many observations in columns take the room of one by itself, and a score of them about as much again."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The columns of a unit in one state of its observations, and the highest id that was there."""

    holding: Holding
    newest: int
    table: ValueTable


@dataclass(frozen=True, slots=True)
class _Reading:
    """One consistent view of a round."""

    session: Session
    memory: Memory
    view: View
    is_decided: bool
    newest: int


def scores_of(platform: Platform, on: RoundBasis, unit_ids: Iterable[int]) -> list[UnitScore]:
    """The scores of units as they stand now, in the order given; each as scoring.scored, without records."""
    with platform.database.reading() as session:
        reading = _Reading(
            session,
            platform.memory,
            view_in(session, on),
            store.has_decisions(session, on.round_id),
            store.newest_observation(session),
        )
        return [_score(reading, basis_in(session, on, unit_id)) for unit_id in unit_ids]


def _score(reading: _Reading, on: Basis) -> UnitScore:
    state = reading.view.state(on)
    known: UnitScore | None = reading.memory.get(state.key("columns"))
    if known is not None:
        return known
    cases = state.cases
    decided = store.decided_observations(reading.session, on.round_id, on.unit_id) if cases else []
    table = _table(reading, state, len(decided)).extended([row_of(one) for one in as_decided(decided, cases)])
    rows = _single(reading, on.measures, table, state)
    score = score_columns(
        on.loaded.framework,
        on.profile,
        on.measures,
        table,
        rows,
        decisions=on.decisions,
        unit=str(on.unit_id),
    )
    if score is None:
        observations = observations_in(reading.session, on.round_id, on.unit_id)
        score = computed(on, as_decided(observations, cases))
    reading.memory.put(state.key("columns"), score, len(table) // LIGHT)
    return score


def _single(
    reading: _Reading, measures: Sequence[Measure], table: ValueTable, state: State
) -> dict[str, list[Observation]]:
    """The observations, as decided, of the measures that columns do not tell everything about."""
    wanted = [one.key for one in measures if not fits(one, table.of(one.key))]
    found: dict[str, list[Observation]] = {key: [] for key in wanted}
    if wanted:
        rows = store.observations_for(reading.session, state.round_id, state.unit_id, wanted)
        for one in as_decided(rows, state.cases):
            found[one.measure].append(one)
    return found


def _table(reading: _Reading, state: State, decided: int) -> ValueTable:
    """The columns of a unit without decided records: as they were, with what was added since, or all anew.

    What was added is taken only when the numbers agree: nothing taken away since, and as many observations
    as the unit holds.
    """
    key = ("table", state.round_id, state.unit_id, state.cases)
    whole = state.holding.held - decided
    kept: _Kept | None = reading.memory.get(key)
    if kept is not None and kept.holding == state.holding:
        return kept.table
    table = value_table(())
    if kept is not None and kept.holding.taken == state.holding.taken:
        table = kept.table.extended(_rows(reading, state, kept.newest))
    if len(table) != whole:
        table = value_table(_rows(reading, state, 0))
    if len(table) == whole:
        reading.memory.put(key, _Kept(state.holding, reading.newest, table), len(table) // LIGHT)
    return table


def _rows(reading: _Reading, state: State, after: int) -> Sequence[Sequence[Any]]:
    return store.rows_of(reading.session, state.round_id, state.unit_id, reading.is_decided, after)
