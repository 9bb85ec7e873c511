"""What the script of an interview note sends: segment revisions and the rubric, as JSON. Idempotent."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response
from pydantic import BaseModel, ConfigDict, Field

from surveyapp.forms.posting import answers_from_fields
from surveyapp.services import noting
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.bodies import BadBody, StorableInstant, checked_body
from surveyapp.web.errors import refusal
from surveyapp.web.field.blueprint import blueprint
from surveyapp.web.field.notes import own_note, status_of
from surveyapp.web.language import either
from surveyapp.web.surroundings import the_platform

MOST = 2**31


class SegmentBody(BaseModel):
    """One revision of one segment."""

    model_config = ConfigDict(extra="forbid")

    push_id: str = Field(max_length=36)
    segment_id: str = Field(max_length=36)
    base_revision: int = Field(ge=0, lt=MOST)
    sequence: int = Field(ge=0, lt=MOST)
    started_at: StorableInstant
    speaker: str = Field(max_length=32)
    text: str = Field(max_length=5000)
    indicators: list[str] = Field(max_length=40)
    stance: str = Field(max_length=16)
    flags: list[str] = Field(max_length=8)


class AnswersBody(BaseModel):
    """The fields of the rubric as they stand on the page, and the revision they were made from."""

    model_config = ConfigDict(extra="forbid")

    base_rev: int = Field(ge=0, lt=MOST)
    fields: dict[str, list[str]] = Field(max_length=2000)


@blueprint.post("/notes/<note_id>/segments")
@allowed("interviewer")
def push_segment(note_id: str) -> Any:
    """Append one revision. A repeat gives the same answer; a stale base keeps both and says so."""
    own_note(note_id)
    try:
        body = checked_body(SegmentBody)
    except BadBody as error:
        return refusal(400, str(error), error.code)
    push = noting.Push(
        **(body.model_dump() | {"indicators": tuple(body.indicators), "flags": tuple(body.flags)})
    )
    pushed = noting.push_segment(the_platform(), the_actor(), note_id, push)
    if isinstance(pushed, noting.Refusal):
        return _refused(pushed)
    segment = pushed.segment
    return jsonify(
        {
            "push_id": pushed.push_id,
            "revision": push.revision,
            "shown": segment.to_json() if segment else None,
            "rivals": [rival.text for rival in segment.others] if segment else [],
        }
    )


@blueprint.post("/notes/<note_id>/answers")
@allowed("interviewer")
def save_answers(note_id: str) -> Any:
    """Save the rubric; 409 when a newer one was saved elsewhere, which stays."""
    round_id = own_note(note_id).note.round_id
    try:
        body = checked_body(AnswersBody)
    except BadBody as error:
        return refusal(400, str(error), error.code)
    platform = the_platform()
    form = platform.form(noting.version_for_interviews(platform, round_id), round_id)
    answers, problems = answers_from_fields(form, body.fields)
    if problems:
        return refusal(422, either(dict(problems[0].sentence)), problems[0].code)
    saved = noting.save_answers(platform, the_actor(), note_id, body.base_rev, answers)
    return _refused(saved) if isinstance(saved, noting.Refusal) else jsonify({"answers_rev": saved})


def _refused(found: noting.Refusal) -> Any:
    message = {"error": found.code, "message": either(dict(found.sentence))}
    return make_response(jsonify(message), status_of(found))
