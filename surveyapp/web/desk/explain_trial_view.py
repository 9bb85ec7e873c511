"""Trials and choices as pages show them: what moved, the names of choices and options in words."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.evaluation.explaining.multiverse import Spread
from surveyapp.services.explaining import UnitTrial
from surveyapp.web.desk.score_view import percent, rank_text, rounded
from surveyapp.web.language import _

MOST_MOVED = 3


def change(one: UnitTrial) -> float | None:
    """The tried total minus the official one; None when one of them is not scored."""
    if one.official.total.points is None or one.tried.total.points is None:
        return None
    return one.tried.total.points - one.official.total.points


def most_moved(one: UnitTrial) -> list[tuple[str, float]]:
    """The leaves whose points moved most and visibly; leaves not scored on a side are left out."""
    official = {leaf.code: leaf.points for leaf in one.official.leaves}
    moved = [
        (leaf.code, leaf.points - before)
        for leaf in one.tried.leaves
        if leaf.points is not None and (before := official.get(leaf.code)) is not None
    ]
    return sorted((m for m in moved if abs(m[1]) >= 0.005), key=lambda m: (-abs(m[1]), m[0]))[:MOST_MOVED]


def any_given(given: Mapping[str, str], start: str) -> bool:
    """Whether a field whose name begins so was filled in."""
    return any(value.strip() for name, value in given.items() if name.startswith(start) and name not in NAMED)


NAMED = ("profile", "policy")


def choice_name(key: str) -> str:
    """An open choice in words."""
    return {
        "profile": _("权重方案"),
        "insufficient": _("样本不足的度量"),
        "c_min": _("最低覆盖率"),
        "missing": _("缺失的证据"),
        "window": _("电话接听时限"),
        "levels": _("五级量表"),
        "flagged": _("带质量标记的记录"),
    }[key]


def option_name(key: str, option: str) -> str:
    """An option of a choice in words."""
    if key == "c_min":
        return percent(float(option))
    if key == "window":
        return _("%(n)s 秒", n=option)
    return {
        "use": _("计入并标明"),
        "missing": _("当作没有"),
        "renormalise": _("够最低覆盖率就折算"),
        "zero": _("按 0 分"),
        "full": _("按满分"),
        "mean": _("平均分"),
        "top": _("满意的比例"),
        "with": _("照常计入"),
        "without": _("不计入"),
    }.get(option, option)


def ranks_between(one: Spread) -> str:
    """The best and the worst rank over all choices; half ranks of ties are widened to whole ones."""
    return rank_text(int(one.first), int(-(-one.last // 1)))


def spread_sentence(one: Spread) -> str:
    """The spread of a unit's total in words, for those who do not see the figure."""
    return _(
        "全部组合 %(low)s 到 %(high)s 分，中间一半 %(from_)s 到 %(to)s 分",
        low=rounded(one.totals[0]),
        high=rounded(one.totals[-1]),
        from_=rounded(one.quantile(0.25)),
        to=rounded(one.quantile(0.75)),
    )
