"""What the pages of the quality checks ask: runs, findings inside a scope, records with what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from surveyapp.storage.database import Session
from surveyapp.storage.observations import CURRENT
from surveyapp.storage.quality import newest_run, steps_of
from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    QualityDecisionRow,
    QualityFindingRow,
    QualityRunRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    UnitRow,
)

__all__ = ["FindingLine", "RecordLine", "find_finding", "list_findings", "newest_run", "records_of"]
MOST_RECORDS = 500


@dataclass(frozen=True)
class FindingLine:
    """A finding with its unit and round; `undecided` of its records have no decision in force."""

    row: QualityFindingRow
    unit: UnitRow
    around: RoundRow
    undecided: int


@dataclass(frozen=True)
class RecordLine:
    """A record of a finding: what is in force, and what was proposed after that and waits."""

    root_id: str
    record: RecordRow
    state: str
    decided: QualityDecisionRow | None
    proposed: QualityDecisionRow | None


def list_findings(session: Session, run_id: int, tops: Sequence[str]) -> list[FindingLine]:
    """The findings of a run inside the subtrees, in the order of the rules."""
    return _lines(session, tops, QualityFindingRow.run_id == run_id)


def find_finding(session: Session, finding_id: int, tops: Sequence[str]) -> FindingLine | None:
    """A finding inside the subtrees; None otherwise."""
    found = _lines(session, tops, QualityFindingRow.id == finding_id)
    return found[0] if found else None


def _lines(session: Session, tops: Sequence[str], which: object) -> list[FindingLine]:
    query = (
        select(QualityFindingRow, UnitRow, RoundRow)
        .join(QualityRunRow, QualityRunRow.id == QualityFindingRow.run_id)
        .join(RoundRow, RoundRow.id == QualityRunRow.round_id)
        .join(UnitRow, UnitRow.id == QualityFindingRow.unit_id)
        .where(which, within(tops))  # type: ignore[arg-type]
        .order_by(QualityFindingRow.id)
    )
    rows = [(row, unit, around) for row, unit, around in session.execute(query)]
    steps = steps_of(session, {root for row, _unit, _around in rows for root in row.records})
    decided = {root for root, mine in steps.items() if any(step.confirmed_by for step in mine)}
    return [
        FindingLine(row, unit, around, sum(root not in decided for root in row.records))
        for row, unit, around in rows
    ]


def records_of(session: Session, roots: Sequence[str], tops: Sequence[str]) -> list[RecordLine]:
    """The current revisions of up to 500 records inside the subtrees, in the order they came in."""
    wanted = list(roots)[:MOST_RECORDS]
    query = (
        select(RecordRow, RecordStateRow.state)
        .join(RecordStateRow, CURRENT)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordRow.root_id.in_(wanted), within(tops))
        .order_by(RecordRow.received_at, RecordRow.id)
    )
    steps = steps_of(session, wanted)
    found = []
    for record, state in session.execute(query):
        mine = steps.get(record.root_id, [])
        decided = next((step for step in reversed(mine) if step.confirmed_by is not None), None)
        proposed = mine[-1] if mine and mine[-1].confirmed_by is None else None
        found.append(RecordLine(record.root_id, record, state, decided, proposed))
    return found
