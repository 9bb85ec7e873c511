"""One thing wrong in a file that a person wrote, with its place and a sentence that says what to do.

Not an exception: user errors are values.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` counts from 1, the header being row 1 (0: no single row); `column` is a column's name or ''."""

    code: str
    row: int
    column: str
    sentence: Mapping[str, str]


def problem(code: str, row: int, column: str, zh: str, en: str) -> Problem:
    """A problem whose sentences are completed with the place, so that they can be shown alone."""
    place_zh = f"第 {row} 行" if row else "整张表"
    place_en = f"Row {row}" if row else "The table"
    if column:
        place_zh += f"“{column}”列"
        place_en += f", column “{column}”"
    return Problem(code, row, column, {"zh": f"{place_zh}：{zh}", "en": f"{place_en}: {en}"})
