"""Take one submission, whatever door it came through: stored once, acknowledged only when durable.

New and open: stored. The same id with the same body: the same receipt, also after closing. The same id
with another body: conflict, the first stays. Invalid or closed: nothing stored, everything handed back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from surveyapp.evaluation.flags import record_flags
from surveyapp.forms.filling import Filling, fill, record_moment
from surveyapp.forms.problem import Problem
from surveyapp.services.attaching import PreparedFile, Upload, attach, prepare, store_files
from surveyapp.services.callbacks import CALLBACK, keep_callback
from surveyapp.services.codes import new_receipt
from surveyapp.services.installation import Platform
from surveyapp.storage import questionnaires, records
from surveyapp.storage.database import Session

SCREEN_OUT = "screen_out"
SAMPLE_PERCENT = 5
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


@dataclass(frozen=True)
class Submission:
    """What a client sent. `network` is what duplicate checks may know of the sender; only a keyed hash
    of it is stored, and only for anonymous answers. `flags` are what the caller noticed itself, `confirmed`
    the reasons given for unusual answers, by path."""

    submission_id: str
    version_id: int
    round_id: int
    unit_id: int
    answers: Mapping[str, Any]
    site_id: int | None = None
    line_id: int | None = None
    link_id: int | None = None
    collector_id: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    paradata: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Upload] = ()
    language: str = "zh"
    device_started_at: datetime | None = None
    device_finished_at: datetime | None = None
    network: str = ""
    flags: Sequence[str] = ()
    root_id: str = ""
    reason: str | None = None
    confirmed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """Stored durably (now, or before when `is_repeat`)."""

    receipt: str
    root_id: str
    record_id: int
    is_repeat: bool


@dataclass(frozen=True)
class Refused:
    """Not stored. `code`: invalid, conflict, closed (the round), form_closed (the questionnaire), malformed,
    screened_out, filed_elsewhere (work that came through another door)."""

    code: str
    problems: tuple[Problem, ...] = ()
    filling: Filling | None = None


def accept(platform: Platform, submission: Submission) -> Accepted | Refused:
    """Take a submission. Raises StorageUnavailable when nothing could be stored (safe to send again)."""
    if not _UUID.match(submission.submission_id):
        return Refused("malformed", (_MALFORMED,))
    digest = body_digest(submission)
    outcome = _checked(platform, submission, digest)
    if isinstance(outcome, Accepted) or outcome.code == "conflict":
        return outcome
    return _earlier(platform, submission.submission_id, digest) or outcome


def _checked(platform: Platform, submission: Submission, digest: str) -> Accepted | Refused:
    form = platform.form(submission.version_id, submission.round_id)
    moment, _clamped = record_moment(submission.device_finished_at, platform.clock())
    filling = fill(
        form,
        submission.answers,
        now=moment,
        language=submission.language,
        confirmed=submission.confirmed,
    )
    answers = filling.answers
    if is_screened_out(answers):
        return Refused("screened_out")
    files, file_problems = prepare(submission.files, form)
    problems = (*filling.problems, *file_problems)
    if problems:
        return Refused("invalid", problems, filling)
    store_files(platform, files)
    try:
        return _store(platform, _with_evidence(submission, filling), digest, answers, files)
    except records.AlreadyStored:
        return _earlier(platform, submission.submission_id, digest) or Refused("conflict")


def _with_evidence(submission: Submission, filling: Filling) -> Submission:
    """The submission with what its record keeps beside the answers: confirmed breaches, consents given."""
    found = {"confirmed": dict(filling.confirmed), "consents": list(filling.consents)}
    kept = {name: value for name, value in found.items() if value}
    return replace(submission, extra={**submission.extra, **kept}) if kept else submission


def body_digest(submission: Submission) -> str:
    """SHA-256 of what was sent, in canonical JSON; equal for a repeat, different for another body."""
    body = {
        "version": submission.version_id,
        "round": submission.round_id,
        "unit": submission.unit_id,
        "answers": submission.answers,
        "extra": submission.extra,
        "files": [[f.question, hashlib.sha256(f.content).hexdigest()] for f in submission.files],
        "root": submission.root_id,
        "collector": submission.collector_id,
    }
    if submission.confirmed:
        body["confirmed"] = dict(submission.confirmed)
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _earlier(platform: Platform, submission_id: str, digest: str) -> Accepted | Refused | None:
    with platform.database.reading() as session:
        found = records.find_by_submission(session, submission_id)
    if found is None:
        return None
    if found.body_sha256 != digest:
        return Refused("conflict")
    return Accepted(found.receipt, found.root_id, found.id, True)


def _store(
    platform: Platform,
    submission: Submission,
    digest: str,
    cleaned: Mapping[str, Any],
    files: Sequence[PreparedFile],
) -> Accepted | Refused:
    answers, phone = apart_from_callback(cleaned)
    kind = platform.kind(submission.version_id)
    values = record_values(platform, submission, digest, kind, answers)
    found = record_flags(kind, answers, values["paradata"], values["extra"])
    values["flags"] = list(dict.fromkeys([*submission.flags, *found]))
    with platform.database.transaction() as session:
        around = records.find_round_state(session, submission.round_id)
        if around is None or around.state not in ("open", "closing"):
            return Refused("closed")
        if _is_form_closed(session, submission):
            return Refused("form_closed")
        values["paradata"] |= _sender(around.hash_key, submission)
        record_id = records.add_submission_once(session, values)
        attach(session, platform, record_id, files)
        enter(session, values, platform.clock(), submission.reason)
        if phone:
            keep_callback(session, platform, values["root_id"], phone, submission.language)
    return Accepted(values["receipt"], values["root_id"], record_id, False)


def _is_form_closed(session: Session, submission: Submission) -> bool:
    state = questionnaires.state_in_round(session, submission.version_id, submission.round_id)
    return state == "closed"


def record_values(
    platform: Platform, submission: Submission, digest: str, kind: str, answers: dict[str, Any]
) -> dict[str, Any]:
    """The row of a first revision, flags aside."""
    return {
        "root_id": submission.root_id or submission.submission_id,
        "revision": 1,
        "submission_id": submission.submission_id,
        "body_sha256": digest,
        "receipt": new_receipt(),
        "kind": kind,
        "round_id": submission.round_id,
        "version_id": submission.version_id,
        "unit_id": submission.unit_id,
        "site_id": submission.site_id,
        "line_id": submission.line_id,
        "link_id": submission.link_id,
        "collector_id": submission.collector_id,
        "answers": answers,
        "extra": dict(submission.extra),
        "paradata": dict(submission.paradata),
        "flags": [],
        "language": submission.language,
        "reason": submission.reason,
        "device_started_at": submission.device_started_at,
        "device_finished_at": submission.device_finished_at,
        "received_at": platform.clock(),
    }


def _sender(hash_key: bytes | None, submission: Submission) -> dict[str, str]:
    """A keyed hash that finds the same sender within the round; nothing once its key is destroyed."""
    if not (hash_key and submission.network and submission.collector_id is None):
        return {}
    return {"sender": hmac.new(hash_key, submission.network.encode(), hashlib.sha256).hexdigest()[:24]}


def enter(session: Session, values: Mapping[str, Any], now: datetime, reason: str | None) -> None:
    """Give a new record its first state: citizens' own unflagged answers are approved, but for a sample."""
    by_citizen = values["kind"] == "survey" and values["collector_id"] is None
    automatic = by_citizen and not values["flags"] and not _sampled(values["submission_id"])
    states = ["received", "approved"] if automatic else ["received"]
    state = {
        "root_id": values["root_id"],
        "round_id": values["round_id"],
        "revision": 1,
        "state": states[-1],
        "step": len(states),
        "folded_step": 0,
        "collector_id": values["collector_id"],
        "approver_id": None,
        "confirmer_id": None,
    }
    events = [
        {
            "root_id": values["root_id"],
            "step": number,
            "revision": 1,
            "from_state": states[number - 2] if number > 1 else None,
            "to_state": name,
            "actor_id": values["collector_id"] if number == 1 else None,
            "reason": reason or ("" if number == 1 else "unflagged"),
            "at": now,
        }
        for number, name in enumerate(states, start=1)
    ]
    records.add_first_state(session, state, events)


