"""The pages of field work over HTTP, as plain forms: no script needed."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.services import accounts, publishing, reviewing
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AuditRow, CallAttemptRow, NoteRow, NoteSegmentRow, RecordRow
from tests.clock import Clock
from tests.data import hashes
from tests.data.fieldwork import (
    another_line,
    assigned_call,
    assigned_visit,
    begun,
    closed,
    open_note,
    photo,
)
from tests.data.rounds import PASSWORD, Round, new_id
from tests.web.clients import signed_in

pytestmark = pytest.mark.usefixtures("made")


@pytest.fixture
def client(app: Flask, platform: Platform) -> FlaskClient:
    return signed_in(app, platform, "evaluator")


@pytest.fixture
def writer(app: Flask, platform: Platform) -> FlaskClient:
    return signed_in(app, platform, "interviewer")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def records(platform: Platform) -> list[RecordRow]:
    with platform.database.reading() as session:
        return list(session.scalars(select(RecordRow).order_by(RecordRow.id)))


VISIT = {
    "arrival/position#lat": "43.9001",
    "arrival/position#lon": "125.3001",
    "arrival/position#accuracy": "20",
    "arrival/hall_state": "open",
    "arrival/proofs": ["ticket", "board"],
    "improvement/spotted": "no",
    "_source": "device",
}


def test_today_lists_calls_visits_and_what_is_not_finished(
    client: FlaskClient, platform: Platform, made: Round, clock: Clock
) -> None:
    assigned_call(platform, made)
    assigned_visit(platform, made)
    attempt = begun(platform, made, assigned_call(platform, made, line_id=another_line(platform, made)))
    page = client.get("/field/").text
    assert f"/field/attempts/{attempt.id}" in page and "甲厅政务服务大厅" in page
    assert "0431-00000001" not in page and page.count('href="/field/calls/') == 3


def test_a_call_is_logged_without_a_script(
    client: FlaskClient, platform: Platform, made: Round, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    page = client.get(f"/field/calls/{task}").text
    assert "0431-****0001" in page and "tel:" not in page
    fields = {"attempt_id": hidden(page, "attempt_id")}
    first = client.post(f"/field/calls/{task}/attempts", data=fields)
    again = client.post(f"/field/calls/{task}/attempts", data=fields)
    assert (first.status_code, first.location) == (again.status_code, again.location) == (303, first.location)
    address = first.location
    running = client.get(address).text
    assert 'href="tel:043100000001"' in running and "0431-****0001" in running
    clock.advance(seconds=11)
    assert client.post(f"{address}/marks", data={"mark": "answered"}).status_code == 303
    assert client.post(f"{address}/outcome", data={"outcome": "A1"}).status_code == 303
    asked = client.get(address).text
    assert "接听者是否报出单位名称" in asked and "撤销" in asked
    answers = {
        "call/purpose": "consult",
        "call/outcome": "A1",
        "talk/named": "yes",
        "talk/answer_1": "2",
        "line": "x",
        "slot": "x",
        "seconds_to_answer": "1",
        "seconds_total": "1",
    }
    incomplete = {name: value for name, value in answers.items() if name != "talk/named"}
    wrong = client.post(f"{address}/record", data=incomplete)
    assert wrong.status_code == 422 and "有 1 处需要修改" in wrong.text
    assert 'value="2" checked' in wrong.text
    assert client.post(f"{address}/record", data=answers).status_code == 303
    assert client.post(f"{address}/record", data=answers).status_code == 303
    (record,) = records(platform)
    assert record.answers["seconds_to_answer"] == "11"
    assert "记录已提交" in client.get(address).text


def test_an_outcome_can_be_undone_and_chosen_again(
    client: FlaskClient, platform: Platform, made: Round, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    address = f"/field/attempts/{attempt.id}"
    client.post(f"{address}/outcome", data={"outcome": "B1"})
    assert "10 秒后自动提交" in client.get(address).text
    client.post(f"{address}/undo")
    assert "结果" in client.get(address).text and records(platform) == []
    client.post(f"{address}/outcome", data={"outcome": "B2"})
    clock.advance(seconds=12)
    client.get("/field/")
    assert [record.answers["call"]["outcome"] for record in records(platform)] == ["B2"]
    late = client.post(f"{address}/undo", headers={"Accept": "application/json"})
    assert late.status_code == 409 and "不能撤销" in late.json["message"]


def test_a_refusal_to_dial_is_a_sentence_on_the_page(
    client: FlaskClient, platform: Platform, made: Round, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    closed(platform, made, begun(platform, made, task).id, "A1")
    response = client.post(
        f"/field/calls/{assigned_call(platform, made)}/attempts", data={"attempt_id": new_id()}
    )
    assert response.status_code == 303
    assert "请在 10:00 以后再拨" in client.get(response.location).text


def test_a_number_is_shown_on_request_and_the_log_says_so(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    task = assigned_call(platform, made)
    shown = client.post(f"/field/calls/{task}/number")
    assert "0431-00000001" in shown.text
    answer = client.post(f"/field/calls/{task}/number", headers={"Accept": "application/json"})
    assert answer.json == {"number": "0431-00000001", "address": "tel:043100000001"}
    with platform.database.reading() as session:
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "line.reveal")).all()) == 2


def test_a_promised_call_back_asks_for_its_time(client: FlaskClient, platform: Platform, made: Round) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    closed(platform, made, attempt.id, "D1")
    address = f"/field/attempts/{attempt.id}/record"
    answers = {"call/purpose": "consult", "call/outcome": "D1", "call/appointment": "窗口，下午两点"}
    assert "请填写约定回拨的日期和时间" in client.post(address, data=answers).text
    answers |= {"_promised_on": "2026-11-24", "_promised_time": "14:00"}
    assert client.post(address, data=answers).status_code == 303
    page = client.get("/field/").text
    assert "约定回拨：窗口，下午两点" in page and "14:00" in page


def test_somebody_elses_field_work_is_not_found(
    app: Flask, client: FlaskClient, platform: Platform, made: Round
) -> None:
    with hashes.cheap():
        accounts.create_user(platform, "evaluator-2", "评估员乙", PASSWORD)
        accounts.grant(platform, "evaluator-2", "evaluator", "all")
    stranger = signed_in(app, platform, "evaluator-2")
    call, visit = assigned_call(platform, made), assigned_visit(platform, made)
    attempt = begun(platform, made, call)
    for path in (f"/field/calls/{call}", f"/field/visits/{visit}", f"/field/attempts/{attempt.id}"):
        assert stranger.get(path).status_code == 404, path
        assert client.get(path).status_code in (200, 303), path
    for path in (f"/field/calls/{call}/number", f"/field/attempts/{attempt.id}/outcome"):
        assert stranger.post(path, data={"outcome": "B1"}).status_code == 404, path
    assert stranger.get(f"/field/notes/{open_note(platform, made)}").status_code == 403


def test_a_visit_with_photos_gives_a_receipt(client: FlaskClient, platform: Platform, made: Round) -> None:
    task = assigned_visit(platform, made)
    page = client.get(f"/field/visits/{task}").text
    assert "询问营业性演出许可" in page and 'data-draft-key="visit/' in page

    def send() -> Any:
        files = [(io.BytesIO(photo(shade)), "image.jpg") for shade in (40, 90)]
        fields = VISIT | {"arrival/photo_1": files, "arrival/photo_2": ""}
        return client.post(f"/field/visits/{task}", data=fields, content_type="multipart/form-data")

    first, again = send(), send()
    assert first.status_code == 303 and first.location == again.location
    sent = client.get(first.location).text
    assert "记录已收到" in sent and "2 张" in sent and f'data-draft-clear="visit/{task}"' in sent
    assert len(records(platform)) == 1


def test_a_visit_with_mistakes_comes_back_with_its_answers_and_asks_for_the_photos_again(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    task = assigned_visit(platform, made)
    fields = VISIT | {"arrival/photo_1": (io.BytesIO(photo()), "image.jpg")}
    del fields["improvement/spotted"]
    back = client.post(f"/field/visits/{task}", data=fields, content_type="multipart/form-data")
    assert back.status_code == 422
    assert "请重新选择文件" in back.text and 'value="43.9001"' in back.text
    assert 'value="ticket" checked' in back.text and records(platform) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"nonsense": "1"},
        {"arrival/hall_state": "nowhere"},
        {"arrival/position#lat": "91"},
        {"handling/instant_seen": "１２"},
        {"arrival/hall_state": "open\x00"},
        {"improvement/note": "字" * 1001},
        {"arrival/photo_1": b"GIF89a not a picture"},
        {"nowhere/photo": b"x"},
    ],
)
def test_bad_input_of_a_visit_is_told_and_nothing_is_stored(
    client: FlaskClient, platform: Platform, made: Round, changed: dict[str, Any]
) -> None:
    task = assigned_visit(platform, made)
    sent = {
        name: (io.BytesIO(value), "x.jpg") if isinstance(value, bytes) else value
        for name, value in changed.items()
    }
    back = client.post(f"/field/visits/{task}", data=VISIT | sent, content_type="multipart/form-data")
    assert back.status_code == 422 and "需要修改" in back.text
    assert records(platform) == []


NEW_NOTE = {
    "title": "窗口人员座谈会",
    "form_of": "group",
    "rank_window": "3",
    "told": "1",
    "recording": "no",
}
RUBRIC = {
    "setting/form_of": "group",
    "setting/participants": "3",
    "setting/rank": "window",
    "setting/told": "OK",
    "setting/recording": "no",
    "practice/rubric_2_2_3": "3",
    "_rev": "0",
}


def test_a_note_is_opened_without_a_script_and_only_with_consent(writer: FlaskClient, made: Round) -> None:
    fields = NEW_NOTE | {"place": f"{made.id}/{made.unit_id}"}
    fields["note_id"] = hidden(writer.get("/field/notes/new").text, "note_id")
    refused = writer.post("/field/notes", data=fields | {"told": ""})
    assert refused.status_code == 422 and "请先向每位参加者说明" in refused.text
    assert "窗口人员座谈会" in refused.text
    first, again = (writer.post("/field/notes", data=fields) for _ in range(2))
    assert first.status_code == 303 and first.location == again.location
    assert writer.post("/field/notes", data=fields | {"place": "x"}).status_code == 422


def test_a_segment_is_written_without_a_script(writer: FlaskClient, platform: Platform, made: Round) -> None:
    address = f"/field/notes/{open_note(platform, made)}"
    page = writer.get(address).text
    segment = {name: hidden(page, name) for name in ("push_id", "segment_id", "base_revision", "sequence")}
    segment |= {"speaker": "A", "stance": "support", "text": "窗口一次告知。", "indicators": "2.2.4，2.1.2.1"}
    for _ in range(2):
        assert writer.post(f"{address}/segment", data=segment).status_code == 303
    assert "窗口一次告知。" in writer.get(address).text
    wrong = writer.post(f"{address}/segment", data=segment | {"push_id": new_id(), "indicators": "9.9"})
    assert wrong.status_code == 422 and "没有指标" in wrong.text
    with platform.database.reading() as session:
        rows = session.scalars(select(NoteSegmentRow)).all()
    assert [row.indicators for row in rows] == [["2.2.4", "2.1.2.1"]]


def test_a_note_is_rated_and_submitted_without_a_script(
    writer: FlaskClient, platform: Platform, made: Round
) -> None:
    address = f"/field/notes/{open_note(platform, made)}"
    assert writer.post(f"{address}/rubric", data=RUBRIC | {"_action": "save"}).status_code == 303
    other = RUBRIC | {"_action": "save", "practice/rubric_2_2_3": "1"}
    assert writer.post(f"{address}/rubric", data=other).status_code == 409
    incomplete = RUBRIC | {"_action": "submit", "setting/rank": ""}
    back = writer.post(f"{address}/rubric", data=incomplete)
    assert back.status_code == 422 and "有 1 处需要修改" in back.text
    assert writer.get(f"{address}/rubric").location == address
    sent = writer.post(f"{address}/rubric", data=RUBRIC | {"_action": "submit"})
    assert sent.status_code == 303 and "记录已收到" in writer.get(sent.location).text
    assert [record.kind for record in records(platform)] == ["interview"]
    assert writer.get(address).location == "/field/"


UNITS = """| survey |
| | type | name | label |
| | select_one_from_file units.csv | partner | 协办单位 |
| settings |
| | form_title | form_id | version |
| | 座谈 | talk | 1 |
"""


def test_a_note_offers_the_units_of_its_round(writer: FlaskClient, platform: Platform, made: Round) -> None:
    outcome = publishing.publish(platform, UNITS, "interview")
    assert outcome.version_id is not None, outcome.problems
    address = f"/field/notes/{open_note(platform, made)}"
    page = writer.get(address).text
    assert 'value="hall-a"' in page and 'value="hall-b"' in page
    wrong = writer.post(f"{address}/rubric", data={"partner": "hall-z", "_action": "submit", "_rev": "0"})
    assert wrong.status_code == 422 and 'value="hall-a"' in wrong.text
    sent = writer.post(f"{address}/rubric", data={"partner": "hall-b", "_action": "submit", "_rev": "0"})
    assert sent.status_code == 303, sent.text
    assert [record.answers for record in records(platform)] == [{"partner": "hall-b"}]


def body(**changed: Any) -> dict[str, Any]:
    """A segment as the page's script sends it."""
    given = {
        "push_id": new_id(),
        "segment_id": new_id(),
        "base_revision": 0,
        "sequence": 1,
        "started_at": "2026-11-24T01:00:00Z",
        "speaker": "A",
        "text": "话",
        "indicators": ["2.2.4"],
        "stance": "unclear",
        "flags": [],
    }
    return given | changed


