"""Explanations as pages show them: the lines and bars of figures, verdicts and rules in words.

Only shapes what services.explaining computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.explaining.decomposition import Decomposition, Part
from surveyapp.evaluation.explaining.triangulation import Pair, Row, Triangulation
from surveyapp.evaluation.methods import METHODS
from surveyapp.web.desk.score_view import method_name, rounded
from surveyapp.web.language import _, either


@dataclass(frozen=True)
class Line:
    """One line of a figure on a track from 0 to 1: an interval with its value."""

    name: str
    value: float
    low: float
    high: float
    tone: str = ""


def methods_of(found: Triangulation) -> list[str]:
    """The methods that say anything about the unit, in the order of the rules."""
    said = {one.method for row in found.rows for one in row.said}
    return [method for method in METHODS if method in said]


def lines(row: Row, contradicting: Sequence[str]) -> list[Line]:
    """The methods of a leaf as lines; those in a contradiction stand out."""
    return [
        Line(
            method_name(one.method),
            one.achievement,
            one.low,
            one.high,
            "bad" if one.method in contradicting else "",
        )
        for one in row.said
    ]


def contradicting(found: Triangulation, leaf: str) -> list[str]:
    """The methods of a leaf that are part of a contradiction."""
    return [name for pair in found.contradictions if pair.leaf == leaf for name in (pair.first, pair.second)]


def figure_sentence(found: Sequence[Line]) -> str:
    """The lines of a figure in words, for those who do not see it."""
    return either({"zh": "；", "en": "; "}).join(
        _(
            "%(name)s %(value)s，95%% 区间 %(low)s 到 %(high)s",
            name=line.name,
            value=rounded(line.value),
            low=rounded(line.low),
            high=rounded(line.high),
        )
        for line in found
    )


def signed(value: float | None, digits: int = 2) -> str:
    """The number with its sign, the minus as a minus; 0 without one; a dash for none."""
    if value is None:
        return "–"
    text = rounded(abs(value), digits)
    if not float(text):
        return text
    return f"+{text}" if value > 0 else f"−{text}"


def pair_sentence(pair: Pair, label: str) -> str:
    """What a contradiction says, in plain words."""
    high, low = (pair.first, pair.second) if pair.difference > 0 else (pair.second, pair.first)
    ends = sorted((abs(pair.low), abs(pair.high)))
    return _(
        "%(leaf)s %(label)s：%(high)s得出的达成度比%(low)s高 %(size)s（95%% 区间 %(from_)s 到 %(to)s），"
        "不是偶然误差能解释的。",
        leaf=pair.leaf,
        label=label,
        high=method_name(high),
        low=method_name(low),
        size=rounded(abs(pair.difference)),
        from_=rounded(ends[0]),
        to=rounded(ends[1]),
    )


def verdicts(pair: Pair) -> dict[str, str]:
    """The verdicts one can give about a contradiction, by code."""
    return {
        "first": _("采信%(method)s", method=method_name(pair.first)),
        "second": _("采信%(method)s", method=method_name(pair.second)),
        "both": _("两者并存，所问不同或各有其因"),
    }


def part_sentence(part: Part) -> str:
    """A part of a difference in words, for those who do not see its bar."""
    if part.low is None or part.high is None:
        return signed(part.difference)
    return _(
        "%(value)s 分，95%% 区间 %(low)s 到 %(high)s",
        value=signed(part.difference),
        low=signed(part.low),
        high=signed(part.high),
    )


def part_name(part: Part) -> str:
    """The name of a part: of a method, of what is no leaf; '' for a leaf, which has its own."""
    names = {"scaling": _("折算到满分的影响"), "cap": _("总分上限的影响")}
    if part.code in METHODS:
        return method_name(part.code)
    return names.get(part.code, "")


def widest(parts: Sequence[Part]) -> float:
    """The largest size among the parts and the near ends of their intervals: the scale of their bars."""
    return max([abs(part.difference) for part in parts] + [0.5])


def difference_sentence(found: Decomposition, first: str, second: str) -> str:
    """What the whole difference says, in plain words."""
    more, less = (first, second) if found.difference >= 0 else (second, first)
    places = {
        "more": more,
        "less": less,
        "size": rounded(abs(found.difference)),
        "low": signed(found.low),
        "high": signed(found.high),
    }
    if found.low <= 0 <= found.high:
        return _(
            "%(more)s比%(less)s多 %(size)s 分（前者减后者的 95%% 区间 %(low)s 到 %(high)s，含 0）："
            "数据不能断定谁更高。",
            **places,
        )
    return _(
        "%(more)s比%(less)s多 %(size)s 分（前者减后者的 95%% 区间 %(low)s 到 %(high)s），超出误差。", **places
    )
