"""A workbook with what reading its cells as text passes over: hidden sheets, merged cells, formulas, types.

For readers who must tell a person where a cell is not what it seems. Everything is bounded as in reading.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from xml.parsers import expat

import python_calamine

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets.limits import LIMITS, Limits, too_large
from surveyapp.gateways.spreadsheets.package import unpacked_safely
from surveyapp.gateways.spreadsheets.reading import ZIP, Sheet, damaged, read_sheets, sheet_of

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MOST_ODDITIES = 50


@dataclass(frozen=True)
class Oddity:
    """A cell that is no plain text or number: kind 'merged', 'formula', 'date' or 'truth', and its place."""

    kind: str
    place: str


@dataclass(frozen=True)
class Book:
    """The visible sheets, the names of the hidden ones, and the first oddities of each sheet by its name."""

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...] = ()
    oddities: Mapping[str, tuple[Oddity, ...]] = field(default_factory=dict)


def read_book(content: bytes, limits: Limits = LIMITS) -> Book | Refusal:
    """A workbook with its oddities, or the one table of a CSV file; two sheets of one name are refused."""
    if len(content) > limits.file_bytes:
        return too_large(limits)
    if not content.startswith(ZIP):
        found = read_sheets(content, limits)
        return found if isinstance(found, Refusal) else Book(found)
    safe = unpacked_safely(content, limits)
    if isinstance(safe, Refusal):
        return safe
    try:
        return _book(safe)
    except (python_calamine.CalamineError, OSError, ValueError, KeyError, expat.ExpatError):
        return damaged()


def _book(safe: bytes) -> Book | Refusal:
    book = python_calamine.load_workbook(io.BytesIO(safe))
    names = [name.casefold() for name in book.sheet_names]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        return Refusal.of(
            "table-sheets-repeated",
            f"有几张工作表同名：{'、'.join(repeated)}；请改名或删去一张。",
            f"Several sheets have one name: {', '.join(repeated)}; rename or remove one.",
        )
    formulas = _formulas(safe)
    sheets: list[Sheet] = []
    hidden: list[str] = []
    oddities: dict[str, tuple[Oddity, ...]] = {}
    for about in book.sheets_metadata:
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden.append(about.name)
            continue
        sheet = book.get_sheet_by_name(about.name)
        found = sheet.to_python(skip_empty_area=False)
        sheets.append(sheet_of(about.name, found))
        odd = [
            *(Oddity("merged", f"{_place(*a)}:{_place(*b)}") for a, b in sheet.merged_cell_ranges or ()),
            *(Oddity("formula", place) for place in formulas.get(about.name, ())),
            *_typed(found),
        ]
        oddities[about.name] = tuple(odd[:_MOST_ODDITIES])
    return Book(tuple(sheets), tuple(hidden), oddities)


def _typed(rows: Sequence[Sequence[object]]) -> Iterator[Oddity]:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, bool):
                yield Oddity("truth", _place(row, column))
            elif isinstance(cell, date | time | timedelta):
                yield Oddity("date", _place(row, column))


def _place(row: int, column: int) -> str:
    """The place as people read it: row and column counted from 0 give 'A1'."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _formulas(safe: bytes) -> dict[str, list[str]]:
    """The places of formulas by the name of their sheet. KeyError or ExpatError for a broken package."""
    with zipfile.ZipFile(io.BytesIO(safe)) as package:
        parts = set(package.namelist())
        if not {_WORKBOOK, _RELATIONS} <= parts:
            raise KeyError(_WORKBOOK)
        targets = {
            one["Id"]: posixpath.normpath(posixpath.join("/xl", one["Target"])).lstrip("/")
            for one in _elements(package.read(_RELATIONS), "Relationship")
        }
        found: dict[str, list[str]] = {}
        for sheet in _elements(package.read(_WORKBOOK), "sheet"):
            reference = next((text for name, text in sheet.items() if name.endswith(":id")), "")
            part = targets.get(reference, "")
            if part in parts:
                found[sheet["name"]] = _formulas_of(package.read(part))
        return found


def _elements(part: bytes, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)
    return found


def _formulas_of(part: bytes) -> list[str]:
    found: list[str] = []
    cell = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cell
        name = tag.rpartition(":")[2]
        if name == "c":
            cell = attributes.get("r", "?")
        elif name == "f" and len(found) < _MOST_ODDITIES:
            found.append(cell)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(part, True)
    return found
