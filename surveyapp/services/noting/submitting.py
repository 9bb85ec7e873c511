"""How an interview note becomes a record, once: submitted, sent, caught up with after a crash."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from surveyapp.forms.filling import fill
from surveyapp.gateways.refusal import Refusal
from surveyapp.services import collecting
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.collecting import Accepted, Refused, Submission
from surveyapp.services.derived_ids import note_submission_id
from surveyapp.services.installation import Platform
from surveyapp.services.noting.merging import characters, merged
from surveyapp.services.noting.notes import own_note, push_of, version_for_interviews
from surveyapp.storage import fieldwork, notes

CONFIRMED = "confirmed"
log = logging.getLogger("surveyapp")


def submit_note(
    platform: Platform,
    actor: Actor,
    note_id: str,
    answers: Mapping[str, Any],
    language: str = "zh",
    confirmed: Mapping[str, str] | None = None,
) -> Accepted | Refused | Refusal:
    """Make the note's record, once; what is not complete is refused and the note stays open.

    Reasons for unusual answers are kept with the note's consents, so that a later sending has them too.
    """
    with platform.database.reading() as session:
        known = notes.find_note(session, note_id)
    if known is None:
        raise UnknownTask(note_id)
    round_id = known[0].round_id
    form = platform.form(version_for_interviews(platform, round_id), round_id)
    filled = fill(form, answers, now=platform.clock(), language=language, confirmed=confirmed)
    with platform.database.transaction() as session:
        note, _unit = own_note(session, actor, note_id, lock=True)
        if note.state == "open":
            note.answers, note.answers_rev = dict(answers), note.answers_rev + 1
            note.consent = {**note.consent, CONFIRMED: dict(filled.confirmed)}
            waiting = any(
                one.is_conflict for one in merged(push_of(row) for row in notes.revisions(session, note_id))
            )
            if filled.problems:
                return Refused("invalid", filled.problems, filled)
            if waiting:
                return Refusal.of(
                    "conflict",
                    "还有段落存在两种写法，请先选定一种。",
                    "Some segments have two versions; choose one first.",
                )
            note.state = "submitted"
            note_deed(session, platform.clock(), actor.id, "note.submit", "note", note_id)
    return send_note(platform, note_id, language)


def send_note(platform: Platform, note_id: str, language: str = "zh") -> Accepted | Refused:
    """Store the record of a submitted note; the same whenever and however often it is called."""
    with platform.database.reading() as session:
        found = notes.find_note(session, note_id)
        pushes = [push_of(row) for row in notes.revisions(session, note_id)]
    if found is None:
        raise UnknownTask(note_id)
    note = found[0]
    said = [segment.to_json() for segment in merged(pushes)]
    submission = Submission(
        submission_id=note_submission_id(note_id),
        version_id=version_for_interviews(platform, note.round_id),
        round_id=note.round_id,
        unit_id=note.unit_id,
        collector_id=note.collector_id,
        answers=note.answers,
        extra={
            "note_id": note_id,
            "title": note.title,
            "form_of": note.form_of,
            "segments": said,
            "participants": note.consent.get("participants", []),
            "consent": {
                k: value for k, value in note.consent.items() if k not in ("participants", CONFIRMED)
            },
            "note_characters": characters(said),
        },
        language=language,
        confirmed=note.consent.get(CONFIRMED, {}),
    )
    outcome = collecting.accept(platform, submission)
    if isinstance(outcome, Accepted) or outcome.code == "conflict":
        _tie(platform, note_id)
    elif outcome.code in ("invalid", "form_closed"):
        _reopen(platform, note_id)
    return outcome


def _tie(platform: Platform, note_id: str) -> None:
    with platform.database.transaction() as session:
        record = fieldwork.record_of(session, note_submission_id(note_id))
        found = notes.find_note(session, note_id, lock=True)
        if record is not None and found is not None:
            found[0].state, found[0].record_root_id = "submitted", record.root_id


def _reopen(platform: Platform, note_id: str) -> None:
    with platform.database.transaction() as session:
        found = notes.find_note(session, note_id, lock=True)
        if found is not None and found[0].record_root_id is None:
            found[0].state = "open"


def settle_notes(platform: Platform, user_id: int | None = None) -> int:
    """Store the records of submitted notes whose process died before it could; returns how many."""
    with platform.database.reading() as session:
        waiting = notes.unsent_notes(session, user_id)
    sent = 0
    for note_id in waiting:
        outcome = send_note(platform, note_id)
        sent += isinstance(outcome, Accepted)
        if isinstance(outcome, Refused):
            log.warning("note %s was not sent: %s", note_id, outcome.code)
    return sent
