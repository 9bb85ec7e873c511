"""A draft of a questionnaire: its problems, how it looks, trying it, publishing it by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for

from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form
from surveyapp.forms.problem import Problem
from surveyapp.services import drafting, trying
from surveyapp.services.drafting import DraftRow
from surveyapp.services.drafting_outlook import outlook
from surveyapp.web import enclosures
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.trials import PUBLISHERS, the_draft, the_form
from surveyapp.web.language import _, current_language
from surveyapp.web.posted import page_of, posted
from surveyapp.web.surroundings import the_platform


@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>")
@allowed(*PUBLISHERS)
def draft(draft_id: int) -> str:
    """The draft with every problem at its place, its previews, and the form to publish it."""
    return _page(the_draft(draft_id))


@blueprint.post("/questionnaires/drafts/<int(max=2147483647):draft_id>")
@allowed(*PUBLISHERS)
def publish_draft(draft_id: int) -> Any:
    """Publish the draft with a note; whoever uploaded it is refused."""
    found = the_draft(draft_id)
    outcome = drafting.publish_draft(
        the_platform(), draft_id, the_actor().id, request.form.get("note", "")[:2000]
    )
    if outcome is None:
        abort(404)
    if outcome.version_id is None:
        return make_response(_page(found, outcome.problems), 422)
    flash(_("%(form)s 的版本 %(version)s 已发布。", form=outcome.form_id, version=outcome.version))
    return redirect(url_for("desk.questionnaires"), 303)


def subjects() -> dict[str, str]:
    """What differences are about, in the order in which they are shown, with headings."""
    return {
        "answers": _("题目和选项"),
        "rules": _("条件、计算和默认值"),
        "measures": _("度量和计分"),
        "wording": _("文字和外观"),
    }


def _page(found: DraftRow, refused: Sequence[Problem] = ()) -> str:
    platform = the_platform()
    examined, ahead = drafting.examine(platform, found), outlook(platform, found)
    problems = examined.problems or ahead.obstacles
    return render_template(
        "desk/draft.html",
        draft=found,
        is_sound=examined.form is not None,
        problems=problems,
        outlook=ahead,
        subjects=subjects(),
        readings=drafting.readings_of(found),
        refused=[one for one in refused if one not in problems],
        tests=trying.trials_of(platform, found.id),
        is_own=found.author_id == the_actor().id,
        note=request.form.get("note", ""),
        most_note=drafting.LONGEST_NOTE,
    )


@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>/<any(respondent, evaluator):reader>")
@allowed(*PUBLISHERS)
def preview(draft_id: int, reader: str) -> Any:
    """The draft as a respondent or an evaluator sees it."""
    found = the_draft(draft_id)
    return _preview(found, reader, the_form(found))


@blueprint.post("/questionnaires/drafts/<int(max=2147483647):draft_id>/<any(respondent, evaluator):reader>")
@allowed(*PUBLISHERS)
def try_draft(draft_id: int, reader: str) -> Any:
    """Take trial answers: checked as real ones are, kept apart, never scored. Files are not kept."""
    found, platform = the_draft(draft_id), the_platform()
    form = the_form(found)
    back = posted(form)
    if not back.sent:
        return _preview(found, reader, form)
    problems = back.problems or trying.try_draft(
        platform, found, the_actor().id, back.answers, current_language(), back.confirmed, reader
    )
    if problems:
        return make_response(_preview(found, reader, form, problems), 422)
    flash(_("试填已收到，不计入得分，也不进入审核和导出。"))
    return redirect(url_for("desk.draft", draft_id=found.id), 303)


def _preview(found: DraftRow, reader: str, form: Form, problems: Sequence[Problem] = ()) -> str:
    language = current_language()
    answers = posted(form).answers if request.method == "POST" else {}
    filling = fill(form, answers, now=the_platform().clock(), language=language)
    page = page_of(
        form,
        filling,
        problems,
        version_id=0,
        staff=reader == "evaluator",
        media_at=url_for("desk.draft_file", draft_id=found.id, name=""),
    )
    return render_template("desk/draft_preview.html", draft=found, reader=reader, page=page)


@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>/files/")
@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>/files/<name>")
@allowed(*PUBLISHERS)
def draft_file(draft_id: int, name: str = "") -> Response:
    """A picture or sound of a draft's labels."""
    return enclosures.draft_file(the_draft(draft_id), name)
