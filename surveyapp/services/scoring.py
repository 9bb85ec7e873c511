"""Score units from confirmed records; keep snapshots that can be computed again to the last digit.

Scoring is refused while an error finding of the framework has no decision. A preview counts records that
are not confirmed yet and is never stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.config import VERSION
from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring import RULES, Observation, UnitScore, score_unit
from surveyapp.services.auditing import note_deed
from surveyapp.services.folding import measures_of, observed
from surveyapp.services.frameworks import Loaded, load_framework
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    CellDecisionRow,
    ObservationRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    SnapshotRow,
    UnitRow,
)

PENDING = ("received", "corrected", "on_hold", "approved", "confirmed")


class Blocked(Exception):
    """An error finding has no decision yet; the message names it."""


class UnknownSubject(LookupError):
    """No such round, unit, profile or snapshot."""


@dataclass(frozen=True)
class Basis:
    """What a score rests on besides the records."""

    round_id: int
    loaded: Loaded
    profile: Profile
    measures: tuple[Measure, ...]
    decisions: tuple[CellDecision, ...]

    @property
    def rule_version(self) -> str:
        """Framework, profile and arithmetic, each with its version."""
        return f"{self.loaded.code}@{self.loaded.version}/{self.profile.code}-{self.profile.version}/{RULES}"


def basis(platform: Platform, round_id: int, unit_id: int, profile_code: str | None = None) -> Basis:
    """Framework, profile, measures and decisions for a unit. Raises Blocked, UnknownSubject."""
    with platform.database.reading() as session:
        around = session.get(RoundRow, round_id)
        if around is None:
            raise UnknownSubject(f"round {round_id}")
        decisions = _cell_decisions(session, round_id, unit_id)
        newest = list(
            session.scalars(
                select(func.max(QuestionnaireVersionRow.id)).group_by(
                    QuestionnaireVersionRow.questionnaire_id
                )
            )
        )
    loaded = load_framework(platform, around.framework_id)
    if loaded.blocking:
        first = loaded.blocking[0]
        raise Blocked(f"{first.id} {first.node}: {first.sentence['zh']}")
    code = profile_code or around.profile
    if code not in loaded.profiles:
        raise UnknownSubject(f"profile {code}")
    measures = _measures(platform, loaded, newest)
    return Basis(round_id, loaded, loaded.profiles[code], measures, decisions)


def _measures(platform: Platform, loaded: Loaded, version_ids: Iterable[int]) -> tuple[Measure, ...]:
    found: dict[str, Measure] = {}
    for version_id in sorted(version_ids):
        found |= {measure.key: measure for measure in measures_of(platform, loaded, version_id)}
    return tuple(found.values())


def _cell_decisions(session: Session, round_id: int, unit_id: int) -> tuple[CellDecision, ...]:
    rows = session.scalars(
        select(CellDecisionRow)
        .where(CellDecisionRow.round_id == round_id, CellDecisionRow.unit_id == unit_id)
        .order_by(CellDecisionRow.indicator, CellDecisionRow.method)
    )
    return tuple(
        CellDecision(row.kind, row.indicator, row.method, row.reason, "lead", row.decided_at.date())
        for row in rows
    )


def unit_score(
    platform: Platform, round_id: int, unit_id: int, profile_code: str | None = None, pending: bool = False
) -> UnitScore:
    """The score of a unit now; with `pending` a preview that also counts what awaits confirmation."""
    on = basis(platform, round_id, unit_id, profile_code)
    if pending:
        observations = _pending_observations(platform, on, unit_id)
    else:
        observations = _observations(platform, round_id, unit_id)
    return _scored(on, unit_id, observations)


def _scored(on: Basis, unit_id: int, observations: Sequence[Observation]) -> UnitScore:
    return score_unit(
        on.loaded.framework,
        on.profile,
        on.measures,
        observations,
        decisions=on.decisions,
        unit=str(unit_id),
    )


def _observations(platform: Platform, round_id: int, unit_id: int) -> list[Observation]:
    query = select(ObservationRow).where(
        ObservationRow.round_id == round_id, ObservationRow.unit_id == unit_id
    )
    with platform.database.reading() as session:
        return [observation(vars(row)) for row in session.scalars(query)]


def observation(row: dict[str, Any]) -> Observation:
    """The pure observation of a stored (or just computed) row."""
    return Observation(
        root_id=row["root_id"],
        revision=row["revision"],
        unit=str(row["unit_id"]),
        indicator=row["indicator"],
        method=row["method"],
        measure=row["measure"],
        value=row["value"],
        weight=row["weight"],
        cluster=row["cluster"],
        stratum=row["stratum"],
    )


def _pending_observations(platform: Platform, on: Basis, unit_id: int) -> list[Observation]:
    query = _current().where(
        RecordRow.round_id == on.round_id, RecordRow.unit_id == unit_id, RecordStateRow.state.in_(PENDING)
    )
    with platform.database.reading() as session:
        records = list(session.scalars(query))
    return observe(platform, on.loaded, records)


def _current() -> Any:
    return select(RecordRow).join(
        RecordStateRow,
        (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
    )


def observe(platform: Platform, loaded: Loaded, records: Iterable[RecordRow]) -> list[Observation]:
    """Observations straight from the records, not from what was folded."""
    measures = {}
    found = []
    for record in records:
        if record.version_id not in measures:
            measures[record.version_id] = measures_of(platform, loaded, record.version_id)
        found += [observation(row) for row in observed(platform, record, measures[record.version_id])]
    return found


def take_snapshot(
    platform: Platform, round_id: int, unit_id: int, profile_code: str | None, by: int | None
) -> int:
    """Store the score of now with everything it rests on; returns the snapshot's id."""
    on = basis(platform, round_id, unit_id, profile_code)
    observations = _observations(platform, round_id, unit_id)
    records = sorted({(o.root_id, o.revision) for o in observations})
    result = _scored(on, unit_id, observations).to_json()
    inputs = {
        "records": [list(pair) for pair in records],
        "framework_id": on.loaded.id,
        "profile": on.profile.code,
        "decisions": [_decision_json(decision) for decision in on.decisions],
        "versions": _version_ids(platform),
    }
    with platform.database.transaction() as session:
        row = SnapshotRow(
            round_id=round_id,
            unit_id=unit_id,
            profile=on.profile.code,
            rule_version=on.rule_version,
            code_version=VERSION,
            inputs=inputs,
            inputs_sha256=_digest(inputs),
            result=result,
            result_sha256=_digest(result),
            created_at=platform.clock(),
            created_by=by,
        )
        session.add(row)
        session.flush()
        note_deed(session, platform.clock(), by, "score.snapshot", "snapshot", row.id)
        return row.id


