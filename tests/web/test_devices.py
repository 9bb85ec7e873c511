"""Devices at the desk, and what a reviewer sees and does of the records they send."""

from __future__ import annotations

import base64
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.services import receiving
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, PostedFile, Taken
from surveyapp.storage.tables import AttachmentRow, DeviceRow, RecordRow, RecordStateRow
from tests.data.openrosa import device, photo, visit_xml
from tests.data.rounds import Round, step
from tests.web.clients import signed_in

pytestmark = pytest.mark.usefixtures("made")


@pytest.fixture
def lead(app: Flask, platform: Platform) -> FlaskClient:
    return signed_in(app, platform, "lead")


def posted(platform: Platform, made: Round, *files: PostedFile, **changed: object) -> Taken:
    outcome = receiving.receive(
        platform, device(platform, made), Post(visit_xml(platform, made, **changed), files)
    )
    assert isinstance(outcome, Taken), outcome
    return outcome


def test_a_device_is_issued_used_and_revoked_at_the_desk(
    app: Flask, platform: Platform, made: Round, lead: FlaskClient
) -> None:
    sent = {"name": "甲厅平板", "login": "evaluator", "way": "address", "round": str(made.id)}
    page = lead.post("/desk/devices", data=sent | {"place": f"site:{made.site_id}"})
    assert page.status_code == 201
    found = re.search(r"http://127\.0\.0\.1:8000(/openrosa/[\w-]+)<", page.text)
    picture = re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", page.text)
    assert found
    assert picture
    assert base64.b64decode(picture[1]).startswith(b"<svg")
    client = app.test_client()
    assert client.get(f"{found[1]}/formList").status_code == 200
    listed = lead.get("/desk/devices").text
    assert "甲厅平板" in listed
    assert found[1].rpartition("/")[2] not in listed
    with platform.database.reading() as session:
        device_id = session.query(DeviceRow.id).scalar()
    assert lead.post(f"/desk/devices/{device_id}/revoke").status_code == 303
    assert client.get(f"{found[1]}/formList").status_code == 401
    assert lead.post("/desk/devices/999/revoke").status_code == 404


def test_an_app_password_is_shown_once(lead: FlaskClient, made: Round) -> None:
    sent = {"name": "甲厅平板", "login": "evaluator", "way": "password", "round": str(made.id)}
    page = lead.post("/desk/devices", data=sent)
    assert re.search(r'<code class="password"[^>]*>[\w-]{29}</code>', page.text)
    assert "http://127.0.0.1:8000/openrosa<" in page.text


def test_what_cannot_be_issued_comes_back_with_what_was_typed(lead: FlaskClient, made: Round) -> None:
    page = lead.post("/desk/devices", data={"name": "甲厅平板", "login": "lead", "round": "x"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="甲厅平板"' in page.text


def test_a_reviewer_sees_problems_and_files_that_have_not_come(
    platform: Platform, made: Round, lead: FlaskClient
) -> None:
    changes = (
        ("<one_trip>yes</one_trip>", "<one_trip>perhaps</one_trip>"),
        ("<photo_1/>", "<photo_1>late-photo.jpg</photo_1>"),
    )
    one = posted(platform, made, changes=changes)
    page = lead.get(f"/desk/records/{one.root_id}").text
    assert "请从给出的选项中选择" in page
    assert "late-photo.jpg" in page
    assert "有不合要求的回答" in page


def test_only_a_re_encoded_photo_is_shown_in_place_everything_else_is_a_download(
    platform: Platform, made: Round, lead: FlaskClient
) -> None:
    changes = (("<photo_1/>", "<photo_1>a.jpg</photo_1>"), ("<photo_2/>", "<photo_2>b.jpg</photo_2>"))
    files = PostedFile("a.jpg", photo()), PostedFile("b.jpg", b"<script>alert(1)</script>")
    one = posted(platform, made, *files, changes=changes)
    with platform.database.reading() as session:
        shown, other = session.query(AttachmentRow.id).order_by(AttachmentRow.id).all()
    assert lead.get(f"/desk/attachments/{shown.id}").headers["Content-Type"] == "image/jpeg"
    answer = lead.get(f"/desk/attachments/{other.id}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "下载文件" in lead.get(f"/desk/records/{one.root_id}").text


NOWHERE = (("<site>hall-a-1</site>", "<site>nowhere</site>"), ("<photo_1/>", "<photo_1>a.jpg</photo_1>"))


def test_a_reviewer_assigns_a_unit_and_the_record_counts_there(
    app: Flask, platform: Platform, made: Round
) -> None:
    sender = device(platform, made)
    xml = visit_xml(platform, made, changes=NOWHERE)
    one = receiving.receive(platform, sender, Post(xml))
    assert isinstance(one, Taken)
    reviewer, address = signed_in(app, platform, "reviewer"), f"/desk/records/{one.root_id}"
    assert "nowhere" in reviewer.get(address).text
    assert reviewer.post(f"{address}/unit", data={"place": "site:999", "reason": "按照片"}).status_code == 422
    assert reviewer.post(f"{address}/unit", data={"place": "unit:hall-a", "reason": " "}).status_code == 422
    sent = {"place": f"site:{made.site_id}", "reason": "照片上有大厅名称"}
    assert reviewer.post(f"{address}/unit", data=sent).status_code == 303
    receiving.receive(platform, sender, Post(xml, (PostedFile("a.jpg", photo()),)))
    with platform.database.reading() as session:
        before, now = session.query(RecordRow).order_by(RecordRow.id).all()
        files = session.query(AttachmentRow.record_id).all()
        state = session.get_one(RecordStateRow, one.root_id)
    assert (now.unit_id, now.site_id, now.answers["site"]) == (made.unit_id, made.site_id, "hall-a-1")
    assert (before.answers["site"], now.revision, state.state) == ("nowhere", 2, "corrected")
    assert "unit_unknown" not in now.flags
    assert {row.record_id for row in files} == {before.id, now.id}
    assert reviewer.post(f"{address}/unit", data=sent).status_code == 422
    step(platform, made, one.root_id, "approved")


def test_the_collector_does_not_assign_the_unit(app: Flask, platform: Platform, made: Round) -> None:
    one = posted(platform, made, changes=NOWHERE)
    sent = {"place": "unit:hall-a", "reason": "我在那里"}
    own = signed_in(app, platform, "evaluator").post(f"/desk/records/{one.root_id}/unit", data=sent)
    assert own.status_code == 403
