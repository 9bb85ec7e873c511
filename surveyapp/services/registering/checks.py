"""What a unit, a site, a phone line and a service item must be, one function a kind."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

from surveyapp.services.registering.hours import parse_hours
from surveyapp.services.registering.row import Ground, Row, check_code, check_unit

NUMBER = re.compile(r"\+?[0-9][0-9 ()#*-]{1,30}[0-9]\Z", re.ASCII)
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z", re.ASCII)
WHOLE = re.compile(r"\d{1,3}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?\Z", re.ASCII)
DATUMS = ("WGS-84", "GCJ-02")
ITEM_KINDS = {"即办件": "immediate", "immediate": "immediate", "承诺件": "promised", "promised": "promised"}
MOST_DAYS = 365


def _check_a_unit(row: Row, ground: Ground) -> None:
    check_code(row, row.plain("code") in ground.known.units)
    row.values["parent"] = row.plain("parent") or ground.root


def _check_a_site(row: Row, ground: Ground) -> None:
    check_unit(row, ground)
    check_code(row, row.plain("code") in ground.known.sites)
    for key, limit in (("latitude", 90), ("longitude", 180)):
        text, value = row.plain(key), math.nan
        if not text:
            row.values[key] = None
            continue
        if DECIMAL.match(text):
            value = float(text)
        if not abs(value) <= limit:
            row.wrong(
                key,
                "coordinate",
                f"须是 -{limit} 至 {limit} 的十进制度数。",
                f"must be decimal degrees from -{limit} to {limit}.",
            )
        row.values[key] = value
    if bool(row.plain("latitude")) != bool(row.plain("longitude")):
        lacking = "longitude" if row.plain("latitude") else "latitude"
        row.wrong(
            lacking,
            "half-position",
            "经度和纬度要么都填，要么都不填。",
            "give both latitude and longitude, or neither.",
        )
    row.values["datum"] = row.plain("datum").upper() or DATUMS[0]
    if row.values["datum"] not in DATUMS:
        row.wrong("datum", "datum", "须是 WGS-84 或 GCJ-02。", "must be WGS-84 or GCJ-02.")


def _check_a_line(row: Row, ground: Ground) -> None:
    unit_id = check_unit(row, ground)
    check_code(row, row.plain("code") in ground.known.lines)
    row.values["number"] = number = row.plain("number")
    if number and not NUMBER.match(number):
        row.wrong(
            "number",
            "number",
            "不是电话号码：只能有数字、空格、横线、括号，3 至 32 位。",
            "is not a telephone number: digits, blanks, dashes and brackets, 3 to 32 signs.",
        )
    elif unit_id is not None and (unit_id, number) in ground.known.numbers:
        row.wrong(
            "number",
            "taken",
            f"这个单位已登记过号码 {number}。",
            f"number {number} is registered for this unit already.",
        )
    _check_site_of(row, ground, unit_id)
    hours = parse_hours(row.text("hours"))
    if row.text("hours") and hours is None:
        row.wrong(
            "hours",
            "hours",
            "须是一段或两段先后不重叠的时间，如 08:30-11:30、13:30-17:00。",
            "must be one or two spans in order that do not overlap, as in 08:30-11:30, 13:30-17:00.",
        )
    row.values["hours"] = list(hours or ())
    _check_day(row, ground.today)


def _check_site_of(row: Row, ground: Ground, unit_id: int | None) -> None:
    code = row.plain("site")
    row.values["site_id"] = None
    if not code:
        return
    found = ground.known.sites.get(code)
    if found is None or (unit_id is not None and found[1] != unit_id):
        row.wrong(
            "site",
            "unknown-site",
            f"这个单位没有编码为 {code[:64]} 的大厅。",
            f"the unit has no site {code[:64]}.",
        )
    else:
        row.values["site_id"] = found[0]


def _check_day(row: Row, today: date) -> None:
    text = row.plain("checked_on").partition("T")[0]
    if not text:
        return
    found = DAY.match(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        row.wrong(
            "checked_on",
            "date",
            "不是日期，请写成 2018-11-20 的样子。",
            "is not a date; write it as in 2018-11-20.",
        )
    elif day > today:
        row.wrong("checked_on", "future", "核对日期不能晚于今天。", "cannot be later than today.")
    row.values["checked_on"] = day


def _check_an_item(row: Row, ground: Ground) -> None:
    unit_id = check_unit(row, ground)
    check_code(row, (unit_id, row.plain("code")) in ground.known.items)
    kind = ITEM_KINDS.get(row.plain("kind").lower())
    if row.plain("kind") and kind is None:
        row.wrong("kind", "kind", "须是“即办件”或“承诺件”。", "must be “immediate” or “promised”.")
    days, row.values["kind"] = row.plain("promised_days"), kind
    row.values["promised_days"] = int(days) if WHOLE.match(days) else None
    if days and (row.values["promised_days"] is None or row.values["promised_days"] > MOST_DAYS):
        row.wrong(
            "promised_days",
            "days",
            f"须是 0 至 {MOST_DAYS} 的整数。",
            f"must be a whole number from 0 to {MOST_DAYS}.",
        )
    elif kind == "promised" and not days:
        row.wrong(
            "promised_days",
            "required",
            "承诺件要写承诺的工作日数。",
            "a promised item needs its working days.",
        )
    elif kind == "immediate" and days:
        row.wrong(
            "promised_days",
            "not-wanted",
            "即办件没有承诺工作日，请留空。",
            "an immediate item has none; leave it blank.",
        )


CHECKS: Mapping[str, Callable[[Row, Ground], None]] = {
    "units": _check_a_unit,
    "sites": _check_a_site,
    "lines": _check_a_line,
    "items": _check_an_item,
}
