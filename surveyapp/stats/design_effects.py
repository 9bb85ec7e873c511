"""How much a design costs against simple random sampling: clusters and unequal weights.

Not the design effect of an estimate from data: complex_samples gives that.
"""

import math
from collections.abc import Sequence


def cluster_design_effect(correlation: float, cluster_size: float) -> float:
    """1 + (m - 1)ρ for clusters of `cluster_size` m and intra-cluster `correlation` ρ.

    Source: L. Kish, Survey Sampling (1965), 5.4.
    """
    if cluster_size < 1:
        raise ValueError("a cluster holds at least one observation")
    return 1 + (cluster_size - 1) * correlation


def clustered_effective_size(clusters: int, cluster_size: float, correlation: float) -> float:
    """K·m / (1 + (m - 1)ρ): independent observations worth K clusters of m."""
    return clusters * cluster_size / cluster_design_effect(correlation, cluster_size)


def kish_effective_size(weights: Sequence[float]) -> float:
    """(Σw)² / Σw², the number of equally weighted observations worth the weighted ones.

    Weights must be non-negative and not all zero (ValueError). Source: Kish (1965), 11.7.
    """
    if not weights or min(weights) < 0 or not any(weights):
        raise ValueError("weights must be non-negative and not all zero")
    return math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)


def kish_design_effect(weights: Sequence[float]) -> float:
    """n·Σw² / (Σw)², the loss of precision through unequal weights."""
    return len(weights) / kish_effective_size(weights)
