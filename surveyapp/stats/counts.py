"""Tails of counts: Poisson and negative binomial."""

from __future__ import annotations

from scipy import special


def upper_tail(count: int, mean: float, dispersion: float = 0.0) -> float:
    """P(X >= count) for a mean and a variance of mean + dispersion·mean²; dispersion 0 is Poisson.

    Poisson: the regularised incomplete gamma P(count, mean). Negative binomial with r = 1/dispersion:
    the regularised incomplete beta I_p(count, r), p = mean/(mean + r). A negative mean or dispersion is a
    ValueError. Source: N. L. Johnson, A. W. Kemp, S. Kotz, Univariate Discrete Distributions (2005), ch. 4-5.
    """
    if mean < 0 or dispersion < 0:
        raise ValueError("a mean and a dispersion are not negative")
    if count <= 0:
        return 1.0
    if mean == 0:
        return 0.0
    if dispersion == 0:
        return float(special.gammainc(count, mean))
    size = 1 / dispersion
    return float(special.betainc(count, size, mean / (mean + size)))


def dispersion_of(counts: list[int]) -> float:
    """By moments: (variance - mean)/mean², not below 0; 0 with fewer than two counts or a mean of 0."""
    if len(counts) < 2:
        return 0.0
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
    return max(0.0, (variance - mean) / mean**2) if mean > 0 else 0.0


def binomial_upper_tail(successes: int, n: int, share: float) -> float:
    """P(X >= successes) of n trials; 1 for none needed. Source: the regularised incomplete beta function."""
    if not 0 <= share <= 1 or n < 0:
        raise ValueError("needs trials and a share between 0 and 1")
    if successes <= 0:
        return 1.0
    if successes > n or share == 0:
        return 0.0
    return 1.0 if share == 1 else float(special.betainc(successes, n - successes + 1, share))


def normal_upper_tail(z: float) -> float:
    """P(Z >= z) of a standard normal variable."""
    return float(special.ndtr(-z))
