# ruff: noqa: E501 -- a questionnaire has one line for each question
"""What a form holds of a questionnaire beyond its questions: media, notes, actions, settings, our columns."""

from functools import cache

import pytest

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, Group, Question, Repeat, load_form

KITCHEN = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | media::image::中文 (zh) | media::audio::English (en) | guidance_hint::中文 (zh) | interviewer::中文 (zh) | interviewer::English (en) | soft_constraint | soft_constraint_message::中文 (zh) | trigger | calculation | appearance | parameters | default |
| | text | who | 姓名 | Name | a.png | a.mp3 | 只写姓 | 请念两遍 | Read twice | | | | | | | |
| | integer | age | 年龄 | Age | | | | | | . < ${limit} | ${who} 的年龄少见，请核对 | | | | | |
| | calculate | limit | | | | | | | | | | | 100 | | | |
| | calculate | asked_at | | | | | | | | | | ${who} | now() | | | |
| | dateTime | begun | 开始 | Begun | | | | | | | | | | | | now() |
| | begin_repeat | visits | 走访 | Visits | | | | 一次一行 | | | | | | field-list | | |
| | text | mark | 标记 | Mark | | | | | | | | | | | | uuid() |
| | end_repeat | | | | | | | | | | | | | | | |
| | rank yn | order | 排序 | Order | | | | | | | | | | | randomize=true seed=${limit} | |
| | geotrace | walk | 路线 | Walk | | | | | | | | | | | | |
| | geoshape | area | 范围 | Area | | | | | | | | | | | | |
| | barcode | code | 条码 | Code | | | | | | | | | | | | |
| | trigger | seen | 已看 | Seen | | | | | | | | | | | | |
| | consent | agree | 同意参加 | I agree | | | | | | | | | | | | |
| | consent yn | store | 同意保存 | Keep it | | | | | | | | | | | | |
| | geopoint | place | 位置 | Place | | | | | | | | | | | capture-accuracy=10 warning-accuracy=100 | |
| | image | photo | 照片 | Photo | | | | | | | | | | | max-pixels=640 | |
| | username | user | | | | | | | | | | | | | | |
| | start | started | | | | | | | | | | | | | | |
| | end | ended | | | | | | | | | | | | | | |
| | today | day | | | | | | | | | | | | | | |
| | audit | audit | | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | media::image::中文 (zh) |
| | yn | yes | 是 | Yes | y.png |
| | yn | no | 否 | No | |
| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language | style | public_key | clients |
| | 全 | All | all | 1 | 中文 (zh) | pages | MIIB | odk |
"""


@cache
def kitchen() -> Form:
    converted = convert_markdown(KITCHEN)
    assert converted.problems == ()
    return load_form(converted.xform)


def question(path: str) -> Question:
    found = kitchen().items[path]
    assert isinstance(found, Question)
    return found


def test_files_shown_with_a_label_are_kept_by_kind_and_language() -> None:
    assert question("who").media == {"image": {"zh": "a.png"}, "audio": {"en": "a.mp3"}}
    itemset = question("order").itemset
    assert itemset is not None
    assert itemset.choices[0].media == {"image": {"zh": "y.png"}}
    assert itemset.choices[1].media == {}


def test_guidance_and_notes_to_the_interviewer_are_kept_apart_from_the_hint() -> None:
    assert question("who").guidance == {"zh": ("只写姓",)}
    assert question("who").hints == {}
    assert question("who").interviewer == {"zh": ("请念两遍",), "en": ("Read twice",)}
    visits = kitchen().items["visits"]
    assert isinstance(visits, Group)
    assert visits.interviewer == {"zh": ("一次一行",)}


def test_a_soft_constraint_is_an_expression_with_its_message() -> None:
    soft = question("age").soft
    assert soft is not None
    assert soft.text == ". <  /data/limit"
    [output, words] = question("age").soft_messages["zh"]
    assert not isinstance(output, str)
    assert (output.text, words) == ("/data/who", " 的年龄少见，请核对")


def test_actions_say_when_they_write_what_where() -> None:
    found = [(one.event, one.target, one.value.text, one.source) for one in kitchen().actions]
    assert ("value-changed", "asked_at", "now()", "who") in found
    assert ("first-load", "begun", "now()", "") in found
    assert ("first-load", "visits/mark", "uuid()", "") in found
    assert ("new-repeat", "visits/mark", "uuid()", "") in found


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("order", "rank"), ("walk", "geotrace"), ("area", "geoshape"), ("code", "barcode"),
        ("begun", "datetime"), ("seen", "acknowledge"), ("agree", "acknowledge"), ("store", "select_one"),
        ("user", "username"), ("started", "start"), ("ended", "end"), ("day", "today"),
        ("meta/audit", "audit"), ("asked_at", "hidden"), ("limit", "calculate"),
    ],
)  # fmt: skip
def test_every_type_is_told_from_the_others(path: str, kind: str) -> None:
    assert question(path).type == kind


def test_metadata_is_never_shown() -> None:
    assert not any(question(path).shown for path in ("user", "started", "ended", "day", "meta/audit"))


def test_consent_is_marked_whatever_its_control() -> None:
    assert [one.path for one in kitchen().questions if one.consent] == ["agree", "store"]


def test_parameters_keep_the_names_they_have_in_the_questionnaire() -> None:
    assert question("place").parameters == {"capture-accuracy": "10", "warning-accuracy": "100"}
    assert question("photo").parameters == {"max-pixels": "640"}


def test_a_shuffled_list_knows_its_seed() -> None:
    itemset = question("order").itemset
    assert itemset is not None and itemset.seed is not None
    assert itemset.randomized


def test_the_appearance_of_a_repeat_is_that_of_its_group() -> None:
    visits = kitchen().items["visits"]
    assert isinstance(visits, Repeat)
    assert visits.appearance == {"field-list"}


def test_the_settings_of_a_form_are_read_back_from_its_xform() -> None:
    assert (kitchen().style, kitchen().clients, kitchen().public_key) == ("pages", "odk", "MIIB")
    assert kitchen().titles == {"zh": "全", "en": "All"}
