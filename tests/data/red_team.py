"""A hall's honest answers, four ways of a unit to better them, and three from outside to worsen them.

Honest answers hold clusters of their own: busy mornings, families on one phone, a free network of the hall,
contented people with nothing but top marks, one window better than the others, answers sent from home.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from surveyapp.evaluation.quality import Filed
from surveyapp.evaluation.schedule import CHINA

DAYS = 10
WINDOWS = {"1": 0.0, "2": 0.1, "3": 0.55}
START = datetime(2018, 11, 5, tzinfo=CHINA).replace(tzinfo=None)
PACE = {8: 0.5, 9: 1.6, 10: 1.7, 11: 0.9, 13: 0.7, 14: 1.1, 15: 1.0, 16: 0.6}
PRAISED = ("overall", "can_do", "once_real", "fewer_trips")
REMARKS = ("很好", "还可以", "希望更快", "排队有点久", "窗口态度好", "比以前方便", "材料太多", "谢谢")


@dataclass
class Hall:
    """Makes records; `made` numbers them."""

    rng: random.Random
    made: int = 0

    def record(
        self, at: datetime, window: str, leaf: Mapping[str, str], sender: str, seconds: float
    ) -> Filed:
        self.made += 1
        return Filed(
            f"r{self.made:05}",
            "survey",
            "u",
            at,
            leaf,
            version="v",
            site="s",
            window=window,
            link=window,
            sender=sender,
            seconds=round(seconds),
        )

    def person(self, quality: float, spread: float = 1.0) -> dict[str, str]:
        """Answers of one person: a common opinion, noise on each item, some who agree with everything."""
        rng = self.rng
        opinion = rng.gauss(quality, spread)
        items = {name: opinion + rng.gauss(0, 0.8) for name in PRAISED}
        marks = {name: _mark(3.6 + value) for name, value in items.items()}
        marks["hard_to_follow"] = _mark(2.4 - opinion + rng.gauss(0, 0.9))
        if rng.random() < 0.10:
            marks |= dict.fromkeys(marks, "5") | {"hard_to_follow": "1"}
        elif rng.random() < 0.03:
            marks |= dict.fromkeys(marks, rng.choice(("4", "5")))
        marks["times_on_site"] = rng.choice("1112223")
        marks["done"] = rng.choice(("done", "done", "pending", "failed"))
        marks["pressed"] = "no" if rng.random() > 0.02 else rng.choice(("beside", "asked"))
        if rng.random() < 0.2:
            marks["comment"] = rng.choice(REMARKS)
        return marks

    def sender(self) -> str:
        """A keyed sender: the hall's free network with a few kinds of phones, or a phone of one's own."""
        if self.rng.random() < 0.25:
            return f"wifi-{self.rng.randint(1, 6)}"
        return f"phone-{self.rng.random():.12f}"

    def seconds(self) -> float:
        return self.rng.lognormvariate(4.8, 0.45)

    def honest(self, n: int) -> list[Filed]:
        """About n records over the days of the wave."""
        rng, found = self.rng, []
        mood = [rng.gammavariate(8, 1 / 8) for _ in range(DAYS)]
        rush = {(rng.randrange(DAYS), rng.choice((9, 10))) for _ in range(3)}
        weights = {
            (day, hour, window): mood[day] * pace * (2.5 if (day, hour) in rush else 1)
            for day in range(DAYS)
            for hour, pace in PACE.items()
            for window in WINDOWS
        }
        places = rng.choices(list(weights), list(weights.values()), k=n)
        for day, hour, window in places:
            at = START + timedelta(days=day, hours=hour, seconds=rng.uniform(0, 3600))
            if rng.random() < 0.04:
                at = START + timedelta(days=day, hours=rng.uniform(18.6, 22.5))
            who = self.person(WINDOWS[window] + 0.1)
            sender = self.sender()
            found.append(self.record(at, window, who, sender, self.seconds()))
            if rng.random() < 0.03:
                for count in range(rng.randint(1, 3)):
                    later = at + timedelta(minutes=3 * (count + 1))
                    alike = who | {"can_do": rng.choice((who["can_do"], "4"))}
                    found.append(self.record(later, window, alike, f"family-{sender}", self.seconds()))
        return found

    def staff_after_closing(self, n: int) -> list[Filed]:
        """Staff scan the window's code in the evening, each with a few phones, praising but not stupidly."""
        found, day = [], 0
        while len(found) < n:
            at = START + timedelta(days=day % DAYS, hours=18.7 + self.rng.uniform(0, 0.6))
            window = self.rng.choice("12")
            for _ in range(min(n - len(found), self.rng.randint(8, 14))):
                at += timedelta(seconds=self.rng.uniform(90, 400))
                who = self.person(1.3, 0.4) | {"pressed": "no"}
                found.append(self.record(at, window, who, f"staff-{self.rng.randint(1, 25)}", self.seconds()))
            day += 1
        return found

    def one_phone(self, n: int) -> list[Filed]:
        """One phone of the hall is handed round or used for people, in quiet minutes of the open hours."""
        found = []
        for count in range(n):
            day = self.rng.randrange(DAYS)
            at = START + timedelta(days=day, hours=self.rng.uniform(13, 16.8))
            who = self.person(1.2, 0.5) | {"pressed": "no"}
            found.append(self.record(at, "1", who, f"desk-{count % 2}", self.seconds() * 0.7))
        return found

    def coached(self, n: int) -> list[Filed]:
        """Real people told to tick five stars, on some half days at one window; some say so."""
        found, half = [], 0
        while len(found) < n:
            day, noon = divmod(half, 2)
            for _ in range(min(n - len(found), self.rng.randint(10, 16))):
                hours = self.rng.uniform(13.5, 16.5) if noon else self.rng.uniform(9, 11.5)
                at = START + timedelta(days=day % DAYS, hours=hours)
                who = self.person(0.3)
                who |= dict.fromkeys(("overall", "can_do", "once_real", "fewer_trips"), "5")
                who["hard_to_follow"] = "5" if self.rng.random() < 0.5 else self.rng.choice("12")
                if self.rng.random() < 0.3:
                    who["pressed"] = "asked"
                found.append(self.record(at, "2", who, self.sender(), self.seconds() * 0.6))
            half += 3
        return found

    def imported(self, n: int) -> list[Filed]:
        """A tool sends answers in sittings: regional addresses, human durations, a reliability of 0.85."""
        found, sitting = [], 0
        while len(found) < n:
            at = START + timedelta(days=(3 * sitting) % DAYS, hours=self.rng.uniform(9, 15))
            for _ in range(min(n - len(found), self.rng.randint(20, 30))):
                at += timedelta(seconds=self.rng.uniform(60, 180))
                opinion = self.rng.gauss(1.0, 0.6)
                names = ("overall", "can_do", "once_real", "fewer_trips")
                noise = 0.6 * (4 * (1 - 0.85) / 0.85) ** 0.5
                who = self.person(1.0, 0.5) | {"pressed": "no"}
                who |= {name: _mark(3.6 + opinion + self.rng.gauss(0, noise)) for name in names}
                who["hard_to_follow"] = _mark(2.4 - opinion + self.rng.gauss(0, noise))
                sender = f"net-{self.rng.random():.12f}"
                found.append(self.record(at, "1", who, sender, self.rng.gauss(120, 25)))
            sitting += 1
        return found


