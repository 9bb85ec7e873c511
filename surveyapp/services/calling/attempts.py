"""Call attempts: a row before dialling, instants while it rings, a person's outcome, ten seconds to undo.

The row is the truth. A record is made of it later (sending.py), so that an undone outcome is never scored
and a killed process loses nothing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from surveyapp.evaluation.outcomes import recordable_outcomes
from surveyapp.evaluation.schedule import CHINA, SLOTS
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.calling.guards import Dialled, dial_refusal
from surveyapp.services.derived_ids import attempt_submission_id
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork, questionnaires
from surveyapp.storage.database import Session
from surveyapp.storage.tables import AssignmentRow, CallAttemptRow, RoundRow, UnitRow

UNDO = timedelta(seconds=10)
LOCK = timedelta(minutes=15)
LATE = timedelta(seconds=2)
ABANDONED = timedelta(hours=2)
MARKS = {"rang": "rang_at", "answered": "answered_at", "transfer": "transfer_at", "ended": "ended_at"}
CODES = frozenset(outcome.code for outcome in recordable_outcomes())
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class UnknownTask(LookupError):
    """No such assignment or attempt, or none of this person's."""


def own_call(session: Session, actor: Actor, assignment_id: int) -> tuple[AssignmentRow, UnitRow, RoundRow]:
    """The actor's own planned call inside their scope. Raises UnknownTask."""
    found = fieldwork.find_assignment(session, assignment_id)
    if found is None or found[0].kind != "call" or found[0].user_id != actor.id:
        raise UnknownTask(assignment_id)
    if not actor.covers(found[1].path, "evaluator"):
        raise UnknownTask(assignment_id)
    return found


def own_attempt(session: Session, actor: Actor, attempt_id: str, *, lock: bool = False) -> CallAttemptRow:
    """The actor's own attempt. Raises UnknownTask."""
    attempt = fieldwork.find_attempt(session, attempt_id, lock=lock)
    if attempt is None or attempt.caller_id != actor.id:
        raise UnknownTask(attempt_id)
    own_call(session, actor, attempt.assignment_id)
    return attempt


def start_attempt(
    platform: Platform, actor: Actor, assignment_id: int, attempt_id: str, device_at: datetime | None = None
) -> CallAttemptRow | Refusal:
    """Write the row of an attempt, before anything is dialled. The same id again gives the same row."""
    if not _UUID.match(attempt_id):
        return _said(
            "malformed", "拨打编号格式不对，请重新打开页面。", "Open the page again and dial from it."
        )
    now = platform.clock()
    with platform.database.transaction() as session:
        assignment, _unit, around = own_call(session, actor, assignment_id)
        fieldwork.lock_caller(session, actor.id)
        fieldwork.lock_line(session, assignment.line_id or 0)
        earlier = fieldwork.find_attempt(session, attempt_id)
        if earlier is not None:
            same = (earlier.caller_id, earlier.assignment_id) == (actor.id, assignment_id)
            return earlier if same else _taken()
        if refused := _may_not_start(session, actor, assignment, around, now):
            return refused
        fieldwork.set_lock(session, assignment_id, actor.id, now + LOCK)
        note_deed(session, now, actor.id, "attempt.start", "attempt", attempt_id, assignment=assignment_id)
        return fieldwork.add_attempt(
            session,
            id=attempt_id,
            round_id=assignment.round_id,
            assignment_id=assignment_id,
            line_id=assignment.line_id,
            caller_id=actor.id,
            slot=assignment.slot or SLOTS[0],
            planned_at=assignment.planned_at,
            dialled_at=now,
            device_dialled_at=device_at,
            provider="manual",
        )


def _may_not_start(
    session: Session, actor: Actor, assignment: AssignmentRow, around: RoundRow, now: datetime
) -> Refusal | None:
    if around.state not in ("open", "closing"):
        return _said("round-closed", "本轮评估已结束，不再拨打。", "The round has ended; no more calls.")
    version_id = fieldwork.newest_version(session, "call", around.id)
    if version_id and questionnaires.state_in_round(session, version_id, around.id) != "open":
        return _said(
            "form-closed",
            "测试电话的问卷已停止发放，不再拨打；已完成的拨打可以照常记录。",
            "The questionnaire of test calls is not offered any more; log the calls already made.",
        )
    if assignment.state != "planned":
        return _said("done", "这项任务已完成或已取消。", "This task is done or cancelled.")
    if fieldwork.open_attempt(session, actor.id):
        return _said(
            "open-attempt",
            "您还有一次没有结束的拨打，请先记录它的结果。",
            "You have an attempt that is not closed; log its outcome first.",
        )
    line_id = assignment.line_id or 0
    if held := fieldwork.line_holder(session, line_id, now, actor.id):
        until = held[1].astimezone(CHINA).strftime("%H:%M")
        return _said(
            "locked",
            f"{held[0]}正在拨打这个号码，到 {until} 为止。请先拨下一个。",
            f"{held[0]} is calling this number, until {until}. Take the next one first.",
        )
    earlier = [
        Dialled(attempt.dialled_at, attempt.outcome, attempt.caller_id)
        for attempt in fieldwork.attempts_on(session, line_id, now - timedelta(hours=24))
    ]
    return dial_refusal(earlier, now, actor.id)


