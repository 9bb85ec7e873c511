"""Clients that are signed in, without a browser."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from surveyapp.services import accounts
from surveyapp.services.installation import Platform
from tests.data import hashes
from tests.data.rounds import PASSWORD

Enter = Callable[[str], FlaskClient]  # signs in under a login of tests.data.rounds


def signed_in(app: Flask, platform: Platform, login: str) -> FlaskClient:
    """A client with a session of its own, under a login of tests.data.rounds."""
    with hashes.cheap():
        token = accounts.sign_in(platform, login, PASSWORD)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client
