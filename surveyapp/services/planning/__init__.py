"""Plan a round: open and move it, draw its test calls, assign its other work."""

from surveyapp.services.planning.calls import Drawn, Wish, draw_calls, store_calls
from surveyapp.services.planning.rounds import NEXT, RoundWish, advance_round, open_new_round
from surveyapp.services.planning.sample import CODERS, assign_sample, part_of
from surveyapp.services.planning.work import WorkWish, assign_work, cancel_work, draw_callbacks

__all__ = [
    "CODERS",
    "NEXT",
    "Drawn",
    "RoundWish",
    "Wish",
    "WorkWish",
    "advance_round",
    "assign_sample",
    "assign_work",
    "cancel_work",
    "draw_callbacks",
    "draw_calls",
    "open_new_round",
    "part_of",
    "store_calls",
]
