"""How many trials tell a good share from a bad one: exact one-sided binomial plans.

Plans with a fixed number of trials and how they end early without any loss; see sequential for plans without.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveyapp.stats.interval import normal_quantile
from surveyapp.stats.proportions import wilson_lower_bound

LARGEST_PLAN = 20_000


@dataclass(frozen=True, slots=True)
class AcceptancePlan:
    """n trials, good when `needed` or more succeed. `risk`: P(good) at the bad share, `power` at the good."""

    n: int
    needed: int
    risk: float
    power: float


@dataclass(frozen=True, slots=True)
class CurtailedCourse:
    """A plan ended as soon as its verdict is certain, at one true share."""

    good: float
    expected_n: float


def binomial_plan(bad: float, good: float, alpha: float = 0.05, power: float = 0.8) -> AcceptancePlan:
    """The smallest n with a c: P(X >= c | bad) <= alpha and P(X >= c | good) >= power.

    Larger n may lose the power again, because c is whole: see stable_binomial_plan.
    """
    return _plan_at(int(np.flatnonzero(_powers(bad, good, alpha, power) >= power)[0]) + 1, bad, good, alpha)


def stable_binomial_plan(bad: float, good: float, alpha: float = 0.05, power: float = 0.8) -> AcceptancePlan:
    """The smallest n from which on no larger one loses the power."""
    short = np.flatnonzero(_powers(bad, good, alpha, power) < power)
    return _plan_at(int(short[-1]) + 2 if short.size else 1, bad, good, alpha)


def curtailed_course(plan: AcceptancePlan, share: float) -> CurtailedCourse:
    """P(good) and expected number of trials when one stops at the needed success or the failure too many.

    The verdict is that of the full plan in every case, so its error rates are too.
    E(n) = Σ_m P(no verdict before trial m). Source: exact recursion over the successes.
    """
    _check(share, share)
    most = plan.n - plan.needed
    state = np.zeros(plan.needed)
    state[0] = 1.0
    good, expected = 0.0, 0.0
    for trial in range(plan.n):
        expected += float(state.sum())
        after = np.zeros(plan.needed)
        after[1:] = state[:-1] * share
        good += float(state[-1]) * share
        after += state * (1 - share)
        successes = np.arange(plan.needed)
        after[trial + 1 - successes > most] = 0.0
        state = after
    return CurtailedCourse(good, expected)


def wilson_needed(n: int, at_least: float, confidence: float = 0.95) -> int | None:
    """The fewest successes of n whose one-sided Wilson bound says "at least this share"; None for none."""
    _check(at_least, at_least)
    low, high = 0, n
    if n < 1 or wilson_lower_bound(n, n, confidence) < at_least:
        return None
    while low < high:
        middle = (low + high) // 2
        is_enough = wilson_lower_bound(middle, n, confidence) >= at_least
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return low


def _powers(bad: float, good: float, alpha: float, power: float) -> np.ndarray:
    """The power of the best plan of every n = 1.. up to a number no larger plan falls short of."""
    _check(bad, good)
    if not (bad < good and 0 < alpha < 1 and 0 < power < 1):
        raise ValueError("needs bad < good, and a risk and a power between 0 and 1")
    if good == 1:
        most = math.ceil(math.log(alpha) / math.log(bad)) + 1
    else:
        z = normal_quantile(1 - 2 * alpha) if alpha < 0.5 else 0.0
        z += normal_quantile(2 * power - 1) if power > 0.5 else 0.0
        spread = math.sqrt(bad * (1 - bad)) + math.sqrt(good * (1 - good))
        most = math.ceil(((z + 1) * spread / (good - bad)) ** 2) + math.ceil(8 / (good - bad)) + 50
    if most > LARGEST_PLAN:
        raise ValueError("the two shares lie too close together for a plan of calls")
    n = np.arange(1, most + 1)
    return np.asarray(special.bdtrc(_needed(n, bad, alpha) - 1, n, good))


def _needed(n: np.ndarray, bad: float, alpha: float) -> np.ndarray:
    """The smallest c of every n with P(X >= c | bad) <= alpha; n + 1 where not even n successes suffice."""
    low, high = np.zeros_like(n), n + 1
    while (low < high).any():
        middle = (low + high) // 2
        tail = np.where(middle > n, 0.0, np.where(middle == 0, 1.0, special.bdtrc(middle - 1, n, bad)))
        fits = tail <= alpha
        low, high = np.where(fits | (low >= high), low, middle + 1), np.where(fits, middle, high)
    return np.asarray(low)


def _plan_at(n: int, bad: float, good: float, alpha: float) -> AcceptancePlan:
    needed = int(_needed(np.array([n]), bad, alpha)[0])
    risk, power = (float(special.bdtrc(needed - 1, n, share)) for share in (bad, good))
    return AcceptancePlan(n, needed, risk, power)


def _check(*shares: float) -> None:
    if not all(0 < share <= 1 for share in shares):
        raise ValueError("a share lies above 0 and not above 1")