def mark(
    platform: Platform, actor: Actor, attempt_id: str, name: str, device_at: datetime | None = None
) -> CallAttemptRow | Refusal:
    """Note that it rang, was answered, was transferred or ended. The first instant stays.

    The instant is the server's. Only when a mark arrives late, because the device was offline, the time
    that passed on the device since dialling is taken instead; both are written into the audit log.
    """
    if name not in MARKS:
        return _said("mark", "没有这种标记。", "There is no such mark.")
    now = platform.clock()
    with platform.database.transaction() as session:
        attempt = own_attempt(session, actor, attempt_id, lock=True)
        if attempt.state == "closed":
            return _said("closed", "这次拨打已有结果，时间不再改动。", "The attempt has an outcome already.")
        if getattr(attempt, MARKS[name]) is None:
            at = instant_of(attempt, now, device_at)
            setattr(attempt, MARKS[name], at)
            note_deed(
                session,
                now,
                actor.id,
                "attempt.mark",
                "attempt",
                attempt_id,
                mark=name,
                device_at=device_at.isoformat() if device_at else None,
                late=at != now,
            )
        return attempt


def instant_of(attempt: CallAttemptRow, now: datetime, device_at: datetime | None) -> datetime:
    """The instant of a mark: `now`, or for a late one dialling plus what passed on the device since."""
    if device_at is None or attempt.device_dialled_at is None:
        return max(now, attempt.dialled_at)
    claimed = attempt.dialled_at + (device_at - attempt.device_dialled_at)
    return claimed if attempt.dialled_at <= claimed < now - LATE else max(now, attempt.dialled_at)


def close_attempt(
    platform: Platform, actor: Actor, attempt_id: str, outcome: str, device_at: datetime | None = None
) -> CallAttemptRow | Refusal:
    """Give an open or orphaned attempt its outcome; the same outcome again changes nothing."""
    if outcome not in CODES:
        return _said("outcome", "请从列表中选一个结果。", "Choose an outcome from the list.")
    now = platform.clock()
    with platform.database.transaction() as session:
        attempt = own_attempt(session, actor, attempt_id, lock=True)
        if attempt.state == "closed":
            if attempt.outcome == outcome:
                return attempt
            return _said(
                "closed",
                "这次拨打已有另一个结果。10 秒内可以撤销后重选。",
                "The attempt has another outcome already. Undo it within 10 seconds to choose again.",
            )
        if attempt.state == "open" and attempt.ended_at is None:
            attempt.ended_at = instant_of(attempt, now, device_at)
        attempt.state, attempt.outcome, attempt.closed_at = "closed", outcome, now
        fieldwork.set_lock(session, attempt.assignment_id, None, None)
        note_deed(session, now, actor.id, "attempt.close", "attempt", attempt_id, outcome=outcome)
        return attempt


def undo_outcome(platform: Platform, actor: Actor, attempt_id: str) -> CallAttemptRow | Refusal:
    """Take the outcome back, within 10 seconds and before a record was made of it."""
    now = platform.clock()
    with platform.database.transaction() as session:
        attempt = own_attempt(session, actor, attempt_id, lock=True)
        if attempt.state != "closed" or attempt.closed_at is None:
            return attempt
        sent = attempt.record_root_id or fieldwork.record_of(session, attempt_submission_id(attempt_id))
        if sent or now - attempt.closed_at > UNDO:
            return _said(
                "too-late",
                "已超过 10 秒或记录已提交，不能撤销。需要更正时，请审核员退回后再改。",
                "More than 10 seconds have passed or the record was sent. Ask a reviewer to return it.",
            )
        note_deed(session, now, actor.id, "attempt.undo", "attempt", attempt_id, outcome=attempt.outcome)
        if attempt.ended_at == attempt.closed_at:
            attempt.ended_at = None
        attempt.state = "open" if now - attempt.dialled_at < ABANDONED else "orphan"
        attempt.outcome = attempt.closed_at = None
        if attempt.state == "open":
            fieldwork.set_lock(session, attempt.assignment_id, actor.id, now + LOCK)
        return attempt


def reveal_number(platform: Platform, actor: Actor, assignment_id: int) -> str:
    """The full number of an own call, with a line in the audit log. Raises UnknownTask."""
    with platform.database.transaction() as session:
        assignment, _unit, _around = own_call(session, actor, assignment_id)
        line = fieldwork.get_line(session, assignment.line_id or 0)
        note_deed(
            session, platform.clock(), actor.id, "line.reveal", "line", line.id, assignment=assignment_id
        )
        return line.number


def _taken() -> Refusal:
    return _said(
        "taken",
        "这个拨打编号已用于另一次拨打，请重新打开页面。",
        "This attempt id belongs to another attempt; open the page again.",
    )


def _said(code: str, zh: str, en: str) -> Refusal:
    return Refusal.of(code, zh, en)
