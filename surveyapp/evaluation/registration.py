"""The rules of a round as they were written down before its evidence, and what was changed afterwards.

A registration is plain data: it can be hashed, printed and read back into a profile and measures years later.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.methods import METHODS
from surveyapp.evaluation.profiles import MissingPolicy, Profile, TotalCap

MEASURE_PARTS = (
    *("value", "filter", "indicator", "method", "transform", "parameters", "weight", "min_n", "cluster"),
    *("profile", "stratum", "stratum_weights"),
)
"""What decides a measure's number; a label may be reworded without a deviation."""


PLAN_PARTS: Mapping[str, tuple[str, str]] = {
    "dates": ("日期", "the dates"),
    "calls": ("拨打安排", "the drawn calls"),
    "sampling": ("抽样与停止规则", "sample and stopping rules"),
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One rule that is not as it was registered. `place` names it; `sentence` by language says what."""

    kind: str
    place: str
    sentence: Mapping[str, str]


def registered_rules(framework: Framework, profile: Profile, measures: Iterable[Measure]) -> dict[str, Any]:
    """Points, weights, treatment of missing evidence and measures as plain values, in a fixed order."""
    missing = asdict(profile.missing) | {"decided_on": profile.missing.decided_on.isoformat()}
    return {
        "leaves": [
            {"code": leaf.code, "points": leaf.points, "group": leaf.group} for leaf in framework.leaves
        ],
        "profile": {
            "code": profile.code,
            "version": profile.version,
            "weights": {code: dict(weights) for code, weights in profile.weights.items()},
            "missing": missing,
            "cap": _cap(profile),
        },
        "measures": {
            one.key: {"label": dict(one.label)} | {name: _plain(getattr(one, name)) for name in MEASURE_PARTS}
            for one in sorted(measures, key=lambda one: one.key)
        },
    }


def _cap(profile: Profile) -> dict[str, Any] | None:
    cap = profile.cap
    return None if cap is None else asdict(cap) | {"decided_on": cap.decided_on.isoformat()}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def profile_as_registered(rules: Mapping[str, Any], profile: Profile) -> Profile:
    """The profile with the weights and the treatment of missing evidence that were registered."""
    kept = rules["profile"]
    missing = kept["missing"] | {"decided_on": dt.date.fromisoformat(kept["missing"]["decided_on"])}
    weights = {code: _in_order(kept["weights"][code]) for code in sorted(kept["weights"])}
    limit = kept.get("cap")
    cap = TotalCap(**limit | {"decided_on": dt.date.fromisoformat(limit["decided_on"])}) if limit else None
    policy = MissingPolicy(**missing)
    return replace(profile, version=kept["version"], weights=weights, missing=policy, cap=cap)


def _in_order(weights: Mapping[str, float]) -> dict[str, float]:
    """Methods in their usual order, which a database may not have kept."""
    return {method: weights[method] for method in METHODS if method in weights}


def measures_as_registered(rules: Mapping[str, Any], now: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures that were registered; which instrument asks for them is taken from those of `now`."""
    instruments = {measure.key: measure.instrument for measure in now}
    return tuple(
        Measure(key=key, **parts, instrument=instruments.get(key, ""))
        for key, parts in sorted(rules["measures"].items())
    )


def deviations(registered: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Deviation, ...]:
    """Every rule that differs, in the order leaves, weights, missing evidence, measures, plan."""
    return (
        *_leaf_deviations(registered["leaves"], now["leaves"]),
        *_weight_deviations(registered["profile"], now["profile"]),
        *_measure_deviations(registered["measures"], now["measures"]),
        *_plan_deviations(registered.get("plan", {}), now.get("plan", {})),
    )


def _leaf_deviations(old: Sequence[Any], new: Sequence[Any]) -> Iterable[Deviation]:
    before, after = ({leaf["code"]: leaf for leaf in leaves} for leaves in (old, new))
    for code in sorted(before.keys() | after.keys()):
        if before.get(code) != after.get(code):
            yield _said("leaf", code, f"指标 {code} 的分值或归类已变", f"points or group of {code} changed")


def _weight_deviations(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Deviation]:
    if old["code"] != new["code"]:
        zh, en = f"方案由 {old['code']} 改为 {new['code']}", f"profile {old['code']} became {new['code']}"
        yield _said("profile", new["code"], zh, en)
        return
    for code in sorted(old["weights"].keys() | new["weights"].keys()):
        before, after = old["weights"].get(code, {}), new["weights"].get(code, {})
        if before != after:
            zh = f"指标 {code} 的方法权重由 {_shares(before)} 改为 {_shares(after)}"
            en = f"method weights of {code} changed from {_shares(before)} to {_shares(after)}"
            yield _said("weights", code, zh, en)
    rules = [
        {name: one["missing"][name] for name in ("policy", "c_min", "insufficient")} for one in (old, new)
    ]
    if rules[0] != rules[1]:
        yield _said("missing", "", "缺失证据的处理已变", "the treatment of missing evidence changed")
    limits = [(one.get("cap") or {}).get("points") for one in (old, new)]
    if limits[0] != limits[1]:
        yield _said("cap", "", "总分上限已变", "the cap of the total changed")


def _shares(weights: Mapping[str, float]) -> str:
    return "、".join(f"{method} {share:.2f}" for method, share in _in_order(weights).items()) or "–"


def _measure_deviations(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Deviation]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if after is None:
            yield _said("measure", key, f"测量 {key} 已撤去", f"measure {key} was taken away")
        elif before is None:
            yield _said("measure", key, f"测量 {key} 是后加的", f"measure {key} was added")
        else:
            changed = [name for name in MEASURE_PARTS if before[name] != after[name]]
            if changed:
                parts = ", ".join(changed)
                yield _said(
                    "measure", key, f"测量 {key} 的 {parts} 已变", f"{parts} of measure {key} changed"
                )


def _plan_deviations(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Deviation]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            zh, en = PLAN_PARTS.get(name, (name, name))
            yield _said("plan", name, f"计划中的{zh}已变", f"{en} of the plan changed")


def _said(kind: str, place: str, zh: str, en: str) -> Deviation:
    return Deviation(kind, place, {"zh": f"{zh}。", "en": f"{en[0].upper()}{en[1:]}."})
