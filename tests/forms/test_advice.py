"""Warnings about what may be published and still goes wrong with people."""

import pytest

from surveyapp.forms.advice import advise
from surveyapp.forms.tables import read_sheets
from surveyapp.forms.unreachable import unreachable_rows
from surveyapp.services.authoring import wording

COLUMNS = "type | name | label::中文 (zh) | label::English (en) | required | relevant | appearance"
HEAD = f"| survey |\n| | {COLUMNS} |\n"
CHOICES = """| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | apart |
| | yn | yes | 是 | Yes | |
| | yn | no | 否 | No | |
| | ynd | yes | 是 | Yes | |
| | ynd | dk | 说不准 | Unsure | yes |
"""


def warned(*rows, choices=CHOICES):
    text = HEAD + "".join(f"| | {row} |\n" for row in rows) + choices
    return [(one.code, one.path) for one in advise(read_sheets(text), wording())]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("text | a | 问 | |", [("translation_missing", "survey:3:label::English (en)")]),
        ("note | a | 说明 | Note | yes", [("note_required", "survey:3:required")]),
        ("note | a | 说明 | Note | false()", []),
        ("select_one yn | a | 问 | Ask | yes", [("no_way_out", "survey:3:type")]),
        ("select_one yn | a | 问 | Ask |", []),
        ("select_one ynd | a | 问 | Ask | yes", []),
        ("text | a | 难道不好吗？ | Is it? |", [("leading", "survey:3:label::中文 (zh)")]),
        ("text | a | 您满意我们的服务吧？ | How was it? |", [("leading", "survey:3:label::中文 (zh)")]),
        ("text | a | 您是否同意这样做很好？ | How was it? |", [("leading", "survey:3:label::中文 (zh)")]),
        ("text | a | 怎么样？ | Don't you think so? |", [("leading", "survey:3:label::English (en)")]),
        ("text | a | 态度和速度怎么样？ | How was it? |", [("double", "survey:3:label::中文 (zh)")]),
        ("text | a | 是否及时并且准确？ | Was it? |", [("double", "survey:3:label::中文 (zh)")]),
        ("text | a | 怎么样？ | Was it quick and easy? |", [("double", "survey:3:label::English (en)")]),
        ("note | a | 难道不好吗？ | Is it? |", []),
        ("text | phone | 号码 | Number |", [("personal", "survey:3:name")]),
        ("text | a | 您的姓名 | Which? |", [("personal", "survey:3:name")]),
        ("text | a | 哪位？ | What is your name? |", [("personal", "survey:3:name")]),
        ("text | telephony | 怎么样？ | How was it? |", []),
        (f"text | a | {'长' * 81} | Long |", [("label_long", "survey:3:label::中文 (zh)")]),
        (f"text | a | {'长' * 80} | Long |", []),
    ],
)  # fmt: skip
def test_each_warning_is_given_at_its_place_and_only_there(row, expected):
    assert warned(row) == expected


def test_personal_data_after_a_question_of_consent_is_no_warning():
    consent = "acknowledge | callback_consent | 我同意回访 | I agree to a call |"
    phone = "text | phone | 号码 | Number |"
    assert warned(consent, phone) == []
    assert warned(phone, consent) == [("personal", "survey:3:name")]


def test_a_missing_translation_of_an_option_is_named_in_the_choices():
    text = CHOICES.replace("| 否 | No |", "| 否 | |")
    assert warned("note | a | 说 | Say |", choices=text) == [
        ("translation_missing", "choices:7:label::English (en)")
    ]


@pytest.mark.parametrize(("appearance", "expected"), [("", 1), ("minimal", 0), ("search", 0)])
def test_many_options_want_a_compact_appearance(appearance, expected):
    options = "".join(f"| | m | o{at} | 项 | Option | |\n" for at in range(16))
    found = warned(f"select_one m | a | 问 | Ask | | | {appearance}", choices=CHOICES + options)
    assert len(found) == expected


OPTIONS = {"yn": {"yes", "no"}}
ASKED = [{"type": "select_one yn", "name": "a"}, {"type": "select_multiple yn", "name": "m"}]


def unreachable(*conditions):
    rows = [*ASKED, *({"type": "text", "name": f"t{at}", "relevant": r} for at, r in enumerate(conditions))]
    return [line - 3 for line in unreachable_rows(list(enumerate(rows, 1)), OPTIONS)]


@pytest.mark.parametrize(
    "condition",
    [
        "false()",
        "1 = 2",
        "${a} = 'maybe'",
        "selected(${m}, 'maybe')",
        "${a} = 'yes' and ${a} = 'no'",
        "${a} = 'yes' and ${a} != 'yes'",
        "(${a} = 'yes' and ${a} = 'no') or 'maybe' = ${a}",
    ],
)
def test_a_condition_that_cannot_hold_is_unreachable(condition):
    assert unreachable(condition) == [0]


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "${a} = 'yes'",
        "${a} = 'yes' or ${a} = 'maybe'",
        "${a} != 'maybe'",
        "selected(${m}, 'yes') and selected(${m}, 'no')",
        "${m} = 'yes no'",
        "${a} = '' or true()",
        "not(${a} = 'yes' and ${a} = 'no')",
        "count(${m}) > 3 and ${t9} = 'x'",
        "${a} = ",
    ],
)
def test_a_condition_that_may_hold_or_is_not_understood_is_left_alone(condition):
    assert unreachable(condition) == []


def test_a_question_behind_one_that_is_left_out_is_unreachable_too():
    assert unreachable("${a} = 'yes'", "${a} = 'no' and ${t0} = 'x'") == [1]


def test_a_group_that_never_appears_is_named_once_and_what_follows_it_not():
    rows = [
        *ASKED,
        {"type": "begin group", "name": "g", "relevant": "${a} = 'yes'"},
        {"type": "text", "name": "inside", "relevant": "${a} = 'no'"},
        {"type": "begin group", "name": "h", "relevant": "false()"},
        {"type": "text", "name": "deep"},
        {"type": "end group"},
        {"type": "end group"},
        {"type": "text", "name": "after", "relevant": "${a} = 'no'"},
    ]
    assert list(unreachable_rows(list(enumerate(rows, 1)), OPTIONS)) == [4, 5]


def test_several_answers_inside_a_repeat_do_not_contradict_each_other():
    rows = [
        {"type": "begin repeat", "name": "r"},
        {"type": "select_one yn", "name": "k"},
        {"type": "end repeat"},
        {"type": "text", "name": "after", "relevant": "${k} = 'yes' and ${k} = 'no'"},
    ]
    assert list(unreachable_rows(list(enumerate(rows, 1)), OPTIONS)) == []