def _sampled(submission_id: str) -> bool:
    """Whether this answer is in the sample that people look at: 5 %, fixed by its id."""
    return int(hashlib.sha256(submission_id.encode()).hexdigest()[:8], 16) % 100 < SAMPLE_PERCENT


def is_screened_out(answers: Mapping[str, Any]) -> bool:
    """Whether the person must not be asked, so that nothing of the answers may be kept."""
    return _leaf(answers, SCREEN_OUT) == "1"


def _leaf(answers: Mapping[str, Any], name: str) -> str:
    """The value of the first leaf called `name`, '' when absent."""
    for key, value in answers.items():
        if isinstance(value, Mapping):
            if found := _leaf(value, name):
                return found
        elif key == name and isinstance(value, str):
            return value
    return ""


def apart_from_callback(answers: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Answers without the call-back number, and that number."""
    phone, kept = "", {}
    for key, value in answers.items():
        if isinstance(value, Mapping):
            kept[key], found = apart_from_callback(value)
            phone = phone or found
        elif key == CALLBACK:
            phone = str(value)
        else:
            kept[key] = value
    return kept, phone


_MALFORMED = Problem(
    "submission-id",
    "submission_id",
    {
        "zh": "提交编号格式不对，请重新打开页面再提交。",
        "en": "The submission id is malformed; open the page again and submit from there.",
    },
)
