"""What changed between two releases, and why: other data, another rule, or a correction of a record."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NUMBERS = ("points", "se", "low", "high", "bound_low", "bound_high")
BLOCKS = ("total", "base", "bonus")
REASONS = {
    "rule": "规则 / rule",
    "correction": "更正 / correction",
    "data": "数据 / data",
    "decision": "决定 / decision",
}
UNEXPLAINED = "程序 / program"
MOST_SHOWN = 10
Rows = Mapping[tuple[str, str], Mapping[str, str]]


class NotARelease(Exception):
    """The folder holds no release that can be read; the message says which file."""


@dataclass(frozen=True)
class Change:
    """One published number that differs. `reasons` in order: 'rule', 'correction', 'data', 'decision'.

    `evidence` names what changed: measures or weights, and the ids of records.
    """

    unit: str
    place: str
    number: str
    old: float | None
    new: float | None
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]

    def line(self) -> str:
        """The change on one line: unit, place, number, old and new value, reasons in words, evidence."""
        words = "、".join(REASONS[reason] for reason in self.reasons) or UNEXPLAINED
        return "\t".join(
            (
                *(self.unit, self.place, self.number, f"{_digits(self.old)} → {_digits(self.new)}", words),
                ", ".join(self.evidence[:MOST_SHOWN]),
            )
        ).rstrip()


@dataclass(frozen=True)
class _Release:
    rules: Mapping[str, Any]
    published: Mapping[str, Any]
    rows: Mapping[str, Rows]


def compare_releases(old: Path, new: Path) -> list[Change]:
    """Every number of units, blocks and leaves that differs, each with what moved it. Raises NotARelease."""
    before, after = _read(old), _read(new)
    found = []
    for unit in sorted({*before.published["units"], *after.published["units"]}):
        for place, indicators, one, other in _places(before, after, unit):
            moved = [name for name in NUMBERS if one.get(name) != other.get(name)]
            if moved:
                reasons, evidence = _why(before, after, unit, indicators)
                found += [
                    Change(unit, place, name, one.get(name), other.get(name), reasons, evidence)
                    for name in moved
                ]
    return found


def _digits(value: float | None) -> str:
    return "未评" if value is None else f"{value:.4f}"


def _read(folder: Path) -> _Release:
    try:
        rules = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
        published = json.loads((folder / "published.json").read_text(encoding="utf-8"))
        with (folder / "data" / "observations.csv").open(encoding="utf-8", newline="") as file:
            rows: dict[str, dict[tuple[str, str], Mapping[str, str]]] = {}
            for row in csv.DictReader(file):
                rows.setdefault(row["unit"], {})[(row["measure"], row["root_id"])] = row
        return _Release(rules, published, rows)
    except (OSError, ValueError, KeyError) as error:
        raise NotARelease(f"{folder}: {error}") from None


def _places(
    before: _Release, after: _Release, unit: str
) -> Iterator[tuple[str, frozenset[str], Mapping[str, Any], Mapping[str, Any]]]:
    """(place, the leaves it rests on, old numbers, new numbers) of a unit's blocks and leaves."""
    one, other = before.published["units"].get(unit, {}), after.published["units"].get(unit, {})
    leaves = {leaf["code"]: leaf for leaf in one.get("leaves", [])}
    others = {leaf["code"]: leaf for leaf in other.get("leaves", [])}
    codes = frozenset({*leaves, *others})
    for name in BLOCKS:
        mine = {code for code in codes if name in ("total", _group(leaves, others, code))}
        yield name, frozenset(mine), one.get(name, {}), other.get(name, {})
    for code in sorted(codes):
        yield code, frozenset([code]), leaves.get(code, {}), others.get(code, {})


def _group(leaves: Mapping[str, Any], others: Mapping[str, Any], code: str) -> str:
    return str((others.get(code) or leaves[code])["group"])


def _why(
    before: _Release, after: _Release, unit: str, indicators: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rules = sorted(_rule_changes(before.rules, after.rules, indicators))
    decisions = sorted(_decision_changes(before.rules, after.rules, unit, indicators))
    decisions += sorted(_weighed_otherwise(before, after, unit, indicators))
    corrected, gone_or_new = _record_changes(before, after, unit, indicators)
    kinds = {"rule": rules, "correction": corrected, "data": gone_or_new, "decision": decisions}
    reasons = tuple(kind for kind, evidence in kinds.items() if evidence)
    return reasons, tuple(name for evidence in kinds.values() for name in evidence)


def _rule_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], indicators: frozenset[str]
) -> Iterator[str]:
    if old["missing"] != new["missing"]:
        yield "missing"
    for code in indicators:
        if old["weights"].get(code) != new["weights"].get(code):
            yield f"weights {code}"
        if _leaf(old, code) != _leaf(new, code):
            yield f"leaf {code}"
    measures = [{one["key"]: one for one in rules["measures"]} for rules in (old, new)]
    for key in measures[0].keys() | measures[1].keys():
        one, other = (known.get(key, {}) for known in measures)
        if one != other and {one.get("indicator"), other.get("indicator")} & indicators:
            yield f"measure {key}"


def _leaf(rules: Mapping[str, Any], code: str) -> Any:
    return next((leaf for leaf in rules["leaves"] if leaf["code"] == code), None)


def _decision_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], unit: str, indicators: frozenset[str]
) -> Iterator[str]:
    sides = [
        {(one["indicator"], one["method"]): one for one in rules["decisions"].get(unit, [])}
        for rules in (old, new)
    ]
    for place in sides[0].keys() | sides[1].keys():
        if place[0] in indicators and sides[0].get(place) != sides[1].get(place):
            yield f"decision {place[0]} {place[1]}".rstrip()


def _weighed_otherwise(
    before: _Release, after: _Release, unit: str, indicators: frozenset[str]
) -> Iterator[str]:
    """Records behind the indicators whose quality decision is another one."""
    sides = [
        {case["root_id"]: case for case in units.get(unit, {}).get("decisions", [])}
        for units in (before.rules.get("quality", {}), after.rules.get("quality", {}))
    ]
    rows = {**before.rows.get(unit, {}), **after.rows.get(unit, {})}
    behind = {root for (_, root), row in rows.items() if row["indicator"] in indicators}
    for root in (sides[0].keys() | sides[1].keys()) & behind:
        if sides[0].get(root) != sides[1].get(root):
            yield f"quality {root}"


def _record_changes(
    before: _Release, after: _Release, unit: str, indicators: frozenset[str]
) -> tuple[list[str], list[str]]:
    """Ids of records that have another revision, and of those that came or went."""
    old, new = (
        {key: row for key, row in release.rows.get(unit, {}).items() if row["indicator"] in indicators}
        for release in (before, after)
    )
    known = [{root: row["revision"] for (_, root), row in rows.items()} for rows in (old, new)]
    both = known[0].keys() & known[1].keys()
    corrected = sorted(root for root in both if known[0][root] != known[1][root])
    return corrected, sorted(known[0].keys() ^ known[1].keys())
