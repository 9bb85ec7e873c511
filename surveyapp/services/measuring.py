"""The measures of a questionnaire against the frameworks kept here, with the place of each mistake."""

from __future__ import annotations

from surveyapp.evaluation.framework import Framework
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.tables import Sheet, read_sheets
from surveyapp.services.frameworks import list_frameworks, load_framework
from surveyapp.services.installation import Platform


def misfits(platform: Platform, text: str) -> tuple[Problem, ...]:
    """Why the measures of a questionnaire cannot be scored here; () when they fit one framework wholly.

    When they fit none, what is wrong with the one they fit best, of equal ones the newest.
    """
    known = list_frameworks(platform)
    frameworks: list[Framework | None] = [load_framework(platform, row[0]).framework for row in known]
    found: list[list[Problem]] = [measures_in(text, framework)[1] for framework in (frameworks or [None])]
    fewest = min(found, key=len)
    return tuple(fewest)


def measures_in(text: str, framework: Framework | None) -> tuple[tuple[Measure, ...], list[Problem]]:
    """The measures of a questionnaire, and what of them does not fit a framework, at its line.

    Without a framework only what is wrong in every one.
    """
    sheet = read_sheets(text).get("measures", Sheet("measures"))
    lines = [line for line, _ in sheet.records()]
    found, problems = parse_measures([row for _, row in sheet.records()], framework)
    misfits = []
    for one in problems:
        # Row 2 of the sheet is its first measure.
        line = lines[one.row - 2] if 2 <= one.row < len(lines) + 2 else 0
        # The problem names row and column of the table; here they are those of the sheet.
        zh, en = (
            one.sentence[language].partition(sign)[2] for language, sign in (("zh", "："), ("en", ": "))
        )
        misfits.append(sheet_problem("measure", "measures", line, one.column, zh, en))
    return found, misfits
