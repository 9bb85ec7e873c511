"""Intervals for a binomial proportion from independent trials.

Not for clustered or weighted samples (complex_samples) nor for small populations (finite_population).
The Wald interval is left out on purpose: it fails at 0, at 1 and for small n.
"""

import math

import numpy as np
from scipy import special

from surveyapp.stats.interval import Interval, normal_quantile
from surveyapp.stats.roots import crossing


def wilson_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson score interval for `successes` of `n` trials, as fractions of 1.

    centre (p + z²/2n) / (1 + z²/n), half-width z·sqrt(p(1-p)/n + z²/4n²) / (1 + z²/n).
    Both arguments may be effective numbers (not whole). n <= 0 or successes outside 0..n is a ValueError.
    Source: E. B. Wilson, JASA 22 (1927) 209-212; R. G. Newcombe, Statist. Med. 17 (1998), method 3.
    """
    _check(successes, n)
    z = normal_quantile(confidence)
    p = successes / n
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high)


def wilson_continuity_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson's interval with continuity correction; wider, its coverage seldom falls below `confidence`.

    low = (2np + z² - 1 - z·sqrt(z² - 2 - 1/n + 4p(nq + 1))) / 2(n + z²) and its mirror image, q = 1 - p.
    Source: Newcombe (1998), method 4.
    """
    _check(successes, n)
    z = normal_quantile(confidence)
    p, size = successes / n, 2 * (n + z * z)

    def end(share: float) -> float:
        root = z * math.sqrt(max(0.0, z * z - 2 - 1 / n + 4 * share * (n * (1 - share) + 1)))
        return max(0.0, (2 * n * share + z * z - 1 - root) / size)

    low = 0.0 if successes == 0 else end(p)
    high = 1.0 if successes == n else 1 - end(1 - p)
    return Interval(low, high)


def mid_p_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Exact interval that counts half of the probability of the outcome itself.

    low solves P(X > x) + P(X = x)/2 = α/2, high its mirror; its mean coverage is near `confidence`.
    Source: Newcombe (1998), method 6; H. O. Lancaster, JASA 56 (1961) 223-234.
    """
    _check(successes, n)
    tail = (1 - confidence) / 2
    normal_quantile(confidence)

    def below(x: float) -> float:
        return crossing(lambda p: _mid_tail(x, n, p) - tail, 0.0, 1.0)

    low = 0.0 if successes == 0 else below(successes)
    high = 1.0 if successes == n else 1 - below(n - successes)
    return Interval(low, high)


def jeffreys_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Equal-tailed interval of Beta(x + 1/2, n - x + 1/2); 0 and 1 are ends where all are alike.

    Source: L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science 16 (2001) 101-133, 3.1.2.
    """
    _check(successes, n)
    tail = (1 - confidence) / 2
    normal_quantile(confidence)
    x, y = successes + 0.5, n - successes + 0.5
    low = 0.0 if successes == 0 else float(special.betaincinv(x, y, tail))
    high = 1.0 if successes == n else float(special.betaincinv(x, y, 1 - tail))
    return Interval(low, high)


def wilson_lower_bound(successes: float, n: float, confidence: float = 0.95) -> float:
    """The one-sided lower bound: with `confidence` the share is at least this."""
    return wilson_interval(successes, n, 2 * confidence - 1).low


def clopper_pearson_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Exact (beta) interval of Clopper and Pearson; coverage is never below `confidence`.

    low = Beta(α/2; x, n-x+1), high = Beta(1-α/2; x+1, n-x). Effective numbers are allowed.
    Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404-413; equals R binom.test.
    """
    _check(successes, n)
    tail = (1 - confidence) / 2
    normal_quantile(confidence)
    low = 0.0 if successes == 0 else float(special.betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(special.betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high)


def agresti_coull_interval(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Agresti-Coull interval; its raw ends may leave 0..1 and are clipped only when shown.

    ñ = n + z², p̃ = (x + z²/2)/ñ, p̃ ± z·sqrt(p̃(1-p̃)/ñ).
    Source: A. Agresti, B. A. Coull, The American Statistician 52 (1998) 119-126.
    """
    _check(successes, n)
    z = normal_quantile(confidence)
    size = n + z * z
    p = (successes + z * z / 2) / size
    half = z * math.sqrt(p * (1 - p) / size)
    return Interval(p - half, p + half)


def binomial_p_value(successes: int, n: int, probability: float) -> float:
    """Two-sided exact p-value of `successes` of `n` under `probability`.

    Sum of the probabilities of all outcomes not more likely than the one seen (relative slack 1e-7),
    the rule of R binom.test. Raises ValueError for impossible counts or probabilities.
    """
    _check(successes, n)
    if not 0 <= probability <= 1:
        raise ValueError("a probability lies between 0 and 1")
    x = np.arange(n + 1)
    log_choose = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    log_mass = log_choose + special.xlogy(x, probability) + special.xlog1py(n - x, -probability)
    mass = np.exp(log_mass)
    return min(1.0, math.fsum(mass[mass <= mass[successes] * (1 + 1e-7)].tolist()))


def _mid_tail(x: float, n: float, p: float) -> float:
    """P(X > x) + P(X = x)/2 = (P(X >= x) + P(X > x))/2 for 0 < x <= n, as beta integrals."""
    above = float(special.betainc(x + 1, n - x, p)) if x < n else 0.0
    return (float(special.betainc(x, n - x + 1, p)) + above) / 2


def _check(successes: float, n: float) -> None:
    if not (n > 0 and 0 <= successes <= n):
        raise ValueError("needs n > 0 and 0 <= successes <= n")
