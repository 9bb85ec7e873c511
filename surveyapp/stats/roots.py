"""Where a monotone function of one number crosses a level. Not an optimiser."""

from collections.abc import Callable


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """The place in low..high where `function` changes its sign, by halving down to neighbouring floats.

    The signs at the two ends must differ or one be 0 (ValueError).
    """
    at_low, at_high = function(low), function(high)
    if at_low == 0 or at_high == 0:
        return low if at_low == 0 else high
    if (at_low > 0) == (at_high > 0) or at_low != at_low or at_high != at_high:
        raise ValueError("the function does not cross its level between the two ends")
    while low < (middle := (low + high) / 2) < high:
        if (function(middle) > 0) == (at_high > 0):
            high = middle
        else:
            low = middle
    return middle
