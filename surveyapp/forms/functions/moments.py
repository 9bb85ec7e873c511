"""Functions on dates and times. The clock is the environment's: the record's end, not the server's now."""

import math

from surveyapp.forms.dates import (
    DAY,
    Moment,
    format_moment,
    moment_of_number,
    moment_text,
    time_of_day,
)
from surveyapp.forms.values import NAN, Context, Value, to_moment, to_number, to_text

_NO_DATE = Moment(math.nan, False)


def today(context: Context, arguments: list[Value]) -> Value:
    """today(): the local day of the environment's now."""
    shift = context.environment.offset * 60_000
    return Moment(math.floor((context.environment.now_ms + shift) / DAY) * DAY - shift, True)


def now(context: Context, arguments: list[Value]) -> Value:
    """now(): the environment's instant."""
    return Moment(context.environment.now_ms, False)


def _moment(context: Context, value: Value) -> Moment | None:
    """A number counts days, text is read; None for blank, NaN inside for nonsense."""
    environment = context.environment
    found = to_moment(value, environment)
    if found is not None:
        return found
    if isinstance(value, bool):
        return _NO_DATE
    text = to_text(value, environment).strip()
    if not text:
        return None
    number = to_number(value, environment)
    return moment_of_number(number, environment.offset, environment.whole_days)


def date(context: Context, arguments: list[Value]) -> Value:
    """date(x) and date-time(x): the date of a text or of a number of days; '' stays blank."""
    found = _moment(context, arguments[0])
    return "" if found is None else found


def format_date(context: Context, arguments: list[Value]) -> Value:
    """format-date(x, pattern) and format-date-time: '' when x is no date."""
    found = _moment(context, arguments[0])
    if found is None or math.isnan(found.ms):
        return ""
    return format_moment(found, to_text(arguments[1], context.environment), context.environment.offset)


def decimal_date_time(context: Context, arguments: list[Value]) -> Value:
    """decimal-date-time(x): days since 1970-01-01T00:00Z with fraction."""
    found = _moment(context, arguments[0])
    return NAN if found is None else found.ms / DAY


def decimal_time(context: Context, arguments: list[Value]) -> Value:
    """decimal-time(x): the fraction of the local day; NaN when x is no time."""
    environment = context.environment
    value = arguments[0]
    moment = to_moment(value, environment)
    if moment is not None:
        return (moment.ms + environment.offset * 60_000) % DAY / DAY
    text = (
        moment_text(value, environment.offset) if isinstance(value, Moment) else to_text(value, environment)
    )
    time = time_of_day(text.strip(), environment.offset)
    return NAN if time is None else (time + environment.offset * 60_000) % DAY / DAY
