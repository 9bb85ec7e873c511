"""Filling: relevance, calculation, required, constraints, types, options, hostile answers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.forms.filling import fill, record_moment
from surveyapp.forms.values import RECORD_STEPS
from tests.forms.examples import NOW, codes, filled, form_of, hall


def test_a_required_question_left_blank_is_a_problem() -> None:
    assert codes(filled())["visit/times"] == "required"


def test_a_question_that_does_not_apply_is_not_required() -> None:
    assert "visit/waited" not in codes(filled(visit={"times": "0"}))
    assert codes(filled(visit={"times": "1"}))["visit/waited"] == "required"


def test_answers_that_do_not_apply_are_dropped() -> None:
    filling = filled(visit={"times": "0", "waited": "yes", "troubles": "paper"})
    assert filling.answers["visit"] == {"times": "0"}
    assert filling.problems == ()
    assert filling.value("visit/waited") == ""


def test_relevance_follows_through_a_chain() -> None:
    filling = filled(visit={"times": "2", "waited": "yes", "troubles": "paper other", "story": "慢"})
    assert filling.relevant("visit/story")
    filling = filled(visit={"times": "2", "waited": "no", "troubles": "paper other", "story": "慢"})
    assert not filling.relevant("visit/story")


def test_a_constraint_speaks_with_the_forms_own_words() -> None:
    [problem] = filled(visit={"times": "51"}).problems_at("visit/times")
    assert problem.code == "constraint"
    assert problem.sentence == {"zh": "请填 0 到 50", "en": "0 to 50 please"}


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("times", "一次", "integer"),
        ("times", "1.5", "integer"),
        ("times", "１", "integer"),
        ("times", "9" * 5000, "number_too_long"),
        ("times", "NaN", "integer"),
        ("times", "x" * 200_000, "text_too_long"),
        ("times", "1\x00", "sign_forbidden"),
        ("times", ["1"], "text_expected"),
        ("times", 1, "text_expected"),
        ("waited", "yes no", "one_answer"),
        ("waited", "maybe", "choice_unknown"),
        ("waited", "__proto__", "choice_unknown"),
        ("troubles", "paper paper", "choice_twice"),
        ("troubles", "paper none", "choice_exclusive"),
    ],
)
def test_a_wrong_answer_is_a_problem_at_its_place(path: str, answer: Any, code: str) -> None:
    visit = {"times": "1", "waited": "yes", path: answer}
    assert codes(filled(visit=visit))[f"visit/{path}"] == code


@pytest.mark.parametrize(
    ("name", "answer", "code"),
    [
        ("on", "2018-02-30", "date"),
        ("on", "5.11.2018", "date"),
        ("on", "2018-11-06", "constraint"),
        ("at", "25:00", "time"),
        ("hours", "1,5", "decimal"),
        ("hours", "1e5", "decimal"),
        ("hours", "Infinity", "decimal"),
        ("score", "11", "range"),
        ("place", "north", "geopoint"),
        ("place", "91 0", "geopoint"),
        ("photo", "../../etc/passwd", "file"),
        ("agree", "maybe", "acknowledge"),
        ("windows", "x", "list_expected"),
        ("visit", "x", "group_expected"),
        ("nothing", "x", "field_unknown"),
        ("__proto__", "x", "field_unknown"),
    ],
)
def test_a_wrong_value_of_any_type_is_a_problem(name: str, answer: str, code: str) -> None:
    assert codes(filled(**{name: answer}))[name] == code


def test_right_answers_come_out_in_lexical_form() -> None:
    answers = {
        "on": "2018-11-05",
        "at": "09:30",
        "hours": " 1.50 ",
        "score": "7",
        "place": "43.88  125.32",
        "agree": "OK",
    }
    filling = filled(visit={"times": " 007 ", "waited": "dk"}, **answers)
    assert filling.problems == ()
    assert filling.answers["visit"]["times"] == "7"
    assert filling.answers["at"] == "09:30:00.000+08:00"
    assert filling.answers["place"] == "43.88 125.32"


def test_an_option_outside_its_filtered_list_is_refused() -> None:
    assert "county" not in codes(filled(city="cc", county="na"))
    assert codes(filled(city="jl", county="na"))["county"] == "choice_unknown"
    assert [choice.value for choice in filled(city="jl").choices("county")] == ["cy"]


def test_calculations_over_repeats_come_after_what_they_read() -> None:
    filling = filled(windows=[{"minutes": "40"}, {"minutes": ""}, {"minutes": "30"}])
    assert filling.answers["total"] == "70"
    assert filling.answers["late"] == "yes"
    assert filling.relevant("thanks")
    assert filling.value("windows[3]/minutes") == "30"


def test_a_calculated_value_sent_by_a_client_is_worked_out_again() -> None:
    assert filled(total="9999").answers["total"] == "0"


def test_a_default_stands_until_somebody_blanks_it() -> None:
    assert filled().answers["site"] == "hall-1"
    assert filled(site="").answers["site"] == ""


def test_filling_clean_answers_again_changes_nothing() -> None:
    first = filled(
        visit={"times": "2", "waited": "yes", "troubles": "paper"}, windows=[{"minutes": "5"}], site=""
    )
    again = fill(hall(), first.answers, now=NOW)
    assert again.answers == first.answers
    assert [str(problem) for problem in again.problems] == [str(problem) for problem in first.problems]


def test_labels_show_the_answers_they_mention() -> None:
    filling = filled(visit={"times": "3"})
    assert filling.label("visit/waited") == "排队了吗（共 3 次）"
    assert filling.label("visit/waited", "en") == "Did you queue (3 visits)"
    assert filling.label("visit/times") == "您到现场“几次”"


def test_an_expression_of_a_measure_reads_the_record() -> None:
    form = hall()
    filling = filled(visit={"times": "3", "waited": "no"})
    assert filling.evaluate(form.expression("${times} * 2")) == 6.0
    assert filling.evaluate(form.expression("${waited} = 'no'")) is True
    assert filling.evaluate(form.expression("${waited}")) == "no"


def test_a_repeat_with_a_count_has_that_many_instances() -> None:
    form = form_of("""
        integer | n | How many | | | | |
        begin_repeat | m | Members | | | | | ${n}
        text | name | Name | | | | |
        end_repeat | | | | | | |
    """)
    assert len(fill(form, {"n": "3"}, now=NOW).answers["m"]) == 3
    assert fill(form, {"n": "1", "m": [{"name": "a"}, {"name": "b"}]}, now=NOW).answers["m"] == [
        {"name": "a"}
    ]
    assert len(fill(form, {"n": "99999999"}, now=NOW).answers["m"]) == 1000


def test_once_and_random_keep_what_the_client_made() -> None:
    form = form_of("calculate | draw | | | | | random() |")
    assert fill(form, {"draw": "0.25"}, now=NOW).answers["draw"] == "0.25"
    made = fill(form, {"draw": "0.25"}, now=NOW, keep_random=False, randomness=lambda: 0.5)
    assert made.answers["draw"] == "0.5"


def test_far_too_many_unknown_fields_give_few_problems() -> None:
    assert len(filled(**{f"x{number}": "1" for number in range(10_000)}).problems) <= 100


def test_a_record_that_arrives_late_counts_for_its_own_day() -> None:
    received = datetime(2018, 11, 5, tzinfo=UTC)
    assert record_moment(received - timedelta(days=30), received) == (received - timedelta(days=30), False)
    assert record_moment(received - timedelta(days=300), received) == (received - timedelta(days=90), True)
    assert record_moment(received + timedelta(hours=1), received) == (received + timedelta(minutes=5), True)
    assert record_moment(None, received) == (received, False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([item.name for item in hall().items.values()]) | st.text(max_size=5), JSON
    )
)
def test_nothing_a_client_sends_raises(answers: dict[str, Any]) -> None:
    filling = fill(hall(), answers, now=NOW)
    json.dumps(filling.answers)
    assert all(problem.sentence["zh"] and problem.sentence["en"] for problem in filling.problems)


def test_a_hundred_instances_are_worked_out_once_each() -> None:
    form = form_of(
        "begin_repeat | r | R | | | | |\ninteger | a | A | | | | |\ncalculate | b | | | | | ${a} * 2 |\n"
        "end_repeat | | | | | | |\ncalculate | total | | | | | sum(${b}) |"
    )
    spent = []
    for count in (50, 100):
        filling = filled(form, r=[{"a": "1"}] * count)
        assert filling.value("total") == str(2 * count)
        assert filling.value(f"r[{count}]/b") == "2"
        spent.append(RECORD_STEPS - filling.environment.record_steps)
    assert spent[1] <= 2.2 * spent[0]
