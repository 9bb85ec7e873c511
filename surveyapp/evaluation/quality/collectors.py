"""What depends on who collected: interview notes, interviewer effects, experts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, stdev

from surveyapp.evaluation.quality.model import Filed, Finding, chains, finding, grouped
from surveyapp.evaluation.quality.rules import RULES
from surveyapp.evaluation.quality.surveys import RATED, rating
from surveyapp.stats.alikeness import alike_pairs, shingles
from surveyapp.stats.one_way import group_effect

LEAST_MOVE = 0.1
"""Levels by which a mean has to move to be worth a word."""


def interview_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """Passages, delays and interviewer effects of interviews and call-backs."""
    kept = list(records)
    notes = [one for one in kept if one.kind == "interview"]
    yield from _same_passages(notes)
    yield from _late(notes)
    yield from collector_effects(notes, "interview")
    yield from collector_effects([one for one in kept if one.kind == "callback"], "callback")


def _same_passages(notes: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["same_passages"].limits
    texts = [(one, "".join(one.texts)) for one in notes]
    read = [(one, text) for one, text in texts if len(text) >= limit["least_characters"]]
    passages = [shingles(text, int(limit["length"])) for _, text in read]
    for chain, shares in chains(len(read), alike_pairs(passages, limit["jaccard"])):
        most, roots = max(shares), sorted(read[at][0].root_id for at in chain)
        yield finding(
            "same_passages",
            read[chain[0]][0].unit,
            roots[0],
            roots,
            f"{len(roots)} 份访谈记录有相同的片段，最多的两份有 {most:.0%} 相同。",
            f"{len(roots)} interview notes share passages; the most alike two are {most:.0%} the same.",
            jaccard=most,
            number=len(roots),
        )


def _late(notes: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["filed_after"].limits
    for one in notes:
        hours = (one.received - one.finished).total_seconds() / 3600 if one.finished else 0.0
        if hours > limit["hours"]:
            yield finding(
                "filed_after",
                one.unit,
                one.root_id,
                [one.root_id],
                f"最后一段记录之后 {hours:.0f} 小时才提交。",
                f"Filed {hours:.0f} hours after the last passage.",
                hours=hours,
            )


def level(record: Filed) -> float:
    """The mean of a record's rubric ratings, or of its rated items for people asked; NaN without any."""
    given = [
        float(said)
        for name, said in record.leaf.items()
        if name.startswith(("rubric_", "x_", "r_")) and said in ("0", "1", "2", "3", "4")
    ]
    given = given or [value for value in (rating(record, name) for name in RATED) if not math.isnan(value)]
    return fmean(given) if given else math.nan


def collector_effects(records: Sequence[Filed], what: str) -> Iterator[Finding]:
    """ICC(1) of the records' levels by collector with F and deff, and collectors far from all others."""
    limit, border = RULES["collector_effect"].limits, RULES["collector_outlier"].limits
    known = [(one.collector, one) for one in records if one.collector and not math.isnan(level(one))]
    mine = grouped(known)
    effect = group_effect({name: [level(one) for one in ones] for name, ones in mine.items()})
    if effect is None or len(mine) < limit["least_collectors"] or len(known) < limit["least"]:
        return
    roots, unit = [one.root_id for _, one in known], known[0][1].unit
    if effect.icc > limit["icc"] and effect.p_value < limit["p"]:
        yield finding(
            "collector_effect",
            unit,
            what,
            roots,
            f"{len(mine)} 人采集 {len(known)} 份：ICC = {effect.icc:.3f}，F = {effect.f:.2f}，"
            f"p = {effect.p_value:.3f}，设计效应 {effect.deff:.2f}。",
            f"{len(known)} records by {len(mine)} people: ICC = {effect.icc:.3f}, F = {effect.f:.2f}, "
            f"p = {effect.p_value:.3f}, deff {effect.deff:.2f}.",
            icc=effect.icc,
            f=effect.f,
            p=effect.p_value,
            deff=effect.deff,
        )
    for name, away in effect.away.items():
        if abs(away) > border["se"] and len(mine[name]) >= border["least"]:
            yield finding(
                "collector_outlier",
                mine[name][0].unit,
                f"{what}:{name}",
                [one.root_id for one in mine[name]],
                f"此人采集的 {len(mine[name])} 份与其他人相差 {away:+.1f} 个标准误。",
                f"{len(mine[name])} records of this person lie {away:+.1f} standard errors from the others.",
                away=away,
                number=len(mine[name]),
            )


