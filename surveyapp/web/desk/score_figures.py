"""Figures of the score pages that need more than one number: where the points were lost.

Only shapes what services.scoring computed. Every figure is a row of a table, so that its numbers can be read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.scoring import LeafScore, UnitScore
from surveyapp.web.desk.score_view import group, rounded
from surveyapp.web.language import _

LEAST_SHOWN = 0.05
MOST_SHOWN = 10
"""Losses below so many points, and those after so many, are added up in one step."""


@dataclass(frozen=True)
class Step:
    """One step down from all points. `start` and `end` lie on 0..1 of the axis, start at or above end.

    `tone` is 'lost', 'open' (not scored: nobody knows) or 'left' (what remains). `code` is the leaf's, '' for
    sums. `amount` is written as it is read.
    """

    code: str
    label: str
    amount: str
    start: float
    end: float
    tone: str
    sentence: str


@dataclass(frozen=True)
class Waterfall:
    """Steps from all points down to the score. The axis runs from `low` to `high` points."""

    low: float
    high: float
    steps: tuple[Step, ...]


def waterfall(score: UnitScore) -> Waterfall:
    """How the base points become the base score: the largest loss first, then what is not scored.

    Losses are stretched like the score when leaves do not apply, so that the steps add up.
    """
    base = group(score, "base")
    scale = score.base.available / score.base.applicable if score.base.applicable else 1.0
    lost = sorted(((_lost(leaf) * scale, leaf) for leaf in base), key=lambda pair: (-pair[0], pair[1].code))
    large = [(size, leaf) for size, leaf in lost[:MOST_SHOWN] if size >= LEAST_SHOWN]
    small = math.fsum(size for size, _leaf in lost[len(large) :])
    unscored = [leaf for leaf in base if leaf.status == "unscored"]
    unknown = scale * math.fsum(leaf.bound_high - leaf.bound_low for leaf in unscored)
    parts: list[tuple[str, str, float, str]] = [(leaf.code, leaf.label, size, "lost") for size, leaf in large]
    if small > 0:
        parts.append(("", _("其余各项"), small, "lost"))
    if unknown > 0:
        parts.append(("", _("未评 %(n)s 项", n=len(unscored)), unknown, "open"))
    return _drawn(score, parts)


def _lost(leaf: LeafScore) -> float:
    """Points that are gone for sure: of a leaf that is not scored what no evidence could bring back."""
    if leaf.status == "not_applicable":
        return 0.0
    return leaf.available - leaf.bound_high if leaf.lost is None else leaf.lost


def _drawn(score: UnitScore, parts: Sequence[tuple[str, str, float, str]]) -> Waterfall:
    high = score.base.available
    left = high - math.fsum(size for _code, _label, size, _tone in parts)
    low = max(0.0, 10 * math.floor((left - 1) / 10))
    width = (high - low) or 1.0
    steps, at = [], high
    for code, label, size, tone in parts:
        amount = rounded(size) if tone == "open" else f"−{rounded(size)}"
        says = _("待定 %(n)s 分", n=rounded(size)) if tone == "open" else _("失 %(n)s 分", n=rounded(size))
        end = at - size
        steps.append(Step(code, label, amount, (at - low) / width, max(0.0, (end - low) / width), tone, says))
        at = end
    points = score.base.points
    amount = rounded(points) if points is not None else f"{rounded(left)}–{rounded(score.base.bound_high)}"
    says = _("得 %(n)s 分", n=amount)
    steps.append(Step("", _("基础分"), amount, max(0.0, (left - low) / width), 0.0, "left", says))
    return Waterfall(low, high, tuple(steps))
