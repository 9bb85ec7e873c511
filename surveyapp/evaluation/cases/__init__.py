"""Handled cases (办件) as a case system lists them: counted, searched for oddities, drawn for file review."""

from surveyapp.evaluation.cases.counting import Counted, counted
from surveyapp.evaluation.cases.drawing import drawn_cases, sample_hash
from surveyapp.evaluation.cases.model import RESULTS, STOPS, Case, Stop
from surveyapp.evaluation.cases.quality import ODDITIES, Oddity, oddities

__all__ = [
    "ODDITIES",
    "RESULTS",
    "STOPS",
    "Case",
    "Counted",
    "Oddity",
    "Stop",
    "counted",
    "drawn_cases",
    "oddities",
    "sample_hash",
]
