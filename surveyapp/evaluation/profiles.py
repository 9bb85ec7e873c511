"""Weight profiles: how much each method counts in each leaf, and what happens when evidence is missing.

Data with sources and decisions (profiles.toml, already parsed); the arithmetic is in scoring.
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.decisions import as_date
from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.methods import METHODS
from surveyapp.evaluation.problem import Problem, problem

SUM_TOLERANCE = 1e-6
"""How far given weights may miss 1, so that thirds can be written with a few digits."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A method added to a leaf that does not list it: a decision, with its reason and the deciding role."""

    indicator: str
    method: str
    why: Mapping[str, str]
    role: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class MissingPolicy:
    """What is done about missing evidence, by a recorded decision.

    `policy` 'renormalise': observed weights are made to sum to 1 when they reach `c_min` (0..1), below it
    the leaf is 未评; 'bounds': a leaf with anything missing is 未评. `insufficient` 'use': a measure with
    fewer observations than its minimum counts and is marked; 'missing': it counts as not collected.
    """

    policy: str
    c_min: float
    insufficient: str
    why: Mapping[str, str]
    role: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class TotalCap:
    """The most a total may be, base and bonus together: a decision. Without one there is no such limit."""

    points: float
    why: Mapping[str, str]
    role: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights per leaf and method; the weights of each leaf sum to 1."""

    code: str
    name: Mapping[str, str]
    version: str
    source: Mapping[str, str]
    weights: Mapping[str, Mapping[str, float]]
    missing: MissingPolicy
    additions: tuple[Addition, ...] = ()
    cap: TotalCap | None = None

    @property
    def most(self) -> float | None:
        """The most a total may be, None without a cap."""
        return self.cap.points if self.cap else None

    @property
    def c_min(self) -> float:
        """Smallest share of observed weight with which a leaf is scored."""
        return self.missing.c_min


def parse_profiles(
    content: Mapping[str, Any], framework: Framework
) -> tuple[Mapping[str, Profile], tuple[Problem, ...]]:
    """All profiles of a parsed profiles.toml ([[profiles]]), by code; none when anything is wrong."""
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(content.get("profiles", []), 1):
        profile, faults = parse_profile(entry, framework, number=number)
        problems += faults
        if profile is not None and profile.code in profiles:
            zh, en = f"方案 {profile.code} 重复。", f"the profile {profile.code} repeats."
            problems.append(problem("duplicate_profile", number, "code", zh, en))
        elif profile is not None:
            profiles[profile.code] = profile
    return ({} if problems else profiles), tuple(problems)


def parse_profile(
    mapping: Mapping[str, Any], framework: Framework, *, number: int = 0
) -> tuple[Profile | None, tuple[Problem, ...]]:
    """One profile: code, version, name, source, missing {...}, additions [...], leaves {code: {method: w}},
    cap {...} when the total has a limit.

    Leaves without an entry weigh their methods (listed and added) equally; given weights have to sum to 1.
    A profile without a policy for missing evidence is refused: nothing may be guessed.
    """
    problems: list[Problem] = []

    def fault(code: str, column: str, zh: str, en: str) -> None:
        problems.append(problem(code, number, column, zh, en))

    for column in ("code", "version", "name", "source"):
        if not mapping.get(column):
            fault("missing", column, "方案缺少这一项。", "the profile lacks this entry.")
    additions = tuple(a for a in (_addition(e, framework, fault) for e in mapping.get("additions", [])) if a)
    weights = {
        leaf.code: _equal((*leaf.methods, *(a.method for a in additions if a.indicator == leaf.code)))
        for leaf in framework.leaves
    }
    for code, given in mapping.get("leaves", {}).items():
        _override(code, given, weights, fault)
    missing = _missing(mapping.get("missing", {}), fault)
    cap = _cap(mapping["cap"], framework, fault) if "cap" in mapping else None
    if problems or missing is None:
        return None, tuple(problems)
    name, source = _texts(mapping, "name"), _texts(mapping, "source")
    return (
        Profile(
            str(mapping["code"]), name, str(mapping["version"]), source, weights, missing, additions, cap
        ),
        (),
    )


def _equal(methods: tuple[str, ...]) -> Mapping[str, float]:
    once = tuple(dict.fromkeys(methods))
    return {method: 1 / len(once) for method in once}


def _override(
    code: str, given: Mapping[str, Any], weights: dict[str, Mapping[str, float]], fault: Any
) -> None:
    if code not in weights:
        fault("unknown_leaf", "leaves", f"{code} 不是计分行。", f"{code} is not a scored row.")
        return
    numbers = all(
        isinstance(w, int | float) and not isinstance(w, bool) and 0 <= w < math.inf for w in given.values()
    )
    if set(given) != set(weights[code]) or not numbers or not sum(given.values()):
        listed = "、".join(weights[code])
        zh = f"{code} 的权重应恰好给出 {listed}，为不全为 0 的非负数。"
        fault("bad_weights", "leaves", zh, f"{code} needs a non-negative weight for each of {listed}.")
        return
    total = math.fsum(given.values())
    if abs(total - 1) > SUM_TOLERANCE:
        zh = f"{code} 的权重之和是 {total:g}，应为 1；请核对后改正，系统不替您折算。"
        fault("weights_sum", "leaves", zh, f"the weights of {code} sum to {total:g}; they must sum to 1.")
        return
    weights[code] = {method: given[method] / total for method in weights[code]}


def _addition(entry: Mapping[str, Any], framework: Framework, fault: Any) -> Addition | None:
    code, method = str(entry.get("leaf", "")), str(entry.get("method", ""))
    decided_on = as_date(entry.get("decided_on"))
    if (
        not (decided_on and entry.get("why") and entry.get("role"))
        or code not in framework.indicators
        or method not in METHODS
    ):
        zh = f"增补 {code}×{method} 需要已知的指标和方法，以及 why、role、decided_on。"
        en = f"the addition {code} × {method} needs a known leaf and method, why, role and decided_on."
        fault("bad_addition", "additions", zh, en)
        return None
    assert decided_on is not None
    return Addition(code, method, _texts(entry, "why"), str(entry["role"]), decided_on)


def _cap(entry: Any, framework: Framework, fault: Any) -> TotalCap | None:
    """The limit of the total: between the base points and all points, with its reason."""
    given = entry if isinstance(entry, Mapping) else {}
    points, decided_on = given.get("points"), as_date(given.get("decided_on"))
    number = isinstance(points, int | float) and not isinstance(points, bool)
    least = math.fsum(leaf.points for leaf in framework.leaves if leaf.group == "base")
    most = math.fsum(leaf.points for leaf in framework.leaves)
    inside = number and least <= float(points or 0.0) <= most
    if not inside or decided_on is None or not (given.get("why") and given.get("role")):
        zh = f"总分上限须写明 points（{least:g} 至 {most:g}）、why、role、decided_on。"
        en = f"the cap of the total needs points ({least:g} to {most:g}), why, role and decided_on."
        fault("bad_cap", "cap", zh, en)
        return None
    return TotalCap(float(points or 0.0), _texts(given, "why"), str(given["role"]), decided_on)


def _missing(entry: Mapping[str, Any], fault: Any) -> MissingPolicy | None:
    policy, c_min, insufficient = entry.get("policy"), entry.get("c_min"), entry.get("insufficient")
    decided_on = as_date(entry.get("decided_on"))
    good = (
        policy in ("renormalise", "bounds")
        and isinstance(c_min, int | float)
        and 0 < c_min <= 1
        and insufficient in ("use", "missing")
        and entry.get("why")
        and entry.get("role")
    )
    if not good or decided_on is None:
        zh = "缺失证据的处理须写明 policy、c_min、insufficient、why、role、decided_on。"
        en = "the policy for missing evidence needs policy, c_min, insufficient, why, role and decided_on."
        fault("bad_missing_policy", "missing", zh, en)
        return None
    assert policy and c_min and insufficient
    return MissingPolicy(
        policy, float(c_min), insufficient, _texts(entry, "why"), str(entry["role"]), decided_on
    )


def _texts(entry: Mapping[str, Any], name: str) -> Mapping[str, str]:
    return {"zh": str(entry[name]), "en": str(entry.get(f"{name}_en") or entry[name])}
