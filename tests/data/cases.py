"""Lists of handled cases for tests: 420 immediate matters of which 399 were done at once, and others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveyapp.gateways.spreadsheets import csv_lines

HEADER = (
    "办件编号",
    "办件类型",
    "受理时间",
    "办结时间",
    "办理结果",
    "不予办理的法定理由",
    "承诺工作日",
    "公布分钟数",
    "停时",
)
DAY = "2018-10-31"
"""The day of counting of example_rows."""


def instant(number: str, begun: str, ended: str, minutes: str = "30", result: str = "办成") -> list[str]:
    return [number, "即办件", begun, ended, result, "", "", minutes, ""]


def promised(
    number: str,
    begun: str,
    ended: str = "",
    days: str = "5",
    stops: str = "",
    result: str = "",
    reason: str = "",
) -> list[str]:
    return [number, "承诺件", begun, ended, result or ("办成" if ended else "在办"), reason, days, "", stops]


def example_rows() -> Iterator[list[str]]:
    """420 immediate matters: 399 within 30 minutes, 11 the next day, 10 after 40 minutes. 80 promised ones:
    60 on time, 8 late, 4 open and overdue, 5 open and not due, 3 lawfully refused on time."""
    for n in range(399):
        yield instant(
            f"J{n:04}",
            f"2018-09-{3 + n % 5:02} 09:{n % 30:02}",
            f"2018-09-{3 + n % 5:02} 09:{n % 30 + 17:02}",
        )
    for n in range(11):
        yield instant(f"K{n:04}", "2018-09-10 16:31", "2018-09-11 09:12")
    for n in range(10):
        yield instant(f"L{n:04}", "2018-09-12 09:01", "2018-09-12 09:41")
    for n in range(60):
        yield promised(f"P{n:04}", f"2018-09-{3 + n % 5:02} 10:13", f"2018-09-{5 + n % 5:02} 11:07")
    for n in range(8):
        yield promised(f"Q{n:04}", "2018-09-03 10:13", "2018-09-11 11:07")
    for n in range(4):
        yield promised(f"R{n:04}", "2018-09-03 10:13")
    for n in range(5):
        yield promised(f"S{n:04}", "2018-10-26 10:13")
    for n in range(3):
        reason = "不符合《营业性演出管理条例》第七条"
        yield promised(f"T{n:04}", "2018-09-03 10:13", "2018-09-05 11:07", result="不予办理", reason=reason)


def csv_of(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> bytes:
    """The rows as a CSV file in an encoding."""
    return b"".join(csv_lines(header, rows)).decode("utf-8-sig").encode(encoding)


def example(encoding: str = "utf-8") -> bytes:
    """The CSV file of example_rows."""
    return csv_of(list(example_rows()), encoding=encoding)
