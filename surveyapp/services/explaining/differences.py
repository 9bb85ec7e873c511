"""The difference between two units of a round, or between two rounds of a unit, split into its parts."""

from __future__ import annotations

from dataclasses import dataclass

from surveyapp.evaluation.explaining.decomposition import Decomposition, decomposed
from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import RoundBasis, for_unit, scored


@dataclass(frozen=True)
class Split:
    """Both scores and what their difference is made of."""

    first: UnitScore
    second: UnitScore
    found: Decomposition


def difference(platform: Platform, first: tuple[RoundBasis, int], second: tuple[RoundBasis, int]) -> Split:
    """Two (round, unit id) as their official scores stand now, each by the rules of its own round."""
    scores = [scored(platform, for_unit(platform, on, unit_id)) for on, unit_id in (first, second)]
    policies = (first[0].profile.missing, second[0].profile.missing)
    return Split(scores[0], scores[1], decomposed(scores[0], scores[1], policies))
