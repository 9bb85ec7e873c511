"""Plan a round: open and move it, draw its test calls, assign its visits one by one."""

from surveyapp.services.planning.calls import Drawn, Wish, draw_calls, store_calls
from surveyapp.services.planning.rounds import NEXT, RoundWish, advance_round, open_new_round
from surveyapp.services.planning.visits import VisitWish, assign_visit, cancel_visit

__all__ = [
    "NEXT",
    "Drawn",
    "RoundWish",
    "VisitWish",
    "Wish",
    "advance_round",
    "assign_visit",
    "cancel_visit",
    "draw_calls",
    "open_new_round",
    "store_calls",
]
