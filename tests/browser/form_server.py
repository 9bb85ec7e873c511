"""A WSGI application that shows one questionnaire and takes its answers, for tests of the page alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import flask

import surveyapp
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form
from surveyapp.web.language import catalogue
from surveyapp.web.posted import page_of, posted
from surveyapp.web.surroundings import POLICY

ROOT = Path(surveyapp.__file__).parent
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40"/></svg>'
PAGE = """<!doctype html><html lang="{{ tag }}"><head><meta charset="utf-8"><title>{{ page.title }}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/css/base.css">
<link rel="stylesheet" href="/static/css/form.css"></head><body>
{% from 'questions/form.html' import form_body, form_end, draft_bar with context %}
{% from 'questions/errors.html' import error_summary with context %}
{% from 'questions/record.html' import record_body with context %}
<main id="main"><h1>{{ page.title }}</h1>
{% if seen %}{{ record_body(page) }}{% else %}{{ error_summary(page) }}{{ draft_bar() }}
<form method="post" enctype="multipart/form-data" novalidate data-draft-key="draft/{{ page.form_id }}">
<input type="hidden" name="submission_id" value="first">
{{ form_body(page) }}{{ form_end(page, '提交') }}
<p class="saved" data-saved role="status"></p></form>{% endif %}</main>
{% if seen %}<p data-draft-clear="draft/{{ page.form_id }}"></p>
<script src="/static/js/receipt.js" defer></script>
{% else %}<script src="/static/js/xpath.js" defer></script>
<script src="/static/js/form.js" defer></script>{% endif %}
</body></html>"""


def form_application(
    form: Form, language: str = "zh", kept: list[Filling] | None = None, staff: bool = False
) -> flask.Flask:
    """The form at '/'; right answers are shown as a finished record, wrong ones come back with 422.

    The filling of each right one is added to `kept`.
    """
    app = flask.Flask(
        "form_server", template_folder=str(ROOT / "templates"), static_folder=str(ROOT.parent / "static")
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=sentences(language), asset=lambda name: f"/static/{name}")

    @app.route("/", methods=["GET", "POST"])
    def page() -> tuple[str, int]:
        flask.g.language = language
        back = posted(form)
        sent = flask.request.method == "POST" and back.sent
        filling = fill(form, back.answers, now=datetime.now(UTC), language=language, confirmed=back.confirmed)
        found = [*back.problems, *filling.problems] if sent else []
        seen = sent and not found
        if seen and kept is not None:
            kept.append(filling)
        view = page_of(form, filling, found, version_id=1, staff=staff)
        tag = {"zh": "zh-CN"}.get(language, language)
        return flask.render_template_string(PAGE, page=view, seen=seen, tag=tag), 422 if found else 200

    @app.route("/files/<int:version_id>/", endpoint="enclosures.enclosure")
    @app.route("/files/<int:version_id>/<name>", endpoint="enclosures.enclosure")
    def enclosure(version_id: int, name: str = "") -> flask.Response:
        return flask.Response(DOT, mimetype="image/svg+xml")

    @app.after_request
    def policy(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


def sentences(language: str) -> Callable[..., str]:
    """`_` for templates outside the real application."""

    def translate(sentence: str, **values: object) -> str:
        text = sentence if language == "zh" else catalogue(language)[sentence]
        return text % values if values else text

    return translate
