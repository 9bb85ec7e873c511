"""Open or close a questionnaire in a round: open is offered, closing only takes finished work.

Closed takes nothing. The round itself is closed elsewhere; a questionnaire of one round goes on in another.
"""

from __future__ import annotations

from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.linking import forget_links
from surveyapp.storage import questionnaires, rounds
from surveyapp.storage.tables.records import OFFERS

__all__ = ["OFFERS", "set_state", "state_of"]


def set_state(platform: Platform, round_id: int, form_id: str, state: str, by: int | None) -> bool:
    """Move a questionnaire to a state in a round, from any other; False for an unknown round, form or state.

    Records that are stored already are not touched: their corrections and reviews go on. The same state
    again changes nothing.
    """
    if state not in OFFERS:
        return False
    with platform.database.transaction() as session:
        row = questionnaires.find_questionnaire(session, form_id)
        around = rounds.find_round(session, round_id)
        if row is None or around is None:
            return False
        before = questionnaires.set_state(session, row.id, round_id, state)
        if before != state:
            said = {"form": form_id, "round": around.code, "was": before}
            note_deed(
                session, platform.clock(), by, f"questionnaire.{state}", "questionnaire", row.id, **said
            )
    forget_links(platform)
    return True


def state_of(platform: Platform, version_id: int, round_id: int) -> str:
    """The state of a version's questionnaire in a round; an unknown version is closed."""
    with platform.database.reading() as session:
        return questionnaires.state_in_round(session, version_id, round_id) or "closed"
