"""What differs between two versions of a questionnaire, told for the answers that are stored."""

import pytest

from surveyapp.forms.comparing import compare, concerns, values_at
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from tests.evaluation import jilin

SOURCE = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | required | relevant | constraint | calculation |
| | begin group | sec | 组 | Group | | | | |
| | integer | age | 年龄 | Age | yes | | . > 0 | |
| | select_one c | pick | 选 | Pick | | ${age} > 3 | | |
| | text | why | 为何 | Why | | ${pick} = 'a' | | |
| | calculate | sum | | | | | | ${age} + 1 |
| | end group | | | | | | | |
| | begin repeat | kids | 孩子 | Children | | | | |
| | select_multiple c | toys | 玩具 | Toys | | | | |
| | end repeat | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | c | a | 甲 | First |
| | c | b | 乙 | Second |
| settings |
| | form_title | form_id | version | default_language |
| | 例 | example | 1 | 中文 (zh) |
"""


def form(*changes):
    text = SOURCE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    converted = convert_markdown(text)
    assert converted.problems == ()
    return load_form(converted.xform)


def found(*changes):
    return [(one.kind, one.path, one.option) for one in compare(form(), form(*changes))]


def test_a_questionnaire_does_not_differ_from_itself():
    assert found() == []
    text = (jilin.FOLDER / "citizen.md").read_text(encoding="utf-8")
    one, two = (load_form(convert_markdown(text).xform) for _ in range(2))
    assert compare(one, two) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| text | why |", "| text | reason |", [("added", "sec/reason", ""), ("removed", "sec/why", "")]),
        ("| integer | age |", "| decimal | age |", [("type", "sec/age", "")]),
        ("| Age | yes |", "| Age | |", [("required", "sec/age", "")]),
        (". > 0", ". > 1", [("constraint", "sec/age", "")]),
        ("${age} + 1", "${age} + 2", [("calculate", "sec/sum", "")]),
        ("${age} > 3", "${age} > 4", [("relevant", "sec/pick", "")]),
        ("| 为何 |", "| 原因 |", [("label", "sec/why", "")]),
        ("| a | 甲 | First |", "| a | 甲 | One |",
         [("option_label", "sec/pick", "a"), ("option_label", "kids/toys", "a")]),
        ("| | c | b | 乙 | Second |\n", "", [("option_removed", "sec/pick", "b"),
                                            ("option_removed", "kids/toys", "b")]),
        ("| c | b |", "| c | z |", [("option_recoded", "sec/pick", "b"),
                                       ("option_recoded", "kids/toys", "b")]),
        ("| | c | b |", "| | c | d | 丁 | Fourth |\n| | c | b |",
         [("option_added", "sec/pick", "d"), ("option_added", "kids/toys", "d")]),
        ("| example |", "| other |", [("other_form", "", "")]),
        ("begin repeat | kids", "begin group | kids", None),
    ],
)  # fmt: skip
def test_each_difference_is_told_with_its_place(old, new, expected):
    if expected is None:
        changes = ((old, new), ("end repeat", "end group"))
        assert found(*changes) == [("repeat", "kids", "")]
    else:
        assert found((old, new)) == expected


def test_a_question_in_another_group_is_moved():
    line = "| | text | why | 为何 | Why | | ${pick} = 'a' | | |\n"
    end = "| | end group | | | | | | | |\n"
    assert found((line, ""), (end, end + line)) == [("moved", "sec/why", "")]


def test_every_sentence_is_in_both_languages_and_shows_conditions_as_written():
    (change,) = compare(form(), form(("${age} > 3", "${age} > 4")))
    assert "${age} > 3" in change.sentence["zh"] and "${age} > 4" in change.sentence["en"]


def test_a_record_is_concerned_when_it_holds_the_answer_also_inside_repeats():
    pick, toys = compare(form(), form(("| | c | b | 乙 | Second |\n", "")))
    answers = {"sec": {"pick": "a"}, "kids": [{"toys": ""}, {"toys": "a b"}]}
    assert (concerns(pick, answers), concerns(toys, answers)) == (False, True)
    assert list(values_at(answers, "kids/toys")) == ["a b"]
    assert not concerns(toys, {}) and not concerns(toys, {"kids": "odd"})
