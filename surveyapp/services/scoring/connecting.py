"""The calls behind a connection rate: outcomes, the named rates, and which call hit which of them.

Counts the very records that a measure lists, so that the rate scored and the rates shown agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.lifecycle import SCORED
from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.rates import Attempt, Rate, connection_rates
from surveyapp.evaluation.scoring import LeafScore, MeasureEstimate
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.units import PENDING
from surveyapp.storage import observations as store
from surveyapp.storage.tables import RecordRow

CALL = "call"
SCRIPTED = ("answer_1", "answer_2", "answer_3")


@dataclass(frozen=True)
class Connection:
    """What a measure of test calls is made of. `counts` and `left_out` are numbers of calls by outcome;
    `left_out` are the unit's calls that are in no denominator. `attempts` are by root id."""

    estimate: MeasureEstimate
    attempts: Mapping[str, Attempt]
    counts: Mapping[str, int]
    left_out: Mapping[str, int]
    rates: tuple[Rate, ...]


def connections(
    platform: Platform, leaf: LeafScore, round_id: int, unit_id: int, pending: bool = False
) -> list[Connection]:
    """One entry for each measure of the leaf that counts test calls; [] for all other leaves."""
    listed = {(r.root_id, r.revision) for cell in leaf.cells for m in cell.measures for r in m.records}
    with platform.database.reading() as session:
        records = store.listed_records(session, listed)
        calls = _coded([record for record in records if record.kind == CALL])
        if not calls:
            return []
        states = PENDING if pending else (SCORED,)
        others = store.current_records(session, round_id, unit_id, states, kind=CALL)
    aside = [attempt for root, attempt in _coded(others).items() if root not in calls]
    left_out = _counts([attempt for attempt in aside if not OUTCOMES[attempt.outcome].eligible])
    return [
        _connection(measure, calls, left_out)
        for cell in leaf.cells
        for measure in cell.measures
        if any(record.root_id in calls for record in measure.records)
    ]


def _connection(
    measure: MeasureEstimate, calls: Mapping[str, Attempt], left_out: Mapping[str, int]
) -> Connection:
    mine = {record.root_id: calls[record.root_id] for record in measure.records if record.root_id in calls}
    attempts = list(mine.values())
    rates = connection_rates(attempts, slot_weights=measure.stratum_weights or None)
    return Connection(measure, mine, _counts(attempts), left_out, rates)


def hits(attempt: Attempt, rate: str, tau: int) -> bool:
    """Whether a call counts as a hit of R_attempt or R_right within `tau` seconds."""
    outcome = OUTCOMES[attempt.outcome]
    reached = outcome.right_party if rate == "R_right" else outcome.human
    return reached and attempt.seconds_to_answer is not None and attempt.seconds_to_answer <= tau


def _counts(attempts: list[Attempt]) -> dict[str, int]:
    found: dict[str, int] = {}
    for attempt in attempts:
        found[attempt.outcome] = found.get(attempt.outcome, 0) + 1
    return {code: found[code] for code in sorted(found)}


def _coded(records: list[RecordRow]) -> dict[str, Attempt]:
    """The calls that carry an outcome code, by root id."""
    found = {record.root_id: _attempt(record) for record in records}
    return {root: attempt for root, attempt in found.items() if attempt.outcome in OUTCOMES}


def _attempt(record: RecordRow) -> Attempt:
    said = dict(_leaves(record.answers))
    asked = tuple(int(said[name]) for name in SCRIPTED if said.get(name, "") in ("0", "1", "2"))
    try:
        seconds = float(said.get("seconds_to_answer") or "nan")
    except ValueError:
        seconds = float("nan")
    return Attempt(
        said.get("line", ""),
        said.get("slot", ""),
        f"{record.received_at.isoformat()} {record.id:012}",
        said.get("outcome", ""),
        None if seconds != seconds else seconds,
        asked,
    )


def _leaves(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in answers.items():
        found += _leaves(value) if isinstance(value, Mapping) else [(name, str(value))]
    return found
