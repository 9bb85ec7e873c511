"""Which questions make a step of a page that shows one at a time."""

from surveyapp.web.form_page import Mode, build_page
from surveyapp.web.page_steps import of_step, steps_of
from tests.forms.examples import filled, form_of, hall


def test_a_step_is_a_question_with_the_notes_before_it() -> None:
    form = form_of("note | hello | 说明\ntext | a | 甲\ntext | b | 乙\nnote | bye | 再见")
    sections = build_page(form, filled(form)).sections
    assert steps_of(sections) == [{"hello", "a"}, {"b"}, {"bye"}]
    assert of_step(sections, Mode(one=True, at=9), ["b", "bye"]) == {"bye"}


def test_questions_that_do_not_apply_are_no_steps() -> None:
    form = form_of("integer | a | 甲\ntext | b | 乙 | ${a} > 1\ntext | c | 丙")
    assert steps_of(build_page(form, filled(form, a="1")).sections) == [{"a"}, {"c"}]
    page = build_page(form, filled(form, a="2"), mode=Mode(one=True, at=2))
    assert [view.away for view in page.sections[0].items] == [True, False, True]
    assert page.step is not None
    assert (page.step.at, page.step.count, page.step.is_last) == (2, 3, False)


def test_the_step_of_the_first_mistake_is_shown() -> None:
    filling = filled(visit={"times": "99"})
    page = build_page(hall(), filling, filling.problems, mode=Mode(one=True, at=7))
    assert page.step is not None
    assert page.step.at == 1


def test_a_step_beyond_the_last_is_the_last() -> None:
    form = form_of("text | a | 甲\ntext | b | 乙")
    page = build_page(form, filled(form), mode=Mode(one=True, at=50), move=1)
    assert page.step is not None
    assert page.step.at == 2
