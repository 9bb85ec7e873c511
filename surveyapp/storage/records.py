"""Records and their first state: inserted once, by submission id; statements are compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    AttachmentRow,
    CallbackRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    ReviewEventRow,
    RoundRow,
)

_record, _state, _event = RecordRow.__table__, RecordStateRow.__table__, ReviewEventRow.__table__
_round, _attachment, _callback = RoundRow.__table__, AttachmentRow.__table__, CallbackRow.__table__
_INSERT_RECORD = _record.insert()  # type: ignore[attr-defined]
_INSERT_STATE = _state.insert()  # type: ignore[attr-defined]
_INSERT_EVENT = _event.insert()  # type: ignore[attr-defined]
_INSERT_ATTACHMENT = _attachment.insert()  # type: ignore[attr-defined]
_INSERT_CALLBACK = _callback.insert()  # type: ignore[attr-defined]
_ROUND = select(_round.c.state, _round.c.hash_key).where(_round.c.id == bindparam("id"))
_EARLIER = select(_record.c.receipt, _record.c.root_id, _record.c.id, _record.c.body_sha256).where(
    _record.c.submission_id == bindparam("submission_id")
)


class AlreadyStored(Exception):
    """A record with this submission id (or revision of its root) is there already; nothing was inserted."""


@dataclass(frozen=True)
class Stored:
    """What is known of a record by its submission id."""

    receipt: str
    root_id: str
    id: int
    body_sha256: str


@dataclass(frozen=True)
class RoundState:
    """A round's state and, while it lives, the key of its sender hashes."""

    state: str
    hash_key: bytes | None


def find_by_submission(session: Session, submission_id: str) -> Stored | None:
    """The record stored under a submission id; None when there is none."""
    row = session.connection().execute(_EARLIER, {"submission_id": submission_id}).first()
    return Stored(*row) if row else None


def find_round_state(session: Session, round_id: int) -> RoundState | None:
    """The state of a round; None for an unknown one."""
    row = session.connection().execute(_ROUND, {"id": round_id}).first()
    return RoundState(*row) if row else None


def get_kind(session: Session, version_id: int) -> str:
    """The instrument kind of a questionnaire version. NoResultFound for an unknown one."""
    return session.execute(
        select(QuestionnaireRow.kind)
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.questionnaire_id == QuestionnaireRow.id)
        .where(QuestionnaireVersionRow.id == version_id)
    ).scalar_one()


def add_submission_once(session: Session, values: Mapping[str, Any]) -> int:
    """Insert a record and return its id. Raises AlreadyStored; the transaction is unusable then."""
    try:
        inserted = session.connection().execute(_INSERT_RECORD, values)
    except IntegrityError as error:
        raise AlreadyStored(values["submission_id"]) from error
    return cast("tuple[int]", inserted.inserted_primary_key)[0]


def add_first_state(session: Session, state: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
    """Insert where a new record stands, with the steps that led there."""
    connection = session.connection()
    connection.execute(_INSERT_STATE, state)
    connection.execute(_INSERT_EVENT, list(events))


def add_attachments(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that name a record's stored files."""
    if rows:
        session.connection().execute(_INSERT_ATTACHMENT, list(rows))


def add_callback(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a sealed call-back number."""
    session.connection().execute(_INSERT_CALLBACK, values)


def find_callback(session: Session, root_id: str) -> CallbackRow | None:
    """The sealed call-back number of a record; None when there is none."""
    return session.get(CallbackRow, root_id)


def delete_callback(session: Session, root_id: str) -> bool:
    """Delete a call-back number; False when there was none."""
    row = session.get(CallbackRow, root_id)
    if row is not None:
        session.delete(row)
    return row is not None
