"""Fold confirmed records into observations and tallies, behind the answers.

Idempotent and restartable: a record is folded when its `folded_step` has caught up with its `step`; a
fold that dies half-way leaves whole batches and is simply run again. Tallies equal a recount then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from surveyapp.evaluation.flags import UNREADABLE
from surveyapp.evaluation.lifecycle import SCORED
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.forms.filling import Filling, fill, record_moment
from surveyapp.services.frameworks import Loaded, load_framework
from surveyapp.services.installation import Platform
from surveyapp.storage import observations as store
from surveyapp.storage.observations import Waiting
from surveyapp.storage.tables import RecordRow

BATCH = 200
KEY_LENGTH = 64


class BadMeasures(ValueError):
    """A published version's measures do not fit the round's framework."""


class FoldFailed(Exception):
    """Some records could not be folded; all others were. The message names the first of them."""


def rounds_behind(platform: Platform) -> list[int]:
    """Rounds with records that are not folded yet."""
    with platform.database.reading() as session:
        return store.rounds_behind(session)


def fold_round(platform: Platform, round_id: int) -> int:
    """Fold everything that waits in a round; returns how many records were folded.

    A record that cannot be folded is left waiting and stops none of the others. Raises FoldFailed then,
    BadMeasures when a version's measures do not fit the framework.
    """
    with platform.database.reading() as session:
        framework_id = store.framework_of(session, round_id)
    if framework_id is None:
        return 0
    fold = _Fold(platform, load_framework(platform, framework_id))
    folded = 0
    while done := _sweep(fold, round_id):
        folded += done
    if fold.failed:
        root_id, reason = next(iter(fold.failed.items()))
        raise FoldFailed(f"{len(fold.failed)} records not folded; {root_id}: {reason}")
    return folded


class _Fold:
    """One run: the framework, the measures of the versions met, and the records that failed."""

    def __init__(self, platform: Platform, loaded: Loaded) -> None:
        self.platform, self.loaded = platform, loaded
        self.measures: dict[int, tuple[Measure, ...]] = {}
        self.failed: dict[str, str] = {}

    def rows(self, item: Waiting) -> list[dict[str, Any]] | None:
        """The observations of a record, none unless it is confirmed; None when it cannot be read."""
        if item.state != SCORED:
            return []
        version = item.record.version_id
        if version not in self.measures:
            self.measures[version] = measures_of(self.platform, self.loaded, version)
        try:
            return observed(self.platform, item.record, self.measures[version])
        except Exception as error:
            self.failed[item.root_id] = f"{type(error).__name__}: {error}"
            return None


def _sweep(fold: _Fold, round_id: int) -> int:
    """Go once through what waits, a batch a transaction; returns how many records were folded."""
    folded, after = 0, ""
    while batch := _batch(fold.platform, round_id, after):
        after = batch[-1].root_id
        values = [(item, fold.rows(item)) for item in batch if item.root_id not in fold.failed]
        folded += _write(fold.platform, [(item, rows) for item, rows in values if rows is not None])
    return folded


def _batch(platform: Platform, round_id: int, after: str) -> list[Waiting]:
    with platform.database.reading() as session:
        return store.waiting(session, round_id, after, BATCH)


def _write(platform: Platform, values: Sequence[tuple[Waiting, list[dict[str, Any]]]]) -> int:
    with platform.database.transaction() as session:
        return sum(store.replace_observations(session, item, rows) for item, rows in values)


def measures_of(platform: Platform, loaded: Loaded, version_id: int) -> tuple[Measure, ...]:
    """The measures of a published version, read against a framework. Raises BadMeasures."""
    with platform.database.reading() as session:
        rows = store.measures_sheet(session, version_id)
        instrument = store.instrument_of(session, version_id)
    measures, problems = parse_measures(rows, loaded.framework)
    if problems:
        raise BadMeasures(f"version {version_id}: {problems[0].sentence['en']}")
    return tuple(replace(measure, instrument=instrument) for measure in measures)


def observed(platform: Platform, record: RecordRow, measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """What one record says: one row for each measure whose filter holds and whose value is a number.

    A record without readable answers (encrypted, screened out) says nothing.
    """
    if UNREADABLE & set(record.flags):
        return []
    form = platform.form(record.version_id, record.round_id)
    moment, _clamped = record_moment(record.device_finished_at, record.received_at)
    filling = fill(form, record.answers, now=moment, language=record.language)
    rows = []
    for measure in measures:
        value = _value(platform, record.version_id, filling, measure)
        if value is None:
            continue
        rows.append(
            {
                "root_id": record.root_id,
                "revision": record.revision,
                "round_id": record.round_id,
                "unit_id": record.unit_id,
                "version_id": record.version_id,
                "indicator": measure.indicator,
                "method": measure.method,
                "measure": measure.key,
                "value": value,
                "weight": 1.0,
                "cluster": _key(platform, record.version_id, filling, measure.cluster),
                "stratum": _key(platform, record.version_id, filling, measure.stratum),
            }
        )
    return rows


def _value(platform: Platform, version_id: int, filling: Filling, measure: Measure) -> float | None:
    if measure.filter and not filling.evaluate(platform.expression(version_id, measure.filter)):
        return None
    found = filling.evaluate(platform.expression(version_id, measure.value))
    if isinstance(found, str):
        try:
            found = float(found) if found.strip() else math.nan
        except ValueError:
            return None
    number = float(found)
    return number if math.isfinite(number) else None


def _key(platform: Platform, version_id: int, filling: Filling, text: str) -> str:
    """The cluster or stratum an expression names, '' for none; as long as its column holds."""
    found = filling.evaluate(platform.expression(version_id, text)) if text else ""
    return str(found)[:KEY_LENGTH]
