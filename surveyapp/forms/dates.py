"""Dates and times as numbers of milliseconds, with civil-calendar arithmetic of its own.

Works at a fixed offset from UTC and for years far outside datetime's range, so that Python and the browser
agree to the millisecond. Knows no clock.
"""

import math
import re
from dataclasses import dataclass

DAY = 86_400_000
_DATE = re.compile(r"(-?\d{4,6})-(\d{1,2})-(\d{1,2})(?:[T ](\S+))?", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_LONG = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})(?: \(.*\))?", re.ASCII
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in milliseconds since 1970-01-01T00:00Z (NaN: no date), or a whole day when `whole`."""

    ms: float
    whole: bool


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, days_from_civil)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day number (Hinnant, civil_from_days)."""
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def valid_day(year: int, month: int, day: int) -> bool:
    """Whether the calendar has this day."""
    if not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return month != 2 or day < 29 or leap


def _zone(text: str) -> int | None:
    """Minutes east of UTC of 'Z', '+08', '+0800' or '+08:00'; None when out of range."""
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or "0")
    if hours > 14 or minutes > 59:
        return None
    return (-1 if text[0] == "-" else 1) * (hours * 60 + minutes)


def time_of_day(text: str, offset: int) -> float | None:
    """Milliseconds after midnight UTC (may be negative or beyond a day) of 'HH:MM[:SS[.mmm]][zone]'."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    zone = _zone(match[5]) if match[5] else offset
    if hour > 23 or minute > 59 or second > 59 or zone is None:
        return None
    milliseconds = int((match[4] or "0")[:3].ljust(3, "0"))
    return ((hour * 60 + minute - zone) * 60 + second) * 1000 + milliseconds


def parse_moment(text: str, offset: int) -> Moment | None:
    """The moment a text in ISO form names, read at `offset` minutes when it has no zone; None if none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return _parse_long(text, offset)
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not valid_day(year, month, day):
        return None
    start = day_number(year, month, day) * DAY
    if match[4] is None:
        return Moment(start - offset * 60_000, True)
    time = time_of_day(match[4], offset)
    return None if time is None else Moment(start + time, False)


def _parse_long(text: str, offset: int) -> Moment | None:
    """'Mon Nov 23 2026 09:54:46 GMT-0700', as browsers write a date."""
    match = _LONG.fullmatch(text)
    if match is None or match[1] not in MONTHS:
        return None
    iso = f"{match[3]}-{MONTHS.index(match[1]) + 1:02d}-{match[2]}T{match[4]}{match[5]}"
    return parse_moment(iso, offset)


def moment_of_number(days: float, offset: int, whole_days: bool) -> Moment:
    """The moment of a number of days since 1970-01-01: a whole day when it falls on local midnight."""
    if not math.isfinite(days) or abs(days) > 1e8:
        return Moment(math.nan, False)
    if whole_days and days == math.floor(days):
        return Moment(days * DAY - offset * 60_000, True)
    ms = float(math.floor(days * DAY + 0.5))
    return Moment(ms, (ms + offset * 60_000) % DAY == 0)


def number_of_moment(moment: Moment, offset: int, whole_days: bool) -> float:
    """Days since 1970-01-01: of the local calendar for a whole day when `whole_days`, else of UTC."""
    if whole_days and moment.whole:
        return float(math.floor((moment.ms + offset * 60_000) / DAY + 0.5))
    return moment.ms / DAY


@dataclass(frozen=True, slots=True)
class Parts:
    """A moment taken apart in local time. `weekday` counts from Sunday = 0."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    millisecond: int
    weekday: int


def parts(moment: Moment, offset: int) -> Parts:
    """The local calendar parts of a moment; the moment must have a number."""
    total = math.floor(moment.ms) + offset * 60_000
    days, rest = divmod(total, DAY)
    year, month, day = civil(days)
    seconds, millisecond = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Parts(year, month, day, hour, minute, second, millisecond, (days + 4) % 7)


def zone_text(offset: int) -> str:
    """'+08:00' for 480 minutes."""
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"


def moment_text(moment: Moment, offset: int) -> str:
    """'YYYY-MM-DD' for a whole day, else with time and zone; 'Invalid Date' when there is no date."""
    if math.isnan(moment.ms):
        return "Invalid Date"
    part = parts(moment, offset)
    year = f"{part.year:04d}" if part.year >= 0 else f"-{-part.year:04d}"
    day = f"{year}-{part.month:02d}-{part.day:02d}"
    if moment.whole:
        return day
    time = f"{part.hour:02d}:{part.minute:02d}:{part.second:02d}.{part.millisecond:03d}"
    return f"{day}T{time}{zone_text(offset)}"


def format_moment(moment: Moment, pattern: str, offset: int) -> str:
    """The pattern of format-date-time with %Y %y %m %n %b %d %e %H %h %M %S %3 %a filled in."""
    part = parts(moment, offset)
    values = {
        "Y": f"{part.year:04d}", "y": f"{part.year % 100:02d}", "m": f"{part.month:02d}",
        "n": str(part.month),
        "b": MONTHS[part.month - 1], "d": f"{part.day:02d}", "e": str(part.day), "H": f"{part.hour:02d}",
        "h": str(part.hour), "M": f"{part.minute:02d}", "S": f"{part.second:02d}",
        "3": f"{part.millisecond:03d}", "a": WEEKDAYS[part.weekday], "Z": zone_text(offset), "%": "%",
    }  # fmt: skip
    return re.sub(r"%(.)", lambda match: values.get(match[1], match[0]), pattern)
