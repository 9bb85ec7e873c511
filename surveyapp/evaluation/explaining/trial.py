"""Other weights and rules tried on the same evidence: beside the official result, never in its place."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.profiles import MissingPolicy, Profile
from surveyapp.evaluation.scoring import Observation

MOST_FACTOR = 100.0
RATES = ("T1", "T2")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is tried. Empty values leave the rule as it is.

    `methods`: factor for the weight of a method everywhere; `points`: points of a leaf; `targets`: value at
    which a share (T1, T2) is full, by measure; `policy`, `c_min`, `insufficient` as in MissingPolicy.
    """

    methods: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    policy: str = ""
    c_min: float | None = None
    insufficient: str = ""
    without_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """The rules of a trial."""

    framework: Framework
    profile: Profile
    measures: tuple[Measure, ...]


def tried(framework: Framework, profile: Profile, measures: Sequence[Measure], wish: Wish) -> Tried | Problem:
    """The rules with the wish in them, or what is wrong with it.

    Weights of methods are made to sum to 1 again in each leaf; a leaf whose methods all get 0 is refused.
    Points of base leaves are stretched so that the base keeps its sum; bonus points stay as they are given.
    """
    wrong = _wrong(framework, measures, wish)
    if wrong is not None:
        return wrong
    weights = {}
    for code, given in profile.weights.items():
        mine = {method: weight * wish.methods.get(method, 1.0) for method, weight in given.items()}
        whole = math.fsum(mine.values())
        if whole <= 0:
            zh = (
                f"{code} 的方法权重全部变成 0，无法计分。请至少给其中一种方法（{'、'.join(given)}）留下权重。"
            )
            en = f"All methods of {code} would weigh 0. Leave a weight to one of {', '.join(given)} at least."
            return _problem(zh, en)
        weights[code] = {method: weight / whole for method, weight in mine.items()}
    pointed = _pointed(framework, wish.points)
    if isinstance(pointed, Problem):
        return pointed
    rules = replace(profile, weights=weights, missing=_policy(profile.missing, wish))
    return Tried(pointed, rules, tuple(_aimed(measure, wish.targets) for measure in measures))


def counted(observations: Sequence[Observation], flagged: frozenset[str], wish: Wish) -> list[Observation]:
    """The observations a trial counts."""
    return [one for one in observations if not (wish.without_flagged and one.root_id in flagged)]


def _wrong(framework: Framework, measures: Sequence[Measure], wish: Wish) -> Problem | None:
    codes = {leaf.code for leaf in framework.leaves}
    rates = {measure.key for measure in measures if measure.transform in RATES}
    if unknown := [*(set(wish.points) - codes), *(set(wish.targets) - rates)]:
        return _problem(f"没有可以试算的“{unknown[0]}”。", f"There is no “{unknown[0]}” to try.")
    if any(not 0 <= factor <= MOST_FACTOR for factor in wish.methods.values()):
        zh, en = "方法的倍数应在 0 到 100 之间。", "The factor of a method lies between 0 and 100."
        return _problem(zh, en)
    if any(not 0 <= points <= MOST_FACTOR for points in wish.points.values()):
        return _problem("指标的分值应在 0 到 100 之间。", "The points of an indicator lie between 0 and 100.")
    if any(not 0 < target <= 1 for target in wish.targets.values()):
        return _problem("目标值应大于 0、不超过 1。", "A target lies above 0 and is at most 1.")
    if wish.c_min is not None and not 0 < wish.c_min <= 1:
        return _problem("最低覆盖率应大于 0、不超过 1。", "The least coverage lies above 0 and is at most 1.")
    return None


def _pointed(framework: Framework, points: Mapping[str, float]) -> Framework | Problem:
    """The framework with other points; its headings keep what is printed and are not used for scores."""
    if not points:
        return framework
    given = {leaf.code: points.get(leaf.code, leaf.points) for leaf in framework.leaves}
    groups = {leaf.code: leaf.group for leaf in framework.leaves}
    whole = math.fsum(value for code, value in given.items() if groups[code] == "base")
    if whole <= 0:
        return _problem("基础分各项的分值不能全部为 0。", "The points of the base cannot all be 0.")
    scale = framework.base_points / whole
    indicators = {
        code: replace(one, points=given[code] * (scale if groups[code] == "base" else 1.0))
        if code in given
        else one
        for code, one in framework.indicators.items()
    }
    return Framework(framework.source, indicators)


def _policy(missing: MissingPolicy, wish: Wish) -> MissingPolicy:
    c_min = missing.c_min if wish.c_min is None else wish.c_min
    policy, insufficient = wish.policy or missing.policy, wish.insufficient or missing.insufficient
    return replace(missing, policy=policy, c_min=c_min, insufficient=insufficient)


def _aimed(measure: Measure, targets: Mapping[str, float]) -> Measure:
    if measure.key not in targets:
        return measure
    return replace(measure, parameters={**measure.parameters, "high": targets[measure.key]})


def _problem(zh: str, en: str) -> Problem:
    return Problem("bad_wish", 0, "", {"zh": zh, "en": en})
