"""The page of a test link: a draft to be tried on a phone without an account, marked 测试 throughout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form
from surveyapp.forms.problem import Problem
from surveyapp.services import drafting, trying
from surveyapp.services.drafting import DraftRow
from surveyapp.web.access import public
from surveyapp.web.enclosures import draft_file
from surveyapp.web.errors import refusal
from surveyapp.web.language import _, current_language
from surveyapp.web.posted import page_of, posted
from surveyapp.web.respond.blueprint import blueprint
from surveyapp.web.surroundings import the_platform
from surveyapp.web.throttle import limiter


@blueprint.get("/t/<code>")
@public
def trial(code: str) -> str:
    """The draft as the link's reader sees it, or thanks for what was sent."""
    draft, reader, form = _opened(code)
    if "sent" in request.args:
        return render_template("respond/trial_sent.html", code=code, reader=reader, title=form.title)
    return _page(code, draft, reader, form)


@blueprint.post("/t/<code>")
@public
@limiter.limit("60/minute")
def try_trial(code: str) -> Any:
    """Take trial answers: checked as real ones are, kept apart, never scored. Files are not kept."""
    draft, reader, form = _opened(code)
    back = posted(form)
    if not back.sent:
        return _page(code, draft, reader, form)
    problems = back.problems or trying.try_draft(
        the_platform(), draft, None, back.answers, current_language(), back.confirmed, reader
    )
    if problems:
        return make_response(_page(code, draft, reader, form, problems), 422)
    return redirect(url_for("respond.trial", code=code, sent=1, lang=current_language()), 303)


@blueprint.get("/t/<code>/files/")
@blueprint.get("/t/<code>/files/<name>")
@public
def trial_file(code: str, name: str = "") -> Response:
    """A picture or sound of the draft's labels."""
    return draft_file(_opened(code)[0], name)


def _opened(code: str) -> tuple[DraftRow, str, Form]:
    """The draft, the reader and the form behind a code; 404 for a wrong code, 410 for one that is over."""
    found = trying.open_code(the_platform(), code)
    if found is None:
        abort(refusal(404, _("测试链接不完整，或者这份草稿已被删除。请向发给您链接的人核对。")))
    if found.draft is None:
        abort(
            refusal(410, _("测试链接已过期，或者这份问卷已经发布。需要再试，请向发给您链接的人要新的链接。"))
        )
    form = drafting.examine(the_platform(), found.draft).form
    if form is None:
        abort(refusal(410, _("这份草稿还有错误，暂时不能试填。请告诉发给您链接的人。")))
    return found.draft, found.reader, form


def _page(code: str, draft: DraftRow, reader: str, form: Form, problems: Sequence[Problem] = ()) -> str:
    language = current_language()
    answers = posted(form).answers if request.method == "POST" else {}
    filling = fill(form, answers, now=the_platform().clock(), language=language)
    media_at = url_for("respond.trial_file", code=code, name="")
    page = page_of(form, filling, problems, version_id=0, staff=reader == "evaluator", media_at=media_at)
    whole = [problem for problem in problems if not problem.path]
    return render_template(
        "respond/trial.html", code=code, reader=reader, page=page, languages=form.languages, whole=whole
    )


# A QR code holds capitals in fewer modules, so the same views answer to /T/ as well.
blueprint.add_url_rule("/T/<code>", "trial_in_capitals", trial, methods=["GET"])
