"""Joins the parts into the WSGI application; the only place where they meet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from surveyapp.config import resource
from surveyapp.services.authoring_versions import form_named
from surveyapp.services.installation import Platform, server_clock
from surveyapp.web import BLUEPRINTS
from surveyapp.web.access import install_access
from surveyapp.web.bounds import install_bounds
from surveyapp.web.compression import install_compression
from surveyapp.web.errors import install_errors
from surveyapp.web.language import install_language
from surveyapp.web.previewing import preview_application
from surveyapp.web.respond.fresh import KeptPages
from surveyapp.web.surroundings import install_surroundings
from surveyapp.web.throttle import limiter


def create_app(platform: Platform) -> Flask:
    """The WSGI application of one installation; everything it needs comes with `platform`."""
    app = Flask(__name__, static_folder=str(resource("static")), template_folder="templates")
    app.extensions["surveyapp"] = platform
    install_compression(app)
    install_surroundings(app, platform)
    install_bounds(app)
    install_language(app)
    install_access(app, platform)
    install_errors(app)
    limiter.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.wsgi_app = KeptPages(app.wsgi_app, platform)  # type: ignore[method-assign]
    return app


def create_preview(
    name: str, files: Mapping[str, bytes] | None = None, language: str = "", staff: bool = False
) -> Flask:
    """The WSGI application that shows one questionnaire file and stores nothing. Raises Unreadable."""
    form = form_named(name, files=files)
    shown = language if language in form.languages else form.default_language
    return preview_application(form, files or {}, language=shown, staff=staff, clock=server_clock)
