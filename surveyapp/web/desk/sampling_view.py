"""Sampling plans as pages show them: words of fields, numbers, what is lacking.

Only shapes what the plan computed; nothing is computed again here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveyapp.evaluation.prospect import (
    GRADED,
    INSTRUMENTS,
    Aim,
    GradeRow,
    Lacking,
    Light,
    Need,
    NextPiece,
    calls_on_numbers,
    expected_intervals,
    misgrade_table,
    total_misgrades,
)
from surveyapp.services.planning import sampling
from surveyapp.storage.queries.rounds import UnitRow
from surveyapp.web.desk.score_view import rounded
from surveyapp.web.language import _, current_language

CORRELATIONS = (0.05, 0.1, 0.2, 0.4)
"""Correlations of calls on one number for which both readings of a claim are compared."""
LEAST_GAIN = 5e-5
"""A fall of a chance that is shown as a number: a hundredth of a percentage point, rounded."""
TONES = {"enough": "good", "pending": "warn", "short": "warn", "beyond": "bad", "open": ""}


def instrument_name(code: str) -> str:
    """The instrument in the reader's language."""
    one = INSTRUMENTS[code]
    return one.en if current_language() == "en" else one.zh


def field_words(code: str, name: str) -> tuple[str, str]:
    """(label, explanation) of a field of an instrument's form."""
    words = {
        "p": (_("预计比例（%）"), _("没有把握时填 50，需要的数量最大")),
        "half_width": (_("半宽（百分点）"), _("95% 区间向两边各伸出多少，如 5")),
        "bad": (_("“不好”的真实比例（%）"), _("这样的单位应当被判为不好")),
        "good": (_("“好”的真实比例（%）"), _("这样的单位应当被判为好")),
        "alpha": (_("把不好判成好的机会（%）"), _("常用 5")),
        "power": (_("好的被判为好的机会（%）"), _("常用 80 或 90")),
        "n": (_("固定数量"), _("每个单位做几份；目标是固定数量时填写")),
        "defects": (_("缺陷数"), _("名单里有这么多处缺陷时，有 95% 的把握至少查到一处")),
        "sd": (_("一份的标准差"), _("达成度 0 至 1，填 0.01 至 0.5；评分题常见 0.15 至 0.3")),
        "cluster_size": (_("每群份数"), _("同一大厅同一天等相近的份数，互不相干时填 1")),
        "correlation": (_("群内相关系数 ρ"), _("0 至 0.99，互不相干时填 0")),
        "response": (_("应答率（%）"), _("联系到的人里愿意回答的比例")),
        "validity": (_("有效率（%）"), _("完成的里能够计入的比例")),
        "cell_min": (_("每个配额格至少"), _("各层、各窗口最少几份，没有要求时填 0")),
        "minutes": (_("每份用时（分钟）"), _("联系一次的平均用时")),
        "expense": (_("每份其他支出（元）"), _("交通、酬谢等，不含人工")),
    }
    if code == "call" and name == "correlation":
        label, _hint = words[name]
        return label, _("只在推及一类号码时使用，常见 0.05 至 0.4")
    return words[name]


def place_of(name: str, units: Iterable[UnitRow]) -> str:
    """Where a field stands in the form, in words; '' for one of the whole round."""
    kind, _line, rest = name.partition("_")
    known = {str(unit.id): unit.name for unit in units}
    if kind in INSTRUMENTS:
        field = _label(kind, rest).replace("“", "‘").replace("”", "’")
        return _("%(name)s“%(field)s”", name=instrument_name(kind), field=field)
    if kind == "size":
        code, _line, unit_id = rest.partition("_")
        return _("%(unit)s，%(name)s总数", unit=known.get(unit_id, ""), name=instrument_name(code))
    if kind == "strata":
        return _("%(unit)s的分层", unit=known.get(rest, ""))
    whole = {
        "limits": _("等次下限"),
        "hourly": _("每小时人工"),
        "budget": _("全轮预算"),
        "leaf": _("同一方式各指标的相关"),
        "allocation": _("怎样分到各层"),
    }
    return whole.get(kind, "")


def _label(code: str, name: str) -> str:
    others = {"goal": _("目标"), "claim": _("结论说的是什么"), "measure": _("按哪个测量停止")}
    return others.get(name) or field_words(code, name)[0]


