"""Weights of observations when strata (such as the day parts of test calls) count by fixed shares.

How the shares are found (hours, call volumes) is written where they are given; this is only arithmetic.
"""

import math
import re
from collections.abc import Mapping, Sequence

SHARE = re.compile(r"([^\s=]{1,64})=([0-9]{1,6}(?:\.[0-9]{1,6})?)")


def parse_shares(text: str) -> tuple[dict[str, float], tuple[str, ...]]:
    """Shares written as 'A=1.5 B=1', by stratum, and the words that are none (malformed, 0, repeated)."""
    shares: dict[str, float] = {}
    wrong: list[str] = []
    for word in text.split():
        match = SHARE.fullmatch(word)
        if match is None or float(match[2]) <= 0 or match[1] in shares:
            wrong.append(word)
        else:
            shares[match[1]] = float(match[2])
    return shares, tuple(wrong)


def share_weights(
    strata: Sequence[str], weights: Sequence[float], shares: Mapping[str, float]
) -> list[float]:
    """Weights by which every stratum counts by its share: w_i·W_h/Σ_{j in h} w_j, scaled to sum to n.

    Strata that were not observed leave the base, so the shares of the others grow. Without shares the
    weights stay as they are; a stratum without a share is a KeyError. Source: Cochran (1977), 5A.9.
    """
    if not shares or not strata:
        return list(weights)
    sums: dict[str, list[float]] = {}
    for stratum, weight in zip(strata, weights, strict=True):
        sums.setdefault(stratum, []).append(weight)
    whole = {stratum: math.fsum(inside) for stratum, inside in sums.items()}
    factors = share_factors(whole, len(strata), shares)
    return [weight * factors[stratum] for stratum, weight in zip(strata, weights, strict=True)]


def share_factors(sums: Mapping[str, float], n: int, shares: Mapping[str, float]) -> dict[str, float]:
    """What the weights of each observed stratum are times, given their sums by stratum; as above."""
    scale = n / math.fsum(shares[stratum] for stratum in sums)
    return {stratum: scale * shares[stratum] / whole for stratum, whole in sums.items()}


def variance_strata(strata: Sequence[str], clusters: Sequence[str]) -> list[str]:
    """The strata to take the variance within; one for all when a cluster lies in several.

    A number that is called in every day part is one primary unit: the day parts then only weigh.
    """
    place: dict[str, str] = {}
    for stratum, cluster in zip(strata, clusters, strict=True):
        if place.setdefault(cluster, stratum) != stratum:
            return [""] * len(strata)
    return list(strata)