def test_a_pushed_segment_is_said_back_and_a_repeat_stores_nothing(
    writer: FlaskClient, platform: Platform, made: Round
) -> None:
    address, sent = f"/field/notes/{open_note(platform, made)}/segments", body()
    first, again = (writer.post(address, json=sent) for _ in range(2))
    assert first.status_code == 200 and first.json == again.json
    assert first.json["push_id"] == sent["push_id"] and first.json["revision"] == 1
    rival = writer.post(address, json=body(segment_id=sent["segment_id"], text="另一句"))
    assert rival.json["shown"]["conflict"] is True and len(rival.json["rivals"]) == 1
    with platform.database.reading() as session:
        assert len(session.scalars(select(NoteSegmentRow.id)).all()) == 2


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"text": 5}, 400),
        ({"started_at": "yesterday"}, 400),
        ({"started_at": "2026-11-24T01:00:00"}, 400),
        ({"extra": 1}, 400),
        ({"base_revision": "many"}, 400),
        ({"indicators": ["9.9"]}, 422),
        ({"push_id": "x"}, 422),
        ({"text": "字" * 5001}, 400),
    ],
)
def test_a_malformed_push_is_told_and_nothing_is_stored(
    writer: FlaskClient, platform: Platform, made: Round, changed: dict[str, Any], status: int
) -> None:
    answer = writer.post(f"/field/notes/{open_note(platform, made)}/segments", json=body(**changed))
    assert answer.status_code == status and answer.json["message"]
    with platform.database.reading() as session:
        assert session.scalars(select(NoteSegmentRow.id)).all() == []


