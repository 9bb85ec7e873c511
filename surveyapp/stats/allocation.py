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
    A stratum whose share lies below `least` gets `least`, or all it holds, and the others divide the rest;
    so where `total` does not suffice for that, the sum is larger than `total`. What a full stratum cannot
    take goes to the others. An infinite size is not possible.
    Source: W. G. Cochran, Sampling Techniques (1977), 5.5 and 5A.
    """
    if rule not in ALLOCATIONS or total < 0 or least < 0 or not all(0 < size < math.inf for size in sizes):
        raise ValueError("needs a known rule, a size above 0 for every stratum and no negative number")
    if rule == "neyman" and (len(spreads) != len(sizes) or min(spreads, default=0) < 0):
        raise ValueError("an allocation after Neyman needs a spread of every stratum")
    shares = _shares(sizes, rule, spreads)
    most = [math.floor(size) for size in sizes]
    held: dict[int, int] = {}
    while len(held) < len(sizes):
        open_ = [h for h in range(len(sizes)) if h not in held]
        exact = _exact(max(0, total - sum(held.values())), [shares[h] for h in open_])
        full = {h: most[h] for h, value in zip(open_, exact, strict=True) if value > most[h]}
        low = {
            h: min(least, most[h])
            for h, value in zip(open_, exact, strict=True)
            if value < min(least, most[h])
        }
        if not full and not low:
            held |= dict(zip(open_, _rounded(exact), strict=True))
        held |= full or low
    return tuple(held[h] for h in range(len(sizes)))


def _shares(sizes: Sequence[float], rule: str, spreads: Sequence[float]) -> list[float]:
    if rule == "neyman":
        wanted = [size * spread for size, spread in zip(sizes, spreads, strict=True)]
        return wanted if any(wanted) else list(sizes)
    powers = {"proportional": 1.0, "equal": 0.0, "square_root": 0.5}
    return [size ** powers[rule] for size in sizes]


def _exact(total: int, shares: Sequence[float]) -> list[float]:
    whole = math.fsum(shares)
    return [total * share / whole if whole else total / len(shares) for share in shares]


def _rounded(exact: Sequence[float]) -> list[int]:
    """Whole numbers with the same sum: the largest remainders are rounded up, the first of equals."""
    found = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda h: found[h] - exact[h])
    for h in order[: round(math.fsum(exact)) - sum(found)]:
        found[h] += 1
    return found
