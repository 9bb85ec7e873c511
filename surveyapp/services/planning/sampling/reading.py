"""From the typed fields of a sampling plan to the plan, or what is wrong, by field.

Shares, half-widths and risks are typed in percent; a field that a goal does not use is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from surveyapp.evaluation.prospect import (
    CLAIMS,
    GOALS,
    INSTRUMENTS,
    Aim,
    Frame,
    Need,
    Plan,
    Stratum,
    need,
)
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.planning.sampling.ground import Ground
from surveyapp.stats.acceptance import binomial_plan
from surveyapp.stats.allocation import ALLOCATIONS

NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?\Z", re.ASCII)
LAYER = re.compile(r"([^\s=@]{1,64})=([0-9]{1,7})(?:@([0-9]{1,3}(?:\.[0-9]{1,3})?))?\Z")
MOST_LAYERS = 12
MOST_LIMITS = 5


@dataclass(frozen=True)
class Bound:
    """What a number may be, as it is typed; `scale` makes the plan's value of it."""

    low: float
    high: float
    scale: float = 1.0
    is_whole: bool = False


BOUNDS: Mapping[str, Bound] = {
    "p": Bound(1, 99, 0.01),
    "half_width": Bound(0.5, 49, 0.01),
    "bad": Bound(1, 99, 0.01),
    "good": Bound(1, 100, 0.01),
    "alpha": Bound(0.1, 20, 0.01),
    "power": Bound(50, 99.9, 0.01),
    "n": Bound(1, 100_000, is_whole=True),
    "defects": Bound(1, 1000, is_whole=True),
    "sd": Bound(0.01, 0.5),
    "cluster_size": Bound(1, 1000),
    "correlation": Bound(0, 0.99),
    "response": Bound(1, 100, 0.01),
    "validity": Bound(1, 100, 0.01),
    "minutes": Bound(0, 10_000),
    "expense": Bound(0, 1_000_000),
    "cell_min": Bound(0, 10_000, is_whole=True),
}
GOAL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "width": ("p", "half_width"),
    "mean": ("sd", "half_width"),
    "verdict": ("bad", "good", "alpha", "power", "p"),
    "fixed": ("n", "sd"),
    "defects": ("defects", "sd"),
    "census": (),
}
"""The fields that have to be filled in for each goal."""
ALWAYS = ("response", "validity", "minutes", "expense", "cluster_size", "correlation", "cell_min")
DEFAULTS: Mapping[str, str] = {
    "p": "50",
    "half_width": "5",
    "bad": "80",
    "good": "90",
    "alpha": "5",
    "power": "80",
    "validity": "100",
    "response": "100",
    "cluster_size": "1",
    "correlation": "0",
    "expense": "0",
    "minutes": "0",
    "cell_min": "0",
}
"""What stands in a field before anybody typed; the number of pieces and their spread have no default."""
EXPECTED_OF_CALLS = "85"
"""Half way between the usual bad and good share."""
PLAN_BOUNDS: Mapping[str, Bound] = {
    "hourly": Bound(0, 100_000),
    "budget": Bound(0, 1_000_000_000),
    "leaf_correlation": Bound(0, 1),
}


def goal_fields(code: str, goal: str) -> tuple[str, ...]:
    """The fields that have to be filled in for a goal; a share tells the spread of calls."""
    return ("n", "p") if (code, goal) == ("call", "fixed") else GOAL_FIELDS[goal]


def form_fields(code: str) -> tuple[str, ...]:
    """The number fields that the form shows for an instrument, in order."""
    goals = INSTRUMENTS[code].goals
    asked = ("bad", "good", "alpha", "power", "p", "half_width", "n", "defects", "sd")
    used = {name for goal in goals for name in goal_fields(code, goal)}
    more = {
        "survey": ("cluster_size", "correlation", "response", "validity", "cell_min"),
        "call": ("correlation", "validity"),
        "hall": ("cluster_size", "correlation"),
    }
    return (*(name for name in asked if name in used), *more.get(code, ()), "minutes", "expense")


def read_plan(ground: Ground, typed: Mapping[str, str]) -> Plan | dict[str, Refusal]:
    """The plan of the typed fields; all of it, or what is wrong by field."""
    wrong: dict[str, Refusal] = {}
    chosen = [code for code in INSTRUMENTS if f"{code}_use" in typed and code in ground.stakes]
    if not chosen:
        wrong["plan"] = Refusal.of(
            "nothing", "请至少勾选一种方式。", "Choose at least one way of collecting."
        )
    aims = tuple(aim for code in chosen if (aim := _aim(ground, code, typed, wrong)) is not None)
    numbers = {name: _number(typed, name, bound, "0", wrong) for name, bound in PLAN_BOUNDS.items()}
    rule = typed.get("allocation", "")
    if rule not in ALLOCATIONS:
        wrong["allocation"] = Refusal.of(
            "allocation", "请选择怎样分到各层。", "Choose how to split over strata."
        )
    limits = _limits(typed.get("limits", ""), wrong)
    frames = {
        unit.code: {code: _frame(ground, unit.id, code, typed, wrong) for code in chosen}
        for unit in ground.units
    }
    if wrong:
        return wrong
    plan = Plan(aims, frames, rule, numbers["leaf_correlation"], limits, numbers["hourly"], numbers["budget"])
    return _unmet(ground, plan) or plan


