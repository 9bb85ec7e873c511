"""One questionnaire on a page of its own, as its author wants to see it: nothing is stored, nobody signs in.

A small application beside the real one, with the real page; it answers on loopback names only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, Response, g, render_template, request, url_for

from surveyapp.config import resource
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form
from surveyapp.web.enclosures import shown_file
from surveyapp.web.language import TAGS, _
from surveyapp.web.posted import page_of, posted
from surveyapp.web.scripts import install_scripts
from surveyapp.web.surroundings import HEADERS, LOCAL_HOSTS, MEGABYTE, asset


def preview_application(
    form: Form,
    files: Mapping[str, bytes],
    *,
    language: str,
    staff: bool,
    clock: Callable[[], datetime],
) -> Flask:
    """The form at '/', as a respondent or (`staff`) an evaluator sees it, in `language` at first.

    Answers are checked as real ones are and then forgotten.
    """
    app = Flask("surveyapp", static_folder=str(resource("static")), template_folder="templates")
    app.config.update(TRUSTED_HOSTS=LOCAL_HOSTS, MAX_CONTENT_LENGTH=20 * MEGABYTE)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=_, asset=asset)
    install_scripts(app)

    @app.before_request
    def choose() -> None:
        asked = request.args.get("lang", language)
        g.language = asked if asked in form.languages else language

    @app.route("/", methods=["GET", "POST"])
    def page() -> tuple[str, int]:
        return _page(form, staff, clock())

    @app.get("/files/")
    @app.get("/files/<name>")
    def file(name: str = "") -> Response:
        return shown_file(files, name)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Cache-Control"] = "no-store"
        return response

    return app


def _page(form: Form, staff: bool, now: datetime) -> tuple[str, int]:
    back = posted(form)
    is_sent = request.method == "POST" and back.sent
    filling = fill(form, back.answers, now=now, language=g.language, confirmed=back.confirmed)
    problems = [*back.problems, *filling.problems] if is_sent else []
    view = page_of(form, filling, problems, version_id=0, staff=staff, media_at=url_for("file", name=""))
    return render_template(
        "questions/preview.html",
        page=view,
        staff=staff,
        is_right=is_sent and not problems,
        language=g.language,
        languages=form.languages,
        lang_tag=TAGS.get(g.language, g.language),
    ), 422 if problems else 200
