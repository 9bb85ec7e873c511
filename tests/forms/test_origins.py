"""Which questions an expression comes from: calculations opened, repeats entered, nonsense passed over."""

from __future__ import annotations

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.origins import questions_behind

TEXT = """
| survey |
| | type | name | label | calculation | relevant |
| | integer | seen | Seen? | | |
| | begin repeat | thing | Thing | | |
| | integer | right | Right? | | ${seen} > 0 |
| | calculate | is_right | | if(${right} > 2, 1, 0) | |
| | end repeat | | | | |
| | calculate | total | | sum(${is_right}) | |
| | integer | other | Other? | | |
| settings |
| | form_title | form_id | version |
| | Things | things | 2026112801 |
"""


def made() -> Form:
    return load_form(convert_markdown(TEXT).xform)


def names(*texts: str) -> list[str]:
    return [question.name for question in questions_behind(made(), *texts)]


def test_a_calculation_stands_for_the_questions_it_is_calculated_from() -> None:
    assert names("${total} div ${seen}") == ["seen", "right"]


def test_several_expressions_give_each_question_once_in_the_order_of_the_form() -> None:
    assert names("${other} + ${other}", "${seen}", "") == ["seen", "other"]


def test_an_expression_that_names_no_question_of_the_form_names_nothing() -> None:
    assert names("${gone}") == [] == names("((")
