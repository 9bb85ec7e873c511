"""Reads an uploaded table into rows of text: CSV in the encodings people have, and XLSX.

Row and column numbers stay those that the person sees. What the rows mean is not decided here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets.limits import LIMITS, Limits, too_large, too_many_cells
from surveyapp.gateways.spreadsheets.package import unpacked_safely

ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FOUND = float | int | str | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Sheet:
    """One table: its name ('' for CSV) and its rows of text from the first on, all of one length."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_sheets(content: bytes, limits: Limits = LIMITS) -> tuple[Sheet, ...] | Refusal:
    """The visible sheets of an XLSX workbook, or the one table of a CSV file; the first bytes decide.

    Empty cells are ''. Whole numbers are written without a decimal point, dates as ISO 8601, truth values
    as TRUE and FALSE. A formula gives the value that was stored with it.
    """
    if len(content) > limits.file_bytes:
        return too_large(limits)
    if content.startswith(ZIP):
        return _workbook(content, limits)
    if content.startswith(_OLE):
        return Refusal.of(
            "table-old-format",
            "旧的 .xls 格式或加密的文件不能读取，请另存为不加密的 .xlsx 或 .csv 后再上传。",
            "The old .xls format and encrypted files cannot be read. Save it as .xlsx without a password.",
        )
    return _text(content, limits)


def _text(content: bytes, limits: Limits) -> tuple[Sheet, ...] | Refusal:
    text = _decoded(content)
    if text is None or "\0" in text:
        return Refusal.of(
            "table-encoding",
            "文件不是 UTF-8 或 GB18030 编码的文本，也不是 .xlsx 工作簿；请另存为 .xlsx 或“CSV UTF-8”。",
            "The file is neither UTF-8 or GB18030 text nor an .xlsx workbook. Save it as .xlsx.",
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            rows.append(row)
            cells += len(row)
            if len(rows) > limits.rows or len(row) > limits.columns or cells > limits.cells:
                return too_many_cells(limits, "CSV")
    except csv.Error:
        return Refusal.of(
            "table-quotes",
            f"第 {reader.line_num} 行的引号不成对，或者一个单元格过长；请检查这一行。",
            f"Line {reader.line_num} has unbalanced quotation marks or an overlong cell. Check it.",
        )
    return (Sheet("", _rectangle(rows)),)


def _decoded(content: bytes) -> str | None:
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """The sign that divides the first line most often, quoted parts left out; a comma when none does."""
    first = "".join(text.partition("\n")[0].split('"')[::2])
    return max(",\t;", key=first.count)


def _rectangle(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple(tuple(row + [""] * (width - len(row))) for row in rows)


def _workbook(content: bytes, limits: Limits) -> tuple[Sheet, ...] | Refusal:
    safe = unpacked_safely(content, limits)
    if isinstance(safe, Refusal):
        return safe
    try:
        book = python_calamine.load_workbook(io.BytesIO(safe))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return tuple(_sheet(book, name) for name in visible)
    except (python_calamine.CalamineError, OSError, ValueError):
        return damaged()


def damaged() -> Refusal:
    """The package is an XLSX workbook in name only."""
    return Refusal.of(
        "table-damaged",
        "工作簿已损坏或不是 .xlsx 格式，请在表格软件中打开后另存为 .xlsx 再上传。",
        "The workbook is damaged or not in the .xlsx format. Open it in a spreadsheet program, "
        "save it as .xlsx and upload it again.",
    )


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    return sheet_of(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def sheet_of(name: str, found: Sequence[Sequence[_FOUND]]) -> Sheet:
    """Cells as the reader of workbooks gives them, as text."""
    return Sheet(name, _rectangle([[_written(cell) for cell in row] for row in found]))


def _written(cell: _FOUND) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
