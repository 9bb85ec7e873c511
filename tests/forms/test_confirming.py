# ruff: noqa: E501 -- a questionnaire has one line for each question
"""Unusual answers that a person confirms, and consents as they were given."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.posting import answers_from_fields, confirmed_from_fields

NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
TEXT = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | soft_constraint | soft_constraint_message::中文 (zh) | soft_constraint_message::English (en) | constraint | relevant |
| | integer | age | 年龄 | Age | . < 100 | ${age} 岁，确实吗？ | Really ${age}? | . < 150 | |
| | begin_repeat | visits | 走访 | Visits | | | | | |
| | integer | hours | 几小时 | Hours | . <= ${age} | | | | |
| | end_repeat | | | | | | | | |
| | consent | agree | 我同意参加**调查** | I agree | | | | | |
| | consent keep | store | 保存多久 | How long | | | | | ${agree} != '' |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | keep | year | 一年 | A year |
| settings |
| | form_title | form_id | version | default_language |
| | T | t | 7 | 中文 (zh) |
"""


@cache
def form() -> Form:
    converted = convert_markdown(TEXT)
    assert converted.problems == ()
    return load_form(converted.xform)


def filled(confirmed: dict[str, Any] | None = None, language: str = "zh", **answers: Any) -> Filling:
    return fill(form(), answers, now=NOW, language=language, confirmed=confirmed)


def told(filling: Filling) -> list[tuple[str, str, bool]]:
    return [(one.code, one.path, one.soft) for one in filling.problems]


def test_an_unusual_answer_must_be_confirmed_with_a_reason() -> None:
    unconfirmed = filled(age="120")
    assert told(unconfirmed) == [("soft", "age", True)]
    assert unconfirmed.problems[0].sentence == {"zh": "120 岁，确实吗？", "en": "Really 120?"}
    assert told(filled({"age": "  "}, age="120")) == [("soft", "age", True)]
    confirmed = filled({"age": " 户口本为证 "}, age="120")
    assert (told(confirmed), confirmed.confirmed) == ([], {"age": "户口本为证"})


def test_a_reason_where_nothing_is_unusual_is_not_kept() -> None:
    assert filled({"age": "x", "nowhere": "y"}, age="20").confirmed == {}


def test_a_reason_may_be_neither_endless_nor_anything_but_text() -> None:
    assert told(filled({"age": "x" * 501}, age="120")) == [("reason_long", "age", False)]
    assert told(filled({"age": ["x"]}, age="120")) == [("soft", "age", True)]


def test_a_wrong_answer_cannot_be_confirmed() -> None:
    assert told(filled({"age": "x"}, age="200")) == [("constraint", "age", False)]


def test_each_instance_of_a_repeat_is_confirmed_for_itself() -> None:
    answers = {"age": "20", "visits": [{"hours": "1"}, {"hours": "30"}]}
    assert told(filled(**answers)) == [("soft", "visits[2]/hours", True)]
    assert told(filled({"visits[2]/hours": "夜里也在"}, **answers)) == []


def test_a_consent_is_kept_as_it_was_shown() -> None:
    [agree, store] = filled(language="en", agree="OK", store="year").consents
    assert (agree["question"], agree["answer"], agree["version"], agree["language"]) == (
        "agree",
        "OK",
        "7",
        "en",
    )
    assert agree["text"] == "I agree"
    assert agree["sha256"] == hashlib.sha256(b"I agree").hexdigest()
    assert agree["at"] == "2018-11-05T09:30:00.000+08:00"
    assert store["text"] == "How long\nA year"
    assert filled(store="year").consents == ()


def test_reasons_come_beside_the_answers_of_a_posted_page() -> None:
    fields = {
        "age": ["120"],
        "_confirm:age": ["真的"],
        "_confirm:else": ["x"],
        "_confirm:visits[1]/hours": [" "],
    }
    assert confirmed_from_fields(form(), fields) == {"age": "真的"}
    assert answers_from_fields(form(), fields) == ({"age": "120"}, ())
