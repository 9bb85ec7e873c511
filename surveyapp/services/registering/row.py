"""One row of a table of places while it is checked, and what is checked in every kind of row.

A row that was typed into a form has the number 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from surveyapp.evaluation.problem import Problem
from surveyapp.services.registering.kinds import Column, Kind
from surveyapp.storage.places import Known

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z", re.ASCII)


@dataclass(frozen=True)
class Ground:
    """What the rows are checked against: registered codes, the lead's subtrees, today's date."""

    known: Known
    covers: Callable[[str], bool]
    root: str
    today: date


@dataclass
class Row:
    """One row while it is checked: its cells by key, the values found, and what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: str, code: str, zh: str, en: str) -> None:
        """Note what is wrong with a cell; the sentence begins with its place."""
        label = next(column.label for column in self.kind.columns if column.key == key)
        place_zh = f"第 {self.number} 行“{label['zh']}”列" if self.number else label["zh"]
        place_en = f"Row {self.number}, column “{label['en']}”" if self.number else f"“{label['en']}”"
        sentence = {"zh": f"{place_zh}：{zh}", "en": f"{place_en}: {en}"}
        self.problems.append(Problem(code, self.number, key, sentence))

    def text(self, key: str) -> str:
        """The cell without blanks around it; '' when it is missing."""
        return self.cells.get(key, "").strip()

    def plain(self, key: str) -> str:
        """The cell with full-width signs as half-width ones."""
        return unicodedata.normalize("NFKC", self.text(key)).strip()


def check_text(row: Row, column: Column) -> None:
    """The cell is there when it must be, short enough, and on one line."""
    text = row.text(column.key)
    if column.required and not text:
        row.wrong(column.key, "required", "不能为空，请填写。", "may not be blank.")
    elif len(text) > column.longest:
        row.wrong(
            column.key,
            "too-long",
            f"超过 {column.longest} 个字，请缩短。",
            f"is longer than {column.longest} characters.",
        )
    elif not text.isprintable():
        row.wrong(
            column.key,
            "characters",
            "含有换行或控制字符，请删去。",
            "holds a line break or a control character.",
        )
    else:
        row.values[column.key] = text


def check_code(row: Row, taken: bool) -> None:
    """The code has the right signs and is not registered already."""
    code = row.plain("code")
    if code and not CODE.match(code):
        row.wrong(
            "code",
            "code",
            "只能用字母、数字、点、横线、下划线，并以字母或数字开头。",
            "may hold letters, digits, dots, dashes and underscores only, beginning with a letter or digit.",
        )
    elif taken:
        row.wrong(
            "code",
            "taken",
            f"编码 {code} 已登记过，请换一个或删去此行。",
            f"code {code} is registered already.",
        )
    row.values["code"] = code


def check_unit(row: Row, ground: Ground) -> int | None:
    """The id of the row's unit, which is registered and in the lead's scope; None otherwise."""
    code = row.plain("unit")
    if not code:
        return None
    found = ground.known.units.get(code)
    if found is None:
        row.wrong(
            "unit",
            "unknown-unit",
            f"没有编码为 {code[:64]} 的单位，请先登记单位。",
            f"there is no unit {code[:64]}; register it first.",
        )
        return None
    if not ground.covers(found[1]):
        row.wrong(
            "unit", "outside-scope", f"单位 {code} 不在您的范围内。", f"unit {code} is outside your scope."
        )
        return None
    row.values["unit_id"] = found[0]
    return found[0]
