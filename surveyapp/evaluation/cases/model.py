"""One handled case as the case system tells it; instants are local wall-clock time."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.evaluation.workdays import Workdays

RESULTS: Mapping[str, tuple[str, ...]] = {
    "done": ("办成", "已办结", "办结", "准予", "done"),
    "failed": ("未办成", "没办成", "撤回", "终止", "not done"),
    "refused": ("不予办理", "不予许可", "不予受理", "refused"),
    "open": ("在办", "办理中", "open"),
}
"""How a case ended, and the words for it; the first one is ours."""
STOPS: Mapping[str, tuple[str, ...]] = {
    "correction": ("补正", "correction"),
    "hearing": ("听证", "hearing"),
    "test": ("检测", "检验", "检疫", "鉴定", "评审", "勘验", "test"),
    "notice": ("公示", "公告", "notice"),
}
"""Why the clock stood still, and the words for it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stands still from `first` to `last`, both days included; `last` None: it still does."""

    kind: str
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class Case:
    """`kind` 'immediate' (即办件) or 'promised' (承诺件, with its `days`); `result` a key of RESULTS.

    `finished` is None while open. `reason` is the legal reason of a refusal. `minutes` is the published
    time of an immediate matter, None when none was given. `timed`: both instants have a time of day.
    """

    number: str
    kind: str
    accepted: dt.datetime
    finished: dt.datetime | None
    result: str
    reason: str = ""
    days: int | None = None
    minutes: int | None = None
    stops: tuple[Stop, ...] = ()
    timed: bool = True

    @property
    def is_reversed(self) -> bool:
        """Whether it is said to have ended before it began."""
        return self.finished is not None and self.finished < self.accepted

    def stopped(self, workdays: Workdays, until: dt.date, kind: str = "") -> int:
        """Working days after acceptance and up to `until` on which the clock stood still, each once."""
        began = self.accepted.date()
        spans = sorted(
            (max(stop.first - dt.timedelta(days=1), began), min(stop.last or until, until))
            for stop in self.stops
            if not kind or stop.kind == kind
        )
        total, reached = 0, began
        for after, last in spans:
            total += workdays.between(max(after, reached), last)
            reached = max(reached, last)
        return total

    def used(self, workdays: Workdays, until: dt.date) -> int:
        """Working days the office took up to `until`; the day of acceptance does not count."""
        return workdays.between(self.accepted.date(), until) - self.stopped(workdays, until)
