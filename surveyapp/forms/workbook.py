"""A questionnaire as the sheets of a workbook and back: canonical Markdown comes back the same.

Row 1 of a sheet is its header. Lines outside the tables travel in a sheet of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveyapp.forms.canonical import canonical, row_line
from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.tables import cells_of, is_rule, lines_of

REMARKS = "remarks"
_REMARKS_HEADER = ("sheet", "after_row", "text")
KNOWN = ("survey", "choices", "settings", "measures", "external_choices", "entities", "osm", REMARKS)
LONGEST_NAME, LONGEST_CELL = 31, 32_767
_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")


@dataclass(frozen=True)
class Grid:
    """One sheet: its name and its rows of text; '' is an empty cell."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def grids_of(text: str) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The sheets of a questionnaire, and what a workbook cannot hold (then nothing is to be written)."""
    names: list[str] = []
    tables: dict[str, list[tuple[str, ...]]] = {}
    remarks: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    current = ""
    for number, line in enumerate(lines_of(canonical(text).removesuffix("\n")), 1):
        is_row = line.startswith("|") and not is_rule(line)
        cells = cells_of(line) if is_row else []
        if is_row and cells[0]:
            current = cells[0]
            problems += _name_problems(current, names, number, any(cells[1:]))
            names.append(current)
            tables.setdefault(current, [])
        elif is_row and current:
            problems += _too_long(current, number, cells)
            tables[current].append(tuple(cells[1:]))
        else:
            remarks.append((current, str(len(tables.get(current, ()))), line))
    if "survey" not in tables:
        problems.append(_no_survey())
    if remarks:
        tables[REMARKS] = [_REMARKS_HEADER, *remarks]
    return tuple(Grid(name, tuple(rows)) for name, rows in tables.items()), tuple(problems)


def _name_problems(name: str, before: list[str], line: int, has_more: bool) -> Iterator[Problem]:
    if name.lower() in (REMARKS, *(other.lower() for other in before)):
        zh, en = (
            "工作簿里不能有两张同名的表，请改名或合并。",
            "A workbook holds a name once; rename or join them.",
        )
        yield sheet_problem("sheet_twice", name, line, "", zh, en)
    if len(name) > LONGEST_NAME or _NAME_FORBIDDEN.search(name):
        zh = f"表名在工作簿里不超过 {LONGEST_NAME} 个字符，不能有 [ ] : * ? / \\，首尾不能是单引号。"
        en = f"In a workbook a name has at most {LONGEST_NAME} characters, none of [ ] : * ? / \\."
        yield sheet_problem("sheet_name", name, line, "", zh, en)
    if has_more:
        zh, en = "表名这一行还有别的格子，请删去。", "The line of the name holds more cells; remove them."
        yield sheet_problem("sheet_line", name, line, "", zh, en)


def _too_long(sheet: str, line: int, cells: Sequence[str]) -> Iterator[Problem]:
    if any(len(cell) > LONGEST_CELL for cell in cells):
        zh = f"有一格超过 {LONGEST_CELL} 个字符，工作簿放不下，请缩短。"
        en = f"A cell exceeds {LONGEST_CELL} characters, more than a workbook holds; shorten it."
        yield sheet_problem("cell_long", sheet, line, "", zh, en)


def _no_survey() -> Problem:
    zh, en = "缺少 survey 表。", "The survey sheet is missing."
    return sheet_problem("sheet_missing", "survey", 0, "", zh, en)


def markdown_of(grids: Sequence[Grid]) -> tuple[str, tuple[Problem, ...]]:
    """The questionnaire in canonical Markdown, and what forbids it; the text is '' while there are problems.

    Blank rows are passed over, and so are blank sheets of unknown names, which spreadsheet programs add.
    """
    named = [Grid(sheet_name(grid.name), grid.rows) for grid in grids]
    kept = [grid for grid in named if grid.name in KNOWN or any(any(row) for row in grid.rows)]
    names = [grid.name for grid in kept]
    problems = [_twice(name) for name in sorted({name for name in names if names.count(name) > 1})]
    if "survey" not in names:
        problems.append(_no_survey())
    for grid in kept:
        problems += _cell_problems(grid)
    if problems:
        return "", tuple(problems)
    return canonical("\n".join(_lines(kept)) + "\n"), ()


def sheet_name(name: str) -> str:
    """The name of a sheet as questionnaires write it: no blanks around, known ones in small letters."""
    bare = name.strip()
    return bare.lower() if bare.lower() in KNOWN else bare


def _twice(name: str) -> Problem:
    zh, en = f"{name} 表出现了两次，请合并成一张。", f"The sheet {name} comes twice; join them."
    return sheet_problem("sheet_twice", name, 0, "", zh, en)


def _cell_problems(grid: Grid) -> Iterator[Problem]:
    """Cells that one line of Markdown cannot hold, by row and column as the person sees them."""
    header: tuple[str, ...] = ()
    for line, row in enumerate(grid.rows, 1):
        header = header or (row if any(row) else ())
        filled = [cell.strip() for cell in row]
        for at, cell in enumerate(filled):
            if re.search(r"[\r\n]", cell):
                column = header[at].strip() if at < len(header) else ""
                zh = "单元格里有换行，请改成一行或拆成几题。"
                en = "There is a line break in the cell; write it in one line."
                yield sheet_problem("cell_break", grid.name, line, column or str(at + 1), zh, en)
        if any(filled) and grid.name != REMARKS and is_rule(row_line(filled)):
            zh, en = (
                "这一行只有横线和冒号，请删去。",
                "This row holds nothing but dashes and colons; remove it.",
            )
            yield sheet_problem("row_rule", grid.name, line, "", zh, en)


def _lines(grids: Sequence[Grid]) -> Iterator[str]:
    """The tables line by line, every remark after the row it stood after."""
    remarks: dict[tuple[str, int], list[str]] = {}
    for row in next((grid.rows[1:] for grid in grids if grid.name == REMARKS), ()):
        sheet, after, text = (*row, "", "", "")[:3]
        if sheet or after or text:
            remarks.setdefault((sheet, int(after) if after.isdecimal() else 0), []).append(text)
    yield from remarks.pop(("", 0), [])
    for grid in grids:
        if grid.name == REMARKS:
            continue
        yield f"| {grid.name} |"
        yield from remarks.pop((grid.name, 0), [])
        filled = [row for row in grid.rows if any(cell.strip() for cell in row)]
        for number, row in enumerate(filled, 1):
            yield row_line(list(row))
            yield from remarks.pop((grid.name, number), [])
    for left in remarks.values():
        yield from left


def grids_of_table(rows: Sequence[Sequence[str]]) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The sheets of a single table whose first column names them, as a CSV file writes a questionnaire."""
    tables: dict[str, list[tuple[str, ...]]] = {}
    current = ""
    for line, row in enumerate(rows, 1):
        first, rest = (row[0].strip(), tuple(row[1:])) if row else ("", ())
        if first and any(rest):
            zh = "第一列只写表名，表名单独占一行；表头和各行从第二列开始。最好存成 .xlsx 工作簿。"
            en = "Column 1 names the sheet, alone in its row; the rest begins in column 2. Better use .xlsx."
            return (), (sheet_problem("csv_shape", "CSV", line, "1", zh, en),)
        if first:
            current = first
            if current in tables:
                return (), (_twice(current),)
            tables[current] = []
        elif current:
            tables[current].append(rest)
    return tuple(Grid(name, tuple(found)) for name, found in tables.items()), ()
