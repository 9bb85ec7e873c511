"""The eight ways from a measured value to an achievement between 0 (nothing) and 1 (all).

Linear ones are applied to means, T7 and T8 to each value; the clip comes last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Transform:
    """achievement = clip((value - low) / (high - low)); values outside `domain` are no evidence.

    `census`: the whole population was seen, no sampling error. `each`: applied to single values.
    """

    code: str
    low: float
    high: float
    domain: tuple[float, float]
    census: bool
    each: bool
    text: Mapping[str, str]

    def scaled(self, value: float) -> float:
        """The value on the 0..1 scale, not clipped."""
        size = abs(value) if self.code == "T8" else value
        return (size - self.low) / (self.high - self.low)

    def achievement(self, value: float) -> float:
        """The value on the 0..1 scale, clipped."""
        return clip(self.scaled(value))


def clip(share: float) -> float:
    """The nearest number in 0..1."""
    return min(1.0, max(0.0, share))


def transform(code: str, parameters: Mapping[str, float]) -> Transform:
    """The transform T1..T8 with its parameters; an unknown code is a KeyError.

    T1 proportion (low 0, high 1 or an official target) · T2 census ratio · T3 five levels 1..5, (x-1)/4 ·
    T4 checklist share · T5 rubric 0..4, x/4 · T6 fact 0/1 · T7 delay: 1 up to `full`, 0 from `none` on ·
    T8 agreement: value = reported - recomputed, 1 - min(1, |value|/tol), tol .10.
    """
    return _transform(code, tuple(parameters.items()))


@lru_cache(maxsize=512)
def _transform(code: str, given: tuple[tuple[str, float], ...]) -> Transform:
    parameters = dict(given)
    low, high = parameters.get("low", 0.0), parameters.get("high", 1.0)
    unit = (0.0, 1.0)
    wide = (-1e9, 1e9)
    share = _text("比例", "share") if (low, high) == unit else _span("比例", "share", low, high)
    if code == "T7":
        full, none = parameters["full"], parameters["none"]
        words = _text(
            f"时限：不超过 {full:g} 得 1，达到 {none:g} 得 0", f"delay: 1 up to {full:g}, 0 from {none:g}"
        )
        return Transform(code, none, full, wide, False, True, words)
    if code == "T8":
        tolerance = parameters.get("tol", 0.1)
        words = _text(f"一致性：1 − |差| ÷ {tolerance:g}", f"agreement: 1 − |difference| ÷ {tolerance:g}")
        return Transform(code, tolerance, 0.0, wide, False, True, words)
    return {
        "T1": Transform("T1", low, high, unit, False, False, share),
        "T2": Transform("T2", low, high, unit, True, False, share),
        "T3": Transform("T3", 1.0, 5.0, (1.0, 5.0), False, False, _text("（均值 − 1）÷ 4", "(mean − 1) ÷ 4")),
        "T4": Transform("T4", 0.0, 1.0, unit, False, False, _text("通过项占适用项", "passed of applicable")),
        "T5": Transform("T5", 0.0, 4.0, (0.0, 4.0), False, False, _text("均值 ÷ 4", "mean ÷ 4")),
        "T6": Transform("T6", 0.0, 1.0, unit, True, False, _text("事实 1 或 0", "fact, 1 or 0")),
    }[code]


def _text(zh: str, en: str) -> Mapping[str, str]:
    return {"zh": zh, "en": en}


def _span(zh: str, en: str, low: float, high: float) -> Mapping[str, str]:
    return _text(f"（{zh} − {low:g}）÷（{high:g} − {low:g}）", f"({en} − {low:g}) ÷ ({high:g} − {low:g})")
