"""What publishing would do stands on the page of a draft, for its author and for whoever publishes it."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.config import resource
from surveyapp.services import drafting_outlook
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import DraftRow, QuestionnaireVersionRow
from tests.data.rounds import Round, citizen_submission, received
from tests.web.test_drafts import client

pytestmark = pytest.mark.usefixtures("made")

ONE = "/desk/questionnaires/drafts/1"


def citizen(*changes: tuple[str, str], version: str = "next") -> str:
    """The shipped questionnaire for citizens under another version, changed."""
    path = resource("questionnaires") / "jilin-2018" / "citizen.md"
    text = path.read_text(encoding="utf-8")
    header = next(line for line in text.splitlines() if "| jilin2018-citizen |" in line)
    cells = header.split(" | ")
    at = cells.index("jilin2018-citizen") + 1
    text = text.replace(header, " | ".join([*cells[:at], version or cells[at], *cells[at + 1 :]]))
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def sent(who: FlaskClient, source: str, kind: str = "survey") -> None:
    data = {"kind": kind, "file": (io.BytesIO(source.encode()), "x.md")}
    answer = who.post("/desk/questionnaires", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303


def publish_form(page: str) -> bool:
    return 'id="note"' in page


def test_both_people_see_what_a_new_version_does_to_stored_answers(
    app: Flask, platform: Platform, made: Round
) -> None:
    received(platform, citizen_submission(made, channel="onsite"))
    lead, admin = client(app, platform, "lead"), client(app, platform, "admin")
    sent(
        lead,
        citizen(
            ("| text | comment |", "| text | remark |"), ("| channel | onsite |", "| channel | in_person |")
        ),
    )
    for page in (lead.get(ONE).text, admin.get(ONE).text):
        assert "这份问卷已有 1 份记录" in page
        assert "题“comment”（text）删去了" in page and "新题“remark”" in page
        assert "选项 onsite 改用代码 in_person" in page and "涉及 1 份记录" in page
    english = admin.get(f"{ONE}?lang=en").text
    assert "option onsite becomes in_person" in english and "records concerned: 1" in english
    assert admin.post(ONE, data={"note": "改了题"}).status_code == 303
    later = lead.get(ONE).text
    assert "已于" in later and "选项 onsite 改用代码 in_person" in later


def test_a_new_record_is_counted_at_the_next_look(app: Flask, platform: Platform, made: Round) -> None:
    lead = client(app, platform, "lead")
    sent(lead, citizen(("| channel | onsite |", "| channel | in_person |")))
    assert "已有 0 份记录" in lead.get(ONE).text and "涉及" not in lead.get(ONE).text
    received(platform, citizen_submission(made, channel="onsite"))
    assert "已有 1 份记录" in lead.get(ONE).text and "涉及 1 份记录" in lead.get(ONE).text


def test_a_version_without_a_difference_says_so(app: Flask, platform: Platform) -> None:
    lead = client(app, platform, "lead")
    sent(lead, citizen())
    assert "没有差别" in lead.get(ONE).text


@pytest.mark.parametrize(
    ("changed", "version", "kind", "said"),
    [
        (("| text | why_other |", "| integer | why_other |"), "next", "survey", "“why_other”在版本"),
        (("| text | comment |", "| text | remark |"), "", "survey", "已发布，不能改动"),
        (("| text | comment |", "| text | remark |"), "next", "call", "已按另一种用途发布"),
    ],
    ids=["a type changed under a name", "a version that is taken", "an id of another kind"],
)  # fmt: skip
def test_what_publishing_would_refuse_is_said_before_anybody_publishes(
    app: Flask, platform: Platform, changed: tuple[str, str], version: str, kind: str, said: str
) -> None:
    lead, admin = client(app, platform, "lead"), client(app, platform, "admin")
    sent(lead, citizen(changed, version=version), kind)
    for who in (lead, admin):
        page = who.get(ONE).text
        assert said in page and 'role="alert"' in page
        assert not publish_form(page)
    refused = admin.post(ONE, data={"note": "试"})
    assert refused.status_code == 422 and refused.text.count(said) == 1
    with platform.database.reading() as session:
        assert len(session.scalars(select(QuestionnaireVersionRow)).all()) == 4
        assert session.scalars(select(DraftRow)).one().version_id is None


def test_a_type_that_changed_is_named_at_its_cell(app: Flask, platform: Platform) -> None:
    lead = client(app, platform, "lead")
    text = citizen(("| text | why_other |", "| integer | why_other |"))
    line = next(n for n, held in enumerate(text.splitlines(), 1) if "| why_other |" in held)
    sent(lead, text)
    assert f"survey 表第 {line} 行 type 列" in lead.get(ONE).text


def test_warnings_name_sheet_line_and_column_and_do_not_hinder(app: Flask, platform: Platform) -> None:
    lead, admin = client(app, platform, "lead"), client(app, platform, "admin")
    sent(lead, citizen(("总的来说", "您对我们优质的服务是否满意？总的来说")))
    for who in (lead, admin):
        page = who.get(ONE).text
        assert "没有错误，可以发布；请先看完提醒" in page
        assert "survey 表第" in page
    assert "sheet survey, line" in lead.get(f"{ONE}?lang=en").text
    assert admin.post(ONE, data={"note": "试"}).status_code == 303


def test_a_measure_that_no_framework_scores_hinders_at_its_line(app: Flask, platform: Platform) -> None:
    lead, admin = client(app, platform, "lead"), client(app, platform, "admin")
    sent(lead, citizen(("| 2.4.2 |", "| 9.9.9 |")))
    page = admin.get(ONE).text
    assert "没有错误，可以发布" not in page
    assert "measures 表第" in page and "9.9.9" in page
    assert "sheet measures, line" in lead.get(f"{ONE}?lang=en").text
    assert admin.post(ONE, data={"note": "试"}).status_code == 422


def test_records_are_counted_anew_when_one_in_a_hundred_is_new(
    app: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = client(app, platform, "lead")
    sent(lead, citizen(("| text | comment |", "| text | remark |")))
    for there, shown in ((1000, 1000), (1010, 1000), (1011, 1011)):
        monkeypatch.setattr(drafting_outlook, "count_records", lambda *_, number=there: number)
        assert f"已有 {shown} 份记录" in lead.get(ONE).text
