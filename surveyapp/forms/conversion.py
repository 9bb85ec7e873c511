"""Turns a questionnaire written in Markdown into the XForm that is stored, and checks it on the way.

pyxform does the conversion; this keeps its known silences from reaching anybody: curly quotes survive,
and what it accepts without a word is refused with sheet, line and column.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveyapp.forms.extent import too_many_lines
from surveyapp.forms.linting import lint
from surveyapp.forms.own_columns import take_own_columns, with_own_columns
from surveyapp.forms.problem import BadExpression, BadForm, Problem, sheet_problem
from surveyapp.forms.reading import load_form
from surveyapp.forms.tables import Sheet, read_sheets, trimmed, written

_QUOTES = {"“": "\ue201", "”": "\ue202", "‘": "\ue203", "’": "\ue204"}
_COLUMNS = {
    "relevant": "relevant", "required": "required", "constraint": "constraint", "calculate": "calculation",
    "repeat_count": "repeat_count", "count": "repeat_count", "default": "default", "first_load": "default",
    "soft": "soft_constraint", "trigger": "trigger",
}  # fmt: skip
# What pyxform raises for sheets it cannot read: its own errors, and Python's where it did not foresee one.
_REFUSALS = (PyXFormError, AttributeError, IndexError, KeyError, TypeError, ValueError)
_OF_FILES = ("list_", "file_", "column_", "cells_", "sign_", "xml_")
_MEASURE_EXPRESSIONS = ("value", "filter", "cluster", "stratum")


@dataclass(frozen=True)
class Converted:
    """A converted questionnaire. `xform` is '' when it could not be converted at all."""

    xform: str
    measures: tuple[dict[str, str], ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def convert_markdown(text: str, files: Mapping[str, bytes] | None = None) -> Converted:
    """Convert and check. Nothing is to be published while there are problems.

    `files` are the lists and media attached to it by name; None leaves out whether they are all there.
    """
    if (too_long := too_many_lines(text)) is not None:
        return Converted("", (), (too_long,), ())
    sheets = read_sheets(text)
    measures = sheets.pop("measures", Sheet("measures")).records()
    rows = tuple(row for _, row in measures)
    problems = list(lint(sheets))
    if problems:
        return Converted("", rows, tuple(problems), ())
    for sheet in sheets.values():
        trimmed(sheet)
    own = take_own_columns(sheets)
    source = "\n".join(written(sheet) for sheet in sheets.values())
    warnings: list[str] = []
    try:
        xform = convert(_hidden(source), warnings=warnings, file_type=".md").xform
    except _REFUSALS as error:
        return Converted("", rows, (_refused(str(error)),), tuple(warnings))
    try:
        xform = with_own_columns(_shown(xform), own)
    except BadForm as error:
        return Converted("", rows, error.problems, tuple(warnings))
    problems.extend(_load_problems(xform, files, sheets, measures))
    return Converted(xform, rows, tuple(problems), tuple(warnings))


def _hidden(text: str) -> str:
    for quote, sign in _QUOTES.items():
        text = text.replace(quote, sign)
    return text


def _shown(text: str) -> str:
    for quote, sign in _QUOTES.items():
        text = text.replace(sign, quote)
    return text


def _refused(message: str) -> Problem:
    found = re.search(r"\[row : (\d+)\]", message)
    place = f"survey:{found[1]}" if found else "survey"
    return Problem(
        "questionnaire_refused",
        place,
        {
            "zh": f"问卷表格有误，无法转换：{message}",
            "en": f"The questionnaire cannot be converted: {message}",
        },
    )


def _load_problems(
    xform: str,
    files: Mapping[str, bytes] | None,
    sheets: dict[str, Sheet],
    measures: list[tuple[int, dict[str, str]]],
) -> Iterator[Problem]:
    try:
        form = load_form(xform, files)
    except BadForm as error:
        yield from (_located(problem, sheets) for problem in error.problems)
        return
    for line, row in measures:
        for column in _MEASURE_EXPRESSIONS:
            if row.get(column, ""):
                try:
                    form.expression(row[column])
                except BadExpression as error:
                    yield _at(error.problem, "measures", line, column)


def at_its_row(problem: Problem, source: str) -> Problem:
    """The problem of an item ('sec/q1@constraint') at the line and column of the source it comes from."""
    return _located(problem, read_sheets(source))


def _located(problem: Problem, sheets: dict[str, Sheet]) -> Problem:
    """The problem at the line and column of the survey sheet it comes from; that of a file stays as it is."""
    if problem.code.startswith(_OF_FILES) and "@" not in problem.path:
        return problem
    path, _, attribute = problem.path.partition("@")
    name = path.rpartition("/")[2]
    rows = sheets["survey"].records() if "survey" in sheets else []
    lines = {row.get("name", ""): line for line, row in reversed(rows)}
    if name not in lines and name.endswith("_count"):
        # pyxform works out how often a repeat occurs in a node of its own, named after it.
        name, attribute = name.removesuffix("_count"), "repeat_count"
    line = lines.get(name, 0)
    return _at(problem, "survey", line, _COLUMNS.get(attribute, attribute or "name"))


def _at(problem: Problem, sheet: str, line: int, column: str) -> Problem:
    said = problem.sentence
    return sheet_problem(problem.code, sheet, line, column, said["zh"], said["en"])
