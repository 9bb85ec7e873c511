"""How many observations show a difference: two shares, two scores, two raters of the same thing.

Plans only; a comparison that was made is told by the interval of its difference.
"""

import math

from scipy import special

from surveyapp.stats.interval import normal_quantile


def two_share_size(one: float, other: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Observations per group (not rounded) of a two-sided test of one = other, as R power.prop.test.

    n = ((z_{1-α/2}·sqrt(2p̄q̄) + z_power·sqrt(p₁q₁ + p₂q₂))/(p₁ - p₂))².
    Source: J. L. Fleiss, Statistical Methods for Rates and Proportions (1981), 3.2.
    """
    if not (0 <= one <= 1 and 0 <= other <= 1 and one != other and 0 < power < 1 and 0 < alpha < 1):
        raise ValueError("needs two different shares, and a power and a risk between 0 and 1")
    mean = (one + other) / 2
    pooled = normal_quantile(1 - alpha) * math.sqrt(2 * mean * (1 - mean))
    apart = _power_quantile(power) * math.sqrt(one * (1 - one) + other * (1 - other))
    return ((pooled + apart) / (one - other)) ** 2


def smallest_visible_difference(se: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """(z_{1-α/2} + z_power)·√2·SE: the difference of two scores with that error that is seen with `power`."""
    if not (se >= 0 and 0 < power < 1 and 0 < alpha < 1):
        raise ValueError("needs an error of at least 0, and a power and a risk between 0 and 1")
    return (normal_quantile(1 - alpha) + _power_quantile(power)) * math.sqrt(2) * se


def gross_size(net: float, response: float, validity: float = 1.0) -> int:
    """⌈net/(response·validity)⌉ to approach for `net` answers that count."""
    if not (net >= 0 and 0 < response <= 1 and 0 < validity <= 1):
        raise ValueError("needs a net size and shares above 0 and not above 1")
    return math.ceil(net / (response * validity) - 1e-9)


def _power_quantile(power: float) -> float:
    return float(special.ndtri(power))
