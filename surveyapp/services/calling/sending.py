"""Make the record of a closed attempt, once: by the caller's answers, or by the sweep when none are needed.

Its submission id is derived from the attempt, so a process killed half-way is simply caught up with.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from surveyapp.evaluation.flags import leaves
from surveyapp.evaluation.rates import Attempt, Rate, connection_rates
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form
from surveyapp.gateways.refusal import Refusal
from surveyapp.services import collecting
from surveyapp.services.accounts import Actor
from surveyapp.services.calling.attempts import CODES, UNDO, UnknownTask, own_attempt
from surveyapp.services.calling.guards import is_within
from surveyapp.services.collecting import Accepted, Refused, Submission
from surveyapp.services.derived_ids import attempt_submission_id
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.database import Session
from surveyapp.storage.queries.field import closed_since
from surveyapp.storage.tables import AssignmentRow, CallAttemptRow, PhoneLineRow, RecordRow

log = logging.getLogger("surveyapp")
STAYS_PLANNED = frozenset({"C1", "C2"})


class NoQuestionnaire(LookupError):
    """No published questionnaire of this kind."""


@dataclass(frozen=True)
class Unsent:
    """A closed attempt with all that its record needs."""

    attempt: CallAttemptRow
    assignment: AssignmentRow
    line: PhoneLineRow
    version_id: int
    told: tuple[Mapping[str, Any], ...]


def unsent(platform: Platform, attempt_id: str) -> Unsent:
    """What the record of an attempt is made of. Raises UnknownTask, NoQuestionnaire."""
    with platform.database.reading() as session:
        attempt = fieldwork.find_attempt(session, attempt_id)
        found = fieldwork.find_assignment(session, attempt.assignment_id) if attempt else None
        if attempt is None or found is None:
            raise UnknownTask(attempt_id)
        version_id = fieldwork.newest_version(session, "call", attempt.round_id)
        if version_id is None:
            raise NoQuestionnaire("call")
        line = fieldwork.get_line(session, attempt.line_id)
        return Unsent(attempt, found[0], line, version_id, tuple(fieldwork.marks_told(session, attempt_id)))


def seconds_to_answer(attempt: CallAttemptRow) -> float | None:
    """Seconds from dialling until a person answered; None when nobody did or it was not marked."""
    if attempt.answered_at is None:
        return None
    return round((attempt.answered_at - attempt.dialled_at).total_seconds(), 1)


def known_answers(platform: Platform, item: Unsent) -> dict[str, Any]:
    """What the attempt itself says, at the places where the questionnaire asks for it."""
    attempt = item.attempt
    is_person = bool(attempt.outcome) and (attempt.outcome or "")[0] in "AD"
    answer = seconds_to_answer(attempt) if is_person else None
    total = (attempt.ended_at - attempt.dialled_at).total_seconds() if attempt.ended_at else None
    values = {
        "line": item.line.code,
        "slot": attempt.slot,
        "seconds_to_answer": "" if answer is None else f"{answer:g}",
        "seconds_total": "" if total is None else f"{round(total, 1):g}",
        "outcome": attempt.outcome or "",
    }
    return placed(platform.form(item.version_id), {}, values)


def placed(form: Form, answers: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """`answers` with each of `values` put at the question of that name; unknown names are left out."""
    result = _copied(answers)
    for name, value in values.items():
        item = form.find_by_name(name)
        if item is None:
            continue
        here = result
        *above, leaf = item.path.split("/")
        for part in above:
            here = here.setdefault(part, {})
        here[leaf] = value
    return result


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in answers.items()}


def needs_answers(platform: Platform, item: Unsent) -> bool:
    """Whether the questionnaire asks more than the attempt says (a conversation, an appointment)."""
    form = platform.form(item.version_id, item.assignment.round_id)
    filled = fill(form, known_answers(platform, item), now=platform.clock())
    return bool(filled.problems)


def send_record(
    platform: Platform,
    actor: Actor,
    attempt_id: str,
    answers: Mapping[str, Any],
    promised_at: datetime | None = None,
    language: str = "zh",
    confirmed: Mapping[str, str] | None = None,
) -> Accepted | Refused | Refusal:
    """Make the record with the caller's answers; what the server measured cannot be overwritten by them."""
    with platform.database.transaction() as session:
        attempt = own_attempt(session, actor, attempt_id, lock=True)
        if attempt.state != "closed":
            return Refusal.of("open", "请先选择拨打结果。", "Choose the outcome of the call first.")
        chosen = dict(leaves(answers)).get("outcome", "")
        if attempt.record_root_id is None and chosen in CODES:
            attempt.outcome = chosen
        if attempt.outcome == "D1" and promised_at is None:
            return Refusal.of("promised", "请填写约定回拨的时间。", "Enter when they promised to call back.")
    item = unsent(platform, attempt_id)
    known = known_answers(platform, item)
    outcome = _send(platform, item, _merged(answers, known), promised_at, language, confirmed or {})
    if isinstance(outcome, Refused) and outcome.code == "conflict":
        catch_up(platform, attempt_id)
    return outcome