def percent(value: float | None, digits: int = 0) -> str:
    """A share as percent; – when it is not known."""
    return "–" if value is None else f"{rounded(100 * value, digits)}%"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands set apart by a thin space; nothing when it is not known."""
    if value is None:
        return ""
    whole, _dot, rest = rounded(value, digits).partition(".")
    return f"{int(whole):,}".replace(",", "\u202f") + (f".{rest}" if rest else "")


def points(value: float | None) -> str:
    """Points with two digits; – when it is not known."""
    return "–" if value is None else rounded(value)


def per_thousand(value: float) -> str:
    """The fall of the variance by a thousand yuan at this rate, with two digits that count."""
    found = 1000 * value
    return f"{found:.2g}" if found >= 1e-4 else "0.0001"


def goal_classes(code: str, name: str) -> str:
    """The classes of a field that only some goals of an instrument use; '' for one that all of them use."""
    if code == "call" and name == "correlation":
        return "of-numbers"
    goals = INSTRUMENTS[code].goals
    using = [goal for goal in goals if name in sampling.goal_fields(code, goal)]
    if len(goals) == 1 or len(using) in (0, len(goals)):
        return ""
    return " ".join(["only", *(f"for-{goal}" for goal in using)])


def lack_words(need: Need) -> str:
    """Why no size can be told."""
    return {
        "population": _("没有填写总数"),
        "lines": _("本单位没有登记公布的号码"),
        "clusters": _("号码太少，再多次拨打也推不到一类号码；请增加号码，或只就这些号码下结论"),
    }.get(need.lack, "")


def light_words(light: Light) -> str:
    """The light in a word or two."""
    return {
        "enough": _("够了"),
        "pending": _("还不够，待审的终审后即够"),
        "short": _("还不够"),
        "beyond": _("超出计划"),
        "open": _("无法判断"),
    }[light.state]


def lacking_words(need: Need, one: Lacking) -> str:
    """One condition that is not met, with what there is and what is wanted."""
    if one.what == "plan":
        return lack_words(need)
    have, want = one.have or 0.0, one.want
    if one.what == "n":
        return _("已有 %(have)s，计划 %(want)s", have=number(have), want=number(want))
    if one.what == "cell":
        return _("“%(cell)s”有 %(have)s，至少 %(want)s", cell=one.place, have=number(have), want=number(want))
    if one.what == "days":
        return _("第 %(have)s 个工作日，至少 %(want)s 个", have=number(have), want=number(want))
    wanted = rounded(100 * want, 1)
    if one.have is None:
        return _("有的测量还没有区间，目标半宽 %(want)s 个百分点", want=wanted)
    return _("半宽 %(have)s 个百分点，目标 %(want)s", have=rounded(100 * have, 1), want=wanted)


def next_words(piece: NextPiece, gain: float | None = None) -> str:
    """What one more piece of an instrument brings; `gain` is how far the chance of a wrong grade falls."""
    name, after = instrument_name(piece.instrument), rounded(piece.se_after, 3)
    words = _("再做一份%(name)s：总分标准误降到 %(after)s 分", name=name, after=after)
    if gain is not None and gain >= LEAST_GAIN:
        words = _("%(words)s，分错等次的机会减少 %(gain)s 个百分点", words=words, gain=rounded(100 * gain))
    elif gain is not None:
        words = _("%(words)s，分错等次的机会几乎不变", words=words)
    if piece.cost:
        words = _("%(words)s，约 %(cost)s 元", words=words, cost=number(piece.cost))
    return words


def verdict_shares(bad: float, good: float) -> tuple[float, ...]:
    """The true shares for which a verdict's course is shown: good, the middle, bad, and worse."""
    shares = (good, (good + bad) / 2, bad, max(0.01, bad - 0.1))
    return tuple(dict.fromkeys(round(share, 4) for share in shares))


def calls_for(independent: int, numbers: int, correlation: float) -> str:
    """Calls on so many numbers that are worth the independent ones, or how many numbers it takes at least."""
    found = calls_on_numbers(independent, numbers, correlation) if numbers else None
    if found is not None:
        return number(found)
    return _("至少要 %(n)s 个号码", n=int(independent * correlation + 1e-9) + 1)


def intervals(need: Need) -> tuple[tuple[float, float, float], ...]:
    """(true share, low, high) to expect; () when there is no size, no sampling error or no share."""
    if not need.effective or need.is_census:
        return ()
    return expected_intervals(need.effective)


def grades(need: Need, limits: Sequence[float]) -> tuple[GradeRow, ...]:
    """The chances of wrong grades; () without limits or without a size."""
    if not limits or not need.effective or need.is_census:
        return ()
    return misgrade_table(need.effective, tuple(limits))


def grade_heads(are_points: bool = False) -> list[str]:
    """The true shares of those chances as heads: in percent, or as points of 100."""
    return [_("%(n)s 分", n=round(100 * share)) if are_points else percent(share) for share in GRADED]


def total_grades(se: float | None, limits: Sequence[float]) -> tuple[GradeRow, ...]:
    """The chances of wrong grades of a total; () when its error is not known."""
    return () if se is None else total_misgrades(se, limits)


def is_share(aim: Aim) -> bool:
    """Whether the aim is about a share, so that intervals and grades can be told."""
    return aim.goal in ("width", "verdict") or aim.instrument == "call"
