"""A mistake somebody can mend: in a questionnaire, in a posted form, in a record."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A mistake with a stable code, the place where it was found and a sentence per language.

    `path` names the place: the answer's path below the form's root (`sec/q1`), or a sheet, row and column
    for a mistake in a questionnaire. `sentence` maps 'zh' and 'en' to what is wrong and what to do. A `soft`
    problem goes away when the person confirms the answer and gives a reason.
    """

    code: str
    path: str
    sentence: Mapping[str, str]
    soft: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence['zh']} / {self.sentence['en']} [{self.code}]"


def sheet_problem(code: str, sheet: str, line: int, column: str, zh: str, en: str) -> Problem:
    """A mistake in a questionnaire at a sheet, line and column; line 0 and column '' stand for none."""
    row = (f"第 {line} 行", f", line {line}") if line else ("", "")
    at = (f"{column} 列", f", column {column}") if column else ("", "")
    place_zh = " ".join(part for part in (f"{sheet} 表{row[0]}", at[0]) if part)
    return Problem(
        code,
        f"{sheet}:{line}:{column}",
        {"zh": f"{place_zh}：{zh}", "en": f"sheet {sheet}{row[1]}{at[1]}: {en}"},
    )


class BadExpression(ValueError):
    """An expression that cannot be read or called; `problem` says why in both languages."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class BadForm(ValueError):
    """A form that cannot be used; `problems` lists every mistake found in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems
