"""Trials and choices as pages show them: what moved, the names of choices and options in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveyapp.evaluation.explaining.multiverse import Spread
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.services.explaining import UnitTrial
from surveyapp.web.desk.score_view import method_name, percent, rank_text, rounded
from surveyapp.web.language import _, either

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


def wished(
    given: Mapping[str, str],
    methods: Sequence[tuple[int, str]],
    rates: Sequence[Measure],
    profile: Profile,
) -> list[str]:
    """What a trial changes, in words, in the order of its form."""
    missing, number = profile.missing, {name: text.strip() for name, text in given.items() if text.strip()}
    found = [
        f"{method_name(method)} × {number[f'm{at}']}"
        for at, method in methods
        if number.get(f"m{at}", "1") != "1"
    ]
    policies = {"renormalise": _("够最低覆盖率就折算"), "bounds": _("缺一样就不评，只给上下界")}
    if (policy := number.get("policy", "")) in policies and policy != missing.policy:
        found.append(_between(choice_name("missing"), policies[policy]))
    if "c_min" in number:
        found.append(_between(choice_name("c_min"), number["c_min"]))
    insufficient = number.get("insufficient", "")
    if insufficient in ("use", "missing") and insufficient != missing.insufficient:
        found.append(_between(choice_name("insufficient"), option_name("insufficient", insufficient)))
    if number.get("flagged") == "without":
        found.append(_between(choice_name("flagged"), option_name("flagged", "without")))
    found += [
        _between(_("%(code)s 的分值", code=name[1:]), text)
        for name, text in number.items()
        if name.startswith("p") and name not in NAMED
    ]
    return found + [
        _between(f"{one.indicator} {either(dict(one.label))}", number[f"t_{one.key}"])
        for one in rates
        if f"t_{one.key}" in number
    ]


def _between(name: str, value: str) -> str:
    return _("%(name)s改为 %(value)s", name=name, value=value)


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
