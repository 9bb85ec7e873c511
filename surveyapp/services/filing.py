"""Assigned work filed as a record: visits, hall checks, document reviews, panels, publication checks,
call-backs, self-assessments. One record an assignment; a doubt is a flag.

The submission id is derived from the assignment, so work is filed once, from whatever device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surveyapp.evaluation.flags import leaves, number
from surveyapp.evaluation.kinds import KINDS
from surveyapp.evaluation.visits import DEFAULT_FENCE_M, Position, PositionCheck, position_check
from surveyapp.forms.form import Form
from surveyapp.forms.posting import with_answers
from surveyapp.forms.problem import Problem
from surveyapp.services import collecting
from surveyapp.services.accounts import Actor
from surveyapp.services.attaching import Upload
from surveyapp.services.callbacks import settle_callback
from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.calling.sending import NoQuestionnaire, placed
from surveyapp.services.collecting import Accepted, Refused, Submission
from surveyapp.services.derived_ids import work_submission_id
from surveyapp.services.extracting import Extract, evidence_of, newest_extract
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.tables import AssignmentRow, RecordRow, SiteRow

FILES_PER_QUESTION = 6
DATUM = "WGS-84"
SOURCES = ("device", "manual")
FILED = ("visit", *(code for code, kind in KINDS.items() if kind.door == "task"))
"""The kinds whose records are filed here; test calls become records by themselves."""


@dataclass(frozen=True)
class Work:
    """What was filed. `source` of the position: 'device' or 'manual', the latter with its reason."""

    answers: Mapping[str, Any]
    files: Sequence[Upload] = ()
    source: str = "manual"
    source_reason: str = ""
    started_at: datetime | None = None
    left_at: datetime | None = None
    device_finished_at: datetime | None = None
    seconds: float | None = None
    language: str = "zh"
    problems: Sequence[Problem] = field(default_factory=tuple)
    confirmed: Mapping[str, str] = field(default_factory=dict)


def version_for(platform: Platform, kind: str, round_id: int) -> int:
    """The newest published questionnaire version of a kind for a round. Raises NoQuestionnaire."""
    with platform.database.reading() as session:
        found = fieldwork.newest_version(session, kind, round_id)
    if found is None:
        raise NoQuestionnaire(kind)
    return found


def file_work(platform: Platform, actor: Actor, assignment_id: int, work: Work) -> Accepted | Refused:
    """File assigned work once, whichever door it came through. A repeat gives the same receipt, another body
    for the same is a conflict; what a device has sent already is refused as 'filed_elsewhere'.

    Raises UnknownTask for work that is not the actor's own, NoQuestionnaire without a published one.
    """
    with platform.database.reading() as session:
        found = fieldwork.find_assignment(session, assignment_id)
        if found is None or found[0].kind not in FILED or found[0].user_id != actor.id:
            raise UnknownTask(assignment_id)
        if not actor.covers(found[1].path, *KINDS[found[0].kind].collectors):
            raise UnknownTask(assignment_id)
        site = fieldwork.find_site(session, found[0].site_id)
        filed_with = fieldwork.record_of(session, work_submission_id(found[0].kind, assignment_id))
    if found[0].state == "cancelled" and filed_with is None:
        raise UnknownTask(assignment_id)
    if found[0].state == "done" and filed_with is None:
        return Refused("filed_elsewhere")
    version_id = (
        filed_with.version_id if filed_with else version_for(platform, found[0].kind, found[0].round_id)
    )
    if problems := (*work.problems, *_problems(platform.form(version_id), work)):
        return Refused("invalid", problems)
    counted = _counted(platform, found[0], filed_with, work)
    submission = _submission(platform, actor, found[0], site, version_id, work, counted)
    outcome = collecting.accept(platform, submission)
    if isinstance(outcome, Accepted):
        _finish(platform, assignment_id)
        settle_callback(platform, actor, found[0].case_root_id, work.answers)
    return outcome


def begun_with(platform: Platform, form: Form, assignment: AssignmentRow) -> dict[str, Any]:
    """The answers that a form begins with: what the lead planned and what the list of cases counts."""
    known = {name: str(value) for name, value in (assignment.known or {}).items()}
    extract = extract_for(platform, assignment)
    if extract is None:
        return placed(form, {}, known)
    counted = {**extract.answers, "evidence_n": "1"}
    return placed(form, evidence_of(form, extract), {**counted, **known})


def extract_for(platform: Platform, assignment: AssignmentRow) -> Extract | None:
    """The list of cases that a review of the whole unit begins with; None for other work and without one."""
    if assignment.kind != "document" or (assignment.known or {}).get("subject") != "unit":
        return None
    return newest_extract(platform, assignment.round_id, assignment.unit_id)


def _submission(
    platform: Platform,
    actor: Actor,
    assignment: AssignmentRow,
    site: SiteRow | None,
    version_id: int,
    work: Work,
    counted: Mapping[str, str],
) -> Submission:
    form = platform.form(version_id)
    told = {"site": site.code if site else "", "scenario": assignment.scenario}
    if assignment.kind == "callback":
        told["case_ref"] = str(assignment.id)
    names = {upload.question: upload.name for upload in reversed(work.files)}
    return Submission(
        submission_id=work_submission_id(assignment.kind, assignment.id),
        version_id=version_id,
        round_id=assignment.round_id,
        unit_id=assignment.unit_id,
        site_id=assignment.site_id,
        collector_id=actor.id,
        answers=with_answers(form, placed(form, work.answers, told), names),
        files=work.files,
        extra=_extra(assignment, site, work) | ({"counted": dict(counted)} if counted else {}),
        paradata=_paradata(platform, work),
        language=work.language,
        device_started_at=work.started_at,
        device_finished_at=work.device_finished_at,
        confirmed=work.confirmed,
    )


def _counted(
    platform: Platform, assignment: AssignmentRow, filed: RecordRow | None, work: Work
) -> Mapping[str, str]:
    """What the list of cases counts, by question; for a repeat, what it counted when the record was filed."""
    if filed is not None:
        return dict(filed.extra.get("counted", {}))
    said = dict(leaves(work.answers))
    extract = extract_for(platform, assignment)
    return extract.answers if extract is not None and said.get("extract_rows", "0") != "0" else {}


def _extra(assignment: AssignmentRow, site: SiteRow | None, work: Work) -> dict[str, Any]:
    extra: dict[str, Any] = {"assignment_id": assignment.id}
    planned = {name: (assignment.known or {}).get(name) for name in KINDS[assignment.kind].planned}
    if planned := {name: value for name, value in planned.items() if value}:
        extra["planned"] = planned
    seen = position_in(work.answers)
    if seen is None:
        return extra
    extra |= {"accuracy_m": seen.accuracy_m, "datum": DATUM, "position_source": work.source}
    if work.source == "manual":
        extra["position_reason"] = work.source_reason.strip()
    if check := checked_position(site, seen):
        extra |= {"distance_m": round(check.distance_m, 1), "fence_m": DEFAULT_FENCE_M}
    return extra


def position_in(answers: Mapping[str, Any]) -> Position | None:
    """The position of the answers ('lat lon altitude accuracy', WGS-84); None for none or a broken one."""
    words = dict(leaves(answers)).get("position", "").split()
    values = [number(word) for word in words]
    if len(values) < 2 or values[0] is None or values[1] is None or abs(values[0]) > 90:
        return None
    accuracy = values[3] if len(values) > 3 and values[3] is not None else 0.0
    return Position(values[0], values[1], accuracy, DATUM)


def checked_position(site: SiteRow | None, seen: Position) -> PositionCheck | None:
    """Distance and fence of a position; None when the site's own is not registered."""
    if site is None or site.latitude is None or site.longitude is None:
        return None
    return position_check(Position(site.latitude, site.longitude, 0.0, site.datum), seen)


