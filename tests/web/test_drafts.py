"""Drafts of questionnaires: kept, checked, tried, published with a note by a second person."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveyapp.application import create_app
from surveyapp.services import accounts, arranging, tidying
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    AuditRow,
    DraftRow,
    DraftTestRow,
    ObservationRow,
    QuestionnaireVersionRow,
    RecordRow,
)
from tests.data import hashes
from tests.data.fieldwork import photo
from tests.data.rounds import PASSWORD
from tests.web.clients import signed_in

SOURCE = """| survey |
| | type | name | label::中文 (zh) | required | relevant | image::中文 (zh) | interviewer::中文 (zh) |
| | select_one yes_no | done | 事情办成了吗？ | yes | | way.png | 读出选项。 |
| | text | why | 没办成的原因是什么？ | yes | ${done} = 'no' | | |
| choices |
| | list_name | name | label::中文 (zh) |
| | yes_no | yes | 办成了 |
| | yes_no | no | 没办成 |
| settings |
| | form_title::中文 (zh) | form_id | version | default_language |
| | 办事回访 | trial | 1 | 中文 (zh) |
"""
ONE = "/desk/questionnaires/drafts/1"


@pytest.fixture
def app(platform: Platform) -> Flask:
    arranging.ensure_root(platform)
    with hashes.cheap():
        for login, role in (("lead", "lead"), ("second", "lead"), ("admin", "admin"), ("viewer", "viewer")):
            accounts.create_user(platform, login, f"{login} 甲", PASSWORD)
            accounts.grant(platform, login, role, arranging.ROOT_UNIT)
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


def client(app: Flask, platform: Platform, login: str) -> FlaskClient:
    with hashes.cheap():
        return signed_in(app, platform, login)


def count(platform: Platform, table: type) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def draft_row(platform: Platform) -> DraftRow:
    with platform.database.reading() as session:
        return session.scalars(select(DraftRow)).one()


def uploaded(who: FlaskClient, source: str = SOURCE, **media: bytes) -> int:
    files = [(io.BytesIO(content), f"{name}.png") for name, content in media.items()]
    data = {"kind": "survey", "file": (io.BytesIO(source.encode()), "x.md"), "media": files}
    answer = who.post("/desk/questionnaires", data=data, content_type="multipart/form-data")
    return answer.status_code


def picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + photo()


def test_an_upload_is_a_draft_that_a_second_person_publishes_with_a_note(
    app: Flask, platform: Platform
) -> None:
    lead, second = client(app, platform, "lead"), client(app, platform, "second")
    assert uploaded(lead, way=picture()) == 303
    assert count(platform, QuestionnaireVersionRow) == 0
    assert "没有错误，可以发布" in lead.get(ONE).text
    assert "由您上传" in lead.get(ONE).text
    own = lead.post(ONE, data={"note": "第一版"})
    assert own.status_code == 422 and "上传人不能发布自己的草稿" in own.text
    bare = second.post(ONE, data={"note": "  "})
    assert bare.status_code == 422 and "请写明这一版改了什么" in bare.text
    assert count(platform, QuestionnaireVersionRow) == 0
    assert second.post(ONE, data={"note": "第一版"}).status_code == 303
    row = draft_row(platform)
    assert (row.note, row.version_id is not None, row.publisher_id != row.author_id) == ("第一版", True, True)
    with platform.database.reading() as session:
        version = session.scalars(select(QuestionnaireVersionRow)).one()
        deeds = set(session.scalars(select(AuditRow.action)))
    assert version.published_by == row.publisher_id and version.source == SOURCE
    assert {"draft.store", "draft.publish", "questionnaire.publish"} <= deeds
    again = second.post(ONE, data={"note": "再来"})
    assert again.status_code == 422 and "已经发布" in again.text
    assert "等待发布的草稿" not in lead.get("/desk/questionnaires").text


def test_an_administrator_may_be_the_second_person_and_a_viewer_sees_nothing(
    app: Flask, platform: Platform
) -> None:
    assert uploaded(client(app, platform, "lead"), way=picture()) == 303
    viewer = client(app, platform, "viewer")
    for address in (ONE, f"{ONE}/respondent", f"{ONE}/files/way.png", "/desk/questionnaires"):
        assert viewer.get(address).status_code == 403
    assert viewer.post(ONE, data={"note": "x"}).status_code == 403
    assert client(app, platform, "admin").post(ONE, data={"note": "第一版"}).status_code == 303


def test_a_draft_with_problems_is_kept_shows_their_places_and_cannot_be_published(
    app: Flask, platform: Platform
) -> None:
    lead = client(app, platform, "lead")
    assert uploaded(lead, SOURCE.replace("select_one", "select_two"), way=picture()) == 303
    page = lead.get(ONE).text
    assert 'role="alert"' in page and "survey 表第 3 行 type 列" in page
    assert lead.get(f"{ONE}/respondent").status_code == 404
    refused = client(app, platform, "second").post(ONE, data={"note": "第一版"})
    assert refused.status_code == 422
    assert count(platform, QuestionnaireVersionRow) == 0


def test_a_missing_picture_is_a_problem_and_a_disguised_one_is_not_kept(
    app: Flask, platform: Platform
) -> None:
    lead = client(app, platform, "lead")
    assert uploaded(lead, way=b"<svg onload=alert(1)>") == 422
    assert count(platform, DraftRow) == 0
    assert uploaded(lead, way=picture()) == 303
    assert lead.get(f"{ONE}/files/way.png").data == picture()
    assert lead.get(f"{ONE}/files/other.png").status_code == 404
    assert tidying.sweep_files(platform, timedelta(0)) == []


def test_a_preview_shows_notes_for_interviewers_to_evaluators_only(app: Flask, platform: Platform) -> None:
    lead = client(app, platform, "lead")
    assert uploaded(lead, way=picture()) == 303
    respondent, evaluator = lead.get(f"{ONE}/respondent").text, lead.get(f"{ONE}/evaluator").text
    assert "事情办成了吗" in respondent and f"{ONE}/files/way.png" in respondent
    assert "读出选项" not in respondent and "读出选项" in evaluator
    assert lead.get(f"{ONE}/stranger").status_code == 404


def test_trial_answers_are_checked_and_never_become_records(app: Flask, platform: Platform) -> None:
    lead = client(app, platform, "lead")
    assert uploaded(lead, way=picture()) == 303
    wrong = lead.post(f"{ONE}/respondent", data={"done": "no"})
    assert wrong.status_code == 422 and count(platform, DraftTestRow) == 0
    assert lead.post(f"{ONE}/evaluator", data={"done": "yes"}).status_code == 303
    assert "已试填 1 次" in lead.get(ONE).text
    assert count(platform, DraftTestRow) == 1
    assert count(platform, RecordRow) == count(platform, ObservationRow) == 0


def test_the_paper_version_of_a_draft_and_of_a_published_version_is_printed_at_the_desk(
    app: Flask, platform: Platform
) -> None:
    lead, second = client(app, platform, "lead"), client(app, platform, "second")
    assert uploaded(lead, way=picture()) == 303
    paper = lead.get(f"{ONE}/paper").text
    assert "如第 1 题选“没办成”，答第 2 题；否则到此结束。" in paper and f"{ONE}/files/way.png" in paper
    assert second.post(ONE, data={"note": "第一版"}).status_code == 303
    assert "如第 1 题选“没办成”" in lead.get("/desk/questionnaires/1/paper").text
    assert lead.get("/desk/questionnaires/99/paper").status_code == 404
