"""Draws the primary units of a score again, whole, for sums that are not linear.

A unit is a cluster (hall and day, line) or a record with all its answers to one instrument, so that what
moves together is drawn together. Instruments are drawn one by one, in the order of their names.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from surveyapp.evaluation.scoring.errors import SINGLE_SE
from surveyapp.evaluation.scoring.estimates import MeasureEstimate
from surveyapp.evaluation.scoring.transforms import clip
from surveyapp.stats.block_bootstrap import Block, BlockBootstrap
from surveyapp.stats.interval import normal_quantile

REPLICATES = 2000
CONFIDENCE = 0.95
SEED = "block bootstrap of whole primary units"
Weighed = tuple[float, MeasureEstimate]


def resampled(parts: Sequence[Weighed]) -> list[float]:
    """Σ factor·achievement of every replicate; estimates of a whole population do not vary.

    Every measure is cut to 0..1 in every replicate. A measure that a replicate leaves without a unit keeps
    its own share there. One whose records cannot show how they vary varies normally, as far as its interval
    says.
    """
    by_source: dict[str, list[Weighed]] = defaultdict(list)
    for factor, estimate in sorted(parts, key=lambda part: part[1].key):
        by_source[estimate.source].append((factor, estimate))
    bootstrap = BlockBootstrap(REPLICATES, SEED)
    sums = [0.0] * REPLICATES
    for source in sorted(by_source):
        for factor, shares in _drawn(bootstrap, by_source[source]):
            sums = [sum_ + factor * clip(share) for sum_, share in zip(sums, shares, strict=True)]
    return sums


def _drawn(bootstrap: BlockBootstrap, parts: Sequence[Weighed]) -> list[tuple[float, list[float]]]:
    """The factor of each part of one instrument and its share in every replicate, not cut yet."""
    varying = [(factor, one) for factor, one in parts if one.se and one.interval != "single"]
    found = []
    if varying:
        block = _block([estimate for _, estimate in varying])
        found += list(zip((factor for factor, _ in varying), bootstrap.means(block), strict=True))
    for factor, estimate in parts:
        if estimate.interval == "census":
            found.append((factor, [estimate.achievement or 0.0] * REPLICATES))
        elif estimate.interval == "single" or not estimate.se:
            found.append((factor, _around(estimate, bootstrap.normal())))
    return found


def _around(estimate: MeasureEstimate, normal: Sequence[float]) -> list[float]:
    """Shares of a measure whose records cannot show how they vary: one record, or all alike.

    The former varies with the error it is given, the latter to either side as far as its interval reaches.
    """
    total = math.fsum(record.weight for record in estimate.records)
    pairs = zip(estimate.records, estimate.shares, strict=True)
    share = math.fsum(record.weight * one for record, one in pairs) / total
    if estimate.interval == "single":
        down = up = SINGLE_SE
    else:
        z = normal_quantile(CONFIDENCE)
        low, high = estimate.open_low or 0.0, estimate.open_high or 0.0
        down, up = max(0.0, share - low) / z, max(0.0, high - share) / z
    return [share + (down if one < 0 else up) * one for one in normal]


def _block(estimates: Sequence[MeasureEstimate]) -> Block:
    """Sums of weighed shares and of weights by unit and measure. Units stand in the order of their first
    record, and of the first measure that has it, which does not depend on how clusters are named."""
    first: dict[str, tuple[str, int]] = {}
    sums: dict[tuple[str, int], tuple[float, float]] = {}
    for at, estimate in enumerate(estimates):
        alone = "one_cluster" in estimate.flags
        for record, share in zip(estimate.records, estimate.shares, strict=True):
            unit = record.root_id if alone else record.cluster or record.root_id
            first[unit] = min(first.get(unit, (record.root_id, at)), (record.root_id, at))
            top, bottom = sums.get((unit, at), (0.0, 0.0))
            sums[unit, at] = (top + record.weight * share, bottom + record.weight)
    units = sorted(first, key=lambda unit: first[unit])
    nothing = (0.0, 0.0)
    pairs = [[sums.get((unit, at), nothing) for at in range(len(estimates))] for unit in units]
    return Block([[top for top, _ in row] for row in pairs], [[bottom for _, bottom in row] for row in pairs])
