"""Opens the ZIP package of an XLSX file without trusting it.

A workbook of a few kilobytes can unpack to gigabytes, and one far-off cell makes a reader lay out the whole
rectangle up to it. So the parts are unpacked here under a limit, every cell's place is looked at, and only
parts that were looked at are packed again for the reader.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets.limits import Limits, too_many_cells, unpacks_too_large

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_KEPT = (".xml", ".rels")


def unpacked_safely(content: bytes, limits: Limits) -> bytes | Refusal:
    """The same package, stored uncompressed, with nothing but the XML parts that keep the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = _parts(package, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return _damaged()
    if isinstance(parts, Refusal):
        return parts
    sheets = cells = 0
    for name, part in parts.items():
        try:
            extent = _extent(part)
        except _DocumentType:
            return _document_type(name)
        if extent is None:
            return _damaged()
        sheets += extent != (0, 0)
        cells += extent[0] * extent[1]
        if _beyond(extent, limits) or sheets > limits.sheets or cells > limits.cells:
            return too_many_cells(limits, name)
    return _packed(parts)


def _parts(package: zipfile.ZipFile, limits: Limits) -> dict[str, bytes] | Refusal:
    """The XML parts by name. zipfile reads no more than the size a part declares, and checks its sum."""
    entries = package.infolist()
    if len(entries) > limits.parts or sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        return unpacks_too_large(limits)
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        return _damaged()
    return {entry.filename: package.read(entry) for entry in entries if entry.filename.endswith(_KEPT)}


class _Extent:
    """Goes through the elements of one part, keeps no tree, and remembers how far its cells reach."""

    def __init__(self) -> None:
        self.rows = self.columns = self._row = self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Looks at one opening tag; a row or cell without a reference follows the one before it."""
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row, self._column = int(attributes.get("r") or self._row + 1), 0
        elif name == "c":
            place = attributes.get("r")
            self._row, self._column = _place(place) if place else (self._row, self._column + 1)
            self.columns = max(self.columns, self._column)
        self.rows = max(self.rows, self._row)

    def doctype(self, *_: object) -> None:
        """A workbook has no document type; one that has is meant to do harm."""
        raise _DocumentType


class _DocumentType(Exception):
    """A part declares a document type."""


def _extent(part: bytes) -> tuple[int, int] | None:
    """The last row and column that its cells reach; (0, 0) without cells, None when unreadable."""
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = extent.doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError):
        return None
    return extent.rows, extent.columns


def _place(reference: str) -> tuple[int, int]:
    """Row and column of a reference such as BC23, counted from 1. ValueError for anything else."""
    match = _PLACE.match(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _beyond(extent: tuple[int, int], limits: Limits) -> bool:
    rows, columns = extent
    return rows > limits.rows or columns > limits.columns or rows * columns > limits.cells


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


def _document_type(part: str) -> Refusal:
    return Refusal.of(
        "table-document-type",
        f"工作簿里的 {part} 带有文档类型声明（DOCTYPE），可能有害，不予打开；请把内容复制到新工作簿。",
        f"{part} in the workbook declares a document type (DOCTYPE), which may do harm, and is not opened. "
        "Copy the content into a new workbook and upload that.",
    )


def _damaged() -> Refusal:
    return Refusal.of(
        "table-damaged",
        "工作簿已损坏、加密或不是 .xlsx 格式，请在表格软件中打开后另存为 .xlsx 再上传。",
        "The workbook is damaged, encrypted or not in the .xlsx format. Open it in a spreadsheet program, "
        "save it as .xlsx and upload it again.",
    )
