"""Published opening hours as people write them, as they are stored, and as the schedule needs them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from surveyapp.evaluation.schedule import Hours

SPAN = re.compile(r"(\d{1,2}):(\d{2})[-~～—–至到]+(\d{1,2}):(\d{2})\Z")
NOON = dt.time(12)
MOST_SPANS = 2


def parse_hours(text: str) -> tuple[str, ...] | None:
    """One or two spans ('08:30-11:30', at most with a noon break between them) in order; None for others.

    Spans are divided by 、 ; or a comma; full-width signs count as their half-width ones.
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    spans: list[tuple[int, int]] = []
    for part in filter(None, re.split(r"[、;,，；\n]", plain)):
        found = SPAN.match(part)
        if found is None:
            return None
        a, b, c, d = (int(group) for group in found.groups())
        start, end = a * 60 + b, c * 60 + d
        if b > 59 or d > 59 or not start < end <= 24 * 60 or (spans and start < spans[-1][1]):
            return None
        spans.append((start, end))
    if not 1 <= len(spans) <= MOST_SPANS:
        return None
    return tuple(f"{_written(start)}-{_written(end)}" for start, end in spans)


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours_of(spans: Sequence[str]) -> Hours | None:
    """Stored hours for the schedule; None when they cannot be read.

    A single span across noon has no break; one that lies before or after noon has an empty other half.
    """
    read = parse_hours("、".join(str(span) for span in spans))
    if read is None:
        return None
    times = [_time(edge) for span in read for edge in span.split("-")]
    if len(times) == 4:
        return Hours(*times)
    opens, closes = times
    noon = min(max(NOON, opens), closes)
    return Hours(opens, noon, noon, closes)


def _time(text: str) -> dt.time:
    """The time of day; midnight at the end of the day is its last minute."""
    hour, minute = (int(part) for part in text.split(":"))
    return dt.time(23, 59) if hour == 24 else dt.time(hour, minute)
