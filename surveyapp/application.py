"""Joins the parts into the WSGI application; the only place where they meet."""

from __future__ import annotations

from flask import Flask

from surveyapp.config import resource
from surveyapp.services.installation import Platform
from surveyapp.web import BLUEPRINTS
from surveyapp.web.access import install_access
from surveyapp.web.compression import install_compression
from surveyapp.web.errors import install_errors
from surveyapp.web.language import install_language
from surveyapp.web.respond.fresh import KeptPages
from surveyapp.web.surroundings import install_surroundings
from surveyapp.web.throttle import limiter


def create_app(platform: Platform) -> Flask:
    """The WSGI application of one installation; everything it needs comes with `platform`."""
    app = Flask(__name__, static_folder=str(resource("static")), template_folder="templates")
    app.extensions["surveyapp"] = platform
    install_compression(app)
    install_surroundings(app, platform)
    install_language(app)
    install_access(app, platform)
    install_errors(app)
    limiter.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.wsgi_app = KeptPages(app.wsgi_app, platform)  # type: ignore[method-assign]
    return app
