"""When survey records arrive at a site: too many within ten minutes, runs of nothing but top marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from surveyapp.evaluation.quality.model import Filed, Finding, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.surveys import is_all_top
from surveyapp.stats.counts import dispersion_of, upper_tail

CALM = 0.95


def arrival_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """Bursts and runs at each site of each unit."""
    surveys = [one for one in records if one.kind == "survey"]
    for (unit, site), mine in grouped(((one.unit, one.site), one) for one in surveys).items():
        ordered = sorted(mine, key=lambda one: (one.received, one.root_id))
        yield from _bursts(unit, site, ordered)
        yield from _runs(unit, site, ordered)


def slot_of(moment: datetime) -> datetime:
    """The ten minutes a moment lies in."""
    return moment.replace(minute=moment.minute - moment.minute % 10, second=0, microsecond=0)


def burst_odds(records: Sequence[Filed]) -> dict[datetime, tuple[int, float, float]]:
    """For every ten minutes with records: how many, what the same hour usually brings, and the odds.

    The usual number is the mean over all days of the wave of the ten-minute slots of that hour, these ten
    minutes left out; the spread is negative binomial with the dispersion of all slots of the hours in use,
    the fullest five per cent left out so that a burst does not excuse itself. Odds are for one slot.
    """
    counts = Counter(slot_of(one.received) for one in records)
    days = {moment.date() for moment in counts}
    hours = {moment.hour for moment in counts}
    by_hour: Counter[int] = Counter()
    for moment, count in counts.items():
        by_hour[moment.hour] += count
    empty = 6 * len(days) * len(hours) - len(counts)
    slots = [0] * empty + sorted(counts.values())
    dispersion = dispersion_of(slots[: max(2, int(CALM * len(slots)))])
    found = {}
    for moment, count in counts.items():
        others = max(1, 6 * len(days) - 1)
        usual = max((by_hour[moment.hour] - count) / others, sum(slots) / max(1, len(slots)) / 2)
        found[moment] = (count, usual, upper_tail(count, usual, dispersion))
    return found


def _bursts(unit: str, site: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["burst"].limits
    odds = burst_odds(records) if records else {}
    for moment, (count, usual, p) in odds.items():
        if count >= limit["least"] and p * len(odds) < limit["p"]:
            mine = [one.root_id for one in records if slot_of(one.received) == moment]
            end = moment + timedelta(minutes=limit["minutes"])
            yield finding(
                "burst",
                unit,
                f"{unit}:{site}:{moment:%Y%m%d%H%M}",
                mine,
                f"{moment:%m-%d %H:%M}–{end:%H:%M} 收到 {count} 份，平时约 {usual:.1f} 份（p = {p:.1g}）。",
                f"{moment:%m-%d %H:%M}–{end:%H:%M} brought {count}; that hour usually brings {usual:.1f} "
                f"in ten minutes (p = {p:.1g}).",
                count=count,
                usual=usual,
                p=p,
            )


def top_runs(records: Sequence[Filed]) -> list[list[Filed]]:
    """Uninterrupted runs, in the order of arrival, of records with nothing but top marks."""
    runs: list[list[Filed]] = [[]]
    for one in records:
        if is_all_top(one):
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def run_odds(length: int, n: int, top: int) -> float:
    """Expected number of runs of at least `length` among n records, `top` of them all top marks.

    (n - length + 1)·pᴸ(1 - p) with p from the records outside the run, half a success added to each side.
    Source: W. Feller (1968), XIII.7, the expectation as a bound of the chance.
    """
    outside, others = n - length, top - length
    p = (others + 0.5) / (outside + 1)
    return min(1.0, ((n - length) * (1 - p) + 1) * p**length)


def _runs(unit: str, site: str, records: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["all_five_run"].limits
    runs = top_runs(records)
    top = sum(map(len, runs))
    for run in runs:
        p = run_odds(len(run), len(records), top)
        if len(run) >= limit["least"] and p < limit["p"]:
            yield finding(
                "all_five_run",
                unit,
                f"{unit}:{site}:{run[0].root_id}",
                [one.root_id for one in run],
                f"连续 {len(run)} 份全打满分；全部 {len(records)} 份中满分的 {top} 份（p = {p:.1g}）。",
                f"{len(run)} in a row give nothing but top marks; {top} of {len(records)} do (p = {p:.1g}).",
                run=len(run),
                n=len(records),
                top=top,
                p=p,
            )
