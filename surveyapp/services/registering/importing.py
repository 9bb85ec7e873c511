"""Register places: one from a form or a whole table from a file, all of it or nothing.

The same checks hold for both; a table is stored in one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from surveyapp.evaluation.problem import Problem, problem
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import read_sheets
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import ROOT_UNIT, ensure_root
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.registering.kinds import KINDS, Kind
from surveyapp.services.registering.row import Ground, Row
from surveyapp.services.registering.rows import checked
from surveyapp.storage import places
from surveyapp.storage.database import Session

LARGEST_IMPORT = 5000
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Registered:
    """How many rows were stored, or the problems because of which none was."""

    number: int
    problems: tuple[Problem, ...]


def add_one(platform: Platform, actor: Actor, kind: str, fields: Mapping[str, str]) -> Registered:
    """Register one place from a form. `kind` is one of KINDS."""
    return _register(platform, actor, KINDS[kind], [(0, fields)], {})


def import_table(platform: Platform, actor: Actor, kind: str, content: bytes) -> Registered:
    """Register all rows of a CSV or XLSX file, or none. `kind` is one of KINDS."""
    rows = _rows(KINDS[kind], content)
    if rows and isinstance(rows[0], Problem):
        return Registered(0, tuple(row for row in rows if isinstance(row, Problem)))
    cells = [row for row in rows if not isinstance(row, Problem)]
    return _register(platform, actor, KINDS[kind], cells, {"sha256": hashlib.sha256(content).hexdigest()})


def _rows(kind: Kind, content: bytes) -> Sequence[Problem | tuple[int, dict[str, str]]]:
    """Row numbers with cells by key; or problems of the table as a whole."""
    sheets = read_sheets(content)
    if isinstance(sheets, Refusal):
        return [Problem(sheets.code, 0, "", sheets.sentence)]
    table = sheets[0].rows if sheets else ()
    header = [cell.strip().casefold() for cell in table[0]] if table else []
    keys = [next((column.key for column in kind.columns if name in column.names()), "") for name in header]
    faults = _header_problems(kind, header, keys)
    rows = [
        (number, {key: cell for key, cell in zip(keys, row, strict=False) if key})
        for number, row in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if not faults and not rows:
        faults.append(
            problem("empty", 0, "", "没有数据行，请在表头下填写。", "there is no row below the header.")
        )
    if len(rows) > LARGEST_IMPORT:
        zh, en = (
            f"超过 {LARGEST_IMPORT} 行，请分成几个文件。",
            f"more than {LARGEST_IMPORT} rows; split the file.",
        )
        faults.append(problem("too-many", 0, "", zh, en))
    return faults or rows


def _header_problems(kind: Kind, header: Sequence[str], keys: Sequence[str]) -> list[Problem]:
    faults = [
        problem(
            "unknown-column",
            1,
            name[:40],
            "不认识这一列，请按模板的表头填写。",
            "is no column of this table; see the template.",
        )
        for name, key in zip(header, keys, strict=True)
        if name and not key
    ]
    for column in kind.columns:
        if keys.count(column.key) > 1:
            name = column.label["zh"]
            faults.append(problem("column-twice", 1, name, "这一列出现了两次。", "stands there twice."))
        if column.required and column.key not in keys:
            zh, en = f"缺少“{column.label['zh']}”列。", f"the column “{column.label['en']}” is missing."
            faults.append(problem("column-missing", 1, "", zh, en))
    return faults


def _register(
    platform: Platform,
    actor: Actor,
    kind: Kind,
    cells: Sequence[tuple[int, Mapping[str, str]]],
    detail: Mapping[str, Any],
) -> Registered:
    ensure_root(platform)
    now = platform.clock()
    try:
        with platform.database.transaction() as session:
            ground = Ground(
                places.load_known(session),
                lambda path: actor.covers(path, "lead"),
                ROOT_UNIT,
                now.astimezone(CHINA).date(),
            )
            rows = checked(kind, cells, ground)
            problems = tuple(fault for row in rows for fault in row.problems)
            if problems:
                return Registered(0, problems)
            _insert(session, kind, rows)
            codes = [row.values["code"] for row in rows]
            note_deed(
                session, now, actor.id, "place.register", kind.code, codes[0], number=len(rows), **detail
            )
            return Registered(len(rows), ())
    except places.PlaceRefused:
        zh = "有人刚刚登记了相同的编码或号码，本次没有保存；请重试。"
        en = "somebody registered the same code or number a moment ago; nothing was stored, try again."
        return Registered(0, (problem("taken", 0, "", zh, en),))


def _insert(session: Session, kind: Kind, rows: Sequence[Row]) -> None:
    if kind.code == "units":
        _insert_units(session, rows)
        return
    insert = {"sites": places.add_site, "lines": places.add_line, "items": places.add_item}[kind.code]
    for row in rows:
        insert(session, **{key: value for key, value in row.values.items() if key not in ("unit", "site")})


def _insert_units(session: Session, rows: Sequence[Row]) -> None:
    """Parents first, whatever the order of the table."""
    waiting = {row.values["code"]: row for row in rows}
    while waiting:
        ready = [row for row in waiting.values() if row.values["parent"] not in waiting]
        for row in ready:
            parent = places.find_unit(session, row.values["parent"])
            places.add_unit(session, row.values["code"], row.values["name"], parent)
            del waiting[row.values["code"]]