def _aim(ground: Ground, code: str, typed: Mapping[str, str], wrong: dict[str, Refusal]) -> Aim | None:
    one, before = INSTRUMENTS[code], len(wrong)
    goal = typed.get(f"{code}_goal", one.goals[0])
    if goal not in one.goals:
        names = "、".join(GOALS[name]["zh"] for name in one.goals)
        wrong[f"{code}_goal"] = Refusal.of("goal", f"请选择目标：{names}。", "Choose one of the goals.")
        return None
    used = [*goal_fields(code, goal), *ALWAYS]
    values: dict[str, Any] = {}
    for name in used:
        bound = BOUNDS[name]
        found = _number(typed, f"{code}_{name}", bound, DEFAULTS.get(name, ""), wrong)
        values[name] = int(found) if bound.is_whole else found * bound.scale
    if goal == "verdict" and len(wrong) == before:
        _check_verdict(code, values, wrong)
    claim, measure = _claim(code, typed, values, wrong), typed.get(f"{code}_measure", "")
    if measure and ground.owner.get(measure) != code:
        wrong[f"{code}_measure"] = Refusal.of(
            "measure", "请从列出的测量中选择。", "Choose one of the measures."
        )
    if len(wrong) > before:
        return None
    return Aim(code, goal, claim=claim, measure=measure, **values)


def _check_verdict(code: str, values: Mapping[str, Any], wrong: dict[str, Refusal]) -> None:
    if not values["bad"] < values["good"]:
        zh, en = "“好”的比例须大于“不好”的比例。", "The good share must be above the bad one."
        wrong[f"{code}_good"] = Refusal.of("order", zh, en)
        return
    try:
        binomial_plan(values["bad"], values["good"], values["alpha"], values["power"])
    except ValueError:
        zh = "“好”与“不好”太接近，要两万次以上才分得清；请拉开两者。"
        en = "The two shares lie so close that over 20,000 calls were needed; set them further apart."
        wrong[f"{code}_good"] = Refusal.of("close", zh, en)


def _claim(code: str, typed: Mapping[str, str], values: Mapping[str, Any], wrong: dict[str, Refusal]) -> str:
    """What the calls are to speak of: a choice without a default."""
    claim = typed.get(f"{code}_claim", "")
    if code != "call":
        return ""
    if claim not in CLAIMS:
        zh = "请选择结论说的是“这些号码”还是“一类号码”，两者需要的次数不同，系统不代为选择。"
        en = "Choose whether the result speaks of these numbers or of all such numbers; no default."
        wrong[f"{code}_claim"] = Refusal.of("claim", zh, en)
    elif claim == "population" and not values.get("correlation"):
        zh = "推及一类号码时，请填写同一号码各次拨打的相关系数（大于 0，常见 0.05 至 0.4）。"
        en = "For all such numbers give the correlation of calls on one number (above 0, often .05 to .4)."
        wrong[f"{code}_correlation"] = Refusal.of("correlation", zh, en)
    return claim


def _number(
    typed: Mapping[str, str], name: str, bound: Bound, default: str, wrong: dict[str, Refusal]
) -> float:
    text = typed.get(name, "").strip() or default
    value = float(text) if NUMBER.match(text) else None
    whole = value is None or not bound.is_whole or value == int(value)
    if value is None or not whole or not bound.low <= value <= bound.high:
        kind_zh, kind_en = ("整数", "whole number") if bound.is_whole else ("数", "number")
        wrong[name] = Refusal.of(
            "number",
            f"请填 {written(bound.low)} 至 {written(bound.high)} 的{kind_zh}。",
            f"Give a {kind_en} from {written(bound.low)} to {written(bound.high)}.",
        )
        return bound.low
    return value


def _limits(text: str, wrong: dict[str, Refusal]) -> tuple[float, ...]:
    words = text.replace("，", " ").replace(",", " ").split()
    values = [float(word) / 100 for word in words if NUMBER.match(word)]
    falling = all(first > then for first, then in pairwise(values))
    good = len(values) == len(words) <= MOST_LIMITS and all(0 < value <= 1 for value in values) and falling
    if not good:
        wrong["limits"] = Refusal.of(
            "limits",
            f"请从高到低写出各等次的下限（百分数，最多 {MOST_LIMITS} 个），如 90 80 60。",
            f"Write the lower limits from high to low in percent, at most {MOST_LIMITS}, such as 90 80.",
        )
        return ()
    return tuple(values)


