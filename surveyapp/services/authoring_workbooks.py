"""Questionnaires to and from workbooks, for people who write them in a spreadsheet program.

A workbook that cannot be read without guessing is refused at its sheet and cell; nothing is written then.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from surveyapp.forms.extent import too_many_lines
from surveyapp.forms.problem import Problem
from surveyapp.forms.workbook import KNOWN, Grid, grids_of, grids_of_table, markdown_of
from surveyapp.forms.workbook_rows import Rows, filled_rows
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import Book, Limits, Oddity, Table, read_book, write_workbook

# A questionnaire of 10,000 rows and as many options fits; the memory to read it stays below 50 MB.
LIMITS = Limits(unpacked_bytes=16 * 2**20, rows=30_000, columns=200, cells=250_000, sheets=20)
LONGEST = 2 * 2**20
"""Bytes of a questionnaire in Markdown, whether it came so or from a workbook."""
_PARTIAL = ".partial"
TABLES = (".xlsx", ".xls", ".csv", ".ods", ".et")
_BEGINNINGS = (b"PK", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Imported:
    """The canonical Markdown of a workbook, '' while there are problems; warnings say how cells were read.

    `rows` tell where in the workbook its lines come from; {} for a file of Markdown.
    """

    text: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    rows: Rows = field(default_factory=dict)


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
    return Imported(text, problems, warnings, filled_rows(grids))


def read_questionnaire_file(name: str, content: bytes) -> Imported:
    """The questionnaire in a file of Markdown, a workbook or a CSV file; bytes and name say which.

    Markdown stays as it is but for its line ends. Refused: no UTF-8, more than 2 MB, signs no database holds.
    """
    is_table = name.lower().endswith(TABLES) and not content.lstrip().startswith(b"|")
    found = markdown_from(content) if is_table or content.startswith(_BEGINNINGS) else _markdown_file(content)
    if found.problems:
        return found
    if not found.text.strip() or len(found.text.encode("utf-8")) > LONGEST:
        return Imported("", (_too_large(),), found.warnings)
    if (too_long := too_many_lines(found.text)) is not None:
        return Imported("", (too_long,), found.warnings)
    if "\0" in found.text:
        line = found.text.count("\n", 0, found.text.index("\0")) + 1
        zh = f"第 {line} 行有无法保存的控制字符，请删去。"
        en = f"Line {line} holds a control character; remove it."
        return Imported("", (Problem("sign_forbidden", f":{line}:", {"zh": zh, "en": en}),), found.warnings)
    return found


def _markdown_file(content: bytes) -> Imported:
    if len(content) > LONGEST:
        return Imported("", (_too_large(),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        zh = f"第 {line} 行起不是 UTF-8 编码（可能是 GB18030），请另存为 UTF-8，或改用 .xlsx 工作簿。"
        en = f"From line {line} on it is not UTF-8 (perhaps GB18030); save it as UTF-8 or use a workbook."
        return Imported("", (Problem("not_utf8", f":{line}:", {"zh": zh, "en": en}),))
    return Imported(text.replace("\r\n", "\n"), ())


def _too_large() -> Problem:
    most = LONGEST // 2**20
    zh = f"文件是空的，或者问卷超过 {most} MB；请删去不用的行、列和表。"
    en = f"The file is empty or the questionnaire exceeds {most} MB; remove rows and sheets not needed."
    return Problem("questionnaire_large", "", {"zh": zh, "en": en})


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
