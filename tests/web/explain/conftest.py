"""What the tests of explanations share: a round with a contradiction, on one database."""

from __future__ import annotations

import pytest

from surveyapp.services.installation import Platform
from tests.data.contradicting import contradict
from tests.data.rounds import Round, make_round


@pytest.fixture
def database_kind() -> str:
    """What a page says does not depend on the database; the services are tried on both."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    """A round with a contradiction; its people sign in."""
    made = make_round(platform)
    contradict(platform, made)
    return made
