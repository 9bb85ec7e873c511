"""Scores as pages show them: numbers rounded half up, tags, names in the reader's language, bars.

Only shapes what services.scoring computed; nothing is computed again here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from surveyapp.evaluation.framework import Framework
from surveyapp.evaluation.lifecycle import STATES
from surveyapp.evaluation.methods import method_label
from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.scoring import (
    STATUS_LABELS,
    Comparison,
    LeafScore,
    NodeScore,
    Placed,
    UnitScore,
)
from surveyapp.web.language import _, current_language, either

MOST_LOST = 3


@dataclass(frozen=True)
class Bar:
    """An interval on a track from 0 to 1: bounds behind, the 95 % interval in front, the value as a dot."""

    value: float | None
    low: float | None
    high: float | None
    bound_low: float
    bound_high: float
    tone: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A line of the indicator table: a heading or a leaf."""

    code: str
    label: str
    is_leaf: bool
    available: float
    points: float | None
    lost: float | None
    coverage: float | None
    n: int | None
    bar: Bar
    tags: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


def rounded(value: float | None, digits: int = 2) -> str:
    """The number rounded half up, as people round; '' for none."""
    if value is None:
        return ""
    shown = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{shown:f}" if shown else f"{abs(shown):f}"


def percent(share: float | None) -> str:
    """A share as whole percent; '' for none."""
    return "" if share is None else f"{rounded(100 * share, 0)}%"


def status_label(status: str) -> str:
    """The name of a cell's or leaf's status in the reader's language."""
    return either(dict(STATUS_LABELS[status]))


def node_label(node: NodeScore) -> str:
    """The name of a total in the reader's language; headings of the table keep the table's own words."""
    names = {"base": _("基础分"), "bonus": _("加分"), "total": _("总分")}
    return names.get(node.code, node.label)


def method_name(name: str) -> str:
    """The method in the reader's language."""
    return method_label(name, current_language())


def outcome_label(code: str) -> str:
    """An outcome of a test call in the reader's language."""
    return OUTCOMES[code].label(current_language())


def state_label(code: str) -> str:
    """A record's state in the reader's language."""
    return STATES[code].label(current_language())


def leaf_bar(leaf: LeafScore, tone: str = "") -> Bar:
    """The bar of a leaf, on its own points."""
    return _bar(leaf.points, leaf.low, leaf.high, leaf.bound_low, leaf.bound_high, leaf.available, tone)


def node_bar(node: NodeScore) -> Bar:
    """The bar of a heading or total, on its own points."""
    return _bar(node.points, node.low, node.high, node.bound_low, node.bound_high, node.available, "")


def stored_bar(entry: Mapping[str, Any]) -> Bar:
    """The bar of a leaf or total out of a snapshot."""
    points, low, high = entry["points"], entry["low"], entry["high"]
    return _bar(points, low, high, entry["bound_low"], entry["bound_high"], entry["available"], "")


def share_bar(value: float | None, low: float | None, high: float | None) -> Bar:
    """The bar of an achievement between 0 and 1; without one only the track."""
    if value is None:
        return Bar(None, None, None, 0.0, 1.0, "", status_label("not_collected"))
    return _bar(value, low, high, value, value, 1.0, "")


def _bar(
    value: float | None,
    low: float | None,
    high: float | None,
    bound_low: float,
    bound_high: float,
    size: float,
    tone: str,
) -> Bar:
    size = size or 1.0
    if value is None or low is None or high is None:
        sentence = _(
            "未评，可能在 %(low)s 到 %(high)s 之间", low=rounded(bound_low), high=rounded(bound_high)
        )
        return Bar(None, None, None, bound_low / size, bound_high / size, tone, sentence)
    sentence = _(
        "%(value)s，95%% 区间 %(low)s 到 %(high)s",
        value=rounded(value),
        low=rounded(low),
        high=rounded(high),
    )
    return Bar(value / size, low / size, high / size, bound_low / size, bound_high / size, tone, sentence)


def rank_bar(placed: Placed, count: int) -> Bar:
    """A unit's ranks on a track from the first place (left) to the last of `count`."""
    size = max(1, count - 1)
    middle = placed.expected if placed.expected is not None else (placed.first + placed.last) / 2
    value = min(max(middle, placed.first), placed.last)
    low, high, ends = placed.first - 1, placed.last - 1, (placed.worst_first - 1, placed.worst_last - 1)
    return Bar(
        (value - 1) / size,
        low / size,
        high / size,
        min(low, ends[0]) / size,
        max(high, ends[1]) / size,
        "",
        rank_text(placed.first, placed.last),
    )


def chance(share: float | None) -> str:
    """A probability as whole percent that never claims certainty; a dash for none."""
    if share is None:
        return "–"
    return ">99%" if share > 0.99 else "<1%" if share < 0.01 else percent(share)


