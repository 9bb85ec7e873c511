"""The four tables of places: their columns, by which names they go, and the template to fill in.

What a cell must hold is checked in checks.py and rows.py.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.gateways.spreadsheets import Table, csv_lines, write_workbook


@dataclass(frozen=True)
class Column:
    """A column: its key in data and forms, its heading and its explanation per language."""

    key: str
    label: Mapping[str, str]
    hint: Mapping[str, str]
    required: bool = True
    longest: int = 64

    def names(self) -> set[str]:
        """The headings under which the column is recognised."""
        return {self.key, *(text.casefold() for text in self.label.values())}


@dataclass(frozen=True)
class Kind:
    """One table of places; `code` is its word in addresses and in the audit log."""

    code: str
    label: Mapping[str, str]
    columns: Sequence[Column]


def _column(
    key: str, zh: str, en: str, hint_zh: str, hint_en: str, required: bool = True, longest: int = 64
) -> Column:
    return Column(
        key, {"zh": zh, "en": en[:1].upper() + en[1:]}, {"zh": hint_zh, "en": hint_en}, required, longest
    )


_CODE = (
    "字母、数字、点、横线、下划线，不超过 64 个",
    "letters, digits, dots, dashes, underscores, at most 64",
)
_UNIT = _column("unit", "单位编码", "unit code", "已登记的单位", "a registered unit")
_UNITS = Kind(
    "units",
    {"zh": "单位", "en": "Units"},
    (
        _column("code", "编码", "code", *_CODE),
        _column("name", "名称", "name", "单位全称", "full name of the unit", longest=200),
        _column(
            "parent",
            "上级编码",
            "parent code",
            "留空为直接隶属于全部单位",
            "blank: directly below all units",
            required=False,
        ),
    ),
)
_SITES = Kind(
    "sites",
    {"zh": "大厅", "en": "Sites"},
    (
        _UNIT,
        _column("code", "编码", "code", *_CODE),
        _column("name", "名称", "name", "大厅名称", "name of the hall", longest=200),
        _column("address", "地址", "address", "门牌地址", "street address", longest=300),
        _column("latitude", "纬度", "latitude", "-90 至 90，如 43.88", "-90 to 90, as in 43.88", False),
        _column(
            "longitude", "经度", "longitude", "-180 至 180，如 125.32", "-180 to 180, as in 125.32", False
        ),
        _column(
            "datum",
            "坐标系",
            "datum",
            "WGS-84 或 GCJ-02，留空为 WGS-84；国内地图给出的多为 GCJ-02",
            "WGS-84 or GCJ-02, blank: WGS-84; maps made in China mostly give GCJ-02",
            False,
        ),
    ),
)
_LINES = Kind(
    "lines",
    {"zh": "公布号码", "en": "Phone lines"},
    (
        _UNIT,
        _column("site", "大厅编码", "site code", "可留空；须属于该单位", "may be blank; of that unit", False),
        _column("code", "编码", "code", *_CODE),
        _column("number", "号码", "number", "如 0431-12345678", "as in 0431-12345678", longest=32),
        _column("label", "号码名称", "label", "如：咨询电话", "such as: enquiries", longest=200),
        _column(
            "hours",
            "公布时间",
            "hours",
            "如 08:30-11:30、13:30-17:00",
            "as in 08:30-11:30, 13:30-17:00",
            longest=100,
        ),
        _column(
            "source", "来源", "source", "公布号码的页面或材料", "where the number is published", longest=300
        ),
        _column("checked_on", "核对日期", "date checked", "如 2018-11-20", "as in 2018-11-20", longest=20),
    ),
)
_ITEMS = Kind(
    "items",
    {"zh": "事项", "en": "Service items"},
    (
        _UNIT,
        _column("code", "编码", "code", *_CODE),
        _column("name", "名称", "name", "事项名称", "name of the item", longest=200),
        _column("kind", "类型", "kind", "即办件或承诺件", "immediate or promised"),
        _column(
            "promised_days",
            "承诺工作日",
            "promised days",
            "承诺件必填，0 至 365",
            "needed for promised items, 0 to 365",
            False,
        ),
    ),
)
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in (_UNITS, _SITES, _LINES, _ITEMS)}


def template_file(kind: Kind, language: str, shape: str) -> bytes:
    """The empty table to fill in as 'csv' or 'xlsx'; the workbook explains its columns on a second sheet."""
    columns = [column.label[language] for column in kind.columns]
    if shape == "csv":
        return b"".join(csv_lines(columns, ()))
    buffer = io.BytesIO()
    write_workbook(buffer, (Table(kind.label[language], columns, ()), _notes(kind, language)))
    return buffer.getvalue()


def _notes(kind: Kind, language: str) -> Table:
    words = {
        "zh": ("说明", ("列", "是否必填", "填写说明"), ("必填", "可留空")),
        "en": ("Notes", ("column", "needed", "what to write"), ("needed", "may be blank")),
    }
    name, header, needed = words[language]
    rows = [
        [column.label[language], needed[0 if column.required else 1], column.hint[language]]
        for column in kind.columns
    ]
    return Table(name, header, rows)
