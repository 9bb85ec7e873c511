"""The irregularities that can be computed from a table itself.

Those that only reading the document shows are data, see documented.py.
"""

import math
from collections import Counter
from collections.abc import Iterator

from surveyapp.evaluation.framework.model import Finding, Framework, Indicator, ReadingChoice
from surveyapp.evaluation.framework.sums import same


def table_findings(framework: Framework) -> tuple[Finding, ...]:
    """All computable findings, errors first, then in the order of the tree."""
    found = [finding for node in framework.indicators.values() for finding in _of_node(framework, node)]
    return tuple(sorted(found, key=lambda finding: "EWI".index(finding.severity)))


def _of_node(framework: Framework, node: Indicator) -> Iterator[Finding]:
    yield from _stated_sum(framework, node)
    yield from _points(framework, node)
    yield from _names(framework, node)
    yield from _methods(framework, node)
    yield from _place(framework, node)
    if node.level == 1 and node.group == "bonus":
        total = framework.base_points + framework.bonus_points
        yield _finding(
            "I-BONUS",
            node,
            "points",
            f"{framework.base_points:g}+{framework.bonus_points:g}",
            f"≤{total:g}",
            f"{node.code}：没有说明基础分与加分合计是否封顶；加分单列，不封顶，最高 {total:g} 分。",
            f"{node.code}: no cap on base and bonus is stated; the bonus is apart, at most {total:g}.",
        )


def _stated_sum(framework: Framework, node: Indicator) -> Iterator[Finding]:
    """E-SUM: a stated value that its children's stated values do not make up."""
    stated = [child.points_stated for child in framework.children(node.code)]
    if node.points_stated is None or not stated or any(points is None for points in stated):
        return
    below = math.fsum(points for points in stated if points is not None)
    gap = node.points_stated - below
    if same(gap, 0.0):
        return
    yield _finding(
        "E-SUM",
        node,
        "points",
        f"{node.points_stated:g}",
        f"{below:g}",
        f"{node.code}：标 {node.points_stated:g} 分，下级合计 {below:g} 分，差 {abs(gap):g} 分。",
        f"{node.code}: states {node.points_stated:g} points, its children sum to {below:g}.",
        (
            _choice(
                "parent",
                f"上级 {node.points_stated:g} 分正确，改下级",
                "the parent is right, revise the children",
            ),
            _choice(
                "children",
                f"下级正确，上级改为 {below:g} 分",
                f"the children are right, the parent is {below:g}",
            ),
            _choice("lost", "有下级行遗漏", "rows were lost"),
        ),
    )


def _points(framework: Framework, node: Indicator) -> Iterator[Finding]:
    """W-POINTS-REVISED, -MISSING (solved by a difference) and -IMPLIED (none of the siblings has points)."""
    if node.points_stated is not None:
        if not same(node.points_stated, node.points):
            yield _finding(
                "W-POINTS-REVISED",
                node,
                "points",
                f"{node.points_stated:g}",
                f"{node.points:g}",
                f"{node.code}：分值由 {node.points_stated:g} 改读为 {node.points:g}。",
                f"{node.code}: points read as {node.points:g} instead of the printed {node.points_stated:g}.",
            )
        return
    siblings = framework.children(node.parent) if node.parent else framework.roots
    solved = any(other.points_stated is not None for other in siblings)
    yield _finding(
        "W-POINTS-MISSING" if solved else "W-POINTS-IMPLIED",
        node,
        "points",
        "",
        f"{node.points:g}",
        f"{node.code}：缺分值，按{'差额' if solved else '上级分值均分'}推断为 {node.points:g}。",
        f"{node.code}: no points printed; {node.points:g} follows from "
        + ("the difference." if solved else "sharing the parent's points equally."),
    )


def _names(framework: Framework, node: Indicator) -> Iterator[Finding]:
    if not node.name:
        yield _finding(
            "W-NAME-MISSING",
            node,
            "name",
            node.cell_text,
            node.proposed_label,
            f"{node.code}：没有名称；暂用“{node.label}”，待委托方确认。",
            f"{node.code}: has no name; “{node.label}” is proposed until the sponsor confirms it.",
        )
    if node.methods_in_name:
        listed = "、".join(node.methods_in_name)
        yield _finding(
            "W-METHODS-IN-NAME",
            node,
            "methods_in_name_cell",
            listed,
            "",
            f"{node.code}：名称栏里写的是方法“{listed}”，以最后一栏为准。",
            f"{node.code}: the name cell holds methods; the last cell is authoritative.",
        )


def _methods(framework: Framework, node: Indicator) -> Iterator[Finding]:
    if not node.methods_in_name or set(node.methods_in_name) == set(node.methods_stated):
        return
    first, last = "、".join(node.methods_in_name), "、".join(node.methods_stated)
    yield _finding(
        "E-METHODS-CONFLICT",
        node,
        "methods",
        f"{first} / {last}",
        "、".join(node.methods),
        f"{node.code}：名称栏的方法是“{first}”，评分依据栏是“{last}”，两处不一致。",
        f"{node.code}: the name cell and the methods cell list different methods.",
        (
            _choice("name_cell", f"以名称栏为准：{first}", "take the name cell"),
            _choice("last_cell", f"以评分依据栏为准：{last}", "take the methods cell"),
            _choice("union", f"取并集：{'、'.join(node.methods)}", "take the union"),
        ),
    )


def _place(framework: Framework, node: Indicator) -> Iterator[Finding]:
    if node.source_column is not None and node.source_column != node.level:
        yield _finding(
            "W-COLUMN-SHIFT",
            node,
            "seed_column",
            str(node.source_column),
            str(node.level),
            f"{node.code}：印在第 {node.source_column} 栏，按编码属于第 {node.level} 级；上级以编码为准。",
            f"{node.code}: printed in column {node.source_column}, by its code it is level {node.level}.",
        )
    earlier = [child for child in framework.children(node.code) if _position(child) < _position(node)]
    if earlier:
        yield _finding(
            "W-ROW-ORDER",
            node,
            "code",
            str(_position(node)),
            str(min(_position(child) for child in earlier)),
            f"{node.code}：排在下级 {earlier[0].code} 等行之后；先收齐各行再按编码连接。",
            f"{node.code}: stands after its own children; rows are collected first and linked by code.",
        )
    usual = Counter(leaf.level for leaf in framework.leaves).most_common(1)[0][0]
    if framework.is_leaf(node.code) and node.level < usual:
        yield _finding(
            "W-LEAF-LEVEL",
            node,
            "code",
            str(node.level),
            str(usual),
            f"{node.code}：第 {node.level} 级就计分，多数计分行在第 {usual} 级。",
            f"{node.code}: is scored at level {node.level}; most scored rows stand at level {usual}.",
        )


def _position(node: Indicator) -> int:
    """Line of the original document when told, else the row of the file."""
    return node.source_line if node.source_line is not None else node.row


def _choice(name: str, zh: str, en: str) -> ReadingChoice:
    return ReadingChoice(name, {"zh": zh, "en": en})


def _finding(
    code: str,
    node: Indicator,
    column: str,
    found: str,
    expected: str,
    zh: str,
    en: str,
    readings: tuple[ReadingChoice, ...] = (),
) -> Finding:
    place = (code, node.code, node.row, node.source_line, column)
    return Finding(*place, found=found, expected=expected, sentence={"zh": zh, "en": en}, readings=readings)
