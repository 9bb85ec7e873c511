"""Whether the points of a table add up, and what a blank must be.

Works on resolved points; what the table prints and does not hold is a finding (findings.py).
"""

import math
from collections.abc import Sequence
from typing import Protocol

from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.problem import Problem, problem


class PointRow(Protocol):
    """What this module needs of a row that is not linked into a framework yet."""

    number: int
    code: str
    parent: str
    points_stated: float | None
    points_resolved: float | None
    methods: tuple[str, ...]


def same(one: float, other: float) -> bool:
    """Equal points, to a millionth."""
    return math.isclose(one, other, abs_tol=1e-6, rel_tol=0.0)


def missing_points(rows: Sequence[PointRow], resolved: bool, problems: list[Problem]) -> None:
    """Fill `points_resolved` where the table has no such column, and report rows that lack what they need.

    A parent without points gets the sum of its children; a leaf without points or methods is a problem.
    """
    parents = {row.parent for row in rows}
    for row in sorted(rows, key=lambda r: -r.code.count(".")):
        leaf = row.code not in parents
        if not resolved:
            row.points_resolved = row.points_stated
        if row.points_resolved is None and leaf:
            column = "points_resolved" if resolved else "points"
            zh, en = f"{row.code} 是计分行，缺少分值。", f"{row.code} is a scored row and has no points."
            problems.append(problem("missing_points", row.number, column, zh, en))
        if leaf and not row.methods:
            zh, en = (
                f"{row.code} 是计分行，缺少评分依据。",
                f"{row.code} is a scored row and names no method.",
            )
            problems.append(problem("missing_methods", row.number, "methods", zh, en))
    by_parent: dict[str, list[PointRow]] = {}
    for row in rows:
        by_parent.setdefault(row.parent, []).append(row)

    def total(row: PointRow) -> float:
        if row.points_resolved is None:
            row.points_resolved = math.fsum(total(child) for child in by_parent.get(row.code, []))
        return row.points_resolved

    for row in rows:
        total(row)


def check_sums(framework: Framework) -> list[Problem]:
    """Problems of parents whose points differ from the sum of their children's."""
    problems = []
    for node in framework.indicators.values():
        children = framework.children(node.code)
        below = math.fsum(child.points for child in children)
        if children and not same(node.points, below):
            gap = abs(node.points - below)
            zh = f"{node.code} 为 {node.points:g} 分，下级合计 {below:g} 分，差 {gap:g} 分。"
            en = f"{node.code} has {node.points:g} points, its children {below:g}."
            column = "points" if node.points_stated == node.points else "points_resolved"
            problems.append(problem("sum", node.row, column, zh, en))
    return problems
