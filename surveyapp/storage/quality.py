"""Quality findings and decisions on records. Statements only; the rows never change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from surveyapp.evaluation.quality import RULES, Case
from surveyapp.storage.database import Session
from surveyapp.storage.tables import QualityDecisionRow, QualityFindingRow, QualityRunRow

BATCH = 500
EACH = tuple(code for code, rule in RULES.items() if rule.each)
"""Rules that hold each record suspect by itself."""


def newest_run(session: Session, round_id: int) -> QualityRunRow | None:
    """The last run of the checks over a round; None before the first."""
    query = select(QualityRunRow).where(QualityRunRow.round_id == round_id)
    return session.scalar(query.order_by(QualityRunRow.number.desc()).limit(1))


def add_run(session: Session, values: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]) -> int:
    """Store a run with its findings; returns its id."""
    run = QualityRunRow(**values)
    session.add(run)
    session.flush()
    session.add_all(QualityFindingRow(run_id=run.id, **one) for one in findings)
    return run.id


def findings_of(session: Session, run_id: int) -> list[QualityFindingRow]:
    """The findings of a run in the order they were found."""
    query = select(QualityFindingRow).where(QualityFindingRow.run_id == run_id)
    return list(session.scalars(query.order_by(QualityFindingRow.id)))


def flagged_units(session: Session, round_id: int) -> frozenset[int]:
    """The units with records that the newest run holds suspect by themselves."""
    run = newest_run(session, round_id)
    if run is None:
        return frozenset()
    query = select(QualityFindingRow.unit_id).where(
        QualityFindingRow.run_id == run.id, QualityFindingRow.code.in_(EACH)
    )
    return frozenset(session.scalars(query.distinct()))


def flagged_in(session: Session, round_id: int) -> frozenset[str]:
    """The root ids of records that the newest run holds suspect by themselves."""
    run = newest_run(session, round_id)
    if run is None:
        return frozenset()
    query = select(QualityFindingRow.records).where(
        QualityFindingRow.run_id == run.id, QualityFindingRow.code.in_(EACH)
    )
    return frozenset(root for records in session.scalars(query) for root in records)


def cases_in(session: Session, round_id: int) -> tuple[Case, ...]:
    """What is decided and in force on records of a round, by root id."""
    newest = (
        select(QualityDecisionRow.root_id, func.max(QualityDecisionRow.step).label("step"))
        .where(QualityDecisionRow.round_id == round_id, QualityDecisionRow.confirmed_by.is_not(None))
        .group_by(QualityDecisionRow.root_id)
        .subquery()
    )
    query = (
        select(QualityDecisionRow)
        .join(
            newest,
            (newest.c.root_id == QualityDecisionRow.root_id) & (newest.c.step == QualityDecisionRow.step),
        )
        .order_by(QualityDecisionRow.root_id)
    )
    return tuple(Case(row.root_id, row.kind, row.factor, row.reason) for row in session.scalars(query))


def steps_of(session: Session, roots: Collection[str]) -> dict[str, list[QualityDecisionRow]]:
    """Every step decided on these records, by root id, the first one first."""
    found: dict[str, list[QualityDecisionRow]] = {}
    wanted: Sequence[str] = sorted(roots)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        query = select(QualityDecisionRow).where(QualityDecisionRow.root_id.in_(part))
        for row in session.scalars(query.order_by(QualityDecisionRow.root_id, QualityDecisionRow.step)):
            found.setdefault(row.root_id, []).append(row)
    return found


def add_step(session: Session, values: Mapping[str, Any], at: datetime) -> None:
    """Append one step of a decision."""
    session.add(QualityDecisionRow(**values, at=at))
