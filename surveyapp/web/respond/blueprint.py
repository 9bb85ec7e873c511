"""The public blueprint. Its forms carry no CSRF token: they act for nobody and need no cookie."""

from __future__ import annotations

from flask import Blueprint

from surveyapp.web.access import csrf

blueprint = Blueprint("respond", __name__)
csrf.exempt(blueprint)
