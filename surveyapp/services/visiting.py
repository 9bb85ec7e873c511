"""Mystery visits: one record an assignment, with its position checked against the site. A doubt is a flag.

The submission id is derived from the assignment, so a visit is filed once, from whatever device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surveyapp.evaluation.flags import leaves, number
from surveyapp.evaluation.visits import DEFAULT_FENCE_M, Position, PositionCheck, position_check
from surveyapp.forms.form import Form
from surveyapp.forms.problem import Problem
from surveyapp.services import collecting
from surveyapp.services.accounts import Actor
from surveyapp.services.attaching import Upload
from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.calling.sending import NoQuestionnaire, placed
from surveyapp.services.collecting import Accepted, Refused, Submission
from surveyapp.services.derived_ids import visit_submission_id
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.tables import AssignmentRow, SiteRow

PHOTOS_PER_QUESTION = 6
DATUM = "WGS-84"
SOURCES = ("device", "manual")


@dataclass(frozen=True)
class Visit:
    """What was filed. `source` of the position: 'device' or 'manual', the latter with its reason."""

    answers: Mapping[str, Any]
    files: Sequence[Upload] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)
    source: str = "manual"
    source_reason: str = ""
    started_at: datetime | None = None
    left_at: datetime | None = None
    device_finished_at: datetime | None = None
    seconds: float | None = None
    language: str = "zh"
    problems: Sequence[Problem] = field(default_factory=tuple)


def version_for_visits(platform: Platform) -> int:
    """The newest published visit questionnaire. Raises NoQuestionnaire."""
    with platform.database.reading() as session:
        found = fieldwork.newest_version(session, "visit")
    if found is None:
        raise NoQuestionnaire("visit")
    return found


def file_visit(platform: Platform, actor: Actor, assignment_id: int, visit: Visit) -> Accepted | Refused:
    """File a visit once. A repeat gives the same receipt; another body for the same visit is a conflict."""
    version_id = version_for_visits(platform)
    with platform.database.reading() as session:
        found = fieldwork.find_assignment(session, assignment_id)
        if found is None or found[0].kind != "visit" or found[0].user_id != actor.id:
            raise UnknownTask(assignment_id)
        if not actor.covers(found[1].path, "evaluator"):
            raise UnknownTask(assignment_id)
        site = fieldwork.find_site(session, found[0].site_id)
    form = platform.form(version_id)
    if problems := (*visit.problems, *_problems(form, visit)):
        return Refused("invalid", problems)
    outcome = collecting.accept(platform, _submission(platform, actor, found[0], site, version_id, visit))
    if isinstance(outcome, Accepted):
        _finish(platform, assignment_id)
    return outcome


def _submission(
    platform: Platform,
    actor: Actor,
    assignment: AssignmentRow,
    site: SiteRow | None,
    version_id: int,
    visit: Visit,
) -> Submission:
    form = platform.form(version_id)
    names = {upload.question: upload.name for upload in reversed(visit.files)}
    told = {"site": site.code if site else "", "scenario": assignment.scenario}
    answers = placed(form, visit.answers, told)
    answers = placed(form, answers, {path.rpartition("/")[2]: name for path, name in names.items()})
    return Submission(
        submission_id=visit_submission_id(assignment.id),
        version_id=version_id,
        round_id=assignment.round_id,
        unit_id=assignment.unit_id,
        site_id=assignment.site_id,
        collector_id=actor.id,
        answers=answers,
        files=visit.files,
        confirmed=visit.confirmed,
        extra=_extra(assignment, site, visit),
        paradata=_paradata(platform, visit),
        language=visit.language,
        device_started_at=visit.started_at,
        device_finished_at=visit.device_finished_at,
    )


def _extra(assignment: AssignmentRow, site: SiteRow | None, visit: Visit) -> dict[str, Any]:
    extra: dict[str, Any] = {"assignment_id": assignment.id}
    seen = position_in(visit.answers)
    if seen is None:
        return extra
    extra |= {"accuracy_m": seen.accuracy_m, "datum": DATUM, "position_source": visit.source}
    if visit.source == "manual":
        extra["position_reason"] = visit.source_reason.strip()
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


def _paradata(platform: Platform, visit: Visit) -> dict[str, Any]:
    now, paradata = platform.clock(), {}
    if visit.seconds is not None:
        paradata["seconds"] = visit.seconds
    if visit.left_at is not None:
        paradata["filed_after"] = round((now - visit.left_at).total_seconds())
    if visit.device_finished_at is not None:
        paradata["skew"] = round((visit.device_finished_at - now).total_seconds(), 1)
    return paradata


def _problems(form: Form, visit: Visit) -> tuple[Problem, ...]:
    found = []
    counts: dict[str, int] = {}
    for upload in visit.files:
        counts[upload.question] = counts.get(upload.question, 0) + 1
    for path, count in counts.items():
        if form.item(path) is None:
            found.append(
                _problem("file-place", path, "照片没有对应的题目。", "A photo belongs to no question.")
            )
        elif count > PHOTOS_PER_QUESTION:
            zh = f"每题最多 {PHOTOS_PER_QUESTION} 张照片，请减少后重选。"
            en = f"A question takes at most {PHOTOS_PER_QUESTION} photos; choose fewer."
            found.append(_problem("file-count", path, zh, en))
    if position_in(visit.answers) and visit.source == "manual" and not visit.source_reason.strip():
        item = form.find_by_name("position")
        zh, en = "手工填写位置时，请写明原因。", "Give the reason for entering the position by hand."
        found.append(_problem("position-reason", item.path if item else "", zh, en))
    return tuple(found)


def _problem(code: str, path: str, zh: str, en: str) -> Problem:
    return Problem(code, path, {"zh": zh, "en": en})


def _finish(platform: Platform, assignment_id: int) -> None:
    with platform.database.transaction() as session:
        fieldwork.finish_assignment(session, assignment_id, "done")


def settle_visits(platform: Platform, user_id: int | None = None) -> int:
    """Mark visits done whose record is stored, though the process died before it could say so."""
    with platform.database.reading() as session:
        planned = {visit_submission_id(one): one for one in fieldwork.planned_visits(session, user_id)}
        stored = fieldwork.stored_submissions(session, list(planned))
    for submission_id in sorted(stored):
        _finish(platform, planned[submission_id])
    return len(stored)
