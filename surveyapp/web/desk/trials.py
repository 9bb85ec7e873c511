"""Trials of a draft at the desk: the test links to hand out, what was filled in, deleting it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from surveyapp.forms.form import Form
from surveyapp.services import drafting, trying
from surveyapp.services.drafting import DraftRow
from surveyapp.services.printing import qr_svg
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.form_page import reading_page
from surveyapp.web.language import _
from surveyapp.web.surroundings import public_address, the_platform

AT = "/questionnaires/drafts/<int(max=2147483647):draft_id>"
PUBLISHERS = ("lead", "admin")


def the_draft(draft_id: int) -> DraftRow:
    """The draft; 404 when there is none."""
    return drafting.find_draft(the_platform(), draft_id) or abort(404)


def the_form(draft: DraftRow) -> Form:
    """The form of a draft; 404 while there are problems, since it cannot be shown then."""
    return drafting.examine(the_platform(), draft).form or abort(404)


@blueprint.get(f"{AT}/links")
@allowed(*PUBLISHERS)
def test_links(draft_id: int) -> str:
    """The test links of a draft; 404 once it is published and while it has problems."""
    draft = _open(draft_id)
    links = {}
    for reader in trying.DRAFT_READERS:
        code, expires_at = trying.test_code(the_platform(), draft, reader)
        links[reader] = (public_address(f"/t/{code}"), expires_at)
    return render_template("desk/draft_links.html", draft=draft, links=links)


@blueprint.get(f"{AT}/links/<any(respondent, evaluator):reader>.svg")
@allowed(*PUBLISHERS)
def test_link_picture(draft_id: int, reader: str) -> Response:
    """The QR code of a test link."""
    code, _expires_at = trying.test_code(the_platform(), _open(draft_id), reader)
    address = public_address(f"/T/{code}")
    return Response(qr_svg(address, address), mimetype="image/svg+xml")


def _open(draft_id: int) -> DraftRow:
    draft = the_draft(draft_id)
    the_form(draft)
    if draft.version_id is not None:
        abort(404)
    return draft


@blueprint.get(f"{AT}/trials")
@allowed(*PUBLISHERS)
def trials(draft_id: int) -> str:
    """What was filled in to try a draft, newest first."""
    return _list(the_draft(draft_id))


def _list(draft: DraftRow, refused: str = "") -> str:
    found = trying.list_trials(the_platform(), draft.id)
    return render_template("desk/draft_trials.html", draft=draft, trials=found, refused=refused)


@blueprint.get(f"{AT}/trials/<int(max=2147483647):trial_id>")
@allowed(*PUBLISHERS)
def trial(draft_id: int, trial_id: int) -> str:
    """One filling-in, looking like its form."""
    draft = the_draft(draft_id)
    form = the_form(draft)
    found = trying.find_trial(the_platform(), draft_id, trial_id) or abort(404)
    page = reading_page(form, found.answers, language=found.language, at=found.sent_at)
    return render_template("desk/draft_trial.html", draft=draft, trial=found, page=page)


@blueprint.post(f"{AT}/trials")
@allowed(*PUBLISHERS)
def delete_trials(draft_id: int) -> Any:
    """Delete all trials of a draft, confirmed by a tick."""
    draft = the_draft(draft_id)
    if "sure" not in request.form:
        return _list(draft, _("请先勾选确认。")), 422
    deleted = trying.delete_trials(the_platform(), draft.id, the_actor().id)
    flash(_("已删除 %(n)s 次试填。", n=deleted))
    return redirect(url_for("desk.trials", draft_id=draft.id), 303)


@blueprint.post(f"{AT}/delete")
@allowed(*PUBLISHERS)
def delete_draft(draft_id: int) -> Any:
    """Delete a draft with its trials, confirmed by a tick; a published one stays."""
    draft = the_draft(draft_id)
    if "sure" not in request.form:
        return _list(draft, _("请先勾选确认。")), 422
    if not trying.delete_draft(the_platform(), draft.id, the_actor().id):
        return _list(draft, _("这份草稿已经发布，不能删除；可以只删除试填。")), 409
    flash(_("草稿和试填已删除。"))
    return redirect(url_for("desk.questionnaires"), 303)
