"""Weights that meet known totals: post-stratification by one grouping, raking by several.

The new design knows its margins, so that its variances fall by what the margins explain.
Not for non-response within a group: what is missing there stays missing.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from surveyapp.stats.sampling_design import SamplingDesign

_TOLERANCE = 1e-12


def post_stratified(
    design: SamplingDesign, groups: Sequence[Hashable], totals: Mapping[Hashable, float]
) -> SamplingDesign:
    """Weights times N_g/Σ_g w for the known group sizes N_g.

    A group of the sample without a total, a total without a group in the sample and a size not above 0 are
    ValueErrors. Source: Cochran (1977), 5A.9; equals postStratify of R survey.
    """
    return raked(design, [(groups, totals)])


def raked(
    design: SamplingDesign,
    margins: Sequence[tuple[Sequence[Hashable], Mapping[Hashable, float]]],
    rounds: int = 500,
) -> SamplingDesign:
    """Post-stratified by each margin in turn until every group meets its total to 1e-12 of the whole.

    Margins whose totals do not add to the same whole, or that cannot be met together within `rounds`, are
    ValueErrors. Source: W. E. Deming, F. F. Stephan, Ann. Math. Statist. 11 (1940) 427-444; for the variance
    J.-C. Deville, C.-E. Särndal, JASA 87 (1992) 376-382.
    """
    known = [_margin(design, groups, totals) for groups, totals in margins]
    wholes = [float(sizes.sum()) for _, sizes in known]
    if not known or max(wholes) - min(wholes) > 1e-9 * max(wholes):
        raise ValueError("the margins have to add to the same whole")
    weights = design.weights.copy()
    for _ in range(rounds):
        for codes, sizes in known:
            weights = weights * (sizes / np.bincount(codes, weights))[codes]
        off = max(float(np.abs(np.bincount(codes, weights) - sizes).max()) for codes, sizes in known)
        if off <= _TOLERANCE * wholes[0]:
            return replace(design, weights=weights, margins=tuple(codes for codes, _ in known))
    raise ValueError("the margins contradict each other: no weights meet them all")


def _margin(
    design: SamplingDesign, groups: Sequence[Hashable], totals: Mapping[Hashable, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The observations' group numbers and the totals of the groups in that order."""
    if len(groups) != design.n:
        raise ValueError("every column needs one value for each observation")
    names = {name: at for at, name in enumerate(totals)}
    if set(groups) != set(names):
        raise ValueError("every group of the sample needs a total, and every total a group in the sample")
    codes = np.array([names[group] for group in groups], dtype=np.int64)
    sizes = np.array(list(totals.values()), dtype=float)
    if not np.isfinite(sizes).all() or (sizes <= 0).any() or (np.bincount(codes, design.weights) <= 0).any():
        raise ValueError("every group needs a size above 0 and weight in the sample")
    return codes, sizes