def test_a_push_that_is_no_json_and_one_without_a_session_are_refused(
    app: Flask, writer: FlaskClient, platform: Platform, made: Round
) -> None:
    address = f"/field/notes/{open_note(platform, made)}/segments"
    assert writer.post(address, data="{", content_type="application/json").status_code == 400
    assert app.test_client().post(address, json=body()).status_code == 401


def test_the_rubric_saves_itself_and_a_stale_page_keeps_the_newer(
    writer: FlaskClient, platform: Platform, made: Round
) -> None:
    note_id = open_note(platform, made)
    address = f"/field/notes/{note_id}/answers"
    saved = writer.post(address, json={"base_rev": 0, "fields": {"practice/rubric_2_2_3": ["3"]}})
    assert saved.json == {"answers_rev": 1}
    stale = writer.post(address, json={"base_rev": 0, "fields": {"practice/rubric_2_2_3": ["1"]}})
    assert stale.status_code == 409 and stale.json["error"] == "stale"
    wrong = writer.post(address, json={"base_rev": 1, "fields": {"nowhere": ["1"]}})
    assert wrong.status_code == 422
    with platform.database.reading() as session:
        assert session.get_one(NoteRow, note_id).answers == {"practice": {"rubric_2_2_3": "3"}}


def test_the_ping_says_the_nonce_and_who_is_there(app: Flask, writer: FlaskClient, made: Round) -> None:
    answer = writer.get("/field/ping?nonce=abc").json
    assert answer["nonce"] == "abc" and answer["user"] == made.people["interviewer"].id and answer["token"]
    stranger = app.test_client().get("/field/ping?nonce=abc").json
    assert stranger == {"nonce": "abc", "user": None, "token": ""}


