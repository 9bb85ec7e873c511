"""An author corrects a record that was returned: the next revision, with a reason; the old one stays.

What the server measured or planned (hidden questions, instants, segments) is carried over unchanged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.evaluation.flags import leaves, record_flags
from surveyapp.evaluation.lifecycle import REASON_MAX, Refusal, state_after_edit
from surveyapp.forms.filling import fill, record_moment
from surveyapp.forms.form import Form, Group, Item, Repeat
from surveyapp.forms.posting import with_answers
from surveyapp.services import attaching, collecting, reviewing
from surveyapp.services.accounts import Actor
from surveyapp.services.attaching import PreparedFile, Upload
from surveyapp.services.auditing import note_deed
from surveyapp.services.codes import new_receipt
from surveyapp.services.collecting import Accepted, Refused, Submission
from surveyapp.services.installation import Platform
from surveyapp.storage import corrections, fieldwork
from surveyapp.storage.tables import RecordRow

FILES = ("image", "audio", "video", "file")


@dataclass(frozen=True)
class Correction:
    """What an author sends: the whole form again, new files for questions whose files change, and why."""

    submission_id: str
    answers: Mapping[str, Any]
    reason: str
    files: Sequence[Upload] = ()
    language: str = "zh"
    confirmed: Mapping[str, str] = field(default_factory=dict)


class UnknownRecord(LookupError):
    """No such record of this person."""


def correct(
    platform: Platform, actor: Actor, root_id: str, correction: Correction
) -> Accepted | Refused | Refusal:
    """Store the next revision once; a repeat of the same submission id gives the same receipt.

    Raises UnknownRecord for somebody else's. Only a returned record can be corrected.
    """
    with platform.database.reading() as session:
        found = corrections.current(session, root_id)
        earlier = fieldwork.record_of(session, correction.submission_id)
    if found is None or found[0].collector_id != actor.id:
        raise UnknownRecord(root_id)
    before, state = found
    if earlier is not None:
        return _repeat(earlier, root_id, correction, platform)
    may = state_after_edit(state.state, is_author=True)
    if isinstance(may, Refusal):
        return may
    if refused := _reason_refusal(correction.reason):
        return refused
    return _checked(platform, actor, before, correction)


def _reason_refusal(reason: str) -> Refusal | None:
    if not reason.strip():
        return Refusal(
            "reason_missing", {"zh": "请写明更正的理由。", "en": "Give the reason for the correction."}
        )
    if len(reason) > REASON_MAX:
        zh, en = f"理由不能超过 {REASON_MAX} 字。", f"The reason may not exceed {REASON_MAX} characters."
        return Refusal("reason_too_long", {"zh": zh, "en": en})
    return None


def corrected_answers(form: Form, before: RecordRow, correction: Correction) -> dict[str, Any]:
    """The answers of the next revision: hidden ones as before, files as before unless new ones came."""
    kept = dict(_kept(form.children, before.answers, correction.answers, ""))
    new = {upload.question: upload.name for upload in reversed(correction.files)}
    return with_answers(form, correction.answers, kept | new)


def _kept(
    items: Sequence[Item], old: Mapping[str, Any], new: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, str]]:
    """Path and earlier value of what an author does not type; instances that were taken away stay away."""
    for item in items:
        path = f"{prefix}{item.name}"
        if isinstance(item, Repeat):
            pairs = zip(old.get(item.name) or [], new.get(item.name) or [], strict=False)
            for number, (before, after) in enumerate(pairs, start=1):
                yield from _kept(item.children, before, after, f"{path}[{number}]/")
        elif isinstance(item, Group):
            yield from _kept(item.children, old.get(item.name) or {}, new.get(item.name) or {}, f"{path}/")
        elif item.type in FILES or (not item.shown and not item.calculate):
            yield path, str(old.get(item.name) or "")


def _submission(before: RecordRow, answers: Mapping[str, Any], correction: Correction) -> Submission:
    return Submission(
        submission_id=correction.submission_id,
        version_id=before.version_id,
        round_id=before.round_id,
        unit_id=before.unit_id,
        collector_id=before.collector_id,
        answers=answers,
        extra=before.extra,
        files=correction.files,
        root_id=before.root_id,
        reason=correction.reason,
    )


def _repeat(
    earlier: RecordRow, root_id: str, correction: Correction, platform: Platform
) -> Accepted | Refused:
    answers = corrected_answers(platform.form(earlier.version_id, earlier.round_id), earlier, correction)
    digest = collecting.body_digest(_submission(earlier, answers, correction))
    if earlier.root_id != root_id or earlier.body_sha256 != digest:
        return Refused("conflict")
    return Accepted(earlier.receipt, earlier.root_id, earlier.id, True)


def _checked(
    platform: Platform, actor: Actor, before: RecordRow, correction: Correction
) -> Accepted | Refused | Refusal:
    form = platform.form(before.version_id, before.round_id)
    answers = corrected_answers(form, before, correction)
    moment, _clamped = record_moment(before.device_finished_at, before.received_at)
    confirmed = {**(before.extra.get("confirmed") or {}), **correction.confirmed}
    filling = fill(form, answers, now=moment, language=correction.language, confirmed=confirmed)
    files, file_problems = attaching.prepare(correction.files, form)
    if problems := (*filling.problems, *file_problems):
        return Refused("invalid", problems, filling)
    attaching.store_files(platform, files)
    digest = collecting.body_digest(_submission(before, answers, correction))
    return _stored(platform, actor, before, correction, filling.answers, files, digest)


def _stored(
    platform: Platform,
    actor: Actor,
    before: RecordRow,
    correction: Correction,
    answers: dict[str, Any],
    files: Sequence[PreparedFile],
    digest: str,
) -> Accepted | Refused | Refusal:
    now, receipt = platform.clock(), new_receipt()
    with platform.database.transaction() as session:
        if repeat := fieldwork.record_of(session, correction.submission_id):
            return _repeat(repeat, before.root_id, correction, platform)
        found = corrections.current(session, before.root_id, lock=True)
        may = state_after_edit(found[1].state if found else "", is_author=True)
        if isinstance(may, Refusal):
            return may
        revision = reviewing.corrected(session, platform, before.root_id, actor.id, correction.reason)
        record_id = corrections.add_revision(
            session,
            before,
            revision=revision,
            submission_id=correction.submission_id,
            body_sha256=digest,
            receipt=receipt,
            answers=answers,
            flags=list(record_flags(before.kind, answers, before.paradata, before.extra)),
            reason=correction.reason,
            received_at=now,
        )
        corrections.copy_files(session, before.id, record_id, {file.upload.question for file in files})
        shifted = [dataclasses.replace(file, position=file.position + 1000 * revision) for file in files]
        attaching.attach(session, platform, record_id, shifted)
        outcome = dict(leaves(answers)).get("outcome", "")
        if before.kind == "call" and outcome != dict(leaves(before.answers)).get("outcome", ""):
            fieldwork.set_outcome_of_record(session, before.root_id, outcome)
        note_deed(session, now, actor.id, "record.correct", "record", before.root_id, revision=revision)
    return Accepted(receipt, before.root_id, record_id, False)
