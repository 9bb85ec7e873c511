"""What is usual among the survey records of a unit, as counts and sums a group can be taken from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean

from surveyapp.evaluation.quality.model import Filed, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.surveys import MARKS, PRAISED, RATED, clock_hour, is_all_top, rating

OPEN, CLOSE = RULES["after_hours"].limits["from_hour"], RULES["after_hours"].limits["to_hour"]
LEAST_OTHERS = 50
"""So many others with a level are enough to hold a group against a part of them only."""


class Surroundings:
    """What is usual among all records of the unit."""

    def __init__(
        self, records: Sequence[Filed], handled: Mapping[str, int], are_turned: bool = False
    ) -> None:
        """`handled` are cases by ISO day; `are_turned` when the records' marks are turned round."""
        self.records, self.handled, self.are_turned = records, handled, are_turned
        self.by_root = {one.root_id: one for one in records}
        self.levels = {one.root_id: praise_level(one) for one in records}
        self.marks = Counter(self.mark(one.root_id) for one in records)
        self.days = sorted({one.received.date() for one in records})
        self.per_day = Counter(one.received.date() for one in records)
        self.by_half: dict[tuple[str, int], Counter[date]] = {}
        for one in records:
            half = self.by_half.setdefault((one.link, int(2 * clock_hour(one))), Counter())
            half[one.received.date()] += 1
        self.all = traits_of(records, self.levels)

    def mark(self, root: str) -> tuple[float, bool]:
        """How a record praises: its level to the next half, and whether it contradicts itself."""
        level = self.levels[root]
        return (-1.0 if math.isnan(level) else round(2 * level) / 2, is_contrary(self.by_root[root]))

    def excess(self, roots: Sequence[str], unusual: float) -> dict[tuple[float, bool], float]:
        """For each way of praising the chance that such a record of a group is not one of the usual ones.

        1 - (1 - π)·f/g: f and g the shares of the mark outside and inside (half a record added outside), π
        the share of the group that is not usual, by how it came or by what it says, whichever is more.
        """
        inside = Counter(self.mark(root) for root in roots)
        n, rest = len(roots), len(self.records) - len(roots)
        outside = {mark: (self.marks[mark] - count + 0.5) / (rest + 1) for mark, count in inside.items()}
        more = sum(max(0.0, count / n - outside[mark]) for mark, count in inside.items())
        usual = 1 - max(more, unusual)
        return {mark: max(0.0, 1 - usual * outside[mark] * n / count) for mark, count in inside.items()}

    def others(self, mine: Sequence[Filed]) -> Traits:
        """What all records but these are like."""
        return self.all - traits_of(mine, self.levels)

    def on_days(self, link: str, first: int, last: int) -> Counter[date]:
        """How many came at a code on each day from one half hour of the day until before another."""
        found: Counter[date] = Counter()
        for half in range(first, last):
            found.update(self.by_half.get((link, half), {}))
        return found


class Quiet:
    """The records of each code outside its crowded hours. Codes differ, so that an hour is held against its
    own code; and a tool that comes often would pass for usual among all records."""

    def __init__(self, around: Surroundings, crowd: Set[str]) -> None:
        """`crowd` are the root ids of the records in crowded hours."""
        self._around, self._crowd = around, crowd
        by_link = grouped((one.link, one) for one in around.records)
        self._by_link = {link: self._traits(mine) for link, mine in by_link.items()}

    def others(self, mine: Sequence[Filed]) -> Traits:
        """The quiet records of a group's code without the group; all others where those are too few."""
        others = self._by_link[mine[0].link] - self._traits(mine)
        return others if others.rated >= LEAST_OTHERS else self._around.others(mine)

    def _traits(self, records: Sequence[Filed]) -> Traits:
        return traits_of([one for one in records if one.root_id not in self._crowd], self._around.levels)


@dataclass(frozen=True, slots=True)
class Traits:
    """Counts and sums over records; `rated` have a level, `sums` its sum and the sum of its squares."""

    n: int
    late: int
    pressed: int
    contrary: int
    top: int
    rated: int
    sums: tuple[float, float]

    def __sub__(self, other: Traits) -> Traits:
        """What is left without the others."""
        return Traits(
            self.n - other.n,
            self.late - other.late,
            self.pressed - other.pressed,
            self.contrary - other.contrary,
            self.top - other.top,
            self.rated - other.rated,
            (self.sums[0] - other.sums[0], self.sums[1] - other.sums[1]),
        )

    @property
    def mean(self) -> float:
        """The mean level."""
        return self.sums[0] / self.rated

    @property
    def spread(self) -> float:
        """The standard deviation of the levels."""
        square = (self.sums[1] - self.sums[0] ** 2 / self.rated) / (self.rated - 1)
        return math.sqrt(max(0.0, square))


def traits_of(records: Sequence[Filed], levels: Mapping[str, float]) -> Traits:
    """The counts and sums of records, with their levels of praise by root id."""
    rated = [level for one in records if not math.isnan(level := levels[one.root_id])]
    return Traits(
        len(records),
        sum(map(is_late, records)),
        sum(map(is_pressed, records)),
        sum(map(is_contrary, records)),
        sum(map(is_all_top, records)),
        len(rated),
        (math.fsum(rated), math.fsum(level * level for level in rated)),
    )


def praise_level(record: Filed) -> float:
    """The mean of the items that praise; NaN without any."""
    given = [value for value in (rating(record, name) for name in PRAISED) if not math.isnan(value)]
    return fmean(given) if given else math.nan


def is_late(record: Filed) -> bool:
    """Whether it came outside the hours in which a hall may be open."""
    return not OPEN <= clock_hour(record) <= CLOSE


def is_pressed(record: Filed) -> bool:
    """Whether the person says that staff stood by or asked for good marks."""
    return record.leaf.get("pressed") in ("beside", "asked")


def is_contrary(record: Filed) -> bool:
    """Full agreement with everything, also with the item that says the opposite."""
    said = record.leaf.get
    return said("can_do") == said("once_real") == said("fewer_trips") == said("hard_to_follow") == "5"


def turned(record: Filed) -> Filed:
    """The record with every mark turned round, so that blame reads as praise; nobody is asked to blame."""
    marks = {name: str(6 - int(mark)) for name in RATED if (mark := record.leaf.get(name, "")) in MARKS}
    return replace(record, leaf={**record.leaf, **marks, "pressed": ""})
