"""Posted fields and OpenRosa XML as answers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.forms.filling import fill
from surveyapp.forms.posting import answers_from_fields
from surveyapp.forms.record_xml import from_xml, to_xml
from tests.forms.examples import NOW, filled, hall


def posted(**fields: list[str]) -> tuple[dict[str, Any], list[str]]:
    answers, problems = answers_from_fields(
        hall(), {name.replace("__", "/"): values for name, values in fields.items()}
    )
    return answers, [problem.code for problem in problems]


def test_fields_become_nested_answers() -> None:
    answers, problems = posted(visit__times=["2"], visit__troubles=["paper", "other"], on=["2018-11-05"])
    assert problems == []
    assert answers == {"visit": {"times": "2", "troubles": "paper other"}, "on": "2018-11-05"}


def test_instances_of_a_repeat_are_counted_from_one() -> None:
    answers, problems = answers_from_fields(hall(), {"windows[2]/minutes": ["5"], "windows[1]/label": ["A"]})
    assert answers == {"windows": [{"label": "A"}, {"minutes": "5"}]}
    assert problems == ()


def test_a_position_is_put_together_from_its_parts() -> None:
    fields = {"place#lat": ["43.88"], "place#lon": ["125.32"], "place#accuracy": ["35"]}
    assert answers_from_fields(hall(), fields)[0] == {"place": "43.88 125.32 0 35"}


def test_half_a_position_is_a_problem_later() -> None:
    answers, _ = answers_from_fields(
        hall(), {"place#lat": ["43.88"], "place#lon": [""], "place#accuracy": [""]}
    )
    assert fill(hall(), answers, now=NOW).problems_at("place")[0].code == "geopoint"


def test_two_values_for_a_text_are_a_problem() -> None:
    assert posted(on=["2018-11-05", "2018-11-06"])[1] == ["one_answer"]


def test_two_values_for_one_choice_are_a_problem() -> None:
    answers, _ = posted(visit__times=["1"], visit__waited=["yes", "no"])
    assert fill(hall(), answers, now=NOW).problems_at("visit/waited")[0].code == "one_answer"


def test_unknown_fields_are_problems_and_the_pages_own_are_not() -> None:
    answers, problems = posted(__lang=["en"], submission_id=["x"], csrf_token=["y"], nothing=["1"])
    assert (answers, problems) == ({}, ["field_unknown", "field_unknown"])
    assert answers_from_fields(hall(), {"_lang": ["en"]}) == ({}, ())


def test_an_index_far_out_is_a_problem_and_costs_nothing() -> None:
    answers, problems = answers_from_fields(hall(), {"windows[999999]/minutes": ["1"]})
    assert [problem.code for problem in problems] == ["too_many_instances"]
    assert answers == {"windows": []}


def test_thousands_of_fields_are_refused_at_once() -> None:
    fields = {f"x{number}": ["1"] for number in range(6000)}
    assert [problem.code for problem in answers_from_fields(hall(), fields)[1]] == ["too_many_fields"]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=3), max_size=6))
def test_no_field_raises(fields: dict[str, list[str]]) -> None:
    answers, _ = answers_from_fields(hall(), fields)
    fill(hall(), answers, now=NOW)


def test_a_record_written_as_xml_reads_back_the_same() -> None:
    filling = filled(
        visit={"times": "2", "waited": "yes"}, windows=[{"label": "甲 & 乙", "minutes": "5"}, {}]
    )
    xml = to_xml(hall(), filling.answers, instance_id="uuid:1")
    assert 'id="example"' in xml
    assert "<orx:instanceID>uuid:1</orx:instanceID>" in xml
    again = fill(hall(), from_xml(hall(), xml), now=NOW)
    assert again.answers == filling.answers
    assert again.problems == filling.problems
