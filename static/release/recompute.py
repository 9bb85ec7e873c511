"""Compute every published number of this release again, from its observations and rules alone.

Usage: python recompute.py          (Python 3.11 or newer with numpy and scipy; nothing else, no network)
Prints each number that differs and ends with 0 only when none does. It shares no code with the platform that
made the release: the formulas are written a second time, from the published description of the model.
"""

import csv
import hashlib
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import special

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-9
CONFIDENCE = 0.95
UNIT_INTERVAL = (0.0, 1.0)
NEGLIGIBLE = 1e-12
REPLICATES = 2000
SEED = "block bootstrap of whole primary units"


def clip(share):
    return min(1.0, max(0.0, share))


def z_of(confidence):
    return float(special.ndtri(0.5 + confidence / 2))


def t_of(df):
    return float(special.stdtrit(df, 0.5 + CONFIDENCE / 2))


def scale_of(measure):
    """(low, high, domain, is census, applied to each value) of a transform T1..T8."""
    code, given = measure["transform"], measure["parameters"]
    wide = (-1e9, 1e9)
    return {
        "T1": (given.get("low", 0.0), given.get("high", 1.0), UNIT_INTERVAL, False, False),
        "T2": (given.get("low", 0.0), given.get("high", 1.0), UNIT_INTERVAL, True, False),
        "T3": (1.0, 5.0, (1.0, 5.0), False, False),
        "T4": (0.0, 1.0, UNIT_INTERVAL, False, False),
        "T5": (0.0, 4.0, (0.0, 4.0), False, False),
        "T6": (0.0, 1.0, UNIT_INTERVAL, True, False),
        "T7": (given.get("none"), given.get("full"), wide, False, True),
        "T8": (given.get("tol", 0.1), 0.0, wide, False, True),
    }[code]


def wilson(successes, n):
    z, p = z_of(CONFIDENCE), successes / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, (centre - half) / (1 + z * z / n))
    return low, 1.0 if successes == n else min(1.0, (centre + half) / (1 + z * z / n))


def korn_graubard(p, se, n, df):
    ratio = (t_of(n - 1) / t_of(df)) ** 2
    size = (n if se == 0 or p in (0, 1) else p * (1 - p) / se**2) * ratio
    tail, x = (1 - CONFIDENCE) / 2, size * p
    low = 0.0 if p == 0 else float(special.betaincinv(x, size - x + 1, tail))
    return low, 1.0 if p == 1 else float(special.betaincinv(x + 1, size - x, 1 - tail))


def weigh(rows, shares):
    """Weights of the observations after their strata count by fixed shares."""
    if not shares:
        return [row["weight"] for row in rows]
    sums = defaultdict(float)
    for row in rows:
        sums[row["stratum"]] += row["weight"]
    scale = len(rows) / math.fsum(shares[name] for name in sums)
    return [row["weight"] * scale * shares[row["stratum"]] / sums[row["stratum"]] for row in rows]


def linearised(shares, weights, units, strata):
    """Mean, degrees of freedom, deff and the scaled contribution of each primary unit."""
    total = math.fsum(weights)
    mean = math.fsum(w * y for w, y in zip(weights, shares, strict=True)) / total
    if min(shares) == max(shares):
        mean = shares[0]
    sums = defaultdict(float)
    for y, w, unit, stratum in zip(shares, weights, units, strata, strict=True):
        sums[(stratum, unit)] += w * (y - mean) / total
    influence = {}
    for stratum in {key[0] for key in sums}:
        inside = {key: u for key, u in sums.items() if key[0] == stratum}
        count = len(inside)
        centre = sum(inside.values()) / count if count > 1 else 0.0
        factor = math.sqrt(count / (count - 1)) if count > 1 else 1.0
        influence |= {key: factor * (u - centre) for key, u in inside.items()}
    variance = sum(u * u for u in influence.values())
    spread = math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, shares, strict=True)) / total
    simple = spread / (len(shares) - 1)
    df = max(1, len(sums) - len({key[0] for key in sums}))
    se = math.sqrt(variance)
    return se if se > NEGLIGIBLE else 0.0, df, variance / simple if simple > 0 else 1.0, influence


