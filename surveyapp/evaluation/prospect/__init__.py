"""What a round will be worth before and while it is in the field: sizes, errors, and when it is enough.

A plan gives numbers; the score itself comes from records in scoring.
"""

from surveyapp.evaluation.prospect.aims import (
    CLAIMS,
    GOALS,
    INSTRUMENT_OF,
    INSTRUMENTS,
    Aim,
    Frame,
    Plan,
    Stratum,
    as_plain,
    from_plain,
)
from surveyapp.evaluation.prospect.errors import (
    ExpectedErrors,
    NextPiece,
    Stakes,
    expected_errors,
    next_observed,
    next_planned,
    stakes,
    whole_cost,
)
from surveyapp.evaluation.prospect.grades import (
    GRADED,
    GradeRow,
    misgrade_table,
    total_misgrades,
    wrong_grade,
)
from surveyapp.evaluation.prospect.lights import (
    Lacking,
    Light,
    Seen,
    light,
    may_turn,
    monitor,
    stopping_rule,
    stops_by_width,
)
from surveyapp.evaluation.prospect.observed import Observed, hits_of, observed_variances, seen_so_far
from surveyapp.evaluation.prospect.sizes import (
    Need,
    calls_on_numbers,
    expected_intervals,
    need,
    needs,
)
from surveyapp.evaluation.prospect.verdicts import Sequential, curtailed, sequential

__all__ = [
    "CLAIMS",
    "GOALS",
    "GRADED",
    "INSTRUMENTS",
    "INSTRUMENT_OF",
    "Aim",
    "ExpectedErrors",
    "Frame",
    "GradeRow",
    "Lacking",
    "Light",
    "Need",
    "NextPiece",
    "Observed",
    "Plan",
    "Seen",
    "Sequential",
    "Stakes",
    "Stratum",
    "as_plain",
    "calls_on_numbers",
    "curtailed",
    "expected_errors",
    "expected_intervals",
    "from_plain",
    "hits_of",
    "light",
    "may_turn",
    "misgrade_table",
    "monitor",
    "need",
    "needs",
    "next_observed",
    "next_planned",
    "observed_variances",
    "seen_so_far",
    "sequential",
    "stakes",
    "stopping_rule",
    "stops_by_width",
    "total_misgrades",
    "whole_cost",
    "wrong_grade",
]
