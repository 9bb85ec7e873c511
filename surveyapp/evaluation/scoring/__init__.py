"""From observations to points: estimates per measure, methods, leaves, blocks, base and bonus apart.

Every number lists what it was made of, down to the records; equal inputs give equal digits.
"""

from surveyapp.evaluation.scoring.estimates import Listed, MeasureEstimate, Observation, estimate
from surveyapp.evaluation.scoring.leaves import STATUS_LABELS, LeafScore, MethodCell
from surveyapp.evaluation.scoring.unit import RULES, NodeScore, UnitScore, score_unit

__all__ = [
    "RULES",
    "STATUS_LABELS",
    "LeafScore",
    "Listed",
    "MeasureEstimate",
    "MethodCell",
    "NodeScore",
    "Observation",
    "UnitScore",
    "estimate",
    "score_unit",
]
