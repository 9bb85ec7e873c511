"""From observations to points: estimates per measure, methods, leaves, blocks, base and bonus apart.

Every number lists what it was made of, down to the records; equal inputs give equal digits.
"""

from surveyapp.evaluation.scoring.agreeing import largest_difference
from surveyapp.evaluation.scoring.comparing import Comparison, compare, scored_sum
from surveyapp.evaluation.scoring.estimates import Listed, MeasureEstimate, Observation
from surveyapp.evaluation.scoring.from_columns import estimate_columns, fits, row_of
from surveyapp.evaluation.scoring.from_records import estimate
from surveyapp.evaluation.scoring.leaves import STATUS_LABELS, LeafScore, MethodCell
from surveyapp.evaluation.scoring.ranking import Placed, ranked
from surveyapp.evaluation.scoring.unit import RULES, NodeScore, UnitScore, score_columns, score_unit
from surveyapp.stats.value_tables import Row

__all__ = [
    "RULES",
    "STATUS_LABELS",
    "Comparison",
    "LeafScore",
    "Listed",
    "MeasureEstimate",
    "MethodCell",
    "NodeScore",
    "Observation",
    "Placed",
    "Row",
    "UnitScore",
    "compare",
    "estimate",
    "estimate_columns",
    "fits",
    "largest_difference",
    "ranked",
    "row_of",
    "score_columns",
    "score_unit",
    "scored_sum",
]
