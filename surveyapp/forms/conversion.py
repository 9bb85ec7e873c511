"""Turns a questionnaire written in Markdown into the XForm that is stored, and checks it on the way.

pyxform does the conversion; this keeps its known silences from reaching anybody: curly quotes survive,
and what it accepts without a word is refused with sheet, line and column.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveyapp.forms.linting import lint
from surveyapp.forms.problem import BadExpression, BadForm, Problem, sheet_problem
from surveyapp.forms.reading import TITLE_ID, load_form
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.tables import Sheet, read_sheets, trimmed, written
from surveyapp.forms.texts import XF, language_code

_QUOTES = {"“": "\ue201", "”": "\ue202", "‘": "\ue203", "’": "\ue204"}
_COLUMNS = {
    "relevant": "relevant", "required": "required", "constraint": "constraint", "calculate": "calculation",
    "repeat_count": "repeat_count", "count": "repeat_count", "default": "default", "first_load": "default",
}  # fmt: skip
# What pyxform raises for sheets it cannot read: its own errors, and Python's where it did not foresee one.
_REFUSALS = (PyXFormError, AttributeError, IndexError, KeyError, TypeError, ValueError)
_MEASURE_EXPRESSIONS = ("value", "filter", "cluster", "stratum")


@dataclass(frozen=True)
class Converted:
    """A converted questionnaire. `xform` is '' when it could not be converted at all."""

    xform: str
    measures: tuple[dict[str, str], ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def convert_markdown(text: str) -> Converted:
    """Convert and check. Nothing is to be published while there are problems."""
    sheets = read_sheets(text)
    measures = sheets.pop("measures", Sheet("measures")).records()
    rows = tuple(row for _, row in measures)
    problems = list(lint(sheets))
    if problems:
        return Converted("", rows, tuple(problems), ())
    for sheet in sheets.values():
        trimmed(sheet)
    titles = _take_titles(sheets["settings"]) if "settings" in sheets else {}
    source = "\n".join(written(sheet) for sheet in sheets.values())
    warnings: list[str] = []
    try:
        xform = convert(_hidden(source), warnings=warnings, file_type=".md").xform
    except _REFUSALS as error:
        return Converted("", rows, (_refused(str(error)),), tuple(warnings))
    try:
        xform = _with_titles(_shown(xform), titles)
    except BadForm as error:
        return Converted("", rows, error.problems, tuple(warnings))
    problems.extend(_load_problems(xform, sheets, measures))
    return Converted(xform, rows, tuple(problems), tuple(warnings))


def _hidden(text: str) -> str:
    for quote, sign in _QUOTES.items():
        text = text.replace(quote, sign)
    return text


def _shown(text: str) -> str:
    for quote, sign in _QUOTES.items():
        text = text.replace(sign, quote)
    return text


def _take_titles(settings: Sheet) -> dict[str, str]:
    """Replace translated title columns, which pyxform cannot take, by one; return title by language."""
    titles: dict[str, str] = {}
    for at, name in enumerate(settings.header):
        if name.startswith("form_title::"):
            cells = settings.rows[0][1] if settings.rows else []
            titles[name.removeprefix("form_title::").strip()] = cells[at] if at < len(cells) else ""
            settings.header[at] = f"title_in_{at}"
    if titles:
        default = settings.records()[0][1].get("default_language", "")
        settings.header.append("form_title")
        line, cells = settings.rows[0]
        filled = cells + [""] * (len(settings.header) - 1 - len(cells))
        settings.rows[0] = (line, [*filled, titles.get(default) or next(iter(titles.values()))])
    return titles


def _with_titles(xform: str, titles: dict[str, str]) -> str:
    """The XForm with the titles kept in its translations, where clients that do not know them look by."""
    if not titles:
        return xform
    document = parse_xml(xform)
    wanted = {language_code(language): title for language, title in titles.items()}
    for translation in document.iter(f"{XF}translation"):
        title = wanted.get(language_code(translation.get("lang") or ""))
        if title:
            text = etree.SubElement(translation, f"{XF}text", id=TITLE_ID)
            etree.SubElement(text, f"{XF}value").text = title
    return str(etree.tostring(document, encoding="unicode"))


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
    xform: str, sheets: dict[str, Sheet], measures: list[tuple[int, dict[str, str]]]
) -> Iterator[Problem]:
    try:
        form = load_form(xform)
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


def _located(problem: Problem, sheets: dict[str, Sheet]) -> Problem:
    """The problem at the line and column of the survey sheet it comes from."""
    path, _, attribute = problem.path.partition("@")
    name = path.rpartition("/")[2]
    rows = sheets["survey"].records() if "survey" in sheets else []
    line = next((line for line, row in rows if row.get("name") == name), 0)
    return _at(problem, "survey", line, _COLUMNS.get(attribute, attribute or "name"))


def _at(problem: Problem, sheet: str, line: int, column: str) -> Problem:
    said = problem.sentence
    return sheet_problem(problem.code, sheet, line, column, said["zh"], said["en"])