def _frame(
    ground: Ground, unit_id: int, code: str, typed: Mapping[str, str], wrong: dict[str, Refusal]
) -> Frame:
    if code == "call":
        strata = {slot: Stratum(weight) for slot, weight in ground.slots.items()}
        return Frame(None, ground.lines.get(unit_id, 0), strata)
    if not INSTRUMENTS[code].lists:
        return Frame()
    name = f"size_{code}_{unit_id}"
    population = None
    if typed.get(name, "").strip():
        population = int(_number(typed, name, Bound(1, 100_000_000, is_whole=True), "", wrong))
    layers = f"strata_{unit_id}"
    strata = _layers(typed.get(layers, ""), layers, wrong) if code == "survey" else {}
    total = sum(layer.size for layer in strata.values())
    if strata and population not in (None, int(total)):
        wrong[layers] = Refusal.of(
            "sum",
            f"各层合计 {written(total)}，与填写的总数 {population} 不符。",
            f"The strata add up to {written(total)}, not to the {population} given.",
        )
    return Frame(int(total) if strata else population, 0, strata)


def _layers(text: str, name: str, wrong: dict[str, Refusal]) -> dict[str, Stratum]:
    words = text.split()
    found: dict[str, Stratum] = {}
    for word in words:
        match = LAYER.match(word)
        share = float(match[3]) if match and match[3] else None
        if match is None or match[1] in found or not int(match[2]) or (share or 0) > 100:
            wrong[name] = Refusal.of(
                "strata",
                f"“{word[:40]}”不对。每层写作 名称=人数，可加 @预计比例，如 大厅=800@85，各层用空格分开。",
                f"“{word[:40]}” is not valid; write name=number, @expected percent if known: hall=800@85.",
            )
            return {}
        found[match[1]] = Stratum(float(match[2]), None if share is None else share / 100)
    if len(found) > MOST_LAYERS:
        zh, en = f"最多 {MOST_LAYERS} 层。", f"At most {MOST_LAYERS} strata."
        wrong[name] = Refusal.of("strata", zh, en)
    return dict(sorted(found.items()))


def _unmet(ground: Ground, plan: Plan) -> dict[str, Refusal]:
    """What no unit can lack once a plan is kept: the length of its list, where the goal asks for it."""
    found = {}
    for unit in ground.units:
        for aim in plan.aims:
            asked: Need = need(plan, unit.code, aim)
            if asked.lack == "population":
                found[f"size_{aim.instrument}_{unit.id}"] = Refusal.of(
                    "population",
                    "这一目标需要知道总数，请填写。",
                    "This goal needs the number there are; fill it in.",
                )
    return found


def written(value: float) -> str:
    """A number as the form takes it: to six decimals, without an exponent and without trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def field_texts(ground: Ground, plan: Plan | None) -> dict[str, str]:
    """The texts of the form's fields: those of the plan, else the defaults."""
    texts = {f"{code}_{name}": text for code in ground.stakes for name, text in DEFAULTS.items()}
    for code in ground.stakes:
        texts[f"{code}_goal"] = INSTRUMENTS[code].goals[0]
        texts |= {"call_p": EXPECTED_OF_CALLS} if code == "call" else {}
        if minutes := INSTRUMENTS[code].minutes:
            texts[f"{code}_minutes"] = written(minutes)
    if plan is None:
        uses = {f"{code}_use": "1" for code in ground.stakes}
        return texts | uses | {"allocation": "proportional", "leaf_correlation": "0.5"}
    for aim in plan.aims:
        texts |= _aim_texts(aim)
    for unit in ground.units:
        texts |= _frame_texts(unit.id, plan.frames.get(unit.code, {}))
    return texts | {
        "allocation": plan.allocation,
        "leaf_correlation": written(plan.correlation),
        "hourly": written(plan.hourly),
        "budget": written(plan.budget),
        "limits": " ".join(written(100 * limit) for limit in plan.limits),
    }


def _aim_texts(aim: Aim) -> dict[str, str]:
    used: Iterable[str] = dict.fromkeys((*GOAL_FIELDS[aim.goal], *ALWAYS, "p"))
    texts = {f"{aim.instrument}_{name}": written(getattr(aim, name) / BOUNDS[name].scale) for name in used}
    named = {"goal": aim.goal, "claim": aim.claim, "measure": aim.measure, "use": "1"}
    return texts | {f"{aim.instrument}_{name}": text for name, text in named.items()}


def _frame_texts(unit_id: int, frames: Mapping[str, Frame]) -> dict[str, str]:
    texts = {}
    for code, frame in frames.items():
        if frame.population is not None and not frame.strata:
            texts[f"size_{code}_{unit_id}"] = str(frame.population)
        if frame.strata and code == "survey":
            texts[f"strata_{unit_id}"] = " ".join(
                f"{name}={written(layer.size)}" + ("" if layer.p is None else f"@{written(100 * layer.p)}")
                for name, layer in frame.strata.items()
            )
    return texts
