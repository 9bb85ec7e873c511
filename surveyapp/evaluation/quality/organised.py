"""Organised filling: survey records that came in an odd way and at the same time say odd things together.

Every record is put into groups (one sender, one hour or half day at a code, one code, one text); a group is
doubted only when both how it came and what it says would be rare by chance. Nothing is learned from results.
Blame is looked for as praise is, in the same records with every mark turned round.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean

from surveyapp.evaluation.quality.evidence import (
    LEAST_GROUP,
    NOON,
    USUAL_SHARE,
    how_they_came,
    how_told,
    usual_number,
    what_they_say,
)
from surveyapp.evaluation.quality.model import Filed, Finding, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.surroundings import (
    LEAST_OTHERS,
    Quiet,
    Surroundings,
    Traits,
    is_contrary,
    is_late,
    traits_of,
    turned,
)
from surveyapp.evaluation.quality.surveys import is_all_top

LEAST_TEXT = 6
CROWDED = 3.0
BUSY = 2.0
CROWD = frozenset(("many", "per_case"))
LEAST_TOLD = 1.0
BLAME = 0.8
"""Blame needs more evidence: people who fare worse come together by themselves."""
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
BLAMING: Mapping[str, Mapping[str, str]] = {
    "top": {"zh": "最低分的比例高于其他人", "en": "more lowest marks than the others"},
    "mean": {"zh": "评分低于其他人", "en": "worse marks than the others"},
}
"""Words for records that blame, where they differ."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that belong together. `how` and `what` are evidence by name: -log10 of the chance, at most 6;
    `unusual` is the share of them that the way they came does not explain. `blames`: what it says is worse
    than what the others say, not better."""

    key: str
    records: tuple[str, ...]
    how: Mapping[str, float]
    what: Mapping[str, float]
    unusual: float = 0.0
    blames: bool = False

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
    """Score the survey records of one unit; `handled` are cases by ISO day, where a list of them exists.

    Praise and blame are looked for apart: organised praise makes honest people look like blamers, and the
    other way round, so that the side with fewer named records is held against what is left without the
    other. A record has the worse of its two scores.
    """
    kept = sorted(
        (one for one in records if one.kind == "survey"), key=lambda one: (one.received, one.root_id)
    )
    praise, blame = _praising(kept, handled), _praising([turned(one) for one in kept], handled, True)
    praisers, blamers = _named(praise), _named(blame)
    if len(praisers) >= len(blamers):
        blame = _praising([turned(one) for one in kept if one.root_id not in praisers], handled, True)
    else:
        praise = _praising([one for one in kept if one.root_id not in blamers], handled)
    scores = {
        one.root_id: max(praise.scores.get(one.root_id, 0.0), blame.scores.get(one.root_id, 0.0))
        for one in kept
    }
    groups = [*praise.groups, *(replace(one, blames=True) for one in blame.groups)]
    return Organised(scores, tuple(sorted(groups, key=lambda one: -one.score)))


def _named(found: Organised) -> frozenset[str]:
    """The records doubted enough to be named."""
    limit = RULES["organised"].limits["score"]
    return frozenset(root for root, score in found.scores.items() if score >= limit)


def _praising(
    kept: Sequence[Filed], handled: Mapping[str, int] | None, are_turned: bool = False
) -> Organised:
    """The records scored for praise that is organised, in the order they came; `are_turned`: for blame."""
    around = Surroundings(kept, handled or {}, are_turned)
    came = [(key, mine, _came(key, mine, around)) for key, mine in _groups(kept) if len(mine) >= LEAST_GROUP]
    quiet = Quiet(around, {one.root_id for key, mine, how in came if _is_busy(key, how) for one in mine})
    groups = [_group(key, mine, how, quiet, around) for key, mine, how in came]
    groups += [*_crowded(groups, quiet, around), *_instructed(groups, around)]
    weight = BLAME if are_turned else 1.0
    doubted = sorted((one for one in groups if one.score > 0), key=lambda one: -one.score)
    scores = {one.root_id: _own(one) for one in kept}
    for group, excess in zip(
        doubted, (around.excess(one.records, one.unusual) for one in doubted), strict=True
    ):
        for root in group.records:
            mine = _own(around.by_root[root]) + weight * group.score * excess[around.mark(root)]
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
    words = {**WORDS, **BLAMING} if group.blames else WORDS
    zh, en = "，".join(words[name]["zh"] for name in names), "; ".join(words[name]["en"] for name in names)
    return finding(
        "organised",
        unit,
        f"{unit}:{group.key}{':blame' if group.blames else ''}"[:200],
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


def _came(key: str, mine: Sequence[Filed], around: Surroundings) -> dict[str, float]:
    how = how_they_came(key, mine, around.others(mine), around)
    return {name: value for name, value in how.items() if value > 0}


def _group(
    key: str, mine: Sequence[Filed], how: Mapping[str, float], quiet: Quiet, around: Surroundings
) -> Group:
    """What is said in an hour is held against the quiet hours of its code."""
    others = quiet.others(mine) if key.startswith("hour:") else around.others(mine)
    what = _said(mine, others, how, around)
    return Group(key, tuple(one.root_id for one in mine), how, what, _unusual(key, mine, how, around))


def _said(
    mine: Sequence[Filed], others: Traits, how: Mapping[str, float], around: Surroundings
) -> dict[str, float]:
    """What a group says, against others; honest people who wait in a crowd are less content, which is no
    blame."""
    what = {name: value for name, value in what_they_say(mine, others, around).items() if value > 0}
    if around.are_turned and all(name in CROWD or value < 1 for name, value in how.items()):
        what.pop("mean", None)
    return what


def _is_busy(key: str, how: Mapping[str, float]) -> bool:
    """Whether an hour may not count as a quiet one; nothing is doubted by that alone."""
    return key.startswith("hour:") and max(how.get("many", 0.0), how.get("even", 0.0)) >= BUSY


def _unusual(key: str, mine: Sequence[Filed], how: Mapping[str, float], around: Surroundings) -> float:
    """The share of a group that the way it came does not explain; 0 where nothing is rare about that."""
    if max(how.values(), default=0.0) < CROWDED / 2:
        return 0.0
    if key.startswith(("sender:", "text:")):
        return 1 - 1 / len(mine)
    late = (sum(map(is_late, mine)) / len(mine) - USUAL_SHARE) if how.get("late", 0.0) >= CROWDED else 0.0
    usual = usual_number(key, mine, around) if how.get("many", 0.0) >= CROWDED else math.nan
    return max(0.0, late, 0.0 if math.isnan(usual) else 1 - usual / len(mine))


def _crowded(groups: Sequence[Group], quiet: Quiet, around: Surroundings) -> Iterator[Group]:
    """All crowded hours of a code seen together: a tool that comes back shows itself over its sittings."""
    crowded = [one for one in groups if one.key.startswith("hour:") and one.how.get("many", 0.0) >= CROWDED]
    for link, parts, mine in _together(crowded, around):
        how = {"many": max(one.how["many"] for one in parts)}
        what = _said(mine, quiet.others(mine), how, around)
        yield _joint(f"crowded:{link}", mine, how, what, fmean(one.unusual for one in parts))


def _instructed(groups: Sequence[Group], around: Surroundings) -> Iterator[Group]:
    """All half days of a code on which it seems that people were told what to tick, seen together.

    They are held against the other codes of the unit, if those have enough: what one code was told on many
    half days would pass for usual otherwise.
    """
    halves = [one for one in groups if one.key.startswith("half:")]
    for link, parts in grouped((one.key.split(":")[1], one) for one in halves).items():
        elsewhere = around.all - traits_of([one for one in around.records if one.link == link], around.levels)
        told = []
        for part in parts:
            mine = [around.by_root[root] for root in part.records]
            others = elsewhere if elsewhere.rated >= LEAST_OTHERS else around.others(mine)
            if max(how_told(traits_of(mine, around.levels), others).values()) >= LEAST_TOLD:
                told += mine
        if told:
            others = elsewhere if elsewhere.rated >= LEAST_OTHERS else around.others(told)
            how = how_told(traits_of(told, around.levels), others)
            yield _joint(f"told:{link}", told, how, what_they_say(told, others, around), 0.0)


def _together(
    groups: Iterable[Group], around: Surroundings
) -> Iterator[tuple[str, list[Group], list[Filed]]]:
    """The groups of each code with their records."""
    for link, parts in grouped((one.key.split(":")[1], one) for one in groups).items():
        roots = sorted({root for one in parts for root in one.records})
        yield link, parts, [around.by_root[root] for root in roots]


def _joint(
    key: str, mine: Sequence[Filed], how: Mapping[str, float], what: Mapping[str, float], unusual: float
) -> Group:
    came, said = ({name: value for name, value in part.items() if value > 0} for part in (how, what))
    return Group(key, tuple(one.root_id for one in mine), came, said, unusual)


def _own(record: Filed) -> float:
    """Small evidence of the record alone; never enough without a group."""
    return 0.3 * is_contrary(record) + 0.2 * is_all_top(record) + 0.2 * is_late(record)
