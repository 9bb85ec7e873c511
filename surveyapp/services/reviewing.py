"""Move records through review: who may, in what order, with a history; corrections as new revisions.

Only the newest revision counts, and only when it is confirmed. Whoever collected a record does not
approve it, whoever approved it does not confirm it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.lifecycle import SCORED, Refusal, transition
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.counting_once import counted_twice
from surveyapp.services.installation import Platform
from surveyapp.storage import reviews
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RecordRow, RecordStateRow

REVIEW_ROLES = ("reviewer", "lead", "evaluator", "interviewer")


class UnknownRecord(LookupError):
    """No such record, or none that this person may see."""


@dataclass(frozen=True)
class Moved:
    """The record stands in `state` now."""

    root_id: str
    state: str


def move(platform: Platform, actor: Actor, root_id: str, to: str, reason: str = "") -> Moved | Refusal:
    """Move one record to state `to`. Raises UnknownRecord when it is outside the actor's scope."""
    with platform.database.transaction() as session:
        return _move(session, platform, actor, root_id, to, reason)


def _move(
    session: Session, platform: Platform, actor: Actor, root_id: str, to: str, reason: str
) -> Moved | Refusal:
    state, record, path = _locked(session, root_id)
    if not actor.covers(path, *REVIEW_ROLES):
        raise UnknownRecord(root_id)
    roles = {role for role, top in actor.roles if path.startswith(top)}
    refused = transition(
        state.state,
        to,
        roles=roles,
        is_author=record.collector_id == actor.id,
        is_approver=state.approver_id == actor.id,
        reason=reason,
    )
    if refused is None and to == SCORED:
        refused = counted_twice(session, platform, record)
    if refused is not None:
        return refused
    _step(session, platform, state, to, actor.id, reason)
    return Moved(root_id, to)


def _locked(session: Session, root_id: str) -> tuple[RecordStateRow, RecordRow, str]:
    state = reviews.lock_state(session, root_id)
    if state is None:
        raise UnknownRecord(root_id)
    record, path = reviews.get_revision(session, root_id, state.revision)
    return state, record, path


def _step(
    session: Session, platform: Platform, state: RecordStateRow, to: str, actor_id: int | None, reason: str
) -> None:
    before, state.state, state.step = state.state, to, state.step + 1
    if to == "approved":
        state.approver_id, state.confirmer_id = actor_id, None
    elif to == "confirmed":
        state.confirmer_id = actor_id
    elif to == "corrected":
        state.approver_id = state.confirmer_id = None
    reviews.add_event(
        session,
        root_id=state.root_id,
        step=state.step,
        revision=state.revision,
        from_state=before,
        to_state=to,
        actor_id=actor_id,
        reason=reason,
        at=platform.clock(),
    )


def confirm_many(
    platform: Platform, actor: Actor, root_ids: Iterable[str], rule: str
) -> tuple[list[str], dict[str, Refusal]]:
    """Confirm by a named rule, 200 records a transaction; returns (confirmed, refused by id)."""
    done: list[str] = []
    refused: dict[str, Refusal] = {}
    ids = list(dict.fromkeys(root_ids))
    for start in range(0, len(ids), 200):
        with platform.database.transaction() as session:
            for root_id in ids[start : start + 200]:
                outcome = _move(session, platform, actor, root_id, "confirmed", rule)
                if isinstance(outcome, Refusal):
                    refused[root_id] = outcome
                else:
                    done.append(root_id)
            note_deed(
                session,
                platform.clock(),
                actor.id,
                "record.confirm_many",
                "round",
                "",
                rule=rule,
                confirmed=len(done),
                refused=len(refused),
            )
    return done, refused


def corrected(session: Session, platform: Platform, root_id: str, actor_id: int, reason: str) -> int:
    """Open the next revision of a record its author corrects; returns the new revision's number.

    The caller inserts the record row with that number in the same transaction.
    """
    state, _record, _path = _locked(session, root_id)
    state.revision += 1
    _step(session, platform, state, "corrected", actor_id, reason)
    return state.revision


def history(platform: Platform, root_id: str) -> list[Mapping[str, Any]]:
    """Every step of a record's life, oldest first."""
    with platform.database.reading() as session:
        rows = reviews.list_events(session, root_id)
    return [
        {
            "step": row.step,
            "revision": row.revision,
            "from": row.from_state,
            "to": row.to_state,
            "actor_id": row.actor_id,
            "reason": row.reason,
            "at": row.at,
        }
        for row in rows
    ]
