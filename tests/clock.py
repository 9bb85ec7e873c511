"""A clock for tests: it stands still, and moves when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 9:00 of a working day in Changchun


class Clock:
    """Called, it gives the instant it stands at (aware, UTC)."""

    def __init__(self, now: datetime = MORNING) -> None:
        """A clock that stands at `now`."""
        self.now = now

    def __call__(self) -> datetime:
        """The instant."""
        return self.now

    def advance(self, **by: float) -> datetime:
        """Moves on by so many days, hours, minutes or seconds, and gives the instant."""
        self.now += timedelta(**by)
        return self.now
