"""The table of handled cases: its columns, by which headings they go, and the words its cells use."""

from __future__ import annotations

from collections.abc import Mapping

from surveyapp.evaluation.cases import RESULTS, STOPS
from surveyapp.services.registering.kinds import Column, Kind


def _column(
    key: str, zh: str, en: str, hint_zh: str, hint_en: str, required: bool = True, longest: int = 64
) -> Column:
    return Column(key, {"zh": zh, "en": en}, {"zh": hint_zh, "en": hint_en}, required, longest)


_DAY = ("写作 2018-03-01 09:30；只有日期也可以", "like 2018-03-01 09:30; a day alone will do")
CASES = Kind(
    "cases",
    {"zh": "办件", "en": "Cases"},
    (
        _column("number", "办件编号", "Case number", "每件一个，不重复", "one a case, never twice"),
        _column("kind", "办件类型", "Type", "即办件 或 承诺件", "immediate or promised"),
        _column("accepted", "受理时间", "Accepted", *_DAY),
        _column("finished", "办结时间", "Finished", "在办的留空", "blank while open", required=False),
        _column(
            "result",
            "办理结果",
            "Result",
            "、".join(words[0] for words in RESULTS.values()),
            ", ".join(words[-1] for words in RESULTS.values()),
        ),
        _column(
            "reason",
            "不予办理的法定理由",
            "Legal reason of refusal",
            "写依据的条款；没有写的按没有办成计",
            "the clause; without it the case counts as not settled",
            required=False,
            longest=200,
        ),
        _column(
            "days",
            "承诺工作日",
            "Promised working days",
            "承诺件必填，1 至 365",
            "needed for promised matters, 1 to 365",
            required=False,
        ),
        _column(
            "minutes",
            "公布分钟数",
            "Published minutes",
            "即办件公布的办理分钟数，没有公布的留空",
            "published minutes of an immediate matter, blank when none",
            required=False,
        ),
        _column(
            "stops",
            "停时",
            "Stops of the clock",
            "补正 2018-03-01~2018-03-05；听证 2018-03-08~（未结束的不写止日）",
            "correction 2018-03-01~2018-03-05; hearing 2018-03-08~ (no end while it lasts)",
            required=False,
            longest=400,
        ),
    ),
)
ALIASES: Mapping[str, tuple[str, ...]] = {
    "number": ("受理编号", "受理号", "办件号", "业务编号"),
    "kind": ("类型", "事项类型"),
    "accepted": ("受理日期",),
    "finished": ("办结日期",),
    "result": ("结果", "办理状态", "状态"),
    "reason": ("不予办理理由", "不予办理原因", "法定理由"),
    "days": ("承诺时限", "承诺时限（工作日）", "承诺期限（工作日）"),
    "minutes": ("公布时限（分钟）",),
    "stops": ("停时（补正、听证、检测、公示）", "特别程序", "中止"),
}
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "immediate": ("即办件", "即办", "immediate"),
    "promised": ("承诺件", "承诺", "promised"),
}


def column_of(heading: str) -> str:
    """The key of the column with this heading, '' for none."""
    name = heading.strip().casefold()
    for column in CASES.columns:
        if name in column.names() or name in ALIASES[column.key]:
            return column.key
    return ""


def kind_of(text: str) -> str:
    """'immediate' or 'promised' for the words of a cell, '' for others."""
    return _code(KIND_WORDS, text)


def result_of(text: str) -> str:
    """A key of RESULTS for the words of a cell, '' for others."""
    return _code(RESULTS, text)


def stop_of(text: str) -> str:
    """A key of STOPS for the words of a cell, '' for others."""
    return _code(STOPS, text)


def _code(words: Mapping[str, tuple[str, ...]], text: str) -> str:
    name = text.strip().casefold()
    return next((code for code, known in words.items() if name in known), "")
