"""Reads an indicator table (rows of text with a header) into a framework, all or nothing.

Two passes: rows are collected first and linked by code afterwards, so their order does not matter.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.framework.findings import table_findings
from surveyapp.evaluation.framework.model import Finding, Framework, Indicator, Reading
from surveyapp.evaluation.framework.sums import check_sums, missing_points
from surveyapp.evaluation.methods import split_methods
from surveyapp.evaluation.problem import Problem, problem

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("编码", "代码", "指标编码", "编号"),
    "name": ("名称", "指标名称", "指标"),
    "points": ("points_stated", "分值", "分数"),
    "points_resolved": (),
    "methods": ("评分依据", "方法"),
    "methods_resolved": (),
    "methods_in_name_cell": (),
    "parent": ("上级", "上级编码"),
    "group": ("组", "类别"),
    "notes": ("备注",),
    "proposed_label": (),
    "part_one_refs": (),
    "seed_line": (),
    "seed_column": (),
    "cell_text": (),
}
REQUIRED = ("code", "name", "points", "methods")
GROUPS = {
    "": "",
    "base": "base",
    "bonus": "bonus",
    "基础": "base",
    "基础分": "base",
    "加分": "bonus",
    "加分项": "bonus",
}
CODE = re.compile(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*")
MAX_ROWS = 2000
MAX_LEVELS = 12


@dataclass(slots=True)
class Row:
    """A row after its cells were read and before it is linked."""

    number: int
    code: str
    parent: str
    name: str
    points_stated: float | None
    points_resolved: float | None
    methods_stated: tuple[str, ...]
    methods: tuple[str, ...]
    methods_in_name: tuple[str, ...]
    group: str
    cells: Mapping[str, str]


def read_table(rows: Sequence[Sequence[str]], *, source: str) -> Reading:
    """Framework, findings and problems of a table whose first row that is not blank is the header.

    Needs the columns code, name, points, methods; takes parent, group and the columns of indicators.csv
    too. Points are numbers above 0; `points_resolved`, when the table has it, is what scoring uses and the
    stated points are only checked. Any problem means no framework. Blank rows are skipped.
    """
    numbered = [(n, row) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not numbered:
        return Reading(
            None,
            (),
            (problem("empty", 0, "", "表是空的，请填好表头和指标行。", "is empty; add a header and rows."),),
        )
    if len(numbered) > MAX_ROWS:
        zh, en = f"行数超过 {MAX_ROWS}，请检查文件。", f"has more than {MAX_ROWS} rows; check the file."
        return Reading(None, (), (problem("too_many_rows", 0, "", zh, en),))
    columns, problems = _header(*numbered[0])
    if problems:
        return Reading(None, (), tuple(problems))
    findings: list[Finding] = []
    read = [_row(n, row, columns, problems, findings) for n, row in numbered[1:]]
    linked = _linked([row for row in read if row is not None], problems)
    if not problems:
        missing_points(linked, "points_resolved" in columns, problems)
    if problems or not linked:
        if not linked and not problems:
            problems.append(problem("empty", 0, "", "只有表头，没有指标行。", "has a header but no rows."))
        return Reading(None, (), tuple(problems))
    framework = _framework(linked, source)
    problems += check_sums(framework)
    if problems:
        return Reading(None, (), tuple(problems))
    return Reading(framework, (*table_findings(framework), *findings), ())


def _header(number: int, cells: Sequence[str]) -> tuple[dict[str, int], list[Problem]]:
    """Where each known column stands. Unknown columns are let be; a missing or doubled one is a problem."""
    words = {word: name for name, others in COLUMNS.items() for word in (name, *others)}
    named = [position for position, cell in enumerate(cells) if cell.strip()]
    columns: dict[str, int] = {"": named[-1] + 1}
    problems: list[Problem] = []
    for position, cell in enumerate(cells):
        name = words.get(unicodedata.normalize("NFKC", cell).strip("\ufeff \t\r\n").lower())
        if name in columns:
            problems.append(
                problem("duplicate_column", number, name, "这一列出现了两次。", "this column occurs twice.")
            )
        elif name is not None:
            columns[name] = position
    for name in REQUIRED:
        if name not in columns:
            also = "、".join((name, *COLUMNS[name]))
            zh, en = f"表头缺少这一列（可写作 {also}）。", "the header lacks this column."
            problems.append(problem("missing_column", number, name, zh, en))
    return columns, problems


def _row(
    number: int,
    cells: Sequence[str],
    columns: Mapping[str, int],
    problems: list[Problem],
    findings: list[Finding],
) -> Row | None:
    width = columns[""]
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        zh = f"有 {len(cells)} 个单元格，表头有 {width} 个，请对齐。"
        problems.append(
            problem("ragged", number, "", zh, f"has {len(cells)} cells, the header has {width}; align them.")
        )
        return None
    raw = {name: cells[position].strip() for name, position in columns.items() if name}
    code = _code(number, raw["code"], problems, findings)
    if not code:
        return None
    stated, resolved_methods = _methods(number, raw, problems)
    group = GROUPS.get(raw.get("group", "").lower())
    if group is None:
        zh, en = "只能是 base（基础）或 bonus（加分）。", "must be base or bonus."
        problems.append(problem("unknown_group", number, "group", zh, en))
    return Row(
        number=number,
        code=code,
        parent=unicodedata.normalize("NFKC", raw.get("parent", "")),
        name=raw["name"],
        points_stated=_points(number, code, "points", raw["points"], problems, findings),
        points_resolved=_points(
            number, code, "points_resolved", raw.get("points_resolved", ""), problems, findings
        ),
        methods_stated=stated,
        methods=resolved_methods,
        methods_in_name=split_methods(raw.get("methods_in_name_cell", ""))[0],
        group=group or "",
        cells=raw,
    )


def _code(number: int, cell: str, problems: list[Problem], findings: list[Finding]) -> str:
    code = unicodedata.normalize("NFKC", cell).strip().rstrip(".")
    if not code or not CODE.fullmatch(code):
        zh, en = f"编码“{cell}”应为 1.2.3 这样的写法。", f"the code “{cell}” must look like 1.2.3."
        problems.append(problem("bad_code", number, "code", zh, en))
        return ""
    _note_full_width(number, code, "code", cell, code, findings)
    return code


def _points(
    number: int, code: str, column: str, cell: str, problems: list[Problem], findings: list[Finding]
) -> float | None:
    plain = unicodedata.normalize("NFKC", cell).strip().removesuffix("分").strip()
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", plain) or float(plain) <= 0:
        zh, en = f"分值“{cell}”应为大于 0 的数。", f"the points “{cell}” must be a number above 0."
        problems.append(problem("bad_points", number, column, zh, en))
        return None
    _note_full_width(number, code, column, cell, plain, findings)
    return float(plain)


def _note_full_width(
    number: int, node: str, column: str, cell: str, plain: str, findings: list[Finding]
) -> None:
    if cell == unicodedata.normalize("NFKC", cell):
        return
    zh = f"第 {number} 行“{column}”列用了全角字符“{cell}”，已按“{plain}”读取。"
    en = f"Row {number}, column “{column}”: full-width characters “{cell}” were read as “{plain}”."
    findings.append(Finding("W-FULL-WIDTH", node, number, None, column, cell, plain, {"zh": zh, "en": en}))


def _methods(
    number: int, raw: Mapping[str, str], problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    stated, unknown = split_methods(raw["methods"])
    resolved, more = split_methods(raw.get("methods_resolved", ""))
    for column, words in (("methods", unknown), ("methods_resolved", more)):
        for word in words:
            zh, en = f"不认识方法“{word}”。", f"the method “{word}” is not known."
            problems.append(problem("unknown_method", number, column, zh, en))
    return stated, resolved or stated


def _linked(rows: Sequence[Row], problems: list[Problem]) -> list[Row]:
    """Rows in code order with parents found; duplicate codes, orphans and circles are problems."""
    by_code: dict[str, Row] = {}
    for row in rows:
        if row.code in by_code:
            first = by_code[row.code].number
            zh, en = f"编码 {row.code} 与第 {first} 行重复。", f"the code {row.code} repeats row {first}."
            problems.append(problem("duplicate_code", row.number, "code", zh, en))
        else:
            by_code[row.code] = row
    for row in by_code.values():
        row.parent = row.parent or row.code.rpartition(".")[0]
        if row.parent and row.parent not in by_code:
            zh = f"{row.code} 的上级 {row.parent} 不在表里，请补上该行或更正编码。"
            en = f"the parent {row.parent} of {row.code} is not in the table; add it or correct the code."
            problems.append(
                problem("orphan", row.number, "parent" if "parent" in row.cells else "code", zh, en)
            )
    for row in by_code.values():
        steps = _steps_up(row, by_code)
        if steps is None:
            zh, en = f"{row.code} 的上级关系成了环。", f"the parents of {row.code} form a circle."
            problems.append(problem("circle", row.number, "parent", zh, en))
        elif steps >= MAX_LEVELS:
            zh, en = f"{row.code} 超过 {MAX_LEVELS} 级。", f"{row.code} lies deeper than {MAX_LEVELS} levels."
            problems.append(problem("too_deep", row.number, "code", zh, en))
    return sorted(by_code.values(), key=lambda row: code_order(row.code))


def code_order(code: str) -> list[tuple[int, int, str]]:
    """Sort key of a code: numbers by value, then words."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in code.split(".")]


