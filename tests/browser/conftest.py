"""What the tests in a browser share: one database, a round served without limits, somebody signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from surveyapp.application import create_app
from surveyapp.services.installation import Platform
from tests.data import hashes
from tests.data.rounds import Round, make_round


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not depend on the database; the services are tried on both."""
    return "sqlite"


@pytest.fixture
def cheap_hashes() -> Iterator[None]:
    """Passwords hashed cheaply, for tests that need many accounts."""
    with hashes.cheap():
        yield


@pytest.fixture
def made(platform: Platform) -> Round:
    """A small round without a record."""
    return make_round(platform)


@pytest.fixture
def address(platform: Platform, made: Round, serve: Callable[[Any], str]) -> str:
    """Where the round is served, however often somebody signs in."""
    app = create_app(platform)
    app.config.update(RATELIMIT_ENABLED=False)
    return serve(app)
