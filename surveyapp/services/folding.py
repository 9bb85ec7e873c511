"""Fold confirmed records into observations and tallies, behind the answers.

Idempotent and restartable: a record is folded when its `folded_step` has caught up with its `step`; a
fold that dies half-way leaves whole batches and is simply run again. Tallies equal a recount then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from surveyapp.evaluation.lifecycle import SCORED
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.forms.filling import Filling, fill, record_moment
from surveyapp.services.frameworks import Loaded, load_framework
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    ObservationRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    TallyRow,
)

BATCH = 200


class BadMeasures(ValueError):
    """A published version's measures do not fit the round's framework."""


@dataclass(frozen=True)
class _Waiting:
    root_id: str
    step: int
    folded_step: int
    state: str
    record: RecordRow


def rounds_behind(platform: Platform) -> list[int]:
    """Rounds with records that are not folded yet."""
    with platform.database.reading() as session:
        query = (
            select(RecordStateRow.round_id).where(RecordStateRow.folded_step < RecordStateRow.step).distinct()
        )
        return list(session.scalars(query))


def fold_round(platform: Platform, round_id: int) -> int:
    """Fold everything that waits in a round; returns how many records were folded."""
    folded = 0
    with platform.database.reading() as session:
        framework_id = session.scalars(select(RoundRow.framework_id).where(RoundRow.id == round_id)).one()
    loaded = load_framework(platform, framework_id)
    while batch := _waiting(platform, round_id):
        values = [(item, _observations(platform, loaded, item)) for item in batch]
        with platform.database.transaction() as session:
            folded += sum(_write(session, item, rows) for item, rows in values)
    return folded


def _waiting(platform: Platform, round_id: int) -> list[_Waiting]:
    with platform.database.reading() as session:
        query = (
            select(RecordStateRow, RecordRow)
            .join(
                RecordRow,
                (RecordRow.root_id == RecordStateRow.root_id)
                & (RecordRow.revision == RecordStateRow.revision),
            )
            .where(RecordStateRow.round_id == round_id, RecordStateRow.folded_step < RecordStateRow.step)
            .order_by(RecordStateRow.root_id)
            .limit(BATCH)
        )
        return [
            _Waiting(state.root_id, state.step, state.folded_step, state.state, record)
            for state, record in session.execute(query)
        ]


def _observations(platform: Platform, loaded: Loaded, item: _Waiting) -> list[dict[str, Any]]:
    if item.state != SCORED:
        return []
    measures = measures_of(platform, loaded, item.record.version_id)
    return observed(platform, item.record, measures)


def measures_of(platform: Platform, loaded: Loaded, version_id: int) -> tuple[Measure, ...]:
    """The measures of a published version, read against a framework. Raises BadMeasures."""
    with platform.database.reading() as session:
        rows = session.scalars(
            select(QuestionnaireVersionRow.measures).where(QuestionnaireVersionRow.id == version_id)
        ).one()
    measures, problems = parse_measures(rows, loaded.framework)
    if problems:
        raise BadMeasures(f"version {version_id}: {problems[0].sentence['en']}")
    return measures


def observed(platform: Platform, record: RecordRow, measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """What one record says: one row for each measure whose filter holds and whose value is a number."""
    form = platform.form(record.version_id)
    moment, _clamped = record_moment(record.device_finished_at, record.received_at)
    filling = fill(form, record.answers, now=moment, language=record.language)
    rows = []
    for measure in measures:
        value = _value(platform, record.version_id, filling, measure)
        if value is None:
            continue
        cluster = _text(platform, record.version_id, filling, measure.cluster)
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
                "cluster": cluster[:64],
                "stratum": "",
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


def _text(platform: Platform, version_id: int, filling: Filling, text: str) -> str:
    return str(filling.evaluate(platform.expression(version_id, text))) if text else ""


def _write(session: Session, item: _Waiting, rows: Sequence[dict[str, Any]]) -> int:
    """Replace a record's observations; 0 when somebody moved the record meanwhile (the next round has it)."""
    caught = session.execute(
        update(RecordStateRow)
        .where(
            RecordStateRow.root_id == item.root_id,
            RecordStateRow.step == item.step,
            RecordStateRow.folded_step == item.folded_step,
        )
        .values(folded_step=item.step)
    )
    if caught.rowcount == 0:
        return 0
    session.execute(delete(ObservationRow).where(ObservationRow.root_id == item.root_id))
    if rows:
        session.execute(insert(ObservationRow), rows)
    if item.folded_step == 0:
        _count(session, item.record)
    return 1


def _count(session: Session, record: RecordRow) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"round_id": record.round_id, "unit_id": record.unit_id, "kind": record.kind, "number": 1}
    session.execute(
        dialect.insert(TallyRow)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["round_id", "unit_id", "kind"], set_={"number": TallyRow.number + 1}
        )
    )
