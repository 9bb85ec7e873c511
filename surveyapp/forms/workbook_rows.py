"""Where in its workbook a person finds what was found in the Markdown made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from surveyapp.forms.problem import Problem
from surveyapp.forms.tables import read_sheets
from surveyapp.forms.workbook import Grid, sheet_name

Rows = Mapping[str, Sequence[int]]
"""The numbers of the rows that are not blank, the header first, by the name of their sheet."""
_LINE = re.compile(r"(?<=第 )\d+(?= 行)|(?<=line )\d+")


def filled_rows(grids: Iterable[Grid]) -> dict[str, list[int]]:
    """The rows of a workbook that become lines of Markdown."""
    return {
        sheet_name(grid.name): [
            number for number, row in enumerate(grid.rows, 1) if any(cell.strip() for cell in row)
        ]
        for grid in grids
    }


def at_rows(problems: Iterable[Problem], text: str, rows: Rows) -> Iterator[Problem]:
    """Problems found in lines of `text`, at the rows they came from; those of no line stay as they are."""
    sheets = read_sheets(text)
    numbers = {
        name: dict(zip((line for line, _ in sheet.rows), rows[name][1:], strict=False))
        for name, sheet in sheets.items()
        if name in rows
    }
    for problem in problems:
        sheet, _, rest = problem.path.partition(":")
        line, _, column = rest.partition(":")
        known = numbers.get(sheet, {})
        if not line.isdecimal() or int(line) not in known:
            yield problem
            continue
        sentence = {language: _at(said, known) for language, said in problem.sentence.items()}
        yield Problem(problem.code, f"{sheet}:{known[int(line)]}:{column}", sentence, problem.soft)


def _at(said: str, known: Mapping[int, int]) -> str:
    return _LINE.sub(lambda found: str(known.get(int(found[0]), found[0])), said)
