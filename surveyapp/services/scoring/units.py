"""The score of a unit as it stands now, from observations, or as a preview straight from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.quality import as_decided
from surveyapp.evaluation.scoring import Observation, UnitScore, score_unit
from surveyapp.services.folding import measures_of, observed
from surveyapp.services.frameworks import Loaded
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import Basis, UnknownSubject, basis
from surveyapp.services.scoring.states import state_in
from surveyapp.storage import observations as store
from surveyapp.storage import quality
from surveyapp.storage.database import Session
from surveyapp.storage.snapshots import find_codes
from surveyapp.storage.tables import RecordRow

PENDING = ("received", "corrected", "on_hold", "approved", "confirmed")
"""States a preview counts: everything that may still be confirmed, besides what is."""


def unit_score(
    platform: Platform, round_id: int, unit_id: int, profile_code: str | None = None, pending: bool = False
) -> UnitScore:
    """The score of a unit now; with `pending` a preview that also counts what awaits confirmation."""
    return scored(platform, basis(platform, round_id, unit_id, profile_code), pending)


def scored(platform: Platform, on: Basis, pending: bool = False) -> UnitScore:
    """The score on a basis that was read before."""
    if pending:
        with platform.database.reading() as session:
            records = store.current_records(session, on.round_id, on.unit_id, PENDING)
            cases = quality.cases_in(session, on.round_id)
        return computed(on, as_decided(observe(platform, on.loaded, records), cases))
    with platform.database.reading() as session:
        state = state_in(session, on)
        known: UnitScore | None = platform.memory.get(state.key("score"))
        if known is not None:
            return known
        observations = observations_in(session, on.round_id, on.unit_id)
    score = computed(on, as_decided(observations, state.cases))
    platform.memory.put(state.key("score"), score, len(observations))
    return score


def computed(on: Basis, observations: Sequence[Observation]) -> UnitScore:
    """The score of a basis and observations; nothing else enters it."""
    return score_unit(
        on.loaded.framework,
        on.profile,
        on.measures,
        observations,
        decisions=on.decisions,
        unit=str(on.unit_id),
    )


def stored_observations(platform: Platform, round_id: int, unit_id: int) -> list[Observation]:
    """What the fold has written for a unit, weighed as its quality decisions say."""
    with platform.database.reading() as session:
        return as_decided(observations_in(session, round_id, unit_id), quality.cases_in(session, round_id))


def observations_in(session: Session, round_id: int, unit_id: int) -> list[Observation]:
    """What the fold has written for a unit, before any quality decision, in a session that is open."""
    return [Observation(*row) for row in store.observation_values(session, round_id, unit_id)]


def observe(platform: Platform, loaded: Loaded, records: Iterable[RecordRow]) -> list[Observation]:
    """Observations straight from the records, not from what was folded."""
    measures: dict[int, tuple[Measure, ...]] = {}
    found = []
    for record in records:
        if record.version_id not in measures:
            measures[record.version_id] = measures_of(platform, loaded, record.version_id)
        found += [_from_values(row) for row in observed(platform, record, measures[record.version_id])]
    return found


def _from_values(row: Mapping[str, Any]) -> Observation:
    names = ("root_id", "revision", "indicator", "method", "measure", "value", "weight", "cluster", "stratum")
    return Observation(unit=str(row["unit_id"]), **{name: row[name] for name in names})


def count_behind(platform: Platform, round_id: int, unit_id: int) -> int:
    """How many of a unit's records changed in a way the score does not show yet."""
    with platform.database.reading() as session:
        return store.count_behind(session, round_id, unit_id)


def score_by_code(platform: Platform, round_code: str, unit_code: str, profile_code: str | None) -> UnitScore:
    """The score of a unit named by codes. Raises UnknownSubject, Blocked."""
    with platform.database.reading() as session:
        round_id, unit_id = find_codes(session, round_code, unit_code)
    if round_id is None:
        raise UnknownSubject(f"no round {round_code}")
    if unit_id is None:
        raise UnknownSubject(f"no unit {unit_code} in round {round_code}")
    return unit_score(platform, round_id, unit_id, profile_code)


def as_table(score: UnitScore) -> str:
    """The score as lines of text: totals, then every leaf with points, interval, bounds and n."""
    lines = [
        f"{node.label}\t{_points(node.points)} / {node.available:g}"
        f"\t[{node.bound_low:.2f}, {node.bound_high:.2f}]"
        for node in (score.base, score.bonus, score.total)
    ]
    for leaf in score.leaves:
        interval = f"{leaf.low:.2f}–{leaf.high:.2f}" if leaf.low is not None and leaf.high is not None else ""
        lines.append(
            f"{leaf.code}\t{_points(leaf.points)} / {leaf.available:g}\t{interval}"
            f"\t[{leaf.bound_low:.2f}, {leaf.bound_high:.2f}]\tn={leaf.n}\t{leaf.label}"
        )
    return "\n".join(lines)


def _points(value: float | None) -> str:
    return "未评" if value is None else f"{value:.2f}"