def panel_findings(records: Iterable[Filed]) -> Iterator[Finding]:
    """Lenient experts, experts who hardly tell items apart, and those who move a unit's mean most."""
    sheets = [one for one in records if one.kind == "panel" and one.collector]
    yield from _lenient(sheets)
    yield from _halo(sheets)
    yield from _weighty(sheets)


def _ratings(sheet: Filed) -> dict[str, float]:
    return {
        name: float(said)
        for name, said in sheet.leaf.items()
        if name.startswith(("x_", "rubric_")) and said in ("0", "1", "2", "3", "4")
    }


def _lenient(sheets: Sequence[Filed]) -> Iterator[Finding]:
    """Each rating against the mean of the other experts on the same unit and item."""
    limit = RULES["lenient"].limits
    others = grouped(
        ((one.unit, name), (one.collector, value)) for one in sheets for name, value in _ratings(one).items()
    )
    for expert, mine in grouped((one.collector, one) for one in sheets).items():
        gaps = []
        for one in mine:
            for name, value in _ratings(one).items():
                rest = [v for who, v in others[(one.unit, name)] if who != expert]
                gaps += [value - fmean(rest)] if rest else []
        if len(gaps) < limit["least"] or stdev(gaps) == 0:
            continue
        away = fmean(gaps) / (stdev(gaps) / math.sqrt(len(gaps)))
        if abs(away) > limit["se"]:
            yield finding(
                "lenient",
                mine[0].unit,
                f"expert:{expert}",
                [one.root_id for one in mine],
                f"此专家 {len(gaps)} 项评级与其他专家平均差 {fmean(gaps):+.2f} 级（{away:+.1f} 个标准误）。",
                f"Over {len(gaps)} ratings this expert lies {fmean(gaps):+.2f} levels from the others "
                f"({away:+.1f} standard errors).",
                gap=fmean(gaps),
                away=away,
                ratings=len(gaps),
            )


def _halo(sheets: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["halo"].limits
    spreads = {
        one.root_id: stdev(given)
        for one in sheets
        if len(given := list(_ratings(one).values())) >= limit["least"]
    }
    if len(spreads) < 3:
        return
    for one in sheets:
        rest = [spread for root, spread in spreads.items() if root != one.root_id]
        own = spreads.get(one.root_id)
        if own is not None and own < limit["ratio"] * fmean(rest):
            yield finding(
                "halo",
                one.unit,
                one.root_id,
                [one.root_id],
                f"各项评级的标准差 {own:.2f}，其他评分表平均 {fmean(rest):.2f}。",
                f"The ratings of the sheet spread by {own:.2f}; those of the others by {fmean(rest):.2f}.",
                spread=own,
                others=fmean(rest),
            )


def _weighty(sheets: Sequence[Filed]) -> Iterator[Finding]:
    limit = RULES["weighty_expert"].limits
    for unit, mine in grouped((one.unit, one) for one in sheets if not math.isnan(level(one))).items():
        levels = [level(one) for one in mine]
        if len(mine) < limit["least"]:
            continue
        for at, one in enumerate(mine):
            rest = [*levels[:at], *levels[at + 1 :]]
            moved, se = fmean(rest) - fmean(levels), stdev(rest) / math.sqrt(len(rest))
            if abs(moved) > limit["se"] * se and abs(moved) > LEAST_MOVE:
                yield finding(
                    "weighty_expert",
                    unit,
                    one.root_id,
                    [one.root_id],
                    f"不计此专家，平均级变化 {moved:+.2f}，超过其余专家的 1 个标准误（{se:.2f}）。",
                    f"Without this expert the mean moves by {moved:+.2f}; the others err by {se:.2f}.",
                    moved=moved,
                    se=se,
                )