def rank_text(first: int, last: int) -> str:
    """A range of ranks in words."""
    if first == last:
        return _("第 %(n)s 名", n=first)
    return _("第 %(first)s 至 %(last)s 名", first=first, last=last)


def rows(framework: Framework, score: UnitScore) -> list[Row]:
    """Headings and leaves in the order of the table."""
    worst = {leaf.code for leaf in most_lost(score)}
    found = []
    for indicator in framework.indicators.values():
        if framework.is_leaf(indicator.code):
            found.append(_leaf_row(score.leaf(indicator.code), worst))
        else:
            found.append(_node_row(score.node(indicator.code)))
    return found


def _node_row(node: NodeScore) -> Row:
    return Row(
        node.code,
        node.label,
        False,
        node.available,
        node.points,
        node.lost,
        None,
        None,
        node_bar(node),
        (),
        (),
    )


def _leaf_row(leaf: LeafScore, worst: set[str]) -> Row:
    tags = tuple(tag for tag in leaf_tags(leaf) if tag[1] != status_label("partial"))
    if leaf.code in worst and leaf.lost:
        tags = (("bad", _("失分 %(n)s", n=rounded(leaf.lost))), *tags)
    tone = "bad" if leaf.code in worst else ""
    return Row(
        leaf.code,
        leaf.label,
        True,
        leaf.available,
        leaf.points,
        leaf.lost,
        leaf.coverage,
        leaf.n,
        leaf_bar(leaf, tone),
        tags,
        missing_methods(leaf),
    )


def leaf_tags(leaf: LeafScore) -> tuple[tuple[str, str], ...]:
    """(tone, text) of what a reader must know about a leaf."""
    tags = []
    if leaf.status != "scored":
        tone = "" if leaf.status == "not_applicable" else "warn"
        tags.append((tone, status_label(leaf.status)))
    if any(cell.status == "insufficient" for cell in leaf.cells):
        tags.append(("warn", status_label("insufficient")))
    if contradicts(leaf):
        tags.append(("warn", _("方法间矛盾")))
    return tuple(tags)


def contradicts(leaf: LeafScore) -> bool:
    """Whether the 95 % intervals of two methods of the leaf do not touch."""
    seen = [(c.low, c.high) for c in leaf.cells if c.low is not None and c.high is not None and c.weight_used]
    return len(seen) > 1 and max(low for low, _high in seen) > min(high for _low, high in seen)


def rests_on(leaves: Sequence[LeafScore], measures: Collection[str]) -> bool:
    """Whether any of the leaves has evidence of one of these measures."""
    return any(m.n and m.key in measures for leaf in leaves for cell in leaf.cells for m in cell.measures)


def missing_methods(leaf: LeafScore) -> tuple[str, ...]:
    """Methods of the leaf that gave no evidence and are not decided."""
    return tuple(method_name(cell.method) for cell in leaf.cells if cell.status == "not_collected")


def most_lost(score: UnitScore) -> list[LeafScore]:
    """The base leaves on which most points are lost, the most first; at most three, none below a tenth.

    A bonus that was not earned is not lost.
    """
    lost = [leaf for leaf in group(score, "base") if leaf.lost is not None and leaf.lost >= 0.1]
    return sorted(lost, key=lambda leaf: (-(leaf.lost or 0.0), leaf.code))[:MOST_LOST]


def coverage(leaves: Sequence[LeafScore]) -> float | None:
    """The share of the applicable points that rests on evidence; None when nothing applies."""
    applies = [leaf for leaf in leaves if leaf.status != "not_applicable"]
    points = sum(leaf.available for leaf in applies)
    return sum(leaf.available * leaf.coverage for leaf in applies) / points if points else None


def group(score: UnitScore, name: str) -> list[LeafScore]:
    """The leaves of 'base' or 'bonus'."""
    return [leaf for leaf in score.leaves if leaf.group == name]


def comparison_sentence(found: Comparison, names: Mapping[str, str]) -> str:
    """What a difference between two units says, in plain words."""
    first, second = names[found.first], names[found.second]
    if found.difference is None:
        return _("%(first)s与%(second)s没有共同已评的指标，无法比较。", first=first, second=second)
    if found.difference < 0:
        first, second = second, first
    size, points = rounded(abs(found.difference)), f"{found.available:g}"
    if found.separated:
        return _(
            "%(first)s高于%(second)s：在共同已评的 %(points)s 分上相差 %(size)s 分，超出误差。",
            first=first,
            second=second,
            points=points,
            size=size,
        )
    return _(
        "%(first)s与%(second)s不能区分：在共同已评的 %(points)s 分上相差 %(size)s 分，小于误差，"
        "不能断定谁更高。",
        first=first,
        second=second,
        points=points,
        size=size,
    )