def error_of(measure, scale, rows, weights, shares, share):
    """(low, high, se, deff, influence) of one measure's achievement, not clipped."""
    low, high, domain, is_census, _ = scale
    if is_census:
        return share, share, 0.0, 1.0, {}
    source = measure["instrument"]
    if len(rows) == 1:
        only = rows[0]
        return 0.0, 1.0, 0.5, 1.0, {(source, only["cluster"] or only["root_id"]): 0.5}
    units = [row["cluster"] or row["root_id"] for row in rows]
    if len(set(units)) < 2:
        units = [row["root_id"] for row in rows]
    strata, place = [row["stratum"] for row in rows], {}
    if any(place.setdefault(unit, name) != name for unit, name in zip(units, strata, strict=True)):
        strata = [""] * len(rows)
    se, df, deff, influence = linearised(shares, weights, units, strata)
    influence = {(source, unit): u for (_stratum, unit), u in influence.items()}
    if domain == UNIT_INTERVAL and all(row["value"] in (0.0, 1.0) for row in rows):
        is_simple = len(set(units)) == len(rows)
        is_simple = (
            is_simple and len({(w, row["stratum"]) for w, row in zip(weights, rows, strict=True)}) == 1
        )
        if is_simple:
            ends = wilson(math.fsum(row["value"] for row in rows), len(rows))
        else:
            ends = korn_graubard(clip(share * (high - low) + low), se * abs(high - low), len(rows), df)
        ends = sorted((end - low) / (high - low) for end in ends)
    elif se == 0:
        ends = wilson(clip(share) * len(rows), len(rows))
    else:
        ends = (share - t_of(df) * se, share + t_of(df) * se)
    return *ends, se, deff, influence


def estimate(measure, rows, weight):
    """The published numbers of one measure, with its influence beside them."""
    scale = scale_of(measure)
    low, high, domain, is_census, is_each = scale
    shares_of_strata = measure["stratum_weights"]
    rows = sorted(
        (
            row
            for row in rows
            if domain[0] <= row["value"] <= domain[1]
            and row["weight"] > 0
            and (not shares_of_strata or row["stratum"] in shares_of_strata)
        ),
        key=lambda row: row["root_id"],
    )
    found = {"key": measure["key"], "weight": weight, "status": "not_collected", "n": 0}
    if not rows:
        return found | {
            "achievement": None,
            "se": None,
            "low": None,
            "high": None,
            "roots": [],
            "influence": {},
        }
    weights = weigh(rows, shares_of_strata)
    units = [row["cluster"] or row["root_id"] for row in rows]
    sizes = [abs(row["value"]) if measure["transform"] == "T8" else row["value"] for row in rows]
    scaled = [(size - low) / (high - low) for size in sizes]
    shares = [clip(one) for one in scaled] if is_each else scaled
    total = math.fsum(weights)
    share = math.fsum(w * y for w, y in zip(weights, shares, strict=True)) / total
    least, most, se, deff, influence = error_of(measure, scale, rows, weights, shares, share)
    if len(set(units)) < 2:
        units = [row["root_id"] for row in rows]
    is_bent = not is_each and {low, high} != set(domain) and (least < 0 or most > 1)
    return found | {
        "status": "collected" if len(rows) >= measure["min_n"] else "insufficient",
        "n": len(rows),
        "clusters": len({row["cluster"] or row["root_id"] for row in rows}),
        "mean": math.fsum(w * row["value"] for w, row in zip(weights, rows, strict=True)) / total,
        "achievement": clip(share),
        "low": clip(least),
        "high": clip(most),
        "se": se,
        "deff": deff,
        "roots": [row["root_id"] for row in rows],
        "influence": influence,
        "source": measure["instrument"],
        "is_bent": is_bent,
        "kind": "census" if is_census else "single" if len(rows) == 1 else "drawn" if se else "alike",
        "reach": (least, share, most),
        "drawn": list(zip(units, [row["root_id"] for row in rows], weights, shares, strict=True)),
    }


