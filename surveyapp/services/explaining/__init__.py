"""Explain scores: contradictions between methods, differences, other rules, other choices, severity.

Nothing here changes an official score; the only thing stored is what people decide about contradictions.
"""

from surveyapp.services.explaining.contradictions import (
    Contradiction,
    OpenContradictions,
    UnitMatrix,
    adjudicate,
    matrices,
    take_final_snapshot,
)
from surveyapp.services.explaining.differences import Split, difference
from surveyapp.services.explaining.severities import Severities, severities
from surveyapp.services.explaining.trials import Trial, UnitTrial, Wish, choices, trial

__all__ = [
    "Contradiction",
    "OpenContradictions",
    "Severities",
    "Split",
    "Trial",
    "UnitMatrix",
    "UnitTrial",
    "Wish",
    "adjudicate",
    "choices",
    "difference",
    "matrices",
    "severities",
    "take_final_snapshot",
    "trial",
]