def _paradata(platform: Platform, work: Work) -> dict[str, Any]:
    now, paradata = platform.clock(), {}
    if work.seconds is not None:
        paradata["seconds"] = work.seconds
    if work.left_at is not None:
        paradata["filed_after"] = round((now - work.left_at).total_seconds())
    if work.device_finished_at is not None:
        paradata["skew"] = round((work.device_finished_at - now).total_seconds(), 1)
    return paradata


def _problems(form: Form, work: Work) -> tuple[Problem, ...]:
    found = []
    counts: dict[str, int] = {}
    for upload in work.files:
        counts[upload.question] = counts.get(upload.question, 0) + 1
    for path, count in counts.items():
        if form.item(path) is None:
            found.append(
                _problem("file-place", path, "文件没有对应的题目。", "A file belongs to no question.")
            )
        elif count > FILES_PER_QUESTION:
            zh = f"每题最多 {FILES_PER_QUESTION} 个文件，请减少后重选。"
            en = f"A question takes at most {FILES_PER_QUESTION} files; choose fewer."
            found.append(_problem("file-count", path, zh, en))
    if position_in(work.answers) and work.source == "manual" and not work.source_reason.strip():
        item = form.find_by_name("position")
        zh, en = "手工填写位置时，请写明原因。", "Give the reason for entering the position by hand."
        found.append(_problem("position-reason", item.path if item else "", zh, en))
    return tuple(found)


def _problem(code: str, path: str, zh: str, en: str) -> Problem:
    return Problem(code, path, {"zh": zh, "en": en})


def _finish(platform: Platform, assignment_id: int) -> None:
    with platform.database.transaction() as session:
        fieldwork.finish_assignment(session, assignment_id, "done")


def settle_work(platform: Platform, user_id: int | None = None) -> int:
    """Mark work done whose record is stored, though the process died before it could say so."""
    with platform.database.reading() as session:
        planned = {
            work_submission_id(kind, one): one
            for one, kind in fieldwork.planned_work(session, FILED, user_id)
        }
        stored = fieldwork.stored_submissions(session, list(planned))
    for submission_id in sorted(stored):
        _finish(platform, planned[submission_id])
    return len(stored)
