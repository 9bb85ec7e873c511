"""Survey records of a round held against each other: time, distance, senders, copies, praise."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import TypeVar

from surveyapp.evaluation.quality.model import Filed, Finding, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.stats.alikeness import most_alike
from surveyapp.stats.careless import (
    mahalanobis_distances,
    mahalanobis_limit,
)
from surveyapp.stats.differences import difference_interval
from surveyapp.stats.proportions import wilson_interval

RATED = ("overall", "can_do", "once_real", "hard_to_follow", "fewer_trips")
REVERSED = ("hard_to_follow",)
PRAISED = tuple(name for name in RATED if name not in REVERSED)
FREE = frozenset(
    ("comment", "matter_other", "why_other", "extra_which", "site_code", "window", "case_ref", "mode")
)
MARKS = {"1": 1.0, "2": 2.0, "3": 3.0, "4": 4.0, "5": 5.0}
TOP = 5
K = TypeVar("K")


def survey_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """What stands out among the survey and call-back records of a round, by unit."""
    kept = [one for one in records if one.kind in ("survey", "callback")]
    yield from _too_fast(kept)
    for unit, mine in grouped((one.unit, one) for one in kept).items():
        surveys = [one for one in mine if one.kind == "survey"]
        yield from _far_from_others(unit, surveys)
        yield from _same_sender(unit, surveys)
        yield from _near_same(unit, surveys)
        yield from _after_hours(unit, surveys)
        yield from _coached(unit, mine)
        yield from _wall_against_drawn(unit, mine)


def rating(record: Filed, name: str) -> float:
    """The answer 1..5 of an item, reversed items turned round; NaN for anything else."""
    mark = MARKS.get(record.leaf.get(name, ""), math.nan)
    return TOP + 1 - mark if name in REVERSED else mark


def is_all_top(record: Filed) -> bool:
    """Whether at least three items that praise are rated, all with the top mark."""
    given = 0
    for name in PRAISED:
        mark = MARKS.get(record.leaf.get(name, ""))
        if mark is not None and mark < TOP:
            return False
        given += mark is not None
    return given >= 3


def _limits(code: str) -> Mapping[str, float]:
    return RULES[code].limits


def _too_fast(records: Sequence[Filed]) -> Iterator[Finding]:
    """Relative speed: median time of the same route over the own time. Page times are not stored."""
    limit = _limits("too_fast")
    timed = [(one, one.seconds, _route(one)) for one in records if one.seconds and one.seconds > 0]
    routes = _usual((route, seconds) for _, seconds, route in timed)
    versions = _usual((one.version, seconds / max(1, len(one.leaf))) for one, seconds, _ in timed)
    slow: dict[str, list[tuple[Filed, float, float]]] = {}
    for one, seconds, route in timed:
        (peers, usual), own = routes[route], seconds
        if peers < limit["least_route"]:
            (peers, usual), own = versions[one.version], seconds / max(1, len(one.leaf))
        if peers >= limit["least_route"] and usual / own > limit["rsi"]:
            slow.setdefault(one.unit, []).append((one, seconds, usual / own))
    for unit, found in slow.items():
        fastest = max(speed for _, _, speed in found)
        yield finding(
            "too_fast",
            unit,
            unit,
            [one.root_id for one, _, _ in found],
            f"{len(found)} 份用时不到同一路径中位数的一半，最快的快 {fastest:.1f} 倍。",
            f"{len(found)} took less than half the median time of their route; the fastest was {fastest:.1f} "
            "times as fast.",
            number=len(found),
            fastest=fastest,
        )


def _usual(times: Iterable[tuple[K, float]]) -> dict[K, tuple[int, float]]:
    """How many times there are under each key, and their median."""
    return {key: (len(mine), median(mine)) for key, mine in grouped(times).items()}


def _route(record: Filed) -> tuple[str, frozenset[str]]:
    return record.version, frozenset(record.leaf.keys() - FREE)


def _rated(records: Sequence[Filed]) -> list[list[float]]:
    return [[rating(one, name) for name in RATED] for one in records]


def _far_from_others(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = _limits("far_from_others")
    distances = mahalanobis_distances(_rated(records)) if records else None
    if distances is None:
        return
    border = mahalanobis_limit(len(RATED), limit["confidence"])
    far = [one for one, d in zip(records, distances.tolist(), strict=True) if d > border]
    if far:
        yield finding(
            "far_from_others",
            unit,
            unit,
            [one.root_id for one in far],
            f"{len(far)} 份答案组合离其他人很远（D² 超过 {border:.1f}）。",
            f"{len(far)} have answers far from the others' (D² above {border:.1f}).",
            number=len(far),
            border=border,
        )


def _same_sender(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = _limits("same_sender")
    for sender, mine in grouped((one.sender, one) for one in records if one.sender).items():
        if len(mine) >= limit["least"]:
            yield finding(
                "same_sender",
                unit,
                f"{unit}:{sender}",
                [one.root_id for one in mine],
                f"同一网络标识交来 {len(mine)} 份。大厅的免费网络也会这样，要结合时间和内容看。",
                f"One keyed sender handed in {len(mine)}. The free network of a hall looks the same; see the "
                "times and the answers.",
                number=len(mine),
            )


def _near_same(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    """Copies of written texts with nearly all other answers; equal ticks alone are common."""
    limit = _limits("near_same")
    wordy = [one for one in records if len(one.leaf.get("comment", "")) >= 8]
    times = Counter(one.leaf["comment"] for one in wordy)
    again = [at for at, one in enumerate(wordy) if times[one.leaf["comment"]] > 1]
    names = sorted({name for one in wordy for name in one.leaf.keys() - FREE}) if again else []
    rows = [[one.leaf.get(name, "") for name in names] for one in wordy]
    alike = most_alike(rows, int(limit["least_answers"]), again)
    for one, (share, at) in zip((wordy[at] for at in again), alike, strict=True):
        other = wordy[at] if at >= 0 else None
        if other is None or share <= limit["share"] or one.leaf["comment"] != other.leaf["comment"]:
            continue
        if one.root_id < other.root_id:
            yield finding(
                "near_same",
                unit,
                f"{one.root_id}:{other.root_id[:8]}",
                [one.root_id, other.root_id],
                f"两份答卷 {share:.0%} 的答案相同，留言一字不差。",
                f"Two records give {share:.0%} of the same answers and the very same comment.",
                share=share,
            )


def _after_hours(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = _limits("after_hours")
    coded = [one for one in records if one.window]
    late = [one for one in coded if not limit["from_hour"] <= clock_hour(one) <= limit["to_hour"]]
    of = Counter(one.window for one in coded)
    for window, mine in grouped((one.window, one) for one in late).items():
        yield finding(
            "after_hours",
            unit,
            f"{unit}:{window}",
            [one.root_id for one in mine],
            f"窗口“{window}”的二维码收到 {of[window]} 份，其中 {len(mine)} 份在早上 7:30 前或晚上 6:30 后。",
            f"The code at window “{window}” brought {of[window]}, {len(mine)} of them before 7:30 or after "
            "18:30.",
            number=len(mine),
            of=of[window],
        )


def clock_hour(record: Filed) -> float:
    """The hour of the day at which a record came in, as a number."""
    return record.received.hour + record.received.minute / 60


def _coached(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = _limits("coached")
    asked = [one for one in records if one.leaf.get("pressed")]
    pressed = [one for one in asked if one.leaf["pressed"] in ("beside", "asked")]
    if len(asked) < limit["least"]:
        return
    interval = wilson_interval(len(pressed), len(asked))
    if interval.low > limit["share"]:
        yield finding(
            "coached",
            unit,
            unit,
            [one.root_id for one in pressed],
            f"{len(asked)} 人中 {len(pressed)} 人说有人在旁或要求好评（95% 区间"
            f" {interval.low:.0%}–{interval.high:.0%}）。",
            f"{len(pressed)} of {len(asked)} say staff stood by or asked for good marks (95 % interval "
            f"{interval.low:.0%}–{interval.high:.0%}).",
            x=len(pressed),
            n=len(asked),
            low=interval.low,
            high=interval.high,
        )


def _wall_against_drawn(unit: str, records: Sequence[Filed]) -> Iterator[Finding]:
    """Satisfied (4 or 5) by wall code against call-backs: people of a list, and those who left numbers."""
    limit = _limits("wall_against_drawn")
    wall = [one for one in records if one.kind == "survey"]
    for source in ("list", "left"):
        called = [
            one
            for one in records
            if one.kind == "callback" and (one.leaf.get("source") == "list") == (source == "list")
        ]
        (x1, n1), (x2, n2) = _satisfied(wall), _satisfied(called)
        if min(n1, n2) < limit["least"]:
            continue
        gap = difference_interval(x1, n1, x2, n2, limit["confidence"])
        if gap.low > 0:
            who, whom = ("抽取名单", "drawn from a list") if source == "list" else ("留号回访", "called back")
            yield finding(
                "wall_against_drawn",
                unit,
                f"{unit}:{source}",
                [one.root_id for one in called],
                f"扫码满意 {x1}/{n1}，{who}满意 {x2}/{n2}，差的 95% 区间 {gap.low:.0%} 至 {gap.high:.0%}。",
                f"Satisfied by wall code {x1}/{n1}, {whom} {x2}/{n2}; 95 % interval of the difference "
                f"{gap.low:.0%} to {gap.high:.0%}.",
                x1=x1,
                n1=n1,
                x2=x2,
                n2=n2,
                low=gap.low,
                high=gap.high,
            )


def _satisfied(records: Sequence[Filed]) -> tuple[int, int]:
    given = [value for value in (rating(one, "overall") for one in records) if not math.isnan(value)]
    return sum(value >= 4 for value in given), len(given)