def _version_ids(platform: Platform) -> list[int]:
    with platform.database.reading() as session:
        newest = select(func.max(QuestionnaireVersionRow.id)).group_by(
            QuestionnaireVersionRow.questionnaire_id
        )
        return sorted(session.scalars(newest))


def _decision_json(decision: CellDecision) -> dict[str, str]:
    return {name: str(value) for name, value in _fields(decision)}


def _fields(decision: CellDecision) -> list[tuple[str, Any]]:
    names = ("kind", "indicator", "method", "why", "role", "decided_on")
    return [(name, getattr(decision, name)) for name in names]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def recompute(platform: Platform, snapshot_id: int) -> tuple[UnitScore, bool]:
    """A snapshot's score from nothing but its listed records, and whether every digit is the same."""
    with platform.database.reading() as session:
        row = session.get(SnapshotRow, snapshot_id)
        if row is None:
            raise UnknownSubject(f"snapshot {snapshot_id}")
        records = _listed(session, row.inputs["records"])
    loaded = load_framework(platform, row.inputs["framework_id"])
    decisions = tuple(
        CellDecision(
            d["kind"],
            d["indicator"],
            d["method"],
            d["why"],
            d["role"],
            datetime.fromisoformat(d["decided_on"]).date(),
        )
        for d in row.inputs["decisions"]
    )
    on = Basis(
        row.round_id,
        loaded,
        loaded.profiles[row.inputs["profile"]],
        _measures(platform, loaded, row.inputs["versions"]),
        decisions,
    )
    score = _scored(on, row.unit_id, observe(platform, loaded, records))
    return score, _digest(score.to_json()) == row.result_sha256


def _listed(session: Session, pairs: Sequence[Sequence[Any]]) -> list[RecordRow]:
    """The records of (root id, revision) pairs, 500 a query."""
    wanted = {(root, revision) for root, revision in pairs}
    roots = sorted({root for root, _revision in wanted})
    found: list[RecordRow] = []
    for start in range(0, len(roots), 500):
        rows = session.scalars(select(RecordRow).where(RecordRow.root_id.in_(roots[start : start + 500])))
        found += [row for row in rows if (row.root_id, row.revision) in wanted]
    return found


def score_by_code(platform: Platform, round_code: str, unit_code: str, profile_code: str | None) -> UnitScore:
    """The score of a unit named by codes. Raises UnknownSubject, Blocked."""
    with platform.database.reading() as session:
        round_id = session.scalar(select(RoundRow.id).where(RoundRow.code == round_code))
        unit_id = session.scalar(select(UnitRow.id).where(UnitRow.code == unit_code))
    if round_id is None or unit_id is None:
        raise UnknownSubject(f"no round {round_code}" if round_id is None else f"no unit {unit_code}")
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


@dataclass(frozen=True)
class Touched:
    """One estimate that a record feeds."""

    indicator: str
    method: str
    measure: str
    label: dict[str, str]
    value: float


def touched(platform: Platform, root_id: str) -> list[Touched]:
    """Every estimate a record feeds now, by indicator; [] while it is not confirmed (or not folded yet)."""
    query = (
        select(ObservationRow, RoundRow.framework_id)
        .join(RoundRow, RoundRow.id == ObservationRow.round_id)
        .where(ObservationRow.root_id == root_id)
        .order_by(ObservationRow.indicator, ObservationRow.measure)
    )
    with platform.database.reading() as session:
        rows = [(row, framework_id) for row, framework_id in session.execute(query)]
    if not rows:
        return []
    loaded = load_framework(platform, rows[0][1])
    measures = {m.key: m for m in measures_of(platform, loaded, rows[0][0].version_id)}
    return [
        Touched(row.indicator, row.method, row.measure, dict(measures[row.measure].label), row.value)
        for row, _framework_id in rows
    ]
