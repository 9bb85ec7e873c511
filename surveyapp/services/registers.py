"""Our registers for questionnaires: the rows a round's forms choose from."""

from __future__ import annotations

from surveyapp.services.installation import Platform
from surveyapp.storage import registers


def register_rows(platform: Platform, round_id: int, register: str) -> list[dict[str, str]]:
    """The rows of 'units', 'sites', 'lines' or 'items' in the round's scope; KeyError for another name."""
    with platform.database.reading() as session:
        return registers.register_rows(session, register, round_id)