def _steps_up(row: Row, by_code: Mapping[str, Row]) -> int | None:
    """How many parents lie above a row, or None when they lead around in a circle."""
    seen = {row.code}
    at = by_code.get(row.parent)
    while at is not None:
        if at.code in seen:
            return None
        seen.add(at.code)
        at = by_code.get(at.parent)
    return len(seen) - 1


def _framework(rows: Sequence[Row], source: str) -> Framework:
    by_code = {row.code: row for row in rows}

    def path(row: Row) -> list[Row]:
        return [*path(by_code[row.parent]), row] if row.parent else [row]

    indicators = {}
    for row in sorted(rows, key=lambda r: [code_order(step.code) for step in path(r)]):
        steps = path(row)
        group = next((step.group for step in reversed(steps) if step.group), "")
        if not group:
            group = "bonus" if "加分" in steps[0].name else "base"
        indicators[row.code] = _indicator(row, len(steps), group)
    return Framework(source, indicators)


def _indicator(row: Row, level: int, group: str) -> Indicator:
    cells = row.cells

    def number(column: str) -> int | None:
        return int(cells[column]) if cells.get(column, "").isdigit() else None

    return Indicator(
        code=row.code,
        parent=row.parent,
        level=level,
        name=row.name,
        points=row.points_resolved or 0.0,
        points_stated=row.points_stated,
        methods=row.methods,
        group=group,
        row=row.number,
        proposed_label=cells.get("proposed_label", ""),
        methods_stated=row.methods_stated,
        methods_in_name=row.methods_in_name,
        notes=cells.get("notes", ""),
        origins=tuple(cells.get("part_one_refs", "").split()),
        source_line=number("seed_line"),
        source_column=number("seed_column"),
        cell_text=cells.get("cell_text", ""),
    )
