"""Organised filling: survey records that came in an odd way and at the same time say odd things together.

Every record is put into groups (one sender, one hour or half day at a code, one code, one text); a group is
doubted only when both how it came and what it says would be rare by chance. Nothing is learned from results.
Only praise is looked for.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median, stdev

from surveyapp.evaluation.quality.model import Filed, Finding, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.surroundings import (
    Surroundings,
    Traits,
    is_contrary,
    is_late,
    traits_of,
)
from surveyapp.evaluation.quality.surveys import clock_hour, is_all_top
from surveyapp.stats.counts import binomial_upper_tail, normal_upper_tail, upper_tail

MOST = 6.0
NOON = 12
LEAST_GROUP = 5
LEAST_GAP = 0.35
LEAST_SHARE = 0.2
LEAST_TEXT = 6
SPREAD = 0.25
CROWDED = 3.0
USUAL_SHARE = 0.05
WORDS: Mapping[str, Mapping[str, str]] = {
    "many": {"zh": "同一钟点平时少得多", "en": "that hour usually brings far fewer"},
    "per_case": {"zh": "份数与当天办件量不相称", "en": "too many for the cases handled that day"},
    "late": {"zh": "多在关门以后", "en": "mostly after closing"},
    "sender": {"zh": "来自同一网络标识", "en": "from one keyed sender"},
    "even": {"zh": "间隔过于均匀", "en": "at too even intervals"},
    "pressed": {"zh": "有人示意给好评", "en": "staff asked for good marks"},
    "contrary": {"zh": "正反两题都打同一分", "en": "an item and its reverse marked alike"},
    "top": {"zh": "满分的比例高于其他人", "en": "more top marks than the others"},
    "mean": {"zh": "评分高于其他人", "en": "better marks than the others"},
    "same": {"zh": "答案过于一致", "en": "answers too much alike"},
    "text": {"zh": "留言相同", "en": "the same comment"},
}


@dataclass(frozen=True, slots=True)
class Group:
    """Records that belong together. `how` and `what` are evidence by name: -log10 of the chance, at most 6;
    `unusual` is the share of them that the way they came does not explain."""

    key: str
    records: tuple[str, ...]
    how: Mapping[str, float]
    what: Mapping[str, float]
    unusual: float = 0.0

    @property
    def score(self) -> float:
        """The weaker of the two sides and an eighth of what the other has more; 0 when one is missing."""
        how, what = max(self.how.values(), default=0.0), max(self.what.values(), default=0.0)
        return min(how, what) + abs(how - what) / 8 if min(how, what) > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Organised:
    """The score of every record by root id, and the groups behind it, the most doubted first."""

    scores: Mapping[str, float]
    groups: tuple[Group, ...]


def organised(records: Iterable[Filed], handled: Mapping[str, int] | None = None) -> Organised:
    """Score the survey records of one unit; `handled` are cases by ISO day, where a list of them exists."""
    kept = sorted(
        (one for one in records if one.kind == "survey"), key=lambda one: (one.received, one.root_id)
    )
    around = Surroundings(kept, handled or {})
    groups = [_group(key, mine, around) for key, mine in _groups(kept) if len(mine) >= LEAST_GROUP]
    groups += _crowded(groups, around)
    doubted = sorted((one for one in groups if one.score > 0), key=lambda one: -one.score)
    scores = {one.root_id: _own(one) for one in kept}
    for group, excess in zip(
        doubted, (around.excess(one.records, one.unusual) for one in doubted), strict=True
    ):
        for root in group.records:
            mine = _own(around.by_root[root]) + group.score * excess[around.mark(root)]
            scores[root] = max(scores[root], mine)
    return Organised(scores, tuple(doubted))


def organised_findings(
    records: Iterable[Filed], handled: Mapping[str, Mapping[str, int]]
) -> Iterator[Finding]:
    """One finding a group with records at or above the threshold; a record is named with its worst group."""
    limit = RULES["organised"].limits["score"]
    for unit, mine in grouped((one.unit, one) for one in records if one.kind == "survey").items():
        found = organised(mine, handled.get(unit))
        named: set[str] = set()
        for group in found.groups:
            roots = [root for root in group.records if found.scores[root] >= limit and root not in named]
            named.update(roots)
            if roots:
                yield _finding(unit, group, roots)


def _finding(unit: str, group: Group, roots: Sequence[str]) -> Finding:
    odd = [*group.how.items(), *group.what.items()]
    names = [name for name, value in sorted(odd, key=lambda pair: -pair[1]) if value >= 1][:4]
    zh, en = "，".join(WORDS[name]["zh"] for name in names), "; ".join(WORDS[name]["en"] for name in names)
    return finding(
        "organised",
        unit,
        f"{unit}:{group.key}"[:200],
        roots,
        f"{len(group.records)} 份放在一起看，{len(roots)} 份可疑（{group.score:.1f} 分）：{zh}。",
        f"Of {len(group.records)} seen together {len(roots)} are doubtful (score {group.score:.1f}): {en}.",
        score=group.score,
        number=len(roots),
        **dict(odd),
    )


def _groups(records: Sequence[Filed]) -> Iterator[tuple[str, list[Filed]]]:
    for sender, mine in grouped((one.sender, one) for one in records if one.sender).items():
        yield f"sender:{sender}", mine
    for link, mine in grouped((one.link, one) for one in records).items():
        yield f"code:{link}", mine
        yield f"late:{link}", [one for one in mine if is_late(one)]
        halves = grouped(((one.received.date(), one.received.hour >= NOON), one) for one in mine)
        for (day, is_after), part in halves.items():
            yield f"half:{link}:{day:%Y%m%d}{'pm' if is_after else 'am'}", part
        yield from _hours(link, mine)
    for text, mine in grouped((one.leaf.get("comment", ""), one) for one in records).items():
        if len(text) >= LEAST_TEXT:
            yield f"text:{hashlib.sha256(text.encode()).hexdigest()[:16]}", mine


def _hours(link: str, records: Sequence[Filed]) -> Iterator[tuple[str, list[Filed]]]:
    """Every hour that begins at a full or half hour."""
    for shift in (timedelta(), timedelta(minutes=30)):
        inside = grouped((_full_hour(one.received - shift), one) for one in records)
        for start, part in inside.items():
            yield f"hour:{link}:{start + shift:%Y%m%d%H%M}", part


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _rare(p: float) -> float:
    return MOST if p <= 10**-MOST else max(0.0, -math.log10(p))


def _group(key: str, mine: Sequence[Filed], around: Surroundings) -> Group:
    others = around.others(mine)
    how = {name: value for name, value in _how(key, mine, others, around).items() if value > 0}
    what = {name: value for name, value in _what(mine, others, around).items() if value > 0}
    return Group(key, tuple(one.root_id for one in mine), how, what, _unusual(key, mine, how, around))


def _unusual(key: str, mine: Sequence[Filed], how: Mapping[str, float], around: Surroundings) -> float:
    """The share of a group that the way it came does not explain; 0 where nothing is rare about that."""
    if max(how.values(), default=0.0) < CROWDED / 2:
        return 0.0
    if key.startswith(("sender:", "text:")):
        return 1 - 1 / len(mine)
    late = (sum(map(is_late, mine)) / len(mine) - USUAL_SHARE) if how.get("late", 0.0) >= CROWDED else 0.0
    usual = _usual(key, mine, around) if how.get("many", 0.0) >= CROWDED else math.nan
    return max(0.0, late, 0.0 if math.isnan(usual) else 1 - usual / len(mine))


def _crowded(groups: Sequence[Group], around: Surroundings) -> Iterator[Group]:
    """All crowded hours of a code seen together: a tool that comes back shows itself over its sittings."""
    crowded = [one for one in groups if one.key.startswith("hour:") and one.how.get("many", 0.0) >= CROWDED]
    for link, parts in grouped((one.key.split(":")[1], one) for one in crowded).items():
        roots = sorted({root for one in parts for root in one.records})
        mine = [around.by_root[root] for root in roots]
        what = {name: value for name, value in _what(mine, around.others(mine), around).items() if value > 0}
        how = {"many": max(one.how["many"] for one in parts)}
        yield Group(f"crowded:{link}", tuple(roots), how, what, fmean(one.unusual for one in parts))


def _how(key: str, mine: Sequence[Filed], others: Traits, around: Surroundings) -> dict[str, float]:
    here = traits_of(mine, around.levels)
    found = {
        "late": _more_often(here.late, here.n, others.late, others.n),
        "pressed": _more_often(here.pressed, here.n, others.pressed, others.n),
        "contrary": _more_often(here.contrary, here.n, others.contrary, others.n),
    }
    if key.startswith("sender:"):
        found["sender"] = min(MOST, 0.5 * (len(mine) - 3))
    if key.startswith(("hour:", "half:")):
        usual = _usual(key, mine, around)
        found["many"] = 0.0 if math.isnan(usual) else _rare(upper_tail(len(mine), usual, SPREAD))
        found["per_case"] = _per_case(mine, around)
    if key.startswith("hour:"):
        found["even"] = _even(mine)
    if key.startswith("text:"):
        found["text"] = min(MOST, 0.5 * (len(mine) - 3))
    return found


def _more_often(hits: int, n: int, before: int, others: int) -> float:
    """Evidence that a trait is more frequent than among the others, which are taken to have it 1 in 20."""
    return _rare(binomial_upper_tail(hits, n, max(USUAL_SHARE, (before + 1) / (others + 2))))


def _usual(key: str, mine: Sequence[Filed], around: Surroundings) -> float:
    """How many the same time of day usually brings at the code: the median of other days; NaN below three."""
    day, begin = mine[0].received.date(), clock_hour(mine[0])
    if key.startswith("hour:"):
        first = 2 * int(key[-4:-2]) + int(key[-2:]) // 30
        last = first + 2
    else:
        first, last = (2 * NOON, 48) if begin >= NOON else (0, 2 * NOON)
    counts = around.on_days(mine[0].link, first, last)
    others = [counts[other] for other in around.days if other != day]
    return max(0.5, median(others)) if len(others) >= 2 else math.nan


def _per_case(mine: Sequence[Filed], around: Surroundings) -> float:
    """Records of the day per case handled, against the same ratio on all other days."""
    day = mine[0].received.date()
    if not around.handled:
        return 0.0
    here = around.per_day[day]
    rest = len(around.records) - here
    cases = sum(count for name, count in around.handled.items() if name != day.isoformat())
    if not rest or not cases:
        return 0.0
    usual = max(0.5, rest / cases * around.handled.get(day.isoformat(), 0))
    return _rare(upper_tail(here, usual, 0.1))


def _even(mine: Sequence[Filed]) -> float:
    """How much more even than chance the gaps are: random arrivals have a coefficient of variation near 1."""
    gaps = [(after.received - before.received).total_seconds() for before, after in pairwise(mine)]
    if len(gaps) < 8 or fmean(gaps) <= 0:
        return 0.0
    return _rare(normal_upper_tail((1 - stdev(gaps) / fmean(gaps)) * math.sqrt(len(gaps))))


def _what(mine: Sequence[Filed], others: Traits, around: Surroundings) -> dict[str, float]:
    here = [level for one in mine if not math.isnan(level := around.levels[one.root_id])]
    if len(here) < LEAST_GROUP or others.rated < 2 * LEAST_GROUP:
        return {}
    found = {}
    top, usual = sum(map(is_all_top, mine)), (others.top + 1) / (others.n + 2)
    if top / len(mine) - usual >= LEAST_SHARE:
        found["top"] = _rare(binomial_upper_tail(top, len(mine), usual))
    spread, gap = others.spread, fmean(here) - others.mean
    if spread > 0 and gap >= LEAST_GAP * spread:
        z = gap / (spread * math.sqrt(1 / len(here) + 1 / others.rated))
        found["mean"] = _rare(normal_upper_tail(z))
        if stdev(here) < spread:
            found["same"] = found["mean"] / 2 + _narrow(here, spread)
    return {name: min(MOST, value) for name, value in found.items()}


def _narrow(levels: Sequence[float], spread: float) -> float:
    """Variance smaller than everybody's: (n - 1)s²/σ² held against χ² (Wilson-Hilferty)."""
    df = len(levels) - 1
    ratio = stdev(levels) ** 2 / spread**2
    z = (ratio ** (1 / 3) - (1 - 2 / (9 * df))) / math.sqrt(2 / (9 * df))
    return _rare(normal_upper_tail(-z)) / 2


def _own(record: Filed) -> float:
    """Small evidence of the record alone; never enough without a group."""
    return 0.3 * is_contrary(record) + 0.2 * is_all_top(record) + 0.2 * is_late(record)
