"""The paper version says in words which questions to answer, by their numbers."""

from __future__ import annotations

import pytest

from surveyapp.config import resource
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.paper import Line, paper_lines

SURVEY = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant |
| | hidden | route | | | |
| | integer | cases | 办了几件？ | How many cases? | |
| | select_one yn | done | 办成了吗？ | Settled? | |
| | text | why | 为什么？ | Why? | {relevant} |
| | note | thanks | 谢谢。 | Thank you. | |
| | acknowledge | agree | 同意回访 | May we call? | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | yes | 是 | Yes |
| | yn | no | 否 | No |
| | yn | dk | 不清楚 | Don't know |
| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language |
| | 试 | Trial | trial | 1 | 中文 (zh) |
"""
SHIPPED = sorted(
    path.stem for path in resource("questionnaires").glob("jilin-2018/*.md") if path.stem != "README"
)


def form(relevant: str) -> Form:
    converted = convert_markdown(SURVEY.replace("{relevant}", relevant))
    assert converted.problems == ()
    return load_form(converted.xform)


def skips(relevant: str, language: str = "zh") -> list[str]:
    return [line.text for line in paper_lines(form(relevant), language) if line.kind == "skip"]


@pytest.mark.parametrize(
    ("relevant", "words"),
    [
        ("${done} = 'no'", "第 2 题选“否”"),
        ("'no' = ${done}", "第 2 题选“否”"),
        ("${done} != 'no'", "第 2 题没有选“否”"),
        ("${done} = 'no' or ${done} = 'dk'", "第 2 题选“否”或“不清楚”"),
        ("selected('no dk', ${done})", "第 2 题选“否”或“不清楚”"),
        ("selected(${done}, 'yes')", "第 2 题选“是”"),
        ("${done} != ''", "第 2 题已作答"),
        ("${cases} > 0", "第 1 题大于 0"),
        ("3 > ${cases}", "第 1 题小于 3"),
        (
            "${cases} >= 2 and (${done} = 'no' or ${cases} = 9)",
            "第 1 题不小于 2，并且（第 2 题选“否”，或者第 1 题等于 9）",
        ),
        ("not(${done} = 'no')", "不符合“第 2 题选“否””"),
        ("${route} = 'full'", "“route”（由组织者事先确定）为“full”"),
        ("${cases} mod 2 = 1", "条件“第 1 题 mod 2 = 1”成立"),
    ],
)
def test_a_condition_is_told_by_question_numbers(relevant: str, words: str) -> None:
    assert skips(relevant) == [f"如{words}，答第 3 题；否则跳到第 4 题。"]


def test_the_same_is_told_in_english_with_the_english_options() -> None:
    assert skips("${done} = 'no'", "en") == [
        "If question 2 is “No”, answer question 3; otherwise go to question 4."
    ]


def test_questions_are_numbered_with_boxes_and_codes_and_notes_are_not() -> None:
    lines = paper_lines(form("${done} = 'no'"), "zh")
    assert [(line.number, line.text) for line in lines if line.kind == "question"] == [
        (1, "办了几件？"), (2, "办成了吗？"), (3, "为什么？"), (4, "同意回访"),
    ]  # fmt: skip
    asked = next(line for line in lines if line.number == 2)
    assert asked.answer == "one" and asked.options == (("yes", "是"), ("no", "否"), ("dk", "不清楚"))
    assert Line("note", "谢谢。") in lines


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_shipped_questionnaire_has_a_paper_version_without_expressions(
    name: str, language: str
) -> None:
    text = (resource("questionnaires") / "jilin-2018" / f"{name}.md").read_text(encoding="utf-8")
    lines = paper_lines(load_form(convert_markdown(text).xform), language)
    assert next(line.number for line in lines if line.kind == "question") == 1
    for line in lines:
        assert line.text and "/data/" not in line.text and "${" not in line.text
