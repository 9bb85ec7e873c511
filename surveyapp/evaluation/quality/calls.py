"""Test calls held against each other: impossible logs, too regular durations, calls dialled again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, stdev

from surveyapp.evaluation.quality.model import Attempt, Filed, Finding, finding, grouped
from surveyapp.evaluation.quality.rules import RULES


def call_findings(records: Iterable[Filed], attempts: Sequence[Attempt]) -> Iterator[Finding]:
    """What stands out among the calls of a round. An attempt belongs to the unit of its record."""
    calls = {one.root_id: one for one in records if one.kind == "call"}
    mine = sorted((one for one in attempts if one.root_id in calls), key=lambda one: one.dialled)
    yield from _order(calls, mine)
    yield from _overlapping(calls, mine)
    yield from _regular(calls, mine)
    yield from _dialled_again(calls, mine)
    for unit, found in grouped((one.unit, one) for one in calls.values() if not one.line).items():
        yield finding(
            "not_in_frame",
            unit,
            unit,
            [one.root_id for one in found],
            f"{len(found)} 次测试电话的号码不在登记册里。",
            f"{len(found)} test calls went to numbers that are not in the register.",
            number=len(found),
        )


def _order(calls: dict[str, Filed], attempts: Sequence[Attempt]) -> Iterator[Finding]:
    wrong = [
        one
        for one in attempts
        if (one.ended and one.ended < one.dialled)
        or (one.answered and (one.answered < one.dialled or (one.ended and one.answered > one.ended)))
    ]
    for unit, mine in grouped((calls[one.root_id].unit, one) for one in wrong).items():
        yield finding(
            "call_order",
            unit,
            unit,
            [one.root_id for one in mine],
            f"{len(mine)} 次通话的接听或结束时间早于拨打，或接听晚于结束。",
            f"{len(mine)} calls were answered or ended before they were dialled, or answered after the end.",
            number=len(mine),
        )


def _overlapping(calls: dict[str, Filed], attempts: Sequence[Attempt]) -> Iterator[Finding]:
    for mine in grouped((one.caller, one) for one in attempts).values():
        for before, after in pairwise(mine):
            if before.ended is not None and after.dialled < before.ended:
                seconds = (before.ended - after.dialled).total_seconds()
                yield finding(
                    "overlapping_calls",
                    calls[after.root_id].unit,
                    f"{before.root_id}:{after.root_id[:8]}",
                    [before.root_id, after.root_id],
                    f"同一拨打人的两次通话重叠 {seconds:.0f} 秒。",
                    f"Two calls of one caller overlap by {seconds:.0f} seconds.",
                    seconds=seconds,
                )


def _regular(calls: dict[str, Filed], attempts: Sequence[Attempt]) -> Iterator[Finding]:
    limit = RULES["regular_durations"].limits
    for caller, mine in grouped((one.caller, one) for one in attempts if one.is_human and one.ended).items():
        seconds = [(one.ended - one.dialled).total_seconds() for one in mine if one.ended]
        if len(seconds) < limit["least"] or fmean(seconds) <= 0:
            continue
        variation = stdev(seconds) / fmean(seconds)
        if variation < limit["variation"]:
            yield finding(
                "regular_durations",
                calls[mine[0].root_id].unit,
                f"caller:{caller}",
                [one.root_id for one in mine],
                f"{len(mine)} 次有人接听的通话时长几乎一样（变异系数 {variation:.3f}）。",
                f"{len(mine)} answered calls last almost the same (variation {variation:.3f}).",
                number=len(mine),
                variation=variation,
            )


def _dialled_again(calls: dict[str, Filed], attempts: Sequence[Attempt]) -> Iterator[Finding]:
    """Calls followed by another caller's on the same number: how many, how often with the opposite."""
    few, otherwise = RULES["few_verified"].limits, RULES["verified_otherwise"].limits
    pairs: list[tuple[Attempt, Attempt]] = []
    for mine in grouped((one.line, one) for one in attempts).values():
        pairs += [(one, other) for one, other in pairwise(mine) if one.caller != other.caller]
    near = [(a, b) for a, b in pairs if b.dialled - a.dialled <= timedelta(hours=few["hours"])]
    quick = [(a, b) for a, b in pairs if b.dialled - a.dialled <= timedelta(minutes=otherwise["minutes"])]
    for unit, mine in grouped((calls[one.root_id].unit, one) for one in attempts).items():
        again = [pair for pair in near if calls[pair[0].root_id].unit == unit]
        share = len(again) / len(mine)
        if share < few["share"]:
            yield finding(
                "few_verified",
                unit,
                unit,
                [one.root_id for one in mine],
                f"{len(mine)} 次拨打中 {len(again)} 次在 48 小时内由另一人复拨（{share:.0%}，应有 10%）。",
                f"{len(again)} of {len(mine)} calls were dialled again by another caller within 48 hours "
                f"({share:.0%}; 10 % are wanted).",
                again=len(again),
                of=len(mine),
            )
    for unit, both in grouped((calls[a.root_id].unit, (a, b)) for a, b in quick).items():
        apart = [(a, b) for a, b in both if a.is_human != b.is_human]
        if len(both) >= otherwise["least"] and len(apart) > otherwise["share"] * len(both):
            yield finding(
                "verified_otherwise",
                unit,
                unit,
                [one.root_id for pair in apart for one in pair],
                f"15 分钟内由另一人复拨 {len(both)} 次，{len(apart)} 次有无人接听的结果相反。",
                f"Dialled again by another caller within 15 minutes {len(both)} times; {len(apart)} times "
                "with the opposite result.",
                apart=len(apart),
                of=len(both),
            )
