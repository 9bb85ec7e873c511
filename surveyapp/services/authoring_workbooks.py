"""Questionnaires to and from workbooks, for people who write them in a spreadsheet program.

A workbook that cannot be read without guessing is refused at its sheet and cell; nothing is written then.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from surveyapp.forms.problem import Problem
from surveyapp.forms.workbook import KNOWN, Grid, grids_of, grids_of_table, markdown_of
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import Book, Limits, Oddity, Table, read_book, write_workbook

# A questionnaire of 10,000 rows and as many options fits; the memory to read it stays below 50 MB.
LIMITS = Limits(unpacked_bytes=16 * 2**20, rows=30_000, columns=200, cells=250_000, sheets=20)
_PARTIAL = ".partial"


@dataclass(frozen=True)
class Imported:
    """The canonical Markdown of a workbook, '' while there are problems; warnings say how cells were read."""

    text: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def workbook_of(text: str) -> tuple[bytes, tuple[Problem, ...]]:
    """A questionnaire in Markdown as an XLSX workbook; b'' and what forbids it otherwise."""
    grids, problems = grids_of(text)
    if problems:
        return b"", problems
    buffer = io.BytesIO()
    write_workbook(buffer, [Table(one.name, one.rows[0] if one.rows else (), one.rows[1:]) for one in grids])
    return buffer.getvalue(), ()


def markdown_from(content: bytes, limits: Limits = LIMITS) -> Imported:
    """The questionnaire in a workbook, or in a CSV file whose first column names the sheets."""
    book = read_book(content, limits)
    if isinstance(book, Refusal):
        return Imported("", (Problem(book.code, "workbook", book.sentence),))
    if [sheet.name for sheet in book.sheets] == [""]:
        grids, problems = grids_of_table(book.sheets[0].rows)
        warnings: tuple[Problem, ...] = ()
    else:
        grids = tuple(Grid(sheet.name, sheet.rows) for sheet in book.sheets)
        problems, warnings = _oddities(book)
    if problems:
        return Imported("", problems, warnings)
    text, problems = markdown_of(grids)
    return Imported(text, problems, warnings)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all. Raises OSError."""
    partial = path.with_name(path.name + _PARTIAL)
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _oddities(book: Book) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What of a workbook must be refused, and what was read with a word about it."""
    said = [_said(sheet, oddity) for sheet, found in book.oddities.items() for oddity in found]
    said += _hidden(book.hidden)
    return tuple(one for bad, one in said if bad), tuple(one for bad, one in said if not bad)


def _hidden(names: tuple[str, ...]) -> Iterator[tuple[bool, Problem]]:
    for name in names:
        bad = name.strip().lower() in KNOWN
        zh = f"工作表“{name}”是隐藏的，{'请取消隐藏或删去' if bad else '没有读入'}。"
        en = f"The sheet {name!r} is hidden {'; show or remove it' if bad else 'and was not read'}."
        yield bad, Problem("sheet_hidden", f"{name}::", {"zh": zh, "en": en.replace(" ;", ";")})


_ODD = {
    "merged": (
        True,
        "单元格是合并的，看不出内容属于哪一行，请取消合并并逐格填写。",
        "cells are merged, so that it is unclear which row the content belongs to; unmerge and fill each.",
    ),
    "formula": (
        True,
        "单元格是公式，请复制后“选择性粘贴为值”。",
        "the cell is a formula; copy it and paste it as a value.",
    ),
    "date": (
        False,
        "单元格是日期或时间，已按 2018-01-31 或 09:30:00 的写法读入；请核对，最好改成文本格式。",
        "the cell is a date or time and was read as 2018-01-31 or 09:30:00; check it, best make it text.",
    ),
    "truth": (
        False,
        "单元格是逻辑值，已读成 TRUE 或 FALSE；请核对，最好改写成 yes 或 no。",
        "the cell is a truth value and was read as TRUE or FALSE; check it, best write yes or no.",
    ),
}


def _said(sheet: str, oddity: Oddity) -> tuple[bool, Problem]:
    bad, zh, en = _ODD[oddity.kind]
    place = oddity.place
    sentence = {"zh": f"{sheet} 表 {place}：{zh}", "en": f"sheet {sheet}, {place}: {en}"}
    return bad, Problem(f"cell_{oddity.kind}", f"{sheet}:{place}", sentence)
