"""Answers as JSON under the same contract as the page: once, whole, acknowledged when durable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from surveyapp.forms.problem import Problem
from surveyapp.services import collecting, linking
from surveyapp.services.codes import receipt_shown
from surveyapp.web.access import csrf, public
from surveyapp.web.bodies import BadBody, checked_body, instant
from surveyapp.web.errors import refusal
from surveyapp.web.language import _
from surveyapp.web.surroundings import the_platform

blueprint = Blueprint("api", __name__, url_prefix="/api")
csrf.exempt(blueprint)


class SubmissionBody(BaseModel):
    """What a client sends; `answers` is nested as the form is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    submission_id: str = Field(max_length=64)
    code: str = Field(max_length=32)
    answers: dict[str, Any]
    language: str = Field(default="zh", pattern="^(zh|en)$")
    started_at: str | None = Field(default=None, max_length=40)
    finished_at: str | None = Field(default=None, max_length=40)
    confirmed: dict[str, str] = Field(default_factory=dict)


@blueprint.get("/ping")
@public
def ping() -> dict[str, str]:
    """Gives the nonce back, so that a captive portal cannot pass for us."""
    return {"nonce": request.args.get("nonce", "")[:64]}


@blueprint.post("/submissions")
@public
def submit() -> Response:
    """Take one answer to a QR link's questionnaire."""
    try:
        body = checked_body(SubmissionBody)
        times = _instant("started_at", body.started_at), _instant("finished_at", body.finished_at)
    except BadBody as error:
        return refusal(400, str(error), error.code)
    link = linking.find_link(the_platform(), body.code)
    if link is None:
        return refusal(404, _("没有这个短码，请核对后重试。"), "unknown-code")
    outcome = collecting.accept(the_platform(), _submission(body, link, times))
    if isinstance(outcome, collecting.Refused):
        return _refused(outcome, link)
    response = jsonify({"receipt": receipt_shown(outcome.receipt), "submission_id": body.submission_id})
    response.status_code = 200 if outcome.is_repeat else 201
    return response


def _instant(place: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    if (value := instant(text)) is not None:
        return value
    detail = _("时间应写作 2018-11-20T14:05:00+08:00")
    raise BadBody(_("字段 %(place)s 有误：%(detail)s", place=place, detail=detail), "bad-body")


def _submission(
    body: SubmissionBody, link: linking.Link, times: tuple[datetime | None, datetime | None]
) -> collecting.Submission:
    return collecting.Submission(
        submission_id=body.submission_id.lower(),
        version_id=link.version_id,
        round_id=link.round_id,
        unit_id=link.unit_id,
        site_id=link.site_id,
        link_id=link.id,
        answers=body.answers,
        language=body.language,
        confirmed=body.confirmed,
        device_started_at=times[0],
        device_finished_at=times[1],
        network=network_hint(),
        flags=("revoked_link",) if link.revoked_at else (),
    )


def network_hint() -> str:
    """What a keyed hash for duplicate checks is made of; it is never stored itself."""
    return f"{request.remote_addr}|{request.headers.get('User-Agent', '')[:300]}"


def _refused(outcome: collecting.Refused, link: linking.Link) -> Response:
    if outcome.code == "screened_out":
        return jsonify({"stored": False, "reason": "screened-out"})
    if outcome.code == "conflict":
        return refusal(409, _("同一编号已收到另一份内容，服务器保留了先前的一份。"), "conflict")
    if outcome.code == "form_closed":
        return refusal(409, _("这份问卷已停止接收答卷，没有保存。"), "form-closed")
    if outcome.code == "closed" or link.revoked_at:
        return refusal(409, _("本次调查已结束，没有保存。"), "closed")
    response = jsonify(
        {
            "error": "invalid",
            "message": _("有 %(n)s 处需要修改，没有保存。", n=len(outcome.problems)),
            "problems": [_problem(problem) for problem in outcome.problems[:100]],
        }
    )
    response.status_code = 400 if outcome.code == "malformed" else 422
    return response


def _problem(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "path": problem.path, "sentence": dict(problem.sentence)}
