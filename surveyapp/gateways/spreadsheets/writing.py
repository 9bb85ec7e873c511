"""Writes tables for spreadsheet programs: CSV as a stream of bytes, XLSX with typed cells.

No text becomes a formula or a link when it is opened. Which rows and columns are written is not decided here.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

Cell = str | int | float | bool | date | datetime | None

_BOM = b"\xef\xbb\xbf"  # by which spreadsheet programs know UTF-8
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z", re.ASCII)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BATCH = 500  # rows of CSV in one piece
_ROWS = 1_048_576  # in one XLSX sheet, the header included
_LONGEST = 32_767  # characters in one XLSX cell
_CUT = "…（文字过长，全文见 CSV / cut, see the CSV export for all of it）"
_EXACT = 2**53  # a larger whole number is not kept exactly by a spreadsheet program
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True)
class Table:
    """A sheet to write; `rows` is gone through once, so that it may come from a cursor."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def safe_text(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet program would take it for a formula.

    That is a text whose first sign, blanks aside, is one of = + - @ (also full width), tab or line break;
    a plain number such as -3.5 stays as it is.
    """
    start = text.lstrip(" \u00a0\u3000")
    return f"'{text}" if start.startswith(_DANGEROUS) and not _NUMBER.match(text) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The CSV file (RFC 4180, UTF-8 with byte order mark) in pieces; None, NaN and infinity are empty."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe_text(title) for title in header])
    yield _BOM
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(cell) for cell in row])
        if number % _BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _csv_cell(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return safe_text(cell) if isinstance(cell, str) else repr(cell)


def write_workbook(target: Path | BinaryIO, tables: Iterable[Table], zone: tzinfo = UTC) -> None:
    """Writes an XLSX file to `target`: text as text, numbers, truth values and dates as such.

    Aware instants are shown in `zone`, since a spreadsheet knows no time zones. A whole number beyond 2^53
    is written as text. Rows that do not fit into a sheet go on in another one.
    """
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, _OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        names: set[str] = set()
        for table in tables:
            _write_table(book, formats, names, table, zone)


def _write_table(
    book: xlsxwriter.Workbook, formats: dict[str, Any], names: set[str], table: Table, zone: tzinfo
) -> None:
    sheet = _open_sheet(book, formats, names, table)
    line = 0
    for row in table.rows:
        if line == _ROWS - 1:
            sheet, line = _open_sheet(book, formats, names, table), 0
        line += 1
        for column, cell in enumerate(row):
            _write_cell(sheet, formats, line, column, cell, zone)


def _open_sheet(book: xlsxwriter.Workbook, formats: dict[str, Any], names: set[str], table: Table) -> Any:
    sheet = book.add_worksheet(_sheet_name(table.name, names))
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.header):
        sheet.set_column(column, column, min(60, max(10, 2 * len(title))))
        sheet.write_string(0, column, _fitting(title), formats["head"])
    return sheet


def _sheet_name(wanted: str, names: set[str]) -> str:
    """The wanted name as Excel allows it: 31 characters, without []:*?/\\, each name once."""
    base = re.sub(r"[\[\]:*?/\\]", "_", wanted).strip("' ")[:31] or "Sheet"
    name, number = base, 1
    while name.lower() in names:
        number += 1
        tail = f" ({number})"
        name = base[: 31 - len(tail)] + tail
    names.add(name.lower())
    return name


def _write_cell(sheet: Any, formats: dict[str, Any], row: int, column: int, cell: Cell, zone: tzinfo) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        if not math.isfinite(cell):
            return
        if isinstance(cell, int) and abs(cell) > _EXACT:
            sheet.write_string(row, column, repr(cell))
        else:
            sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        shown = cell.astimezone(zone).replace(tzinfo=None) if cell.tzinfo else cell
        sheet.write_datetime(row, column, shown, formats["instant"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    elif cell:
        sheet.write_string(row, column, _fitting(cell))


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)] + _CUT
