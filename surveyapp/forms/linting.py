"""Mistakes in a questionnaire that pyxform lets pass, found in its sheets before conversion."""

import re
from collections.abc import Iterator, Mapping

from surveyapp.forms.extent import extent_problems
from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.rendering import rendering_problems
from surveyapp.forms.signs import holds_forbidden
from surveyapp.forms.tables import Sheet

MOST_SHOWN = 100
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FULL_WIDTH = re.compile(r"[（），；：＝＜＞＋－＊／｛｝＄０-９]")
_EXPRESSIONS = (
    "relevant",
    "required",
    "constraint",
    "calculation",
    "choice_filter",
    "repeat_count",
    "soft_constraint",
)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")


def lint(sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """Every mistake found, with sheet, line and column."""
    if "survey" not in sheets:
        yield _problem("survey", 0, "", "缺少 survey 表。", "The survey sheet is missing.", "sheet_missing")
        return
    for sheet in sheets.values():
        yield from _shape(sheet)
    too_much = list(extent_problems(sheets))[:MOST_SHOWN]
    if too_much:
        yield from too_much
        return
    survey = sheets["survey"].records()
    settings = sheets["settings"].records() if "settings" in sheets else []
    odk_only = bool(settings) and settings[0][1].get("clients", "") == "odk"
    names: dict[str, int] = {}
    for line, row in survey:
        yield from _row(line, row, names, odk_only)
    choices = sheets.get("choices", Sheet("choices"))
    for column in choices.header:
        if column and "::" not in column and not _NAME.fullmatch(column):
            zh, en = (
                f"列名“{column}”只能用英文字母、数字和 _ . -。",
                f"The column name {column!r} is not a plain name.",
            )
            yield _problem("choices", 0, column, zh, en, "column_wrong")
    for line, row in choices.records():
        yield from _choice(line, row)
    yield from _settings(sheets.get("settings"))


def _shape(sheet: Sheet) -> Iterator[Problem]:
    """A sheet that comes twice, rows longer than their header, and signs that XML cannot hold."""
    for line in sheet.again:
        zh = f"{sheet.name} 表出现了两次，请合并成一张。"
        yield _problem(
            sheet.name, line, "", zh, f"The sheet {sheet.name} comes twice; join them.", "sheet_twice"
        )
    if len(set(filter(None, sheet.header))) < len(list(filter(None, sheet.header))):
        zh, en = "有两列同名，请改名或删去一列。", "Two columns have the same name; rename or remove one."
        yield _problem(sheet.name, 0, "", zh, en, "column_twice")
    for line, cells in sheet.rows:
        if any(cells[len(sheet.header) :]):
            zh = f"这一行有 {len(cells)} 格，表头只有 {len(sheet.header)} 格，请检查竖线。"
            en = f"This row has {len(cells)} cells and the header {len(sheet.header)}; check the pipes."
            yield _problem(sheet.name, line, "", zh, en, "cells_many")
        if holds_forbidden("".join(cells)):
            zh, en = "有无法保存的控制字符，请删去。", "There is a control character; remove it."
            yield _problem(sheet.name, line, "", zh, en, "sign_forbidden")


def _row(line: int, row: Mapping[str, str], names: dict[str, int], odk_only: bool) -> Iterator[Problem]:
    kind, name = row.get("type", ""), row.get("name", "")
    yield from rendering_problems(line, row, odk_only)
    if kind.endswith("or_other"):
        zh, en = "不支持 or_other，请另设一道填空题。", "or_other is not supported; add a text question."
        yield _problem("survey", line, "type", zh, en, "or_other")
    if re.match(r"end[ _]", kind):
        return
    if not _NAME.fullmatch(name):
        zh = f"题名“{name}”只能用英文字母、数字和 _ . -，并以字母或下划线开头。"
        en = f"The name {name!r} must consist of letters, digits, _ . - and begin with a letter or _."
        yield _problem("survey", line, "name", zh, en, "name_wrong")
    elif name in names:
        zh, en = f"题名“{name}”与第 {names[name]} 行重复。", f"The name {name!r} repeats line {names[name]}."
        yield _problem("survey", line, "name", zh, en, "name_twice")
    names.setdefault(name, line)
    for column in _EXPRESSIONS:
        yield from _expression(line, column, row.get(column, ""))


def _expression(line: int, column: str, text: str) -> Iterator[Problem]:
    outside = _LITERAL.sub("''", text)
    wide = _FULL_WIDTH.search(outside)
    if wide:
        zh, en = (
            f"“{wide[0]}”是全角符号，请改用半角。",
            f"{wide[0]!r} is full-width; use the half-width sign.",
        )
        yield _problem("survey", line, column, zh, en, "full_width")


def _choice(line: int, row: Mapping[str, str]) -> Iterator[Problem]:
    value = row.get("name", "")
    if not value or re.search(r"\s", value):
        zh, en = "选项的 name 不能为空，也不能有空格。", "A choice needs a name without spaces."
        yield _problem("choices", line, "name", zh, en, "choice_name")


def _settings(settings: Sheet | None) -> Iterator[Problem]:
    rows = settings.records() if settings else []
    row = rows[0][1] if rows else {}
    if row.get("clients", "") not in ("", "all", "odk"):
        zh, en = "clients 只能写 all 或 odk。", "clients must be all or odk."
        yield _problem("settings", rows[0][0], "clients", zh, en, "clients_wrong")
    for column in ("form_id", "version"):
        if not row.get(column):
            zh, en = f"settings 表缺少 {column}。", f"The settings sheet lacks {column}."
            yield _problem("settings", rows[0][0] if rows else 0, column, zh, en, "setting_missing")


def _problem(sheet: str, line: int, column: str, zh: str, en: str, code: str) -> Problem:
    return sheet_problem(code, sheet, line, column, zh, en)
