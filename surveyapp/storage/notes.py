"""Interview notes: the note, and its append-only journal of segment revisions. Statements only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import IndicatorRow, NoteRow, NoteSegmentRow, RoundRow, RoundUnitRow, UnitRow


def find_place(session: Session, round_id: int, unit_id: int) -> tuple[RoundRow, UnitRow] | None:
    """A round and one of its units; None when the unit is not in the round."""
    row = session.execute(
        select(RoundRow, UnitRow)
        .join(RoundUnitRow, RoundUnitRow.round_id == RoundRow.id)
        .join(UnitRow, UnitRow.id == RoundUnitRow.unit_id)
        .where(RoundRow.id == round_id, UnitRow.id == unit_id)
    ).first()
    return (row[0], row[1]) if row else None


def find_note(session: Session, note_id: str, *, lock: bool = False) -> tuple[NoteRow, UnitRow] | None:
    """A note with its unit, locked against others when it is about to be changed."""
    query = select(NoteRow, UnitRow).join(UnitRow, UnitRow.id == NoteRow.unit_id).where(NoteRow.id == note_id)
    row = session.execute(query.with_for_update(of=NoteRow) if lock else query).first()
    return (row[0], row[1]) if row else None


def add_note(session: Session, **values: Any) -> NoteRow:
    """Write a new, open note."""
    row = NoteRow(answers_rev=0, state="open", record_root_id=None, **values)
    session.add(row)
    session.flush()
    return row


def find_push(session: Session, push_id: str) -> NoteSegmentRow | None:
    """The revision a push made; None when it has not arrived."""
    return session.scalar(select(NoteSegmentRow).where(NoteSegmentRow.push_id == push_id))


def has_sibling(session: Session, note_id: str, segment_id: str, base_revision: int) -> bool:
    """Whether another revision of the segment was made from the same one."""
    query = select(NoteSegmentRow.id).where(
        NoteSegmentRow.note_id == note_id,
        NoteSegmentRow.segment_id == segment_id,
        NoteSegmentRow.base_revision == base_revision,
    )
    return session.scalar(query.limit(1)) is not None


def add_revision(session: Session, **values: Any) -> NoteSegmentRow:
    """Append a revision; its number is the order of arrival within the segment."""
    last = select(func.max(NoteSegmentRow.revision)).where(
        NoteSegmentRow.note_id == values["note_id"], NoteSegmentRow.segment_id == values["segment_id"]
    )
    row = NoteSegmentRow(revision=(session.scalar(last) or 0) + 1, **values)
    session.add(row)
    session.flush()
    return row


def count_revisions(session: Session, note_id: str) -> int:
    """How many revisions a note has."""
    query = select(func.count()).select_from(NoteSegmentRow)
    return session.scalar(query.where(NoteSegmentRow.note_id == note_id)) or 0


def revisions(session: Session, note_id: str) -> list[NoteSegmentRow]:
    """Every revision of every segment of a note, in order of arrival."""
    query = select(NoteSegmentRow).where(NoteSegmentRow.note_id == note_id)
    return list(session.scalars(query.order_by(NoteSegmentRow.id)))


def leaf_codes(session: Session, round_id: int) -> frozenset[str]:
    """Codes of the leaves of a round's framework."""
    query = (
        select(IndicatorRow.code)
        .join(RoundRow, RoundRow.framework_id == IndicatorRow.framework_id)
        .where(RoundRow.id == round_id, IndicatorRow.is_leaf)
    )
    return frozenset(session.scalars(query))


def set_answers(session: Session, note_id: str, base_rev: int, answers: dict[str, Any]) -> bool:
    """Replace a note's answers when nobody has since `base_rev`; False otherwise."""
    change = (
        update(NoteRow)
        .where(NoteRow.id == note_id, NoteRow.answers_rev == base_rev, NoteRow.state == "open")
        .values(answers=answers, answers_rev=NoteRow.answers_rev + 1)
    )
    return session.scalar(change.returning(NoteRow.id)) is not None


def unsent_notes(session: Session, user_id: int | None) -> list[str]:
    """Ids of notes that were submitted and have no record yet, of one person or of all."""
    query = select(NoteRow.id).where(NoteRow.state == "submitted", NoteRow.record_root_id.is_(None))
    if user_id is not None:
        query = query.where(NoteRow.collector_id == user_id)
    return list(session.scalars(query.order_by(NoteRow.created_at, NoteRow.id).limit(200)))