def _merged(answers: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(answers)
    for key, value in known.items():
        inner = result.get(key)
        both = isinstance(value, Mapping) and isinstance(inner, Mapping)
        result[key] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return result


def _send(
    platform: Platform,
    item: Unsent,
    answers: Mapping[str, Any],
    promised_at: datetime | None,
    language: str,
    confirmed: Mapping[str, str] = MappingProxyType({}),
) -> Accepted | Refused:
    attempt = item.attempt
    extra: dict[str, Any] = {
        "attempt_id": attempt.id,
        "in_hours": is_within(item.line.hours, attempt.dialled_at),
        "promised_at": promised_at.isoformat() if promised_at else None,
        "device_marks": [dict(told) for told in item.told],
    }
    paradata: dict[str, Any] = {}
    if attempt.device_dialled_at:
        paradata["skew"] = round((attempt.device_dialled_at - attempt.dialled_at).total_seconds(), 1)
    outcome = collecting.accept(
        platform,
        Submission(
            submission_id=attempt_submission_id(attempt.id),
            version_id=item.version_id,
            round_id=attempt.round_id,
            unit_id=item.assignment.unit_id,
            site_id=item.line.site_id,
            line_id=attempt.line_id,
            collector_id=attempt.caller_id,
            answers=answers,
            extra={key: value for key, value in extra.items() if value not in (None, [])},
            paradata=paradata,
            language=language,
            confirmed=confirmed,
        ),
    )
    if isinstance(outcome, Accepted):
        catch_up(platform, attempt.id)
    return outcome


def catch_up(platform: Platform, attempt_id: str) -> bool:
    """Tie an attempt to the record that was made of it; False when there is no record yet.

    A call that our own side spoilt (C1, C2) leaves its task open; a promised call back (D1) plans the next
    call at the promised time; any other outcome finishes the task. Done once, however often it is called.
    """
    with platform.database.transaction() as session:
        record = fieldwork.record_of(session, attempt_submission_id(attempt_id))
        attempt = fieldwork.find_attempt(session, attempt_id, lock=True)
        if record is None or attempt is None:
            return False
        outcome = dict(leaves(record.answers)).get("outcome", "")
        if fieldwork.set_record(session, attempt_id, record.root_id, outcome, platform.clock()):
            _settle(session, attempt, record, outcome)
    return True


def _settle(session: Session, attempt: CallAttemptRow, record: RecordRow, outcome: str) -> None:
    found = fieldwork.find_assignment(session, attempt.assignment_id)
    if found is None or outcome in STAYS_PLANNED:
        return
    fieldwork.finish_assignment(session, attempt.assignment_id, "done")
    promised = record.extra.get("promised_at")
    if outcome == "D1" and promised:
        said = dict(leaves(record.answers)).get("appointment", "")
        fieldwork.add_call(session, found[0], datetime.fromisoformat(promised), f"约定回拨：{said}")


def send_closed(platform: Platform, caller_id: int | None = None) -> int:
    """Send what was closed more than 10 seconds ago and needs no more answers; returns how many.

    What needs answers stays in its caller's list. Safe to call at any time, by anybody, as often as one
    likes: the sweep does so for all callers, a page for its own.
    """
    with platform.database.reading() as session:
        waiting = fieldwork.unsent_attempts(session, platform.clock() - UNDO, caller_id)
    sent = 0
    for attempt in waiting:
        if catch_up(platform, attempt.id):
            sent += 1
            continue
        item = unsent(platform, attempt.id)
        if needs_answers(platform, item):
            continue
        outcome = _send(platform, item, known_answers(platform, item), None, "zh")
        if isinstance(outcome, Accepted):
            sent += 1
        else:
            log.warning("attempt %s was not sent: %s", attempt.id, outcome.code)
    return sent


def own_rates(platform: Platform, caller_id: int, since: datetime) -> tuple[Rate, ...]:
    """The five named rates of one person's closed attempts since an instant, with intervals."""
    with platform.database.reading() as session:
        rows = closed_since(session, caller_id, since)
    return connection_rates(
        [
            Attempt(
                line=str(attempt.line_id),
                slot=attempt.slot,
                order=attempt.dialled_at.isoformat(),
                outcome=attempt.outcome or "",
                seconds_to_answer=seconds_to_answer(attempt),
                answers=_scripted(answers),
            )
            for attempt, answers in rows
        ]
    )


def _scripted(answers: Mapping[str, Any] | None) -> tuple[int, ...]:
    leaf = dict(leaves(answers or {}))
    given = [leaf.get(f"answer_{number}", "") for number in (1, 2, 3)]
    return tuple(int(value) for value in given if value in ("0", "1", "2"))
