"""What the fold writes and scoring reads: observations, tallies, and the records they come from.

Statements only; which record says what is decided by services.folding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    HoldingRow,
    ObservationRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    TallyRow,
)

BATCH = 500
CURRENT = (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision)
"""Joins a record's state with its newest revision."""


@dataclass(frozen=True)
class Waiting:
    """A record whose last step is not folded yet, with its newest revision."""

    root_id: str
    step: int
    folded_step: int
    state: str
    record: RecordRow


def rounds_behind(session: Session) -> list[int]:
    """Rounds with records that are not folded yet."""
    behind = RecordStateRow.folded_step < RecordStateRow.step
    return list(session.scalars(select(RecordStateRow.round_id).where(behind).distinct()))


def count_behind(session: Session, round_id: int, unit_id: int) -> int:
    """How many records of a unit changed their state since they were folded and may change its score.

    A record that was never confirmed changes nothing: it is counted only when it is confirmed now or has
    observations.
    """
    query = (
        select(func.count())
        .select_from(RecordRow)
        .join(RecordStateRow, CURRENT)
        .where(
            RecordStateRow.round_id == round_id,
            RecordRow.unit_id == unit_id,
            RecordStateRow.folded_step < RecordStateRow.step,
        )
        .where(
            (RecordStateRow.state == "confirmed")
            | RecordStateRow.root_id.in_(
                select(ObservationRow.root_id).where(
                    ObservationRow.round_id == round_id, ObservationRow.unit_id == unit_id
                )
            )
        )
    )
    return session.scalar(query) or 0


def framework_of(session: Session, round_id: int) -> int | None:
    """The framework a round is scored with; None when there is no such round."""
    return session.scalar(select(RoundRow.framework_id).where(RoundRow.id == round_id))


def measures_sheet(session: Session, version_id: int) -> list[dict[str, str]]:
    """The rows of the measures sheet of a published version."""
    query = select(QuestionnaireVersionRow.measures).where(QuestionnaireVersionRow.id == version_id)
    return list(session.scalars(query).one())


def instrument_of(session: Session, version_id: int) -> str:
    """What the measures of a version share with every other version of its questionnaire."""
    query = select(QuestionnaireVersionRow.questionnaire_id)
    return f"q{session.scalars(query.where(QuestionnaireVersionRow.id == version_id)).one()}"


def waiting(session: Session, round_id: int, after: str, limit: int) -> list[Waiting]:
    """Up to `limit` records that wait for the fold, in the order of their root id, after `after`."""
    query = (
        select(RecordStateRow, RecordRow)
        .join(RecordRow, CURRENT)
        .where(RecordStateRow.round_id == round_id, RecordStateRow.folded_step < RecordStateRow.step)
        .where(RecordStateRow.root_id > after)
        .order_by(RecordStateRow.root_id)
        .limit(limit)
    )
    return [
        Waiting(state.root_id, state.step, state.folded_step, state.state, record)
        for state, record in session.execute(query)
    ]


def replace_observations(session: Session, item: Waiting, rows: Sequence[dict[str, Any]]) -> bool:
    """Put `rows` in the place of a record's observations and count it when it is new.

    False, and nothing is changed, when somebody moved the record since it was read.
    """
    caught = session.execute(
        update(RecordStateRow)
        .where(
            RecordStateRow.root_id == item.root_id,
            RecordStateRow.step == item.step,
            RecordStateRow.folded_step == item.folded_step,
        )
        .values(folded_step=item.step)
        .returning(RecordStateRow.root_id)
    ).first()
    if caught is None:
        return False
    old = delete(ObservationRow).where(ObservationRow.root_id == item.root_id)
    taken = Counter(session.scalars(old.returning(ObservationRow.unit_id)))
    if rows:
        session.execute(insert(ObservationRow), list(rows))
    hold(session, item.record.round_id, taken, Counter(row["unit_id"] for row in rows))
    if item.folded_step == 0:
        _count(session, item.record)
    return True


def hold(session: Session, round_id: int, taken: Mapping[int, int], added: Mapping[int, int]) -> None:
    """Note how many observations were taken from units and added to them; every change of them needs this."""
    held, times = HoldingRow.held, HoldingRow.taken
    for unit_id in sorted({*taken, *added}):
        change, is_less = added.get(unit_id, 0) - taken.get(unit_id, 0), int(unit_id in taken)
        session.execute(
            _dialect(session)
            .insert(HoldingRow)
            .values(round_id=round_id, unit_id=unit_id, held=max(0, change), taken=is_less)
            .on_conflict_do_update(
                index_elements=["round_id", "unit_id"],
                set_={"held": held + change, "taken": times + is_less},
            )
        )


def _dialect(session: Session) -> ModuleType:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _count(session: Session, record: RecordRow) -> None:
    row = {"round_id": record.round_id, "unit_id": record.unit_id, "kind": record.kind, "number": 1}
    session.execute(
        _dialect(session)
        .insert(TallyRow)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["round_id", "unit_id", "kind"], set_={"number": TallyRow.number + 1}
        )
    )


def observation_values(
    session: Session, round_id: int, unit_id: int, which: ColumnElement[bool] | None = None
) -> Sequence[Sequence[Any]]:
    """Observations of a unit in a round, all or those of a condition: root id, revision, unit, indicator,
    method, measure, value, weight, cluster, stratum; the unit as text."""
    row = ObservationRow
    columns = (row.indicator, row.method, row.measure, row.value, row.weight, row.cluster, row.stratum)
    query = select(row.root_id, row.revision, literal(str(unit_id)), *columns)
    query = query.where(row.round_id == round_id, row.unit_id == unit_id)
    return session.execute(query if which is None else query.where(which)).all()


def observations_of_record(session: Session, root_id: str) -> list[ObservationRow]:
    """What was folded from one record, by indicator and measure."""
    query = select(ObservationRow).where(ObservationRow.root_id == root_id)
    return list(session.scalars(query.order_by(ObservationRow.indicator, ObservationRow.measure)))


def current_records(
    session: Session, round_id: int, unit_id: int, states: Iterable[str], kind: str = ""
) -> list[RecordRow]:
    """The newest revisions of a unit's records (of a kind) that stand in one of `states`."""
    query = (
        select(RecordRow)
        .join(RecordStateRow, CURRENT)
        .where(RecordRow.round_id == round_id, RecordRow.unit_id == unit_id)
        .where(RecordStateRow.state.in_(list(states)))
    )
    if kind:
        query = query.where(RecordRow.kind == kind)
    return list(session.scalars(query))


def listed_records(session: Session, pairs: Iterable[tuple[str, int]]) -> list[RecordRow]:
    """The records of (root id, revision) pairs; those that do not exist are missing in the answer."""
    wanted = set(pairs)
    roots = sorted({root for root, _revision in wanted})
    found: list[RecordRow] = []
    for start in range(0, len(roots), BATCH):
        rows = session.scalars(select(RecordRow).where(RecordRow.root_id.in_(roots[start : start + BATCH])))
        found += [row for row in rows if (row.root_id, row.revision) in wanted]
    return found
