"""How large a questionnaire may be; what is larger is refused before it is converted.

The bounds are chosen so that reading the largest one takes less than 50 MB of memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.tables import Sheet

MOST_LINES = 50_000
MOST_ROWS: Mapping[str, int] = {"survey": 2_500, "choices": 10_000}
MOST_COLUMNS = 200
MOST_REFERENCES = 8_000
MOST_NESTED = 50
LONGEST_NAME = 100
_OPENING = re.compile(r"begin[ _]")
_CLOSING = re.compile(r"end[ _]")


def too_many_lines(text: str) -> Problem | None:
    """The problem of a text with more lines than all sheets together may have, found before it is read."""
    if text.count("\n") <= MOST_LINES:
        return None
    zh = f"文件超过 {MOST_LINES} 行，请删去空行，把很长的选项表放进附带的 CSV 文件。"
    en = f"The file exceeds {MOST_LINES} lines; remove blank ones and attach very long lists as CSV."
    return Problem("rows_many", f":{MOST_LINES + 1}:", {"zh": zh, "en": en})


def extent_problems(sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """What is too much of a questionnaire: rows, columns, references, nesting, length of names."""
    for sheet in sheets.values():
        most = MOST_ROWS.get(sheet.name, MOST_ROWS["choices"])
        if len(sheet.rows) > most:
            zh = f"{sheet.name} 表超过 {most} 行，请拆分{_LISTS_ZH if sheet.name == 'choices' else ''}。"
            en = f"The sheet exceeds {most} rows; split it{_LISTS_EN if sheet.name == 'choices' else ''}."
            yield sheet_problem("rows_many", sheet.name, sheet.rows[most][0], "", zh, en)
        if len(sheet.header) > MOST_COLUMNS:
            zh, en = (
                f"超过 {MOST_COLUMNS} 列，请删去不用的列。",
                f"More than {MOST_COLUMNS} columns; remove some.",
            )
            yield sheet_problem("columns_many", sheet.name, 0, "", zh, en)
    yield from _references(sheets["survey"])
    yield from _nested(sheets["survey"])
    for name in ("survey", "choices"):
        if name in sheets:
            yield from _names(sheets[name])


_LISTS_ZH, _LISTS_EN = "，或把选项放进附带的 CSV 文件", ", or keep the options in an attached CSV file"


def _references(survey: Sheet) -> Iterator[Problem]:
    total = 0
    for line, cells in survey.rows:
        total += sum(cell.count("${") for cell in cells)
        if total > MOST_REFERENCES:
            zh = f"到这一行为止引用（${{…}}）超过 {MOST_REFERENCES} 处，请减少，重复的条件可放进一个计算题。"
            en = (
                f"Up to this row there are more than {MOST_REFERENCES} references (${{…}}); use fewer, and "
                "put a condition that repeats into a calculation."
            )
            yield sheet_problem("references_many", "survey", line, "", zh, en)
            return


def _nested(survey: Sheet) -> Iterator[Problem]:
    depth = 0
    for line, row in survey.records():
        kind = row.get("type", "")
        depth += bool(_OPENING.match(kind)) - bool(_CLOSING.match(kind))
        if depth > MOST_NESTED:
            zh, en = (
                f"分组套了 {MOST_NESTED} 层以上，请减少层数。",
                f"Groups are nested more than {MOST_NESTED} deep; use fewer levels.",
            )
            yield sheet_problem("nested_deep", "survey", line, "type", zh, en)
            return


def _names(sheet: Sheet) -> Iterator[Problem]:
    for line, row in sheet.records():
        for column in ("name", "list_name"):
            if len(row.get(column, "")) > LONGEST_NAME:
                zh, en = (
                    f"超过 {LONGEST_NAME} 个字符，请缩短。",
                    f"It exceeds {LONGEST_NAME} characters; shorten it.",
                )
                yield sheet_problem("name_long", sheet.name, line, column, zh, en)
