"""Screen the records of a round: find what to look at, and let two people decide what it counts as."""

from surveyapp.services.screening.deciding import Decided, Wish, confirm, propose

__all__ = ["Decided", "Wish", "confirm", "propose"]
