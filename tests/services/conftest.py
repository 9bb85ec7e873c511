"""What the tests of services share: a small round, on each database in turn."""

from __future__ import annotations

import pytest

from surveyapp.services.installation import Platform
from tests.data.rounds import Round, make_round


@pytest.fixture
def made(platform: Platform) -> Round:
    """A small round without a record, with people of every role."""
    return make_round(platform)
