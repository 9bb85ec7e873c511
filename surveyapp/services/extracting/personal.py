"""Finds personal data in a table that must hold none: by its headings and by what its cells look like.

A list of cases needs no applicant. Names cannot be told from other words, so names are found by their
heading, and no column but the known ones is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from surveyapp.evaluation.problem import Problem, problem
from surveyapp.services.extracting.columns import column_of

MOST_NAMED = 20
_HEADINGS = re.compile(
    r"姓名|名字|申请人|当事人|法人|法定代表|联系人|经办人|身份证|证件|电话|手机|联系方式|住址|地址|邮箱|微信|银行|账号"
    r"|\bname\b|applicant|\bid card\b|identity|passport|phone|mobile|address|e-?mail",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<!\d)[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dXx](?![\dXx])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}")
_PLACE = re.compile(r"(?:路|街|巷|胡同|村|屯|小区|花园)[^，。；]{0,12}?\d+ ?(?:号|栋|幢|单元|室|组)")
_WORDS = {
    "id": ("像是身份证号码", "looks like the number of an identity card"),
    "phone": ("像是电话号码", "looks like a telephone number"),
    "mail": ("像是电子邮箱", "looks like an e-mail address"),
    "place": ("像是住址", "looks like a postal address"),
}


def personal_data(rows: Sequence[Sequence[str]]) -> tuple[Problem, ...]:
    """A problem for each heading and, up to 20, each cell that holds personal data. Row 1 is the header.

    The cell's own text is never repeated in the sentence.
    """
    header = [cell.strip() for cell in rows[0]] if rows else []
    found = list(_in_header(header))
    for index in range(max(map(len, rows), default=0)):
        heading = header[index] if index < len(header) else ""
        cells = [(number, row[index]) for number, row in enumerate(rows[1:], start=2) if index < len(row)]
        found += _in_column(heading or f"{index + 1}", cells)
    return tuple(found[:MOST_NAMED])


def _in_header(header: Sequence[str]) -> Iterator[Problem]:
    for heading in header:
        if _HEADINGS.search(heading) and not column_of(heading):
            yield problem(
                "personal-column",
                1,
                heading[:40],
                "这一列是个人信息，请整列删去后再上传；文件没有保存。",
                "holds personal data; remove the whole column and upload again. Nothing was kept.",
            )


def _in_column(heading: str, cells: Sequence[tuple[int, str]]) -> Iterator[Problem]:
    """Case numbers may look like an identity number by chance; a whole column of valid ones is no chance."""
    dated = [(number, match) for number, text in cells for match in _ID.finditer(text) if _is_dated(match)]
    valid = [number for number, match in dated if _is_valid(match[0])]
    by_chance = column_of(heading) == "number" and 2 * len(valid) < len(dated)
    ids = set() if by_chance else set(valid)
    for number, text in cells:
        kind = "id" if number in ids else _kind(text)
        if kind:
            zh, en = _WORDS[kind]
            yield problem(
                "personal-cell",
                number,
                heading[:40],
                f"{zh}，请删去后再上传；文件没有保存。",
                f"{en}; remove it and upload again. Nothing was kept.",
            )


def _kind(text: str) -> str:
    checks = (("phone", _PHONE), ("mail", _MAIL), ("place", _PLACE))
    return next((kind for kind, pattern in checks if pattern.search(text)), "")


def _is_dated(match: re.Match[str]) -> bool:
    try:
        return 1900 <= date(int(match[1]), int(match[2]), int(match[3])).year <= 2099
    except ValueError:
        return False


def _is_valid(text: str) -> bool:
    """The check digit of GB 11643-1999 fits."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()