def replicates_of(parts):
    """Σ factor·achievement over replicates of whole primary units, instrument by instrument."""
    bits = np.random.PCG64(int.from_bytes(hashlib.sha256(SEED.encode()).digest(), "big"))

    def uniform(*shape):
        return ((bits.random_raw(math.prod(shape)) >> np.uint64(11)) * 2.0**-53).reshape(shape)

    parts = sorted(parts, key=lambda part: part[1]["key"])
    sums = np.zeros(REPLICATES)
    for source in sorted({one["source"] for _, one in parts}):
        mine = [(factor, one) for factor, one in parts if one["source"] == source]
        varying = [(factor, one) for factor, one in mine if one["kind"] == "drawn"]
        if varying:
            shares = drawn_again([one["drawn"] for _, one in varying], uniform)
            for (factor, _), share in zip(varying, shares, strict=True):
                sums += factor * np.clip(share, 0, 1)
        for factor, one in mine:
            if one["kind"] == "census":
                sums += factor * one["achievement"]
            elif one["kind"] != "drawn":
                z, (least, share, most) = (
                    special.ndtri(np.maximum(uniform(REPLICATES), 2.0**-54)),
                    one["reach"],
                )
                down, up = (
                    max(0.0, share - least) / z_of(CONFIDENCE),
                    max(0.0, most - share) / z_of(CONFIDENCE),
                )
                if one["kind"] == "single":
                    down = up = 0.5
                sums += factor * np.clip(share + np.where(z < 0, down, up) * z, 0, 1)
    return sums


