"""A QR link's page: who asks and why, the questions, and taking the answers. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import collecting, linking
from surveyapp.services.installation import StorageUnavailable
from surveyapp.web.access import public
from surveyapp.web.api import network_hint
from surveyapp.web.errors import refusal
from surveyapp.web.language import _
from surveyapp.web.posted import Posted, page_of, posted
from surveyapp.web.respond.blueprint import blueprint
from surveyapp.web.respond.fresh import fresh_page
from surveyapp.web.respond.submission_ids import new_submission_id, opened_at
from surveyapp.web.respond.view import View, view_of_request
from surveyapp.web.surroundings import the_platform

PAGE_AGE = 2.0  # seconds a revocation may take to show under load
LONGEST_STAY = 7 * 24 * 3600


@dataclass(frozen=True)
class Sheet:
    """One rendering of the page: answers so far, what is wrong with them, what is said above them."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    notice: str = ""
    submission_id: str = ""


@blueprint.get("/q")
@public
def by_code() -> BaseResponse:
    """Somebody typed a short code on the first page."""
    return redirect(url_for("respond.questionnaire", code=request.args.get("code", "").strip() or "-"), 303)


@blueprint.get("/q/<code>")
@public
def questionnaire(code: str) -> Response:
    """The page of a link. Opening it stores nothing; a scan is counted after the answer has left."""
    link = linking.find_link(the_platform(), code, PAGE_AGE)
    if link is None:
        return refusal(404, _("没有这个短码。请核对二维码下方的短码（不含字母 I、L、O），或重新扫码。"))
    if link.revoked_at or link.round_state != "open" or link.form_state != "open":
        return _out_of_use(link)
    if the_platform().form(link.version_id).shuffles_by_record:
        response = make_response(render(link, view_of_request(), Sheet()))
    else:
        response = fresh_page(link, view_of_request(), lambda: render(link, view_of_request(), Sheet()))
    if request.method == "GET":
        scans = linking.scan_buffer(the_platform())
        response.call_on_close(lambda: scans.add(link.id))
    return response


def _out_of_use(link: linking.Link) -> Response:
    view = view_of_request()
    page = render_template("respond/stopped.html", link=link, view=view, page_class=view.page_class)
    return make_response(page, 410)


def render(link: linking.Link, view: View, sheet: Sheet) -> str:
    """The page as HTML, with the answers of `sheet` filled in."""
    platform = the_platform()
    g.language = view.language
    form = platform.form(link.version_id, link.round_id)
    answers = {**sheet.answers, "site_code": str(link.site_id), "window": link.window}
    submission_id = sheet.submission_id or new_submission_id(platform.clock())
    filling = fill(form, answers, now=platform.clock(), language=view.language, record_id=submission_id)
    page = page_of(
        form, filling, sheet.problems, version_id=link.version_id, mode=view.mode(form), staff=False
    )
    return render_template(
        "respond/questionnaire.html",
        link=link,
        view=view,
        page=page,
        page_class=view.page_class,
        lang_tag="zh-CN" if view.language == "zh" else view.language,
        language=view.language,
        sheet=sheet,
        submission_id=submission_id,
    )


@blueprint.post("/q/<code>")
@public
def answer(code: str) -> BaseResponse:
    """Take the answers; a pressed tool or a mistake gives the page back with everything typed."""
    platform = the_platform()
    link = linking.find_link(platform, code, PAGE_AGE)
    if link is None:
        return refusal(404, _("没有这个短码。请核对二维码下方的短码（不含字母 I、L、O），或重新扫码。"))
    view = view_of_request()
    form = platform.form(link.version_id, link.round_id)
    back = posted(form)
    submission_id = request.form.get("submission_id", "").strip().lower()
    button = request.form.get("_view", "")
    if button or not back.sent:
        sheet = Sheet(back.answers, submission_id=submission_id)
        return make_response(render(link, view.pressed(button), sheet))
    if back.problems:
        sheet = Sheet(back.answers, back.problems, submission_id=submission_id)
        return make_response(render(link, view, sheet), 422)
    return _take(link, view, back, submission_id)


def _take(link: linking.Link, view: View, back: Posted, submission_id: str) -> BaseResponse:
    answers = back.answers
    submission = collecting.Submission(
        submission_id=submission_id,
        version_id=link.version_id,
        round_id=link.round_id,
        unit_id=link.unit_id,
        site_id=link.site_id,
        link_id=link.id,
        answers=answers,
        files=back.files,
        confirmed=back.confirmed,
        language=view.language,
        paradata=_stay(submission_id),
        network=network_hint(),
        flags=("revoked_link",) if link.revoked_at else (),
    )
    try:
        outcome = collecting.accept(the_platform(), submission)
    except StorageUnavailable:
        return _unavailable(link, view, answers, submission_id)
    if isinstance(outcome, collecting.Accepted):
        return redirect(_receipt_address(outcome.receipt, link, view), 303)
    return _refused(outcome, link, view, answers, submission_id)


def _receipt_address(receipt: str, link: linking.Link, view: View) -> str:
    asked: dict[str, Any] = {"lang": view.language} if view.language != "zh" else {}
    if view.is_big:
        asked["_big"] = "1"
    if view.is_contrast:
        asked["_contrast"] = "1"
    return url_for("respond.receipt", code=receipt, **asked)


def _stay(submission_id: str) -> dict[str, Any]:
    opened = opened_at(submission_id)
    if opened is None:
        return {}
    seconds = (the_platform().clock() - opened).total_seconds()
    return {"seconds": round(seconds)} if 0 <= seconds <= LONGEST_STAY else {}


def _refused(
    outcome: collecting.Refused,
    link: linking.Link,
    view: View,
    answers: dict[str, Any],
    submission_id: str,
) -> Response:
    if outcome.code == "screened_out":
        page = render_template("respond/not_needed.html", link=link, view=view, page_class=view.page_class)
        return make_response(page)
    if outcome.code == "invalid":
        sheet = Sheet(answers, outcome.problems, submission_id=submission_id)
        return make_response(render(link, view, sheet), 422)
    notices = {
        "conflict": (
            409,
            _("这一页已经提交过一份内容不同的答卷，先前的一份已保存。如要再交一份新的，请再点一次“提交”。"),
        ),
        "closed": (409, _("本次调查已结束，不再接收新的答卷。您填写的内容没有保存，但仍在本页。")),
        "form_closed": (409, _("这份问卷已停止接收答卷。您填写的内容没有保存，但仍在本页。")),
        "malformed": (422, _("页面编号缺失，内容没有保存。请再点一次“提交”。")),
    }
    status, notice = notices[outcome.code]
    return make_response(render(link, view, Sheet(answers, notice=notice)), status)


def _unavailable(link: linking.Link, view: View, answers: dict[str, Any], submission_id: str) -> Response:
    notice = _("系统暂时无法保存，您填写的内容没有丢失。请稍候几秒再点一次“提交”。")
    try:
        page = render(link, view, Sheet(answers, notice=notice, submission_id=submission_id))
    except StorageUnavailable:
        return refusal(503)
    return make_response(page, 503, {"Retry-After": "3"})


# A QR code holds capitals in fewer modules, so the same views answer to /Q/ as well.
blueprint.add_url_rule("/Q/<code>", "questionnaire_in_capitals", questionnaire, methods=["GET"])
blueprint.add_url_rule("/Q/<code>", "answer_in_capitals", answer, methods=["POST"])
