"""The stage of the demonstration: its halls, people, clock and random generator."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from surveyapp.services.accounts import Actor
from surveyapp.services.installation import Platform

DAYS = 21
ZONE = ZoneInfo("Asia/Shanghai")


class MovableClock:
    """A clock that is set by hand; the demonstration's records were "received" when it says so."""

    def __init__(self, now: datetime) -> None:
        """Stand at `now` (aware)."""
        self.now = now

    def __call__(self) -> datetime:
        """The instant it stands at."""
        return self.now


@dataclass(frozen=True)
class Hall:
    """One evaluated unit of the demonstration, by database ids."""

    code: str
    name: str
    quality: float
    position: tuple[float, float]
    unit_id: int
    site_id: int
    lines: tuple[tuple[int, str], ...]
    codes: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Everything the parts of the demonstration share."""

    platform: Platform
    clock: MovableClock
    now: datetime
    rng: random.Random
    data: Mapping[str, Any]
    round_id: int
    halls: tuple[Hall, ...]
    versions: Mapping[str, int]
    link_ids: Mapping[str, int]
    people: Mapping[str, Actor]
    say: Callable[[str], object] = field(default=print)

    @property
    def first_day(self) -> date:
        """The first day of field work."""
        return (self.now - timedelta(days=DAYS)).date()

    def new_id(self) -> str:
        """A UUID from the demonstration's own generator."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def moment(self, day: int, first_hour: int, last_hour: int) -> datetime:
        """A drawn instant between two hours of local time on the n-th working day, never in the future."""
        on = self.first_day
        while day > 0 or on.weekday() > 4:
            on += timedelta(days=1)
            if on.weekday() < 5:
                day -= 1
        hour, minute = self.rng.randrange(first_hour, last_hour), self.rng.randrange(60)
        drawn = datetime.combine(on, time(hour, minute, self.rng.randrange(60)), ZONE)
        return min(drawn, self.now - timedelta(minutes=self.rng.randrange(30, 300)))
