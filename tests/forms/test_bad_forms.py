"""Bad questionnaires: refused with sheet, row, column and advice, or right; never more than 50 MB."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import load_form
from surveyapp.forms.problem import BadForm
from surveyapp.services.authoring_workbooks import read_questionnaire_file
from tests import memory
from tests.forms.bad_forms import ACCEPTED, BAD_XFORMS, REFUSED, calculation, sheets, text
from tests.forms.examples import NOW
from tests.services.test_workbooks import HEAD, book, repacked

Make = Callable[[], str]


@pytest.mark.parametrize(("make", "code", "place"), REFUSED.values(), ids=list(REFUSED))
def test_a_bad_questionnaire_is_refused_at_its_place(make: Make, code: str, place: str) -> None:
    problems = convert_markdown(make()).problems
    assert (problems[0].code, problems[0].path) == (code, place)
    assert all(said.strip() for said in problems[0].sentence.values())


@pytest.mark.parametrize("make", ACCEPTED.values(), ids=list(ACCEPTED))
def test_what_looks_odd_and_is_right_is_converted_and_read(make: Make) -> None:
    converted = convert_markdown(make())
    assert converted.problems == ()
    assert fill(load_form(converted.xform), {}, now=NOW).problems == ()


def test_names_that_scripts_know_are_names_like_others() -> None:
    form = load_form(convert_markdown(ACCEPTED["names that scripts know"]()).xform)
    answers = {"__proto__": "x", "constructor": "y", "toString": "z"}
    assert fill(form, answers, now=NOW).answers.items() >= answers.items()
    assert "constructor" not in fill(form, answers | {"__proto__": ""}, now=NOW).answers


def test_a_chain_of_thousands_of_questions_is_worked_out_to_its_end() -> None:
    rows = "".join(calculation(f"q{n}", f"${{q{n + 1}}} + 1") for n in range(2_490)) + text("q2490")
    form = load_form(convert_markdown(sheets(rows)).xform)
    assert fill(form, {"q2490": "1"}, now=NOW).value("q0") == "2491"


def test_a_calculation_of_itself_ends_after_one_step() -> None:
    form = load_form(convert_markdown(sheets(calculation("a", "coalesce(${a}, 0) + 1"))).xform)
    assert fill(form, {}, now=NOW).problems == ()


@pytest.mark.parametrize("make", BAD_XFORMS.values(), ids=list(BAD_XFORMS))
def test_a_bad_xform_is_refused_with_a_sentence(make: Make) -> None:
    with pytest.raises(BadForm) as refused:
        load_form(make())
    assert all(said.strip() for said in refused.value.problems[0].sentence.values())


GOOD = book(HEAD, ("note", "a", "x"))
PARTS = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
)


@pytest.mark.parametrize("part", PARTS)
def test_a_document_type_in_any_part_of_a_workbook_is_refused(part: str) -> None:
    content = repacked(GOOD, {part: b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})
    found = read_questionnaire_file("a.xlsx", content)
    assert [one.code for one in found.problems] == ["table-document-type"]
    assert part in found.problems[0].sentence["zh"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "inner", [b"<a>" * 100_000, b"\xff\xfe\x00", b"", b"<a/>"], ids=["deep", "torn", "none", "other"]
)
def test_no_broken_part_of_a_workbook_is_a_fault_of_ours(part: str, inner: bytes) -> None:
    found = read_questionnaire_file("a.xlsx", repacked(GOOD, {part: inner}))
    assert found.problems or found.text
    assert all(one.sentence["zh"] and one.sentence["en"] for one in found.problems)


def test_the_heaviest_questionnaires_take_fifty_megabytes_at_most() -> None:
    grown = memory.peaks("tests.forms.weighed_forms")
    assert grown.pop("eighty megabytes") > memory.MOST_MB
    assert {name: peak for name, peak in grown.items() if peak > memory.MOST_MB} == {}
