"""The form an answer must have by its type, and how it is written down."""

import pytest

from surveyapp.forms.checking import normal
from surveyapp.forms.definition import Question
from surveyapp.forms.problem import Problem

SQUARE = "1 1; 1 2; 2 2; 1 1"


def question(kind: str, appearance: str = "", bind: str = "string", **parameters: str) -> Question:
    return Question(
        "q", "q", kind, bind_type=bind, appearance=frozenset(appearance.split()), parameters=parameters
    )


@pytest.mark.parametrize(
    ("one", "text", "expected"),
    [
        (question("geotrace"), "43.9 125.3;43.8 125.2 0 5", "43.9 125.3;43.8 125.2 0 5"),
        (question("geoshape"), f"{SQUARE};", f"{SQUARE};"),
        (question("date", "month-year"), "2018-11", "2018-11-01"),
        (question("date", "year"), "2018", "2018-01-01"),
        (question("date", "no-calendar"), "2018-11-05", "2018-11-05"),
        (question("datetime"), "2018-11-05T09:30", "2018-11-05T09:30:00.000+08:00"),
        (question("barcode"), "6901234567892", "6901234567892"),
        (question("range", bind="int", start="0", end="10", step="2"), "4", "4"),
        (question("range", bind="decimal", start="0", end="1", step="0.1"), "0.3", "0.3"),
        (question("range", bind="int", start="10", end="1", step="-3"), "7", "7"),
    ],
)
def test_a_right_answer_is_written_in_its_form(one: Question, text: str, expected: str) -> None:
    assert normal(one, text, "q", 480) == expected


@pytest.mark.parametrize(
    ("one", "text", "code"),
    [
        (question("geotrace"), "43.9 125.3", "geotrace"),
        (question("geotrace"), "43.9 125.3; 95 1", "geotrace"),
        (question("geotrace"), "1 1;" * 10_001, "points_many"),
        (question("geoshape"), "1 1; 1 2; 2 2; 2 1", "geoshape"),
        (question("geoshape"), "1 1; 1 2; 1 1", "geoshape"),
        (question("date"), "2018-11", "date"),
        (question("date", "month-year"), "2018-13", "date"),
        (question("datetime"), "2018-11-05", "datetime"),
        (question("range", bind="int", start="0", end="10", step="2"), "5", "range_step"),
        (question("range", bind="int", start="0", end="10", step="2"), "12", "range"),
    ],
)
def test_a_wrong_answer_is_a_problem_with_its_code(one: Question, text: str, code: str) -> None:
    found = normal(one, text, "q", 480)
    assert isinstance(found, Problem)
    assert found.code == code
