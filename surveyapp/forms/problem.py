"""A mistake somebody can mend: in a questionnaire, in a posted form, in a record."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A mistake with a stable code, the place where it was found and a sentence per language.

    `path` names the place: the answer's path below the form's root (`sec/q1`), or a sheet, row and column
    for a mistake in a questionnaire. `sentence` maps 'zh' and 'en' to what is wrong and what to do.
    """

    code: str
    path: str
    sentence: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence['zh']} / {self.sentence['en']} [{self.code}]"


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
