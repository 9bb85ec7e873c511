"""Everything a release says, from one consistent read of the round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from surveyapp.config import VERSION
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring import RULES, Observation, UnitScore, ranked
from surveyapp.services.explaining.contradictions import Contradiction, decided_contradictions
from surveyapp.services.installation import Platform
from surveyapp.services.planning.sampling import Version, versions_of
from surveyapp.services.scoring.basis import Basis, RoundBasis, UnknownSubject, bases_in, round_basis_in
from surveyapp.services.scoring.registering import Standing, first_hash, fold_registered, standing
from surveyapp.services.scoring.snapshots import keep_snapshot, snapshot_values
from surveyapp.services.scoring.units import computed
from surveyapp.services.scoring.weighing import Weighed, weighed_all
from surveyapp.storage import observations as records_store
from surveyapp.storage import snapshots as store
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.tables import RecordRow, RoundRow, UnitRow

EVERYWHERE = ("/",)
UNPUBLISHED = ("records", "influence")


class NothingToRelease(Exception):
    """The round scores no unit, or not one record is confirmed."""


@dataclass(frozen=True)
class Released:
    """The content of a release as plain values. `published` holds every number that is made public."""

    about: Mapping[str, Any]
    rules: Mapping[str, Any]
    observations: tuple[tuple[str, Observation], ...]
    records: tuple[Mapping[str, Any], ...]
    published: Mapping[str, Any]
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class _Unit:
    row: UnitRow
    on: Basis
    weight: Weighed

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Before any quality decision."""
        return self.weight.observations


def gather(platform: Platform, round_code: str, profile_code: str | None, by: int | None) -> Released:
    """Score every unit of a round, keep a snapshot of each, and return what the release says.

    Rules and records are read in one view of the database; the snapshots are stored together or not at all.
    Raises UnknownSubject, Blocked, BadMeasures, FoldFailed, NothingToRelease, OpenContradictions.
    """
    with platform.database.reading() as session:
        around = store.round_by_code(session, round_code)
    if around is None:
        raise UnknownSubject(f"no round {round_code}")
    fold_registered(platform, around.id)
    on, units, records = _read(platform, around.id, profile_code)
    if not any(unit.observations for unit in units):
        raise NothingToRelease(f"round {round_code}")
    scores = [computed(unit.on, unit.weight.decided) for unit in units]
    now, registered = platform.clock(), first_hash(platform, around.id)
    values = _snapshots(units, scores, by, registered)
    rows = [unit.row for unit in units]
    with platform.database.transaction() as session:
        contradictions = decided_contradictions(session, around.id, zip(rows, scores, strict=True))
        kept = [keep_snapshot(session, one, now, by) for one in values]
    return Released(
        about=_about(around, on, now, standing(platform, on), versions_of(platform, around.id)),
        rules=_rules(on, units),
        observations=tuple(
            (unit.row.code, one) for unit in units for one in opaque(unit.observations, on.measures)
        ),
        records=tuple(_record(row, units) for row in sorted(records, key=lambda row: row.root_id)),
        published=_published(units, scores, kept, [one["result"]["quality"] for one in values]),
        contradictions=tuple(contradictions),
    )


def _snapshots(
    units: Sequence[_Unit], scores: Sequence[UnitScore], by: int | None, registered: str
) -> list[dict[str, Any]]:
    return [
        snapshot_values(unit.on, unit.weight, by, registered, score)
        for unit, score in zip(units, scores, strict=True)
    ]


def _read(
    platform: Platform, round_id: int, profile_code: str | None
) -> tuple[RoundBasis, list[_Unit], list[RecordRow]]:
    with platform.database.reading() as session:
        on, rows = round_basis_in(session, round_id, profile_code), list_units(session, round_id, EVERYWHERE)
        ids = [row.id for row in rows]
        bases, weights = bases_in(session, on, ids), weighed_all(session, round_id, ids)
        units = [_Unit(*one) for one in zip(rows, bases, weights, strict=True)]
        pairs = {(one.root_id, one.revision) for unit in units for one in unit.observations}
        return on, units, records_store.listed_records(session, pairs)


def opaque(observations: Iterable[Observation], measures: Iterable[Measure]) -> list[Observation]:
    """The observations in order, their clusters numbered and so are strata that no rule names.

    What a cluster is (a line, a window, a person asked) is nobody's business outside; that it is the same is.
    """
    measures = list(measures)
    named = {name for measure in measures for name in measure.stratum_weights}
    source = {measure.key: measure.source for measure in measures}
    clusters: dict[tuple[str, str], str] = {}
    strata: dict[tuple[str, str], str] = {}
    found = []
    for one in sorted(observations, key=lambda one: (one.indicator, one.measure, one.root_id)):
        shared = source.get(one.measure, one.method)
        cluster, stratum = (shared, one.cluster), (shared, one.stratum)
        number = clusters.setdefault(cluster, f"c{len(clusters) + 1:04}") if one.cluster else ""
        layer = one.stratum
        if layer and layer not in named:
            layer = strata.setdefault(stratum, f"s{len(strata) + 1:03}")
        found.append(replace(one, cluster=number, stratum=layer))
    return found


