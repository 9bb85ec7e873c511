"""Reads an uploaded list of handled cases: all of it, or what is wrong with it by row and column."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveyapp.evaluation.cases import Case, Stop
from surveyapp.evaluation.problem import Problem, problem
from surveyapp.evaluation.schedule import CHINA
from surveyapp.evaluation.workdays import Workdays
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import Book, read_book
from surveyapp.services.extracting.columns import CASES, column_of, kind_of, result_of, stop_of
from surveyapp.services.extracting.personal import personal_data

_AT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})秒?)?(?:\.\d{1,6})?)?",
    re.ASCII,
)
_STOP = re.compile(r"(\S+?)\s*(\d{4}-\d{1,2}-\d{1,2})\s*[~～至]\s*(\d{4}-\d{1,2}-\d{1,2})?")
_LABELS = {column.key: column.label["zh"] for column in CASES.columns}
MOST_DAYS, MOST_MINUTES, MOST_STOPS = 365, 600, 10


def read_cases(
    content: bytes, workdays: Workdays, counted_on: dt.date
) -> tuple[Case, ...] | tuple[Problem, ...]:
    """The cases of a CSV or XLSX file, or the problems because of which none is taken; never empty.

    Refused: what is no table, hidden sheets, formulas and merged cells, personal data, unknown or missing
    columns, and rows whose cells cannot be understood, contradict each other or repeat a number.
    """
    book = read_book(content)
    if isinstance(book, Refusal):
        return (Problem(book.code, 0, "", book.sentence),)
    if faults := _of_book(book):
        return faults
    table = book.sheets[0].rows
    keys = [column_of(cell) for cell in table[0]]
    rows = [
        Row(
            number,
            {key: cell.strip() for key, cell in zip(keys, cells, strict=True) if key},
            workdays,
            counted_on,
        )
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        zh, en = "没有数据行，请在表头下填写。", "there is no row below the header."
        return (problem("empty", 0, "", zh, en),)
    cases = [row.case() for row in rows]
    faults = (*(fault for row in rows for fault in row.problems), *_repeated(rows))
    if faults:
        return tuple(sorted(faults, key=lambda fault: fault.row))
    return tuple(case for case in cases if case is not None)


def _of_book(book: Book) -> tuple[Problem, ...]:
    if book.hidden:
        zh = f"有隐藏的工作表（{'、'.join(book.hidden)[:60]}），请删去后再上传。"
        return (problem("hidden-sheet", 0, "", zh, "holds hidden sheets; remove them and upload again."),)
    if not book.sheets or not book.sheets[0].rows:
        return (problem("empty", 0, "", "是空的，请按模板填写。", "is empty; fill in the template."),)
    odd = [
        one
        for one in book.oddities.get(book.sheets[0].name, ())
        if one.kind in ("formula", "merged", "truth")
    ]
    if odd:
        return tuple(_odd(one.kind, one.place) for one in odd)
    if found := tuple(fault for sheet in book.sheets for fault in personal_data(sheet.rows)):
        return found
    return _of_header(book.sheets[0].rows[0])


def _odd(kind: str, place: str) -> Problem:
    zh, en = {
        "formula": ("是公式，请复制后选择性粘贴为数值。", "is a formula; paste its value instead."),
        "merged": ("是合并的单元格，请取消合并并逐行填写。", "is merged; split it and fill in every row."),
        "truth": ("是逻辑值，请改成文字。", "is a truth value; write words instead."),
    }[kind]
    return Problem(kind, 0, place, {"zh": f"单元格 {place} {zh}", "en": f"Cell {place} {en}"})


def _of_header(header: Sequence[str]) -> tuple[Problem, ...]:
    keys = [column_of(cell) for cell in header]
    faults = [
        problem(
            "unknown-column",
            1,
            name.strip()[:40],
            "不认识这一列，请删去或按模板的表头填写。",
            "is no column of this table; remove it or see the template.",
        )
        for name, key in zip(header, keys, strict=True)
        if name.strip() and not key
    ]
    for column in CASES.columns:
        if keys.count(column.key) > 1:
            faults.append(
                problem("column-twice", 1, column.label["zh"], "这一列出现了两次。", "stands there twice.")
            )
        if column.required and column.key not in keys:
            zh, en = f"缺少“{column.label['zh']}”列。", f"the column “{column.label['en']}” is missing."
            faults.append(problem("column-missing", 1, "", zh, en))
    return tuple(faults)


def _repeated(rows: Sequence[Row]) -> list[Problem]:
    first: dict[str, int] = {}
    found = []
    for row in rows:
        number = row.cells.get("number", "")
        if number and first.setdefault(number, row.number) != row.number:
            zh = f"与第 {first[number]} 行的编号相同，请删去重复的一行。"
            en = f"repeats the number of row {first[number]}; remove one of the two."
            found.append(problem("repeated", row.number, _LABELS["number"], zh, en))
    return found


@dataclass
class Row:
    """One row while it is read: its cells by key, and what is wrong with it."""

    number: int
    cells: Mapping[str, str]
    workdays: Workdays
    counted_on: dt.date
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: str, code: str, zh: str, en: str) -> None:
        """Note what is wrong with a cell and what to do."""
        self.problems.append(problem(code, self.number, _LABELS[key], zh, en))

    def text(self, key: str) -> str:
        """The cell with full-width signs as half-width ones, '' when it is missing."""
        return unicodedata.normalize("NFKC", self.cells.get(key, "")).strip()

    def case(self) -> Case | None:
        """The case of this row; None, with problems, when it cannot be told."""
        self._lengths()
        kind = self._word("kind", kind_of, "应为 即办件 或 承诺件。", "must be immediate or promised.")
        zh = "应为 办成、未办成、不予办理 或 在办。"
        result = self._word("result", result_of, zh, "must be done, not done, refused or open.")
        accepted, timed = self._instant("accepted")
        finished, ended_timed = self._instant("finished")
        if accepted is None and not self.text("accepted"):
            self.wrong("accepted", "required", "不能为空，请填写。", "may not be blank.")
        self._agree(kind, result)
        case = Case(
            self.cells.get("number", ""),
            kind,
            accepted or dt.datetime.min.replace(tzinfo=CHINA),
            finished,
            result,
            self.text("reason"),
            self._whole("days", MOST_DAYS),
            self._whole("minutes", MOST_MINUTES),
            self._stops(accepted),
            timed and (ended_timed or finished is None),
        )
        return None if self.problems else _in_days(case)

    def _lengths(self) -> None:
        if not self.cells.get("number"):
            self.wrong("number", "required", "不能为空，请填写。", "may not be blank.")
        for column in CASES.columns:
            text = self.cells.get(column.key, "")
            if len(text) > column.longest or not text.isprintable():
                zh = f"请控制在 {column.longest} 个字以内，不要换行。"
                en = f"write at most {column.longest} characters on one line."
                self.wrong(column.key, "text", zh, en)

    def _word(self, key: str, read: Callable[[str], str], zh: str, en: str) -> str:
        found = read(self.text(key))
        if not found:
            self.wrong(key, "word", zh, en)
        return found

    def _instant(self, key: str) -> tuple[dt.datetime | None, bool]:
        """The instant and whether it has a time of day; None for a blank or, with a problem, a wrong one."""
        text = self.text(key)
        match = _AT.fullmatch(text)
        if match is None:
            if text:
                zh, en = (
                    "看不懂，请写作 2018-03-01 09:30。",
                    "cannot be read; write it like 2018-03-01 09:30.",
                )
                self.wrong(key, "instant", zh, en)
            return None, False
        try:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            at = dt.datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
        except ValueError:
            self.wrong(key, "instant", "没有这个日期或时刻，请核对。", "there is no such day or time.")
            return None, False
        self._known_day(key, at.date())
        return at, match[4] is not None

    def _known_day(self, key: str, day: dt.date) -> None:
        if day > self.counted_on:
            zh, en = (
                f"晚于统计日 {self.counted_on}，请核对。",
                f"lies after the day of counting, {self.counted_on}.",
            )
            self.wrong(key, "future", zh, en)
        elif not self.workdays.covers(day):
            zh = f"早于工作日历（{self.workdays.first} 起），请只导出评估期间的办件。"
            en = f"lies before the calendar, which begins on {self.workdays.first}; export the period only."
            self.wrong(key, "calendar", zh, en)

    def _whole(self, key: str, most: int) -> int | None:
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
            self.wrong(
                key, "number", f"应为 1 至 {most} 的整数。", f"must be a whole number from 1 to {most}."
            )
            return None
        return int(text)

    def _stops(self, accepted: dt.datetime | None) -> tuple[Stop, ...]:
        found = []
        for part in [one.strip() for one in re.split(r"[;；]", self.text("stops")) if one.strip()]:
            stop = self._stop(part, accepted)
            if stop is not None:
                found.append(stop)
        if len(found) > MOST_STOPS:
            self.wrong("stops", "many", f"最多 {MOST_STOPS} 段，请核对。", f"at most {MOST_STOPS} stops.")
        return tuple(found)

    def _stop(self, part: str, accepted: dt.datetime | None) -> Stop | None:
        match = _STOP.fullmatch(part)
        kind = stop_of(match[1]) if match else ""
        try:
            first = dt.date(*(int(one) for one in match[2].split("-"))) if match and kind else None
            last = dt.date(*(int(one) for one in match[3].split("-"))) if match and match[3] else None
        except ValueError:
            first = None
        if first is None:
            zh = f"“{part[:30]}”看不懂，请写作 补正 2018-03-01~2018-03-05，几段之间用分号。"
            en = f"“{part[:30]}” cannot be read; write it like correction 2018-03-01~2018-03-05."
            self.wrong("stops", "stop", zh, en)
            return None
        is_early = accepted is not None and first < accepted.date()
        if (
            is_early
            or first > self.counted_on
            or (last or first) < first
            or (last or first) > self.counted_on
        ):
            zh = "停时应在受理以后、统计日以前，起日不晚于止日。"
            en = "a stop lies between acceptance and the day of counting and ends after it begins."
            self.wrong("stops", "stop-order", zh, en)
            return None
        return Stop(kind, first, last)

    def _agree(self, kind: str, result: str) -> None:
        ended = bool(self.text("finished"))
        if result == "open" and ended:
            self.wrong(
                "finished", "open", "在办的办件不应有办结时间。", "an open case has no end; leave it blank."
            )
        if result in ("done", "failed", "refused") and not ended:
            zh, en = (
                "已办结的请填办结时间；还没有办结的，结果写“在办”。",
                "give the end, or call the case open.",
            )
            self.wrong("finished", "ended", zh, en)
        if kind == "promised" and not self.text("days"):
            self.wrong(
                "days", "required", "承诺件请填承诺工作日。", "a promised matter needs its working days."
            )
        if kind == "immediate" and (self.text("days") or self.text("stops")):
            zh, en = (
                "即办件没有承诺工作日和停时，请核对类型。",
                "an immediate matter has neither days nor stops.",
            )
            self.wrong("days", "immediate", zh, en)
        if self.text("reason") and result not in ("refused", ""):
            zh, en = "只有不予办理的办件写法定理由。", "only a refused case has a legal reason."
            self.wrong("reason", "reason", zh, en)


def _in_days(case: Case) -> Case:
    """The case with whole days when either instant has no time of day, so that the two compare."""
    if case.timed:
        return case
    midnight = dt.time(tzinfo=CHINA)
    ended = case.finished and dt.datetime.combine(case.finished.date(), midnight)
    begun = dt.datetime.combine(case.accepted.date(), midnight)
    return replace(case, accepted=begun, finished=ended)
