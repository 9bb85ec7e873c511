"""Check the rows of a table of places: each by itself, against the others, and its parents.

Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveyapp.services.registering.checks import CHECKS
from surveyapp.services.registering.kinds import Kind
from surveyapp.services.registering.row import Ground, Row, check_text

DEEPEST = 20


def checked(kind: Kind, cells: Sequence[tuple[int, Mapping[str, str]]], ground: Ground) -> list[Row]:
    """Every row with its values or its problems; a problem anywhere means that nothing may be stored."""
    rows = [Row(number, row, kind) for number, row in cells]
    for row in rows:
        for column in kind.columns:
            check_text(row, column)
        CHECKS[kind.code](row, ground)
    _check_repeats(rows, kind.code)
    if kind.code == "units":
        _check_parents(rows, ground)
    return rows


def _check_repeats(rows: Sequence[Row], kind: str) -> None:
    """The same code, or the same number of a unit, twice in one table."""
    keys: list[tuple[str, ...]] = [("code", "unit")] if kind == "items" else [("code",)]
    keys += [("number", "unit")] if kind == "lines" else []
    for key in keys:
        first: dict[tuple[str, ...], int] = {}
        for row in rows:
            value = tuple(row.plain(part) for part in key)
            if not value[0]:
                continue
            if value in first:
                row.wrong(
                    key[0],
                    "repeated",
                    f"与第 {first[value]} 行重复。",
                    f"is the same as in row {first[value]}.",
                )
            else:
                first[value] = row.number


def _check_parents(rows: Sequence[Row], ground: Ground) -> None:
    """Every parent is registered or in the same table, leads up to a unit in scope, and not in a circle."""
    above = {row.values["code"]: row.values["parent"] for row in rows}
    for row in rows:
        code, steps = row.values["parent"], 0
        while code in above and code not in ground.known.units and steps <= DEEPEST:
            code, steps = above[code], steps + 1
        found = ground.known.units.get(code)
        if steps > DEEPEST:
            row.wrong(
                "parent",
                "circle",
                f"上级关系成环或超过 {DEEPEST} 层。",
                f"the parents form a circle or more than {DEEPEST} levels.",
            )
        elif found is None:
            row.wrong(
                "parent",
                "unknown-unit",
                f"没有编码为 {code[:64]} 的单位，表中也没有。",
                f"there is no unit {code[:64]}, nor is it in the table.",
            )
        elif not ground.covers(found[1]):
            row.wrong(
                "parent",
                "outside-scope",
                f"上级 {code} 不在您的范围内。",
                f"parent {code} is outside your scope.",
            )