def _about(
    around: RoundRow, on: RoundBasis, now: datetime, rules: Standing, plans: Sequence[Version]
) -> dict[str, Any]:
    return _sampling(plans) | {
        "registered": [
            {
                "number": row.number,
                "sha256": row.sha256,
                "at": row.created_at.isoformat(),
                "reason": row.reason,
            }
            for row in rules.registrations
        ],
        "received_before_registration": rules.received_before,
        "deviations": [dict(one.sentence) for one in rules.deviations],
        "round": around.code,
        "title": around.title,
        "issuer": around.issuer,
        "is_demonstration": around.is_demonstration,
        "profile": on.profile.code,
        "rule_version": on.rule_version,
        "code_version": VERSION,
        "made_at": now.isoformat(),
    }


def _sampling(versions: Sequence[Version]) -> dict[str, Any]:
    """The sampling plans by their hashes, with their stopping rules; what is drawn from stays inside."""
    return {
        "sampling_plans": [
            {
                "number": one.number,
                "sha256": one.sha256,
                "at": one.created_at.isoformat(),
                "reason": one.reason,
                "received_before": one.received_before,
                "stopping_rules": [dict(rule) for rule in one.rules],
            }
            for one in versions
        ]
    }


def _rules(on: RoundBasis, units: Sequence[_Unit]) -> dict[str, Any]:
    framework = on.loaded.framework
    nodes = [node for node in framework.indicators.values() if not framework.is_leaf(node.code)]
    return {
        "leaves": [
            {name: getattr(leaf, name) for name in ("code", "label", "group", "points")}
            for leaf in framework.leaves
        ],
        "nodes": {node.code: [leaf.code for leaf in framework.leaves_below(node.code)] for node in nodes},
        "weights": on.profile.weights,
        "rules": RULES,
        "cap": on.profile.most,
        "missing": _plain(on.profile.missing, "policy", "c_min", "insufficient", "why", "decided_on"),
        "measures": [_measure(one) for one in sorted(on.measures, key=lambda one: one.key)],
        "readings": [_plain(one, "finding", "node", "reading", "what", "why") for one in on.loaded.decisions],
        "decisions": {
            unit.row.code: [
                _plain(one, "kind", "indicator", "method", "why", "decided_on") for one in unit.on.decisions
            ]
            for unit in units
        },
        "quality": {unit.row.code: unit.weight.inputs() for unit in units},
    }


def _plain(entry: object, *names: str) -> dict[str, Any]:
    """The named values of an entry, days as text."""
    found = {name: getattr(entry, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def _measure(measure: Measure) -> dict[str, Any]:
    names = ("key", "label", "indicator", "method", "transform", "parameters", "weight", "min_n", "profile")
    found = {name: getattr(measure, name) for name in (*names, "stratum_weights", "value", "filter")}
    return found | {"instrument": measure.source}


def _record(row: RecordRow, units: Sequence[_Unit]) -> dict[str, Any]:
    """What a release says of a record: enough to recognise it, nothing of what was answered."""
    code = next(unit.row.code for unit in units if unit.row.id == row.unit_id)
    names = ("root_id", "revision", "kind", "version_id", "body_sha256")
    return {"unit": code, **{name: getattr(row, name) for name in names}, "day": row.received_at.date()}


def _published(
    units: Sequence[_Unit],
    scores: Sequence[UnitScore],
    kept: Sequence[int],
    figures: Sequence[Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    codes = {str(unit.row.id): unit.row.code for unit in units}
    return {
        "units": {
            unit.row.code: {
                "name": unit.row.name,
                "snapshot": snapshot,
                **_numbers(score.to_json()),
                "quality": figure,
            }
            for unit, score, snapshot, figure in zip(units, scores, kept, figures, strict=True)
        },
        "ranks": [asdict(placed) | {"unit": codes[placed.unit]} for placed in ranked(scores)],
    }


def _numbers(score: Mapping[str, Any]) -> dict[str, Any]:
    """A score without its lists of records, which the observations hold already."""
    found: dict[str, Any] = _without(score)
    for name in ("unit", "framework", "profile", "profile_version", "rules"):
        found.pop(name)
    return found


def _without(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(inner) for name, inner in value.items() if name not in UNPUBLISHED}
    return [_without(inner) for inner in value] if isinstance(value, list) else value
