"""Open or close a questionnaire: open is offered, closing only takes finished work, closed takes nothing."""

from __future__ import annotations

from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.linking import forget_links
from surveyapp.storage import questionnaires
from surveyapp.storage.tables.records import OFFERS

__all__ = ["OFFERS", "set_state", "state_of"]


def set_state(platform: Platform, form_id: str, state: str, by: int | None) -> bool:
    """Move a questionnaire to a state, from any other; False for an unknown questionnaire or state.

    Records that are stored already are not touched: their corrections and reviews go on. The same state
    again changes nothing.
    """
    if state not in OFFERS:
        return False
    with platform.database.transaction() as session:
        row = questionnaires.find_questionnaire(session, form_id)
        if row is None:
            return False
        if row.state != state:
            before, row.state = row.state, state
            now = platform.clock()
            note_deed(
                session, now, by, f"questionnaire.{state}", "questionnaire", row.id, form=form_id, was=before
            )
    forget_links(platform)
    return True


def state_of(platform: Platform, version_id: int) -> str:
    """The state of a version's questionnaire; an unknown version is closed."""
    with platform.database.reading() as session:
        return questionnaires.state_of_version(session, version_id) or "closed"
