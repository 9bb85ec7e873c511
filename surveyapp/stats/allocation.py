"""How a sample is split over strata before it is drawn.

Whole numbers that add up; how a split turned out is told by the estimate of the design.
"""

import math
from collections.abc import Sequence

ALLOCATIONS = ("proportional", "neyman", "equal", "square_root")


def allocation(
    total: int, sizes: Sequence[float], rule: str, spreads: Sequence[float] = (), least: int = 0
) -> tuple[int, ...]:
    """`total` observations over strata of these sizes, in order; never more than a stratum holds.

    Shares: proportional N_h, neyman N_h·S_h (`spreads`), equal 1, square_root √N_h; by largest remainder.
    Every stratum gets `least` first, as far as it holds that many; when `total` does not suffice for that,
    the sum is larger than `total`. What a full stratum cannot take goes to the others by the same shares.
    An infinite size is not possible. Source: W. G. Cochran, Sampling Techniques (1977), 5.5 and 5A.
    """
    if rule not in ALLOCATIONS or total < 0 or least < 0 or not all(0 < size < math.inf for size in sizes):
        raise ValueError("needs a known rule, a size above 0 for every stratum and no negative number")
    if rule == "neyman" and (len(spreads) != len(sizes) or min(spreads, default=0) < 0):
        raise ValueError("an allocation after Neyman needs a spread of every stratum")
    shares = _shares(sizes, rule, spreads)
    most = [math.floor(size) for size in sizes]
    given = [min(least, top) for top in most]
    rest = min(total, sum(most)) - sum(given)
    while rest > 0:
        open_ = [h for h in range(len(sizes)) if given[h] < most[h]]
        for h, extra in zip(open_, _rounded(rest, [shares[h] for h in open_]), strict=True):
            given[h] = min(most[h], given[h] + extra)
        rest = min(total, sum(most)) - sum(given)
    return tuple(given)


def _shares(sizes: Sequence[float], rule: str, spreads: Sequence[float]) -> list[float]:
    if rule == "neyman":
        wanted = [size * spread for size, spread in zip(sizes, spreads, strict=True)]
        return wanted if any(wanted) else list(sizes)
    powers = {"proportional": 1.0, "equal": 0.0, "square_root": 0.5}
    return [size ** powers[rule] for size in sizes]


def _rounded(total: int, shares: Sequence[float]) -> list[int]:
    """`total` by shares in whole numbers: the largest remainders get what is left; the first of equals."""
    whole = math.fsum(shares)
    shares = shares if whole else [1.0] * len(shares)
    exact = [total * share / (whole or len(shares)) for share in shares]
    found = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(shares)), key=lambda h: found[h] - exact[h])
    for h in order[: total - sum(found)]:
        found[h] += 1
    return found
