"""Reads the conformance vectors and judges a result against what a case expects."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Case:
    """One expression with its document, place and expected result."""

    suite: str
    test: str
    scope: str
    expression: str
    context: str
    document: int
    kind: str
    expected: Any
    now_ms: float
    factor: float
    negated: bool
    language: str
    root: str


def read_cases(folder: Path) -> list[Case]:
    """Every vector of the folder."""
    with (folder / "xpath-vectors.jsonl").open(encoding="utf-8") as lines:
        return [_case(json.loads(line)) for line in lines]


def _case(row: dict[str, Any]) -> Case:
    return Case(
        row["suite"],
        row["test"],
        row["scope"],
        row["expr"],
        row["context"],
        row["document"],
        row["kind"],
        row["expected"],
        row["now_ms"],
        row.get("factor", 1),
        row.get("negated", False),
        row.get("lang", ""),
        row.get("rootPath", ""),
    )


def is_random(case: Case) -> bool:
    """Whether the expected result is one draw of many: no two evaluators can agree on it."""
    called = re.search(r"(uuid|random|randomize)\(", case.expression)
    if called is None or case.kind in ("throws", "count", "stringLength", "stringMatches", "boolean"):
        return False
    return called[1] != "randomize" or "," not in case.expression


@dataclass(frozen=True)
class Disagreement:
    """Cases whose recorded result we do not give, with the reason why ours is right."""

    name: str
    reason: str
    cases: frozenset[tuple[str, str, str]]


def read_disagreements() -> list[Disagreement]:
    """The cases listed one by one beside this module."""
    rows = json.loads(Path(__file__).with_name("disagreements.json").read_text(encoding="utf-8"))
    return [Disagreement(row["name"], row["reason"], frozenset(map(tuple, row["cases"]))) for row in rows]


def key_of(case: Case) -> tuple[str, str, str]:
    """What a case is listed by."""
    return case.suite, case.test, case.expression


def as_number(value: Any) -> float:
    """The number a JSON value stands for; 'NaN' and 'Infinity' are texts there."""
    return float(value)


def same_number(found: float, expected: float) -> bool:
    """Equal numbers, NaN equal to NaN."""
    return (math.isnan(found) and math.isnan(expected)) or found == expected


def agrees(case: Case, found: Any) -> bool:
    """Whether `found` (a text, number, truth or list of paths by kind; None for a refusal) is expected."""
    if case.kind == "throws":
        return found is None
    if found is None:
        return False
    return _agrees_value(case, found) is not case.negated


def _agrees_value(case: Case, found: Any) -> bool:
    if case.kind in ("number", "count", "stringLength"):
        return same_number(as_number(found), as_number(case.expected))
    if case.kind == "numberRounded":
        number, expected = as_number(found), as_number(case.expected)
        if not math.isfinite(number):
            return same_number(number, expected)
        return math.floor(number * case.factor + 0.5) == math.floor(expected * case.factor + 0.5)
    if case.kind == "stringMatches":
        return re.search(case.expected, found) is not None
    if case.expected is True and isinstance(found, list):
        return bool(found)
    if case.kind == "nodesUnordered":
        return sorted(found) == sorted(case.expected)
    if case.kind in ("nodes1", "node1"):
        return list(found[:1]) == (case.expected if isinstance(case.expected, list) else [case.expected])[:1]
    return bool(found == case.expected)
