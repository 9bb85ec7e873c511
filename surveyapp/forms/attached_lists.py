"""Reads the files a form takes lists from (CSV, XML, GeoJSON) into instances, with place-named refusals."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from surveyapp.forms.nodes import DOCUMENT, ELEMENT, Node, from_lxml
from surveyapp.forms.problem import BadForm, Problem
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.signs import FORBIDDEN

LARGEST = 20_000_000
MOST_ROWS = 100_000
MOST_CELLS = 1_000_000
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
REGISTERS = ("units", "sites", "lines", "items")
REGISTER_COLUMNS = ("name", "label", "parent")


def read_list(name: str, content: bytes) -> Node:
    """The document node over a file's root. Raises BadForm: encoding, shape, size, each with line and advice.

    CSV and GeoJSON become /root/item with one child a column; XML stays as it is.
    """
    reader = _READERS.get(name.lower().rpartition(".")[2])
    if reader is None:
        zh, en = "只能附 .csv、.xml 或 .geojson 文件。", "Only .csv, .xml and .geojson files can be lists."
        raise BadForm((_problem("list_kind", name, 0, zh, en),))
    if len(content) > LARGEST:
        zh, en = (
            "文件超过 20 MB，请删去不用的行和列。",
            "The file exceeds 20 MB; remove unused rows and columns.",
        )
        raise BadForm((_problem("list_large", name, 0, zh, en),))
    return reader(name, content)


def register_of(name: str) -> str:
    """'units' for a file named 'units.csv', which our own register fills; '' for any other file."""
    stem, _, kind = name.partition(".")
    return stem if kind == "csv" and stem in REGISTERS else ""


def rows_as_list(rows: Iterable[Mapping[str, str]]) -> Node:
    """The document node over /root/item of rows; every row has the same columns in the same order."""
    document = Node(DOCUMENT)
    root = document.append(Node(ELEMENT, "root"))
    for row in rows:
        item = root.append(Node(ELEMENT, "item"))
        for column, text in row.items():
            item.append(Node(ELEMENT, column)).set_text(text)
    return document


def _text(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        zh = "文件不是 UTF-8 编码（可能是 GB18030），请在表格软件里“另存为 CSV UTF-8”后再传。"
        en = "The file is not UTF-8 (perhaps GB18030); save it as “CSV UTF-8” and attach it again."
        raise BadForm((_problem("list_encoding", name, line, zh, en),)) from error
    found = FORBIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        zh, en = "有无法保存的控制字符，请删去。", "There is a control character; remove it."
        raise BadForm((_problem("sign_forbidden", name, line, zh, en),))
    return text


def _csv(name: str, content: bytes) -> Node:
    reader = csv.reader(io.StringIO(_text(name, content), newline=""), strict=True)
    header: list[str] = []
    rows: list[dict[str, str]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(name, reader.line_num, cells)
                continue
            rows.append(_row(name, reader.line_num, header, cells))
            if len(rows) > MOST_ROWS or len(rows) * len(header) > MOST_CELLS:
                raise BadForm((_too_many(name),))
    except csv.Error as error:
        zh, en = "引号没有成对，或单元格太长，请检查。", "A quote is not closed or a cell is too long."
        raise BadForm((_problem("list_unreadable", name, reader.line_num, zh, en),)) from error
    if not header:
        zh, en = "文件是空的，第一行应为列名。", "The file is empty; its first line must name the columns."
        raise BadForm((_problem("list_empty", name, 1, zh, en),))
    return rows_as_list(rows)


def _header(name: str, line: int, cells: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    for at, column in enumerate(header):
        if not _NAME.fullmatch(column):
            zh = f"第 {at + 1} 列的列名“{column[:40]}”只能用英文字母、数字和 _ . -。"
            en = f"The name of column {at + 1}, {column[:40]!r}, must be letters, digits and _ . -."
            raise BadForm((_problem("column_wrong", name, line, zh, en),))
        if column in header[:at]:
            zh, en = f"有两列同名“{column}”，请改名或删去一列。", f"Two columns are named {column!r}."
            raise BadForm((_problem("column_twice", name, line, zh, en),))
    return header


def _row(name: str, line: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        zh = f"这一行有 {len(cells)} 格，表头只有 {len(header)} 格，请检查逗号和引号。"
        en = f"This row has {len(cells)} cells and the header {len(header)}; check commas and quotes."
        raise BadForm((_problem("cells_many", name, line, zh, en),))
    return {column: cells[at].strip() if at < len(cells) else "" for at, column in enumerate(header)}


def _xml(name: str, content: bytes) -> Node:
    try:
        root = parse_xml(content)
    except BadForm as error:
        told = error.problems[0]
        raise BadForm((_problem(told.code, name, 0, told.sentence["zh"], told.sentence["en"]),)) from error
    if sum(1 for _ in root.iter()) > MOST_CELLS:
        raise BadForm((_too_many(name),))
    return from_lxml(root)


def _geojson(name: str, content: bytes) -> Node:
    try:
        data = json.loads(_text(name, content))
        features = data["features"] if data["type"] == "FeatureCollection" else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadForm((_no_features(name, 0),)) from error
    if not isinstance(features, list) or len(features) > MOST_ROWS:
        raise BadForm((_no_features(name, 0) if not isinstance(features, list) else _too_many(name),))
    return rows_as_list(_feature(name, number, one) for number, one in enumerate(features, 1))


def _feature(name: str, number: int, feature: Any) -> dict[str, str]:
    """id, geometry as 'latitude longitude 0 0; ...' and the plain properties of a feature."""
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise BadForm((_no_features(name, number),))
    properties = feature.get("properties")
    row = {"id": _plain(feature.get("id")), "geometry": _geometry(name, number, feature["geometry"])}
    for key, value in properties.items() if isinstance(properties, dict) else ():
        if _NAME.fullmatch(key) and not isinstance(value, dict | list) and not (key == "id" and row["id"]):
            row[key] = _plain(value)
    return row


def _geometry(name: str, number: int, geometry: Mapping[str, Any]) -> str:
    points = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        points = [points]
    elif geometry.get("type") == "Polygon":
        points = points[0] if isinstance(points, list) and points else None
    elif geometry.get("type") != "LineString":
        points = None
    try:
        pairs = [(float(point[1]), float(point[0])) for point in points or ()]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise BadForm((_no_features(name, number),)) from error
    if not pairs or not all(
        math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in pairs
    ):
        raise BadForm((_no_features(name, number),))
    return "; ".join(f"{lat:.10g} {lon:.10g} 0 0" for lat, lon in pairs)


def _plain(value: object) -> str:
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _no_features(name: str, number: int) -> Problem:
    at = (f"第 {number} 个要素", f"feature {number}") if number else ("文件", "the file")
    zh = f"{at[0]}不是合格的 GeoJSON：应为 FeatureCollection，要素为点、线或面，经纬度在范围内。"
    en = f"{at[1]} is not the GeoJSON wanted: a FeatureCollection of points, lines or polygons within range."
    return _problem("list_unreadable", name, 0, zh, en)


def _too_many(name: str) -> Problem:
    zh = f"行或格太多（最多 {MOST_ROWS} 行、{MOST_CELLS} 格），请删去不用的。"
    en = f"Too many rows or cells (at most {MOST_ROWS} and {MOST_CELLS}); remove what is not used."
    return _problem("list_large", name, 0, zh, en)


def _problem(code: str, name: str, line: int, zh: str, en: str) -> Problem:
    row = (f" 第 {line} 行", f", line {line}") if line else ("", "")
    place = f"{name}:{line}" if line else name
    return Problem(code, place, {"zh": f"文件 {name}{row[0]}：{zh}", "en": f"file {name}{row[1]}: {en}"})


_READERS: Mapping[str, Callable[[str, bytes], Node]] = {"csv": _csv, "xml": _xml, "geojson": _geojson}
