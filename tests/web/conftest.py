"""What the tests of pages share: an application without tokens and limits, and clients that are signed in."""

from __future__ import annotations

import pytest
from flask import Flask

from surveyapp.application import create_app
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, make_round
from tests.web.clients import Enter, signed_in


@pytest.fixture
def made(platform: Platform) -> Round:
    """A small round without a record, with people of every role."""
    return make_round(platform)


@pytest.fixture
def app(platform: Platform) -> Flask:
    """The application as a client without a browser meets it."""
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


@pytest.fixture
def enter(app: Flask, platform: Platform) -> Enter:
    """A client signed in under a login of tests.data.rounds: `enter('lead')`."""
    return lambda login: signed_in(app, platform, login)