def test_a_returned_record_is_listed_and_corrected(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    task = assigned_visit(platform, made)
    client.post(f"/field/visits/{task}", data=VISIT, content_type="multipart/form-data")
    root_id = records(platform)[0].root_id
    reviewing.move(platform, made.people["reviewer"], root_id, "returned", "请补充说明")
    address = f"/field/records/{root_id}/correction"
    assert address in client.get("/field/").text
    page = client.get(address).text
    assert "请补充说明" in page and 'value="open" checked' in page
    fields = VISIT | {"submission_id": hidden(page, "submission_id"), "improvement/note": "已补充"}
    without = client.post(address, data=fields, content_type="multipart/form-data")
    assert without.status_code == 422 and "请写明更正的理由" in without.text
    fields["_reason"] = "补充说明"
    sent, again = (client.post(address, data=fields, content_type="multipart/form-data") for _ in range(2))
    assert sent.status_code == 303 and sent.location == again.location
    assert [record.revision for record in records(platform)] == [1, 2]
    assert client.get(address).status_code == 404


def test_an_unknown_receipt_is_not_found(client: FlaskClient) -> None:
    for code in ("x", "2222222222", "K7Q4M9XCDA"):
        assert client.get(f"/field/sent/{code}").status_code == 404


def test_the_console_offers_the_provider_only_when_it_is_configured(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    assert "Twilio" not in client.get(f"/field/attempts/{attempt.id}").text
    refused = client.post(f"/field/attempts/{attempt.id}/place", headers={"Accept": "application/json"})
    assert refused.status_code == 409 and refused.json["error"] == "call-closed"
    with platform.database.reading() as session:
        assert session.get_one(CallAttemptRow, attempt.id).provider == "manual"


def test_field_pages_speak_english(client: FlaskClient, platform: Platform, made: Round) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    for path in (
        "/field/",
        f"/field/attempts/{attempt.id}",
        f"/field/visits/{assigned_visit(platform, made)}",
    ):
        page = client.get(path, query_string={"lang": "en"}).text
        text = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
        known = (
            "中文",
            "甲厅",
            "乙厅",
            "测试轮次",
            "咨询电话",
            "办事指南",
            "演示路 1 号",
            "甲",
            "询问营业性演出许可。",
        )
        for name in (*known, "政务服务大厅"):
            text = text.replace(name, "")
        assert re.findall(r"[一-鿿]+", text) == [], path
