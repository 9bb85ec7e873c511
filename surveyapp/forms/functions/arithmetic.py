"""Functions from numbers to numbers. What has no result gives NaN, as in IEEE 754."""

import math
from collections.abc import Callable, Mapping

from surveyapp.forms.nodes import text_of
from surveyapp.forms.values import NAN, Context, Value, text_number, to_number


def number(context: Context, arguments: list[Value]) -> Value:
    """number(x?): the number of the argument or of the context node."""
    if not arguments:
        return text_number(text_of(context.node), context.environment)
    return to_number(arguments[0], context.environment)


def whole(context: Context, arguments: list[Value]) -> Value:
    """int(x): the number without its fraction."""
    value = to_number(arguments[0], context.environment)
    return float(math.trunc(value)) if math.isfinite(value) else value


def floor(context: Context, arguments: list[Value]) -> Value:
    """floor(x): the largest integer not above x."""
    value = to_number(arguments[0], context.environment)
    return float(math.floor(value)) if math.isfinite(value) else value


def ceiling(context: Context, arguments: list[Value]) -> Value:
    """ceiling(x): the smallest integer not below x."""
    value = to_number(arguments[0], context.environment)
    return float(math.ceil(value)) if math.isfinite(value) else value


def _half_away(value: float) -> float:
    """Rounded to an integer, halves away from zero."""
    return math.copysign(math.floor(abs(value) + 0.5), value) if abs(value) < 2**52 else value


def rounded(context: Context, arguments: list[Value]) -> Value:
    """round(x, places?): halves away from zero; places may be negative (up to 15 either way)."""
    value = to_number(arguments[0], context.environment)
    places = to_number(arguments[1], context.environment) if len(arguments) > 1 else 0.0
    if not math.isfinite(value) or math.isnan(places):
        return NAN if math.isnan(places) else value
    count = int(max(-15, min(15, places)))
    factor = float(10 ** abs(count))
    if count >= 0:
        scaled = value * factor
        return _half_away(float(f"{scaled:.15g}")) / factor if math.isfinite(scaled) else value
    return _half_away(value / factor) * factor


def random_number(context: Context, arguments: list[Value]) -> Value:
    """random(): a number in [0, 1) from the caller's generator; NaN without one."""
    source = context.environment.randomness
    return source() if source else NAN


def power(context: Context, arguments: list[Value]) -> Value:
    """pow(x, y): x to the power of y."""
    base, exponent = (to_number(argument, context.environment) for argument in arguments)
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else NAN
    return NAN if abs(base) == 1 and not math.isfinite(exponent) else result


def atan2(context: Context, arguments: list[Value]) -> Value:
    """atan2(y, x): the angle of a point in radians."""
    return math.atan2(*(to_number(argument, context.environment) for argument in arguments))


def pi(context: Context, arguments: list[Value]) -> Value:
    """pi()."""
    return math.pi


def _exp10(value: float) -> float:
    return math.pow(10.0, value)


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _log10(value: float) -> float:
    return -math.inf if value == 0 else math.log10(value)


OF_ONE: Mapping[str, Callable[[float], float]] = {
    "abs": abs, "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos,
    "atan": math.atan, "sqrt": math.sqrt, "exp": math.exp, "exp10": _exp10, "log": _log, "log10": _log10,
}  # fmt: skip


def of_one(run: Callable[[float], float]) -> Callable[[Context, list[Value]], Value]:
    """A function of one number as a function of expressions: outside its domain NaN, too large infinity."""

    def function(context: Context, arguments: list[Value]) -> Value:
        try:
            return run(to_number(arguments[0], context.environment))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return function
