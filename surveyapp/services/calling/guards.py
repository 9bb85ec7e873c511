"""When a number may be dialled now, and how much of it a caller sees. Values in, refusal or None out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from surveyapp.evaluation.schedule import CHINA, PER_HALF_DAY, REPEAT_WITHIN, SPACING
from surveyapp.gateways.refusal import Refusal

OWN_FAULT = frozenset({"C1", "C2", "C3"})
BUSY_REDIAL = timedelta(minutes=5)
NOON = time(12)


@dataclass(frozen=True)
class Dialled:
    """An earlier attempt on the line; `outcome` is None while it is open."""

    at: datetime
    outcome: str | None
    caller_id: int


def dial_refusal(earlier: Sequence[Dialled], now: datetime, caller_id: int) -> Refusal | None:
    """None when the line may be dialled at `now`, else why not and when it may.

    At most two calls a number per half day and 60 minutes between them. Attempts that our own side spoilt
    do not count. A busy line may be redialled once after 5 minutes; an unanswered or busy call is repeated
    by another caller within 15 minutes; a promised call back is not held up. `earlier` is oldest first.
    """
    made = [attempt for attempt in earlier if attempt.outcome not in OWN_FAULT]
    half = _half_day(now)
    if sum(_half_day(attempt.at) == half for attempt in made) >= PER_HALF_DAY:
        return Refusal.of(
            "half-day",
            f"这个号码本半天已经拨打 {PER_HALF_DAY} 次，到了上限。请改在下一个半天拨打。",
            f"This number was dialled {PER_HALF_DAY} times this half day, the limit. Dial in the next one.",
        )
    if not made:
        return None
    free_at = made[-1].at + _pause(made, now, caller_id)
    if now >= free_at:
        return None
    at = (free_at + timedelta(seconds=59)).astimezone(CHINA).strftime("%H:%M")
    return Refusal.of(
        "spacing",
        f"距上一次拨打这个号码的时间太近，请在 {at} 以后再拨。",
        f"The last call to this number was too short a time ago. Dial again after {at}.",
    )


def _half_day(moment: datetime) -> tuple[object, bool]:
    local = moment.astimezone(CHINA)
    return local.date(), local.time() < NOON


def _pause(made: Sequence[Dialled], now: datetime, caller_id: int) -> timedelta:
    last = made[-1]
    if last.outcome == "D1":
        return timedelta(0)
    if last.outcome in ("B1", "B2") and last.caller_id != caller_id and now - last.at <= REPEAT_WITHIN:
        return timedelta(0)
    before = made[-2] if len(made) > 1 else None
    is_redial = before is not None and before.outcome == "B2" and last.at - before.at < SPACING
    if last.outcome == "B2" and not is_redial:
        return BUSY_REDIAL
    return SPACING


def masked(number: str) -> str:
    """The number with its middle hidden: '0431-85882178' as '0431-****2178', '12345' as '***45'."""
    digits = [place for place, sign in enumerate(number) if sign.isdigit()]
    head = 4 if number.lstrip("(（ ").startswith(("0", "+")) else 3
    shown = {*digits[:head], *digits[-4:]} if len(digits) >= 10 else set(digits[-2:])
    return "".join(
        "*" if sign.isdigit() and place not in shown else sign for place, sign in enumerate(number)
    )


def dial_address(number: str) -> str:
    """The tel: address of a published number; '' when it holds nothing to dial."""
    digits = re.sub(r"[^\d+]", "", number)
    return f"tel:{digits}" if digits else ""


def is_within(hours: Sequence[str], moment: datetime) -> bool | None:
    """Whether a moment lies in published hours ('08:30-11:30' of local time); None when none are known."""
    found = [re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", str(text)) for text in hours]
    if not found or not all(found):
        return None
    local = moment.astimezone(CHINA).time()
    spans = [tuple(int(part) for part in match.groups()) for match in found if match]
    return any(time(a, b) <= local < time(c % 24, d) for a, b, c, d in spans)
