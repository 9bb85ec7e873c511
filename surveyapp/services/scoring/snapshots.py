"""Snapshots: a score with everything it came from, stored once, computed again from its listed records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from surveyapp.config import VERSION
from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring import RULES, UnitScore, largest_difference
from surveyapp.services.auditing import note_deed
from surveyapp.services.folding import measures_of
from surveyapp.services.frameworks import load_framework
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.services.scoring.basis import (
    Basis,
    UnknownSubject,
    basis_in,
    digest,
    round_basis_in,
)
from surveyapp.services.scoring.registering import first_hash, fold_registered
from surveyapp.services.scoring.states import rules_of
from surveyapp.services.scoring.units import computed, observe
from surveyapp.services.scoring.weighing import Weighed, result_of, weighed_again, weighed_in
from surveyapp.storage import snapshots as store
from surveyapp.storage.database import Session
from surveyapp.storage.observations import listed_records
from surveyapp.storage.tables import SnapshotRow

DECISION = ("kind", "indicator", "method", "why", "role", "decided_on")
ROUNDING = 1e-9
TRIES = 3
"""How often evidence that changes while it is scored is scored anew."""


def accept(_session: Session, _score: UnitScore) -> None:
    """Nothing stands against a snapshot that is not for the unit."""


def take_snapshot(
    platform: Platform,
    round_id: int,
    unit_id: int,
    profile_code: str | None,
    by: int | None,
    check: Callable[[Session, UnitScore], object] = accept,
) -> int:
    """Store the score of now with everything it rests on; returns the snapshot's id.

    What waits for the fold is folded first, so that a record sent back a moment ago is not in it. The score
    is computed from one view of the database. `check` meets it in the transaction that stores it, and what
    it raises stops it; evidence or rules that changed until then are read and scored anew.
    Raises Blocked, UnknownSubject, BadMeasures, FoldFailed, and StorageUnavailable when the evidence
    changes each time.
    """
    for _ in range(TRIES):
        fold_registered(platform, round_id)
        with platform.database.reading() as session:
            on, weight = _read(session, round_id, unit_id, profile_code)
        score = computed(on, weight.decided)
        values = snapshot_values(on, weight, by, first_hash(platform, round_id), score)
        now = platform.clock()
        with platform.database.transaction() as session:
            if _rests_on(*_read(session, round_id, unit_id, profile_code)) == _rests_on(on, weight):
                check(session, score)
                return keep_snapshot(session, values, now, by)
    raise StorageUnavailable(f"the evidence of unit {unit_id} changes while it is scored")


def _read(session: Session, round_id: int, unit_id: int, profile_code: str | None) -> tuple[Basis, Weighed]:
    on = basis_in(session, round_basis_in(session, round_id, profile_code), unit_id)
    return on, weighed_in(session, on)


def _rests_on(on: Basis, weight: Weighed) -> tuple[object, ...]:
    """What a score rests on: its rules, and the evidence in no order."""
    evidence = frozenset(weight.observations), weight.cases, weight.flagged
    return rules_of(on), on.version_ids, on.decisions, *evidence


def keep_snapshot(session: Session, values: dict[str, Any], now: datetime, by: int | None) -> int:
    """Store a snapshot and note the deed; returns its id."""
    snapshot_id = store.add_snapshot(session, values, now)
    note_deed(session, now, by, "score.snapshot", "snapshot", snapshot_id, sha256=values["result_sha256"])
    return snapshot_id


def snapshot_values(
    on: Basis, weight: Weighed, by: int | None, registered: str, score: UnitScore | None = None
) -> dict[str, Any]:
    """What a snapshot holds: the score as decided, what it rests on, and the hashes of both.

    It lists every record, also those a decision leaves out. `score` is that of the decided observations,
    when it is known already; `registered` is the hash of the round's first registration.
    """
    result = result_of(on, weight, score)
    inputs = {
        "records": [list(pair) for pair in sorted({(o.root_id, o.revision) for o in weight.observations})],
        "framework_id": on.loaded.id,
        "profile": on.profile.code,
        "decisions": [{name: str(getattr(d, name)) for name in DECISION} for d in on.decisions],
        "versions": list(on.version_ids),
        "registered": registered,
        "quality": weight.inputs(),
    }
    return {
        "round_id": on.round_id,
        "unit_id": on.unit_id,
        "profile": on.profile.code,
        "rule_version": on.rule_version,
        "code_version": VERSION,
        "inputs": inputs,
        "inputs_sha256": digest(inputs),
        "result": result,
        "result_sha256": digest(result),
        "created_by": by,
    }


@dataclass(frozen=True)
class Recomputed:
    """A snapshot's score computed again. `apart` is the largest difference of a number, None when there is
    more than numbers between them; `version` is that of today's arithmetic."""

    score: UnitScore
    is_equal: bool
    apart: float | None
    version: str = RULES

    @property
    def is_close(self) -> bool:
        """Whether only rounding lies between them."""
        return self.apart is not None and self.apart <= ROUNDING


def recompute(platform: Platform, snapshot_id: int) -> Recomputed:
    """A snapshot's score from nothing but its listed records, held against what was kept.

    Raises UnknownSubject.
    """
    with platform.database.reading() as session:
        row = store.find_snapshot(session, snapshot_id)
        if row is None:
            raise UnknownSubject(f"snapshot {snapshot_id}")
        records = listed_records(session, [(root, revision) for root, revision in row.inputs["records"]])
    on = _basis_of(platform, row)
    observations = observe(platform, on.loaded, records)
    if "quality" not in row.inputs:  # kept before records could be weighed
        score = computed(on, observations)
        return _held_against(row, score, score.to_json())
    weight = weighed_again(observations, row.inputs["quality"])
    score = computed(on, weight.decided)
    return _held_against(row, score, result_of(on, weight, score))


def _held_against(row: SnapshotRow, score: UnitScore, result: dict[str, Any]) -> Recomputed:
    is_equal = digest(result) == row.result_sha256
    return Recomputed(score, is_equal, 0.0 if is_equal else largest_difference(row.result, result))


def _basis_of(platform: Platform, row: SnapshotRow) -> Basis:
    """The basis a snapshot names: its framework, profile, versions and decisions, not those of today."""
    loaded = load_framework(platform, row.inputs["framework_id"])
    measures: dict[str, Measure] = {}
    for version_id in row.inputs["versions"]:
        measures |= {measure.key: measure for measure in measures_of(platform, loaded, version_id)}
    return Basis(
        row.round_id,
        loaded,
        loaded.profiles[row.inputs["profile"]],
        tuple(measures.values()),
        tuple(row.inputs["versions"]),
        unit_id=row.unit_id,
        decisions=tuple(_decision(entry) for entry in row.inputs["decisions"]),
    )


def _decision(entry: Mapping[str, str]) -> CellDecision:
    values = {name: entry[name] for name in DECISION if name != "decided_on"}
    return CellDecision(**values, decided_on=date.fromisoformat(entry["decided_on"]))
