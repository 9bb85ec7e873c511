"""The paper version of a questionnaire: a page to print on A4, of a published version or of a draft."""

from __future__ import annotations

from flask import abort, render_template, url_for

from surveyapp.forms.form import Form
from surveyapp.forms.paper import paper_lines
from surveyapp.services.installation import UnknownVersion
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.trials import the_draft, the_form
from surveyapp.web.language import current_language
from surveyapp.web.surroundings import the_platform


@blueprint.get("/questionnaires/<int(max=2147483647):version_id>/paper")
@allowed("lead", "admin")
def paper(version_id: int) -> str:
    """A published version on paper."""
    try:
        form = the_platform().form(version_id)
    except UnknownVersion:
        abort(404)
    return _page(form, url_for("enclosures.enclosure", version_id=version_id, name=""))


@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>/paper")
@allowed("lead", "admin")
def draft_paper(draft_id: int) -> str:
    """A draft on paper; 404 while there are problems."""
    return _page(
        the_form(the_draft(draft_id)), url_for("desk.draft_file", draft_id=draft_id, name=""), is_draft=True
    )


def _page(form: Form, media_at: str, is_draft: bool = False) -> str:
    language = current_language()
    return render_template(
        "desk/paper.html",
        form=form,
        title=form.titles.get(language) or form.title,
        lines=paper_lines(form, language),
        media_at=media_at,
        is_draft=is_draft,
    )