ATTACKS: dict[str, Callable[[Hall, int], list[Filed]]] = {
    "staff_after_closing": Hall.staff_after_closing,
    "one_phone": Hall.one_phone,
    "coached": Hall.coached,
    "imported": Hall.imported,
}


def _blaming(praise: Callable[[Hall, int], list[Filed]]) -> Callable[[Hall, int], list[Filed]]:
    """The same way of sending, with every mark turned round; nobody of the staff asks for it."""

    def attack(hall: Hall, n: int) -> list[Filed]:
        made = praise(hall, n)
        return [replace(one, leaf={**one.leaf, **_turned(one.leaf), "pressed": "no"}) for one in made]

    return attack


def _turned(leaf: Mapping[str, str]) -> dict[str, str]:
    return {name: str(6 - int(leaf[name])) for name in (*PRAISED, "hard_to_follow")}


BLAME: dict[str, Callable[[Hall, int], list[Filed]]] = {
    "blame_one_phone": _blaming(Hall.one_phone),
    "blame_called_up": _blaming(Hall.coached),
    "blame_imported": _blaming(Hall.imported),
}


def _mark(value: float) -> str:
    return str(min(5, max(1, round(value))))


def mixed(attack: str, share: float, seed: int, n: int = 600) -> tuple[list[Filed], frozenset[str]]:
    """Honest records with `share` of all made by an attack, and the root ids of those."""
    hall = Hall(random.Random(seed))
    honest = hall.honest(n)
    made = (ATTACKS | BLAME)[attack](hall, round(share / (1 - share) * len(honest)))
    # a coached person is one of the honest visitors: the number of visitors stays as it is
    made = [replace(one, unit="u") for one in made]
    return honest + made, frozenset(one.root_id for one in made)
