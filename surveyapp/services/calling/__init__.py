"""Test calls: an attempt before dialling, its instants, its outcome, the record made of it."""

from surveyapp.gateways.refusal import Refusal
from surveyapp.services.calling.attempts import (
    MARKS,
    UNDO,
    UnknownTask,
    close_attempt,
    mark,
    reveal_number,
    start_attempt,
    undo_outcome,
)
from surveyapp.services.calling.guards import dial_address, masked
from surveyapp.services.calling.placing import STATUS_PATH, place_call, take_report, telephony_of
from surveyapp.services.calling.sending import (
    NoQuestionnaire,
    catch_up,
    known_answers,
    needs_answers,
    own_rates,
    seconds_to_answer,
    send_closed,
    send_record,
    unsent,
)

__all__ = [
    "MARKS",
    "STATUS_PATH",
    "UNDO",
    "NoQuestionnaire",
    "Refusal",
    "UnknownTask",
    "catch_up",
    "close_attempt",
    "dial_address",
    "known_answers",
    "mark",
    "masked",
    "needs_answers",
    "own_rates",
    "place_call",
    "reveal_number",
    "seconds_to_answer",
    "send_closed",
    "send_record",
    "start_attempt",
    "take_report",
    "telephony_of",
    "undo_outcome",
    "unsent",
]
