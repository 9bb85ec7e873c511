"""Screen the records of a round: find what to look at, and let two people decide what it counts as."""

from surveyapp.services.screening.deciding import Decided, Wish, confirm, propose
from surveyapp.services.screening.running import check_round

__all__ = ["Decided", "Wish", "check_round", "confirm", "propose"]