def drawn_again(measures, uniform):
    """For each measure its share in every replicate; `measures` lists (unit, record, weight, share)."""
    first = {}
    for at, rows in enumerate(measures):
        for unit, root, _, _ in rows:
            first[unit] = min(first.get(unit, (root, at)), (root, at))
    place = {unit: number for number, unit in enumerate(sorted(first, key=first.get))}
    top, bottom = np.zeros((2, len(place), len(measures)))
    for at, rows in enumerate(measures):
        for unit, _, weight, share in rows:
            top[place[unit], at] += weight * share
            bottom[place[unit], at] += weight
    whole = top.sum(axis=0) / bottom.sum(axis=0)
    size, found = len(place), np.empty((REPLICATES, len(measures)))
    if size < 2:
        return np.tile(whole, (REPLICATES, 1)).T
    rows_at_once = max(1, 4_000_000 // size)
    for start in range(0, REPLICATES, rows_at_once):
        stop = min(REPLICATES, start + rows_at_once)
        for row, drawn in enumerate(np.floor(uniform(stop - start, size - 1) * size).astype(int), start):
            times = np.bincount(drawn, minlength=size)
            weight = times @ bottom
            found[row] = np.where(weight > 0, (times @ top) / np.where(weight > 0, weight, 1.0), whole)
    return found.T


def combine(parts, cap=None):
    """(value, se, low, high) of Σ factor·achievement; one instrument's measures share their primary units."""
    parts = [(factor, one) for factor, one in parts if one["achievement"] is not None]
    value = math.fsum(factor * one["achievement"] for factor, one in parts)
    if cap is not None or any(one["is_bent"] for _, one in parts):
        sums = np.minimum(replicates_of(parts), math.inf if cap is None else cap)
        low, high = np.quantile(sums, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        value = value if cap is None else min(value, cap)
        return value, float(sums.std(ddof=1)), min(value, max(0.0, float(low))), max(value, float(high))
    errors, below, above = [], [], []
    for source in {one["source"] for _, one in parts}:
        mine = [(factor, one) for factor, one in parts if one["source"] == source]
        sums = defaultdict(list)
        for factor, one in mine:
            for unit, u in one["influence"].items():
                sums[unit].append(factor * u)
        error = math.sqrt(math.fsum(math.fsum(inside) ** 2 for inside in sums.values()))
        together = math.fsum(factor * one["se"] for factor, one in mine)
        ratio = min(1.0, error / together) if together > 0 else 1.0
        errors.append(error)
        below.append(ratio * math.fsum(f * max(0.0, one["achievement"] - one["low"]) for f, one in mine))
        above.append(ratio * math.fsum(f * max(0.0, one["high"] - one["achievement"]) for f, one in mine))
    low, high = value - float(np.linalg.norm(below)), value + float(np.linalg.norm(above))
    return value, float(np.linalg.norm(errors)), max(0.0, low), min(math.fsum(f for f, _ in parts), high)


def usable(measures, rules):
    counted = ("collected", "insufficient") if rules["missing"]["insufficient"] == "use" else ("collected",)
    return [one for one in measures if one["status"] in counted]


def cell(method, weight, measures, rules, decided):
    found = {"method": method, "weight": weight, "weight_used": 0.0, "points": None, "lost": None}
    found |= {"measures": measures, "achievement": None, "se": None, "low": None, "high": None}
    if decided == "not_applicable":
        return found | {"status": "not_applicable", "coverage": 0.0}
    if decided == "zero":
        zero = {"achievement": 0.0, "se": 0.0, "low": 0.0, "high": 0.0}
        return found | zero | {"status": "refused", "coverage": 1.0}
    used = usable(measures, rules)
    if not used:
        status = "insufficient" if any(one["n"] for one in measures) else "not_collected"
        return found | {"status": status, "coverage": 0.0}
    share = math.fsum(one["weight"] for one in used)
    value, se, low, high = combine([(one["weight"] / share, one) for one in used])
    is_full = len(used) == len(measures) and all(one["status"] == "collected" for one in measures)
    found |= {"status": "collected" if is_full else "insufficient", "coverage": min(1.0, share)}
    return found | {"achievement": value, "se": se, "low": low, "high": high}


def parts_of(cells, points, rules):
    parts = []
    for one in cells:
        used = usable(one["measures"], rules) if one["status"] != "refused" else []
        share = math.fsum(measure["weight"] for measure in used)
        parts += [(points * one["weight_used"] * m["weight"] / share, m) for m in used]
    return parts


def leaf_of(leaf, cells, rules, is_out):
    points = leaf["points"]
    found = {"code": leaf["code"], "group": leaf["group"], "available": points, "cells": cells}
    found |= {"achievement": None, "points": None, "se": None, "low": None, "high": None, "lost": None}
    applies = [one for one in cells if one["status"] != "not_applicable"]
    total = math.fsum(one["weight"] for one in applies)
    if is_out or total <= 0:
        out = {"status": "not_applicable", "coverage": 0.0, "bound_low": 0.0, "bound_high": 0.0, "n": 0}
        return found | out
    coverage = math.fsum(one["weight"] * one["coverage"] for one in applies) / total
    sure = math.fsum((one["achievement"] or 0.0) * one["coverage"] * one["weight"] / total for one in applies)
    most = min(points, points * sure + points * max(0.0, 1 - coverage))
    found |= {"coverage": coverage, "bound_low": points * sure, "bound_high": most}
    found["n"] = len({root for one in cells for m in one["measures"] for root in m["roots"]})
    seen = [one for one in applies if one["achievement"] is not None]
    is_whole = coverage >= 1 - 1e-12
    policy = rules["missing"]
    is_enough = policy["policy"] == "renormalise" and coverage >= policy["c_min"] - 1e-12
    if not seen or not (is_whole or is_enough):
        return found | {"status": "unscored"}
    weight = math.fsum(one["weight"] for one in seen)
    for one in cells:
        if one["achievement"] is not None:
            share = one["weight"] / weight
            gained = points * share * one["achievement"]
            lost = points * share * (1 - one["achievement"])
            one |= {"weight_used": share, "points": gained, "lost": lost}
    value = math.fsum(one["weight_used"] * (one["achievement"] or 0.0) for one in cells)
    _, se, low, high = combine(parts_of(cells, points, rules))
    found |= {"status": "scored" if is_whole else "partial", "achievement": value, "se": se}
    return found | {"points": points * value, "low": low, "high": high, "lost": points - points * value}


def node_of(leaves, rules, is_scaled=False):
    applies = [leaf for leaf in leaves if leaf["status"] != "not_applicable"]
    available = math.fsum(leaf["available"] for leaf in leaves)
    applicable = math.fsum(leaf["available"] for leaf in applies)
    scale = (available / applicable if applicable else 0.0) if is_scaled else 1.0
    scored = [leaf for leaf in applies if leaf["points"] is not None]
    sum_ = math.fsum(leaf["points"] for leaf in scored)
    found = {
        "available": available,
        "applicable": applicable,
        "bound_low": scale * math.fsum(leaf["bound_low"] for leaf in applies),
        "bound_high": scale * math.fsum(leaf["bound_high"] for leaf in applies),
        "scored_points": sum_,
        "scored_available": math.fsum(leaf["available"] for leaf in scored),
        "points": None, "se": None, "low": None, "high": None, "lost": None, "scale": scale,
    }  # fmt: skip
    if applies and len(scored) == len(applies):
        parts = [
            part for leaf in scored for part in parts_of(leaf["cells"], leaf["available"] * scale, rules)
        ]
        _, se, low, high = combine(parts)
        found |= {"points": scale * sum_, "se": se, "low": low, "high": high}
        found["lost"] = scale * applicable - scale * sum_
    return found


def total_of(base, bonus, leaves, rules):
    both = ("available", "applicable", "bound_low", "bound_high", "scored_points", "scored_available")
    found = {name: base[name] + bonus[name] for name in both}
    cap = rules["cap"]
    most = math.inf if cap is None else cap
    found |= {name: min(most, found[name]) for name in ("bound_low", "bound_high")}
    found |= {"points": None, "se": None, "low": None, "high": None, "lost": None}
    if base["points"] is None or (bonus["points"] is None and bonus["applicable"] != 0):
        return found
    scored = [leaf for leaf in leaves if leaf["points"] is not None]
    scales = {"base": base["scale"], "bonus": 1.0}
    parts = [
        part
        for leaf in scored
        for part in parts_of(leaf["cells"], leaf["available"] * scales[leaf["group"]], rules)
    ]
    _, se, low, high = combine(parts, cap)
    found |= {
        "points": min(most, base["points"] + (bonus["points"] or 0.0)),
        "se": se,
        "low": low,
        "high": high,
    }
    return found | {"lost": base["lost"] + (bonus["lost"] or 0.0)}


def score(code, rows, rules, profile):
    """All numbers of one unit."""
    by_measure = defaultdict(list)
    for row in rows:
        by_measure[row["measure"]].append(row)
    decided = {(one["indicator"], one["method"]): one["kind"] for one in rules["decisions"][code]}
    leaves = []
    for leaf in rules["leaves"]:
        cells = []
        for method, weight in rules["weights"][leaf["code"]].items():
            mine = [m for m in rules["measures"] if (m["indicator"], m["method"]) == (leaf["code"], method)]
            mine = [m for m in mine if profile in m["profile"]]
            whole = math.fsum(m["weight"] for m in mine)
            measures = [estimate(m, by_measure[m["key"]], m["weight"] / whole) for m in mine]
            kind = decided.get((leaf["code"], method)) or decided.get((leaf["code"], ""), "")
            cells.append(cell(method, weight, measures, rules, kind))
        is_out = decided.get((leaf["code"], "")) == "not_applicable"
        leaves.append(leaf_of(leaf, cells, rules, is_out))
    by_code = {leaf["code"]: leaf for leaf in leaves}
    nodes = [
        {"code": node} | node_of([by_code[leaf] for leaf in below], rules)
        for node, below in rules["nodes"].items()
    ]
    base = node_of([leaf for leaf in leaves if leaf["group"] == "base"], rules, is_scaled=True)
    bonus = node_of([leaf for leaf in leaves if leaf["group"] == "bonus"], rules)
    total = total_of(base, bonus, leaves, rules)
    return {"base": base, "bonus": bonus, "total": total, "nodes": nodes, "leaves": leaves}


def as_decided(rows, cases):
    """The observations with the weights decided on; records left out by decision are not among them."""
    factors = {case["root_id"]: case["factor"] for case in cases}
    kept = [(row, factors.get(row["root_id"], 1.0)) for row in rows]
    return [row | {"weight": row["weight"] * factor} for row, factor in kept if factor > 0]


def with_and_without(code, rows, rules, profile, decided):
    """Every figure as decided, with all flagged records in full, and with all of them left out."""
    flagged = set(rules["quality"][code]["flagged"])
    counted = score(code, rows, rules, profile)
    dropped = score(code, [row for row in rows if row["root_id"] not in flagged], rules, profile)
    found = []
    for name in ("base", "bonus", "total", *(leaf["code"] for leaf in rules["leaves"])):
        points = [
            one[name]["points"]
            if name in one
            else next(leaf["points"] for leaf in one["leaves"] if leaf["code"] == name)
            for one in (decided, counted, dropped)
        ]
        gap = None if None in points[1:] else points[2] - points[1]
        figure = dict(zip(("decided", "counted", "dropped"), points, strict=True))
        found.append({"code": name, **figure, "difference": gap})
    return found


def ranks_of(units):
    """Joint, single and worst-case ranks of the totals; tiers and chances when all have a total."""
    totals = {code: unit["total"] for code, unit in units.items()}
    count = len(totals)
    joint, alone = z_of(CONFIDENCE ** (1 / count)), z_of(1 - (1 - CONFIDENCE) / max(1, count - 1))

    def reach(total, z):
        if total["points"] is None:
            return total["bound_low"], total["bound_high"]
        return total["points"] - z * total["se"], total["points"] + z * total["se"]

    def is_above(one, other):
        if one["points"] is None or other["points"] is None:
            return reach(one, alone)[0] > reach(other, alone)[1]
        return one["points"] - other["points"] > alone * math.hypot(one["se"], other["se"])

    def places(is_better):
        better = {a: sum(is_better(totals[b], totals[a]) for b in totals if b != a) for a in totals}
        worse = {a: sum(is_better(totals[a], totals[b]) for b in totals if b != a) for a in totals}
        return {code: (1 + better[code], count - worse[code]) for code in totals}

    found = {code: {"points": total["points"], "se": total["se"]} for code, total in totals.items()}
    rules = {
        "": lambda a, b: reach(a, joint)[0] > reach(b, joint)[1],
        "alone_": is_above,
        "worst_": lambda a, b: a["bound_low"] > b["bound_high"],
    }
    for name, rule in rules.items():
        for code, (first, last) in places(rule).items():
            found[code] |= {f"{name}first": first, f"{name}last": last}
    if all(total["points"] is not None for total in totals.values()):
        add_chances(found)
    return found


def add_chances(found):
    codes = list(found)
    value = np.array([found[code]["points"] for code in codes])
    se = np.array([found[code]["se"] for code in codes])
    z = np.linspace(-8.0, 8.0, 4001)
    mass = np.exp(-z * z / 2)
    chances = []
    for at in range(len(codes)):
        place, below = value[at] + se[at] * z, np.ones_like(z)
        for other in range(len(codes)):
            if other != at and se[other] > 0:
                below = below * special.ndtr((place - value[other]) / se[other])
            elif other != at:
                below = below * (np.sign(place - value[other]) + 1) / 2
        chances.append(float((mass * below).sum() / mass.sum()))
    limit = z_of(0.9)
    order = sorted(range(len(codes)), key=lambda at: -value[at])
    tier = 1
    for place, at in enumerate(order):
        cut = all(
            value[a] - value[b] > limit * math.hypot(se[a], se[b])
            for a in order[:place]
            for b in order[place:]
        )
        tier += 1 if place and cut else 0
        found[codes[at]] |= {"tier": tier, "chance_first": chances[at] / sum(chances)}
    for at, code in enumerate(codes):
        above = 1.0
        for other in range(len(codes)):
            if other != at:
                gap, spread = value[other] - value[at], math.hypot(se[at], se[other])
                above += float(special.ndtr(gap / spread)) if spread > 0 else (float(np.sign(gap)) + 1) / 2
        found[code]["expected"] = above


def differences(published, computed, place):
    """Every published value that the computation gives otherwise; what it does not compute is skipped."""
    if isinstance(published, dict):
        for name, value in published.items():
            if isinstance(computed, dict) and name in computed:
                yield from differences(value, computed[name], f"{place}/{name}")
    elif isinstance(published, list):
        if len(published) != len(computed):
            yield f"{place}: {len(published)} entries published, {len(computed)} computed"
        for at, value in enumerate(published[: len(computed)]):
            name = (
                value.get("code") or value.get("key") or value.get("method")
                if isinstance(value, dict)
                else at
            )
            yield from differences(value, computed[at], f"{place}/{name}")
    else:
        counter[0] += 1
        is_number = isinstance(published, float | int) and isinstance(computed, float | int)
        if (is_number and not abs(published - computed) <= TOLERANCE) or (
            not is_number and published != computed
        ):
            yield f"{place}: published {published}, computed {computed}"


def broken_files():
    """Files whose SHA-256 is not the one in manifest.json."""
    manifest = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    for name, expected in manifest["files"].items():
        path = HERE / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        if found != expected:
            yield f"{name}: SHA-256 {found}, not {expected}"


def read_observations():
    rows = defaultdict(list)
    with (HERE / "data" / "observations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            row |= {"value": float(row["value"]), "weight": float(row["weight"])}
            rows[row["unit"]].append(row)
    return rows


counter = [0]


def main():
    rules = json.loads((HERE / "rules.json").read_text(encoding="utf-8"))
    published = json.loads((HERE / "published.json").read_text(encoding="utf-8"))
    about = json.loads((HERE / "about.json").read_text(encoding="utf-8"))
    rows = read_observations()
    units = {}
    for code in published["units"]:
        cases = rules["quality"][code]["decisions"]
        units[code] = score(code, as_decided(rows[code], cases), rules, about["profile"])
        units[code]["quality"] = with_and_without(code, rows[code], rules, about["profile"], units[code])
    ranks = ranks_of(units)
    found = list(broken_files())
    found += differences(published["units"], units, "units")
    for placed in published["ranks"]:
        found += differences(placed, ranks[placed["unit"]], f"ranks/{placed['unit']}")
    for line in found:
        print(line)
    print(f"{counter[0]} published values computed again, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
