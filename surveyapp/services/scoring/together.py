"""The scores of many units at once, from columns of observations instead of single ones.

What did not change is not read again. Equal to the scores from records up to rounding (tested to 1e-9). Lists
of records, snapshots and releases are made from the records themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.quality import as_decided
from surveyapp.evaluation.scoring import Observation, UnitScore, fits, row_of, score_columns
from surveyapp.services.installation import Platform
from surveyapp.services.memory import Memory
from surveyapp.services.scoring.basis import Basis, RoundBasis, bases_in
from surveyapp.services.scoring.states import State, view_in
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
    """One consistent view of a round. `grown` are remembered columns with what was added since, by unit."""

    session: Session
    memory: Memory
    is_decided: bool
    newest: int
    grown: dict[int, ValueTable]


def scores_of(platform: Platform, on: RoundBasis, unit_ids: Sequence[int]) -> list[UnitScore]:
    """The scores of units as they stand now, in the order given; each as scoring.scored, without records."""
    memory = platform.memory
    with platform.database.reading() as session:
        view = view_in(session, on)
        bases = bases_in(session, on, unit_ids)
        states = [view.state(one) for one in bases]
        known = [memory.get(state.key("columns")) for state in states]
        reading = _Reading(
            session, memory, store.has_decisions(session, on.round_id), store.newest_observation(session), {}
        )
        _grow(reading, [state for state, score in zip(states, known, strict=True) if score is None])
        return [
            score or _score(reading, basis, state)
            for basis, state, score in zip(bases, states, known, strict=True)
        ]


def _score(reading: _Reading, on: Basis, state: State) -> UnitScore:
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
    wanted = [one.key for one in measures if not fits(one, table)]
    found: dict[str, list[Observation]] = {key: [] for key in wanted}
    if wanted:
        rows = store.observations_for(reading.session, state.round_id, state.unit_id, wanted)
        for one in as_decided(rows, state.cases):
            found[one.measure].append(one)
    return found


def _grow(reading: _Reading, states: Sequence[State]) -> None:
    """Read what was added to the remembered columns of all units since, together; nothing was taken away."""
    since: dict[tuple[int, int], dict[int, ValueTable]] = defaultdict(dict)
    for state in states:
        kept: _Kept | None = reading.memory.get(_key(state))
        if kept is not None and kept.holding.taken == state.holding.taken and kept.holding != state.holding:
            since[state.round_id, kept.newest][state.unit_id] = kept.table
    for (round_id, newest), tables in since.items():
        are_few = reading.newest - newest < sum(map(len, tables.values()))
        added = store.rows_added(
            reading.session, round_id, tables.keys(), reading.is_decided, newest, are_few
        )
        for unit_id, table in tables.items():
            reading.grown[unit_id] = table.extended(added.get(unit_id, ()))


def _table(reading: _Reading, state: State, decided: int) -> ValueTable:
    """The columns of a unit without decided records: as they were, with what was added since, or all anew.

    What was added is taken only when the numbers agree: as many observations as the unit holds.
    """
    whole = state.holding.held - decided
    kept: _Kept | None = reading.memory.get(_key(state))
    if kept is not None and kept.holding == state.holding:
        return kept.table
    table = reading.grown.get(state.unit_id)
    if table is None or len(table) != whole:
        rows = store.rows_of(reading.session, state.round_id, state.unit_id, reading.is_decided)
        table = value_table(rows)
    if len(table) == whole:
        reading.memory.put(_key(state), _Kept(state.holding, reading.newest, table), len(table) // LIGHT)
    return table


def _key(state: State) -> Hashable:
    """What the columns of a unit are remembered under."""
    return ("table", state.round_id, state.unit_id, state.cases)
