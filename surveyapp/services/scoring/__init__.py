"""Score units from confirmed records; keep snapshots that can be computed again to the last digit.

Scoring is refused while an error finding of the framework has no decision. A preview counts records that
are not confirmed yet and is never stored.
"""

from surveyapp.services.folding import BadMeasures, FoldFailed
from surveyapp.services.scoring.basis import (
    Basis,
    Blocked,
    RoundBasis,
    UnknownSubject,
    basis,
    for_unit,
    round_basis,
)
from surveyapp.services.scoring.connecting import Connection, connections, hits
from surveyapp.services.scoring.deciding import decide_cell
from surveyapp.services.scoring.registering import (
    Standing,
    as_registered,
    fold_registered,
    register,
    standing,
)
from surveyapp.services.scoring.snapshots import Recomputed, recompute, take_snapshot
from surveyapp.services.scoring.together import scores_of
from surveyapp.services.scoring.touching import Effect, Touched, Without, touched, without
from surveyapp.services.scoring.units import (
    as_table,
    count_behind,
    observe,
    score_by_code,
    scored,
    unit_score,
)
from surveyapp.services.scoring.unlisted import INDICATOR as UNLISTED_INDICATOR
from surveyapp.services.scoring.unlisted import Unlisted, unlisted
from surveyapp.services.scoring.weighing import doubts, doubts_of

__all__ = [
    "UNLISTED_INDICATOR",
    "BadMeasures",
    "Basis",
    "Blocked",
    "Connection",
    "Effect",
    "FoldFailed",
    "Recomputed",
    "RoundBasis",
    "Standing",
    "Touched",
    "UnknownSubject",
    "Unlisted",
    "Without",
    "as_registered",
    "as_table",
    "basis",
    "connections",
    "count_behind",
    "decide_cell",
    "doubts",
    "doubts_of",
    "fold_registered",
    "for_unit",
    "hits",
    "observe",
    "recompute",
    "register",
    "round_basis",
    "score_by_code",
    "scored",
    "scores_of",
    "standing",
    "take_snapshot",
    "touched",
    "unit_score",
    "unlisted",
    "without",
]
