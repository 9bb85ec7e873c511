"""What differs between two versions of a questionnaire, told for the answers that are stored."""

import pytest

from surveyapp.forms.comparing import compare, concerns, values_at
from surveyapp.forms.comparing_measures import compare_measures
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


COLUMNS = (
    "type", "name", "label::中文 (zh)", "hint::中文 (zh)", "constraint", "constraint_message::中文 (zh)",
    "required", "required_message::中文 (zh)", "default", "parameters", "appearance", "read_only",
    "choice_filter", "interviewer::中文 (zh)", "image::中文 (zh)", "repeat_count",
)  # fmt: skip
AGE = (
    "range", "age", "年龄", "周岁", ". > 0", "太小", "yes", "请填", "3", "start=1 end=9 step=1", "picker",
    "no", "", "慢读", "a.png", "",
)  # fmt: skip
WORDED = f"""| survey |
| | {" | ".join(COLUMNS)} |
| | begin group | sec | 第一节 | | | | | | | | | | | | | |
| | {" | ".join(AGE)} |
| | select_one c | pick | 选 | | | | | | | | | | kind = 'x' | | | |
| | select_one_from_file halls.csv | hall | 大厅 | | | | | | | | | | | | | |
| | end group | | | | | | | | | | | | | | | |
| | begin repeat | kids | 孩子 | | | | | | | | | | | | | 2 |
| | text | kid | 名字 | | | | | | | | | | | | | |
| | end repeat | | | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | kind | apart |
| | c | a | 甲 | x | |
| | c | b | 乙 | x | |
| settings |
| | form_title::中文 (zh) | form_id | version | default_language | style |
| | 例 | example | 1 | 中文 (zh) | |
"""
HALLS = b"name,label\nh1,One\nh2,Two\nh3,Three\n"


def worded(*changes, halls=HALLS):
    text = WORDED
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    files = {"halls.csv": halls, "a.png": b"a", "b.png": b"b"}
    converted = convert_markdown(text, files)
    assert converted.problems == (), [str(one) for one in converted.problems]
    return load_form(converted.xform, files)


@pytest.mark.parametrize(
    ("old", "new", "kind", "path", "said"),
    [
        ("| 周岁 |", "| 虚岁 |", "wording", "sec/age", "“age”的说明（zh）由“周岁”改为“虚岁”"),
        ("| 周岁 |", "| |", "wording", "sec/age", "由“周岁”改为“—”"),
        ("| 太小 |", "| 过小 |", "wording", "sec/age", "超出限制时的提示"),
        ("| 请填 |", "| 必填 |", "wording", "sec/age", "未答时的提示"),
        ("| 慢读 |", "| 快读 |", "wording", "sec/age", "给访谈员的话"),
        ("| a.png |", "| b.png |", "wording", "sec/age", "图片或声音（*）由“a.png”改为“b.png”"),
        ("| 第一节 |", "| 甲节 |", "wording", "sec", "“sec”的标题"),
        ("| 例 |", "| 样 |", "wording", "", "问卷的标题（zh）由“例”改为“样”"),
        ("| 3 |", "| 4 |", "default", "sec/age", "默认值由“3”改为“4”"),
        ("end=9", "end=7", "parameters", "sec/age", "end=7"),
        ("| picker |", "| |", "appearance", "sec/age", "由“picker”改为“—”"),
        ("| no |", "| yes |", "readonly", "sec/age", "由 no 改为 yes"),
        ("kind = 'x'", "kind != 'x'", "choice_filter", "sec/pick", "筛选条件"),
        ("| 2 |", "| 3 |", "repeat_count", "kids", "由 2 改为 3"),
        ("| x | |\n| settings", "| x | yes |\n| settings", "option_kind", "sec/pick", "选项 b"),
        ("| 中文 (zh) | |", "| 中文 (zh) | pages |", "setting", "", "style 由 — 改为 pages"),
    ],
)  # fmt: skip
def test_wording_defaults_and_looks_are_listed_too(old, new, kind, path, said):
    found = compare(worded(), worded((old, new)))
    assert [(one.kind, one.path) for one in found] == [(kind, path)]
    assert said in found[0].sentence["zh"]
    assert found[0].sentence["en"]
    assert found[0].subject in ("wording", "rules")


def test_the_questionnaire_with_everything_does_not_differ_from_itself():
    assert compare(worded(), worded()) == ()


def test_an_attached_list_is_compared_by_its_codes_and_texts():
    halls = b"name,label\nh1,One\nh3,Drei\nh4,Four\n"
    (change,) = compare(worded(), worded(halls=halls))
    assert (change.kind, change.path, change.subject) == ("list", "sec/hall", "answers")
    assert "halls.csv：删去 1 (h2)，增加 1 (h4)，改了文字或属性 1 (h3)" in change.sentence["zh"]
    assert [concerns(change, {"sec": {"hall": code}}) for code in ("h1", "h2", "h3", "h4")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_measures_are_compared_by_name_and_say_what_happens_to_values_and_scores():
    row = {"name": "m", "value": "${a}", "indicator": "1.1.1", "method": "问卷", "weight": "1"}
    other = {**row, "name": "n"}
    assert compare_measures([row], [row]) == ()
    found = compare_measures([row, other], [{**row, "value": "${b}", "weight": "2"}, {**row, "name": "p"}])
    assert [one.kind for one in found] == [
        "measure_value", "measure_rule", "measure_added", "measure_removed",
    ]  # fmt: skip
    assert {one.subject for one in found} == {"measures"}
    assert "已存的记录仍按原来的写法取值" in found[0].sentence["zh"]
    assert "stored records too" in found[1].sentence["en"]
