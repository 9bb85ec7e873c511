"""Interview notes: an append-only journal of segments that becomes one record."""

from surveyapp.gateways.refusal import Refusal
from surveyapp.services.noting.merging import FLAGS, STANCES, Push, Segment, merged
from surveyapp.services.noting.notes import (
    CONSENT_VERSION,
    FORMS,
    RANKS,
    RECORDING,
    Plan,
    Pushed,
    create_note,
    own_note,
    push_segment,
    ranks_from,
    save_answers,
    segments_of,
    version_for_interviews,
)
from surveyapp.services.noting.submitting import send_note, settle_notes, submit_note

__all__ = [
    "CONSENT_VERSION",
    "FLAGS",
    "FORMS",
    "RANKS",
    "RECORDING",
    "STANCES",
    "Plan",
    "Push",
    "Pushed",
    "Refusal",
    "Segment",
    "create_note",
    "merged",
    "own_note",
    "push_segment",
    "ranks_from",
    "save_answers",
    "segments_of",
    "send_note",
    "settle_notes",
    "submit_note",
    "version_for_interviews",
]
