"""A questionnaire that is closing in a round is not offered but takes finished work; closed takes nothing."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from surveyapp.application import create_app
from surveyapp.services import arranging, calling, collecting, halting, linking, noting, offering, receiving
from surveyapp.services.collecting import Refused
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, Taken, Turned, posts
from surveyapp.storage.tables import AuditRow, RecordRow
from surveyapp.web.respond.submission_ids import new_submission_id
from tests.data import hashes
from tests.data.fieldwork import (
    assigned_call,
    assigned_visit,
    begun,
    closed,
    conversation,
    open_note,
    plan,
    rubric,
)
from tests.data.openrosa import device, issued, photo, visit_xml
from tests.data.rounds import Round, citizen_answers, citizen_submission, new_id, received
from tests.web.clients import signed_in
from tests.web.test_field import VISIT


def client(platform: Platform, login: str = "") -> FlaskClient:
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    if not login:
        return app.test_client(use_cookies=False)
    with hashes.cheap():
        return signed_in(app, platform, login)


def move(platform: Platform, made: Round, name: str, state: str) -> None:
    form_id = platform.form(made.versions[name]).form_id
    assert halting.set_state(platform, made.id, form_id, state, made.people["lead"].id)


def records(platform: Platform) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(RecordRow)) or 0


def answer_fields(platform: Platform) -> dict[str, str]:
    found = {
        f"{section}/{name}": value
        for section, leaves in citizen_answers().items()
        for name, value in leaves.items()
    }
    return found | {"submission_id": new_submission_id(platform.clock())}


def test_a_closing_questionnaire_is_not_shown_to_citizens_but_takes_their_answers(
    platform: Platform, made: Round
) -> None:
    citizen = client(platform)
    assert citizen.get(f"/q/{made.code}").status_code == 200
    move(platform, made, "citizen", "closing")
    stopped = citizen.get(f"/q/{made.code}")
    assert stopped.status_code == 410 and "这份问卷已停止发放" in stopped.text
    assert citizen.post(f"/q/{made.code}", data=answer_fields(platform)).status_code == 303
    assert records(platform) == 1


def test_a_closed_questionnaire_keeps_what_a_citizen_wrote_on_the_page_and_stores_nothing(
    platform: Platform, made: Round
) -> None:
    move(platform, made, "citizen", "closed")
    answer = client(platform).post(f"/q/{made.code}", data=answer_fields(platform))
    assert answer.status_code == 409 and "已停止接收答卷" in answer.text
    assert records(platform) == 0
    move(platform, made, "citizen", "open")
    assert client(platform).get(f"/q/{made.code}").status_code == 200


def test_the_json_interface_says_that_a_questionnaire_is_closed(platform: Platform, made: Round) -> None:
    body = {"submission_id": new_id(), "code": made.code, "answers": citizen_answers()}
    move(platform, made, "citizen", "closed")
    answer = client(platform).post("/api/submissions", json=body)
    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]) == (409, "form-closed")
    move(platform, made, "citizen", "closing")
    assert client(platform).post("/api/submissions", json=body).status_code == 201


def test_a_repeat_after_the_questionnaire_has_closed_gets_the_same_receipt(
    platform: Platform, made: Round
) -> None:
    submission = citizen_submission(made)
    first = received(platform, submission)
    move(platform, made, "citizen", "closed")
    assert received(platform, submission).receipt == first.receipt
    assert collecting.accept(platform, citizen_submission(made)) == Refused("form_closed")


def test_devices_are_offered_open_questionnaires_only_and_closed_ones_are_turned_away(
    platform: Platform, made: Round
) -> None:
    tablet = device(platform, made)
    form_id = platform.form(made.versions["visit"]).form_id
    version = platform.form(made.versions["visit"]).version
    assert [one.form_id for one in offering.list_offered(platform, tablet, form_id)] == [form_id]
    move(platform, made, "visit", "closing")
    assert offering.list_offered(platform, tablet, form_id) == []
    assert offering.find_offered(platform, tablet, form_id, version) is not None
    assert isinstance(receiving.receive(platform, tablet, Post(visit_xml(platform, made))), Taken)
    move(platform, made, "visit", "closed")
    assert offering.find_offered(platform, tablet, form_id, version) is None
    turned = receiving.receive(platform, tablet, Post(visit_xml(platform, made)))
    assert isinstance(turned, Turned) and turned.code == "closed"
    assert form_id in turned.sentence["zh"] and form_id in turned.sentence["en"]
    assert records(platform) == 1


def test_a_device_that_sends_a_stored_record_again_is_acknowledged_after_closing(
    platform: Platform, made: Round
) -> None:
    tablet, xml = device(platform, made), visit_xml(platform, made)
    first = receiving.receive(platform, tablet, Post(xml))
    move(platform, made, "visit", "closed")
    again = receiving.receive(platform, tablet, Post(xml))
    assert isinstance(first, Taken) and isinstance(again, Taken)
    assert again.receipt == first.receipt


def test_assigned_work_says_that_its_questionnaire_is_closing_or_closed(
    platform: Platform, made: Round
) -> None:
    assignment_id = assigned_visit(platform, made)
    evaluator = client(platform, "evaluator")
    assert "收尾" not in evaluator.get(f"/field/visits/{assignment_id}").text
    move(platform, made, "visit", "closing")
    assert "这份问卷正在收尾" in evaluator.get(f"/field/visits/{assignment_id}").text
    move(platform, made, "visit", "closed")
    assert "这份问卷已关闭" in evaluator.get(f"/field/visits/{assignment_id}").text


def test_no_call_and_no_note_is_begun_while_its_questionnaire_is_closing(
    platform: Platform, made: Round
) -> None:
    evaluator, interviewer = made.people["evaluator"], made.people["interviewer"]
    assignment_id = assigned_call(platform, made)
    move(platform, made, "call", "closing")
    refused = calling.start_attempt(platform, evaluator, assignment_id, new_id())
    assert isinstance(refused, calling.Refusal) and refused.code == "form-closed"
    move(platform, made, "call", "open")
    assert begun(platform, made, assignment_id)
    move(platform, made, "interview", "closing")
    note = noting.create_note(platform, interviewer, new_id(), plan(made))
    assert isinstance(note, noting.Refusal) and note.code == "form-closed"


def test_the_lead_moves_a_questionnaire_at_the_desk_and_the_deed_is_logged(
    platform: Platform, made: Round
) -> None:
    lead = client(platform, "lead")
    form_id = platform.form(made.versions["citizen"]).form_id
    answer = lead.post("/desk/questionnaires/state", data={"form_id": form_id, "state": "closing"})
    assert answer.status_code == 303
    assert "收尾中" in lead.get("/desk/questionnaires").text
    wrong = lead.post("/desk/questionnaires/state", data={"form_id": form_id, "state": "gone"})
    assert wrong.status_code == 422 and 'role="alert"' in wrong.text
    with platform.database.reading() as session:
        deed = session.scalars(select(AuditRow).where(AuditRow.action == "questionnaire.closing")).one()
    assert deed.detail == {"form": form_id, "round": "r1", "was": "open"}


@pytest.mark.usefixtures("made")
def test_the_database_itself_refuses_any_other_state(platform: Platform) -> None:
    with pytest.raises(DatabaseError), platform.database.transaction() as session:
        session.execute(text("INSERT INTO round_questionnaires VALUES (1, 1, 'gone')"))


def second_round(platform: Platform, made: Round) -> int:
    plan = arranging.RoundPlan(
        "r2", "另一轮次", made.framework_id, "S", date(2026, 11, 16), date(2026, 12, 31),
        date(2027, 6, 30), "评估组", "大厅咨询台",
    )  # fmt: skip
    return arranging.open_round(platform, plan, ["hall-a", "hall-b"], None)


def test_a_questionnaire_closed_in_one_round_goes_on_in_another(platform: Platform, made: Round) -> None:
    other = second_round(platform, made)
    code = linking.make_link(platform, other, made.site_id, "jilin2018-citizen", "3 号窗口", None)
    move(platform, made, "citizen", "closed")
    citizen = client(platform)
    assert citizen.get(f"/q/{made.code}").status_code == 410
    assert citizen.get(f"/q/{code}").status_code == 200
    assert citizen.post(f"/q/{code}", data=answer_fields(platform)).status_code == 303
    assert citizen.post(f"/q/{made.code}", data=answer_fields(platform)).status_code == 409
    assert halting.state_of(platform, made.versions["citizen"], other) == "open"


def test_a_state_is_given_in_a_known_round_only_and_the_desk_shows_the_round_in_view(
    platform: Platform, made: Round
) -> None:
    assert not halting.set_state(platform, 999, "jilin2018-citizen", "closed", None)
    second_round(platform, made)
    lead = client(platform, "lead")
    data = {"form_id": "jilin2018-citizen", "state": "closed"}
    assert lead.post("/desk/questionnaires/state?round=r2", data=data).status_code == 303
    assert "已关闭</span>" in lead.get("/desk/questionnaires?round=r2").text
    assert "已关闭</span>" not in lead.get("/desk/questionnaires?round=r1").text
    assert lead.post("/desk/questionnaires/state?round=none", data=data).status_code == 404


def test_a_record_that_a_closing_overtakes_on_its_way_is_turned_away(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead closes the questionnaire after the record was judged and before it is stored."""
    tablet, judge = device(platform, made), posts.judged

    def slowly(*given: Any) -> Any:
        found = judge(*given)
        move(platform, made, "visit", "closed")
        return found

    monkeypatch.setattr(posts, "judged", slowly)
    turned = receiving.receive(platform, tablet, Post(visit_xml(platform, made)))
    assert isinstance(turned, Turned) and turned.code == "closed"
    assert records(platform) == 0


def sent_by_device(platform: Platform, made: Round) -> tuple[int, str]:
    secret = issued(platform, made).secret
    files = {"xml_submission_file": (io.BytesIO(visit_xml(platform, made)), "x.xml")}
    answer = client(platform).post(
        f"/openrosa/{secret}/submission", data=files, content_type="multipart/form-data"
    )
    return answer.status_code, answer.text


def by_page(platform: Platform, made: Round) -> tuple[int, str]:
    answer = client(platform).post(f"/q/{made.code}", data=answer_fields(platform))
    return answer.status_code, answer.text


def by_interface(platform: Platform, made: Round) -> tuple[int, str]:
    body = {"submission_id": new_id(), "code": made.code, "answers": citizen_answers()}
    answer = client(platform).post("/api/submissions", json=body)
    return answer.status_code, answer.text


def by_work(platform: Platform, made: Round) -> tuple[int, str]:
    assignment_id = assigned_visit(platform, made)
    fields = VISIT | {"arrival/photo_1": (io.BytesIO(photo()), "image.jpg")}
    answer = client(platform, "evaluator").post(
        f"/field/visits/{assignment_id}", data=fields, content_type="multipart/form-data"
    )
    return answer.status_code, answer.text


DOORS = {
    "the page": ("citizen", by_page, 303, "已停止接收答卷"),
    "the interface": ("citizen", by_interface, 201, "form-closed"),
    "a device": ("visit", sent_by_device, 201, "已关闭，不再接收新记录"),
    "assigned work": ("visit", by_work, 303, "这份问卷已关闭，没有保存"),
}


@pytest.mark.parametrize("state", ["open", "closing", "closed"])
@pytest.mark.parametrize("door", DOORS)
def test_every_door_keeps_to_every_state_with_its_status_and_sentence(
    platform: Platform, made: Round, door: str, state: str
) -> None:
    name, send, taken, said = DOORS[door]
    move(platform, made, name, state)
    status, text_of = send(platform, made)
    if state == "closed":
        assert status == 409 and said in text_of
        assert records(platform) == 0
    else:
        assert status == taken, text_of
        assert records(platform) == 1


@pytest.mark.parametrize("state", ["closing", "closed"])
def test_a_call_and_a_note_begun_before_are_taken_while_closing_and_kept_back_when_closed(
    platform: Platform, made: Round, state: str
) -> None:
    attempt_id = begun(platform, made, assigned_call(platform, made)).id
    closed(platform, made, attempt_id, "A1")
    note_id = open_note(platform, made)
    move(platform, made, "call", state)
    move(platform, made, "interview", state)

    def sent() -> list[str]:
        call = calling.send_record(platform, made.people["evaluator"], attempt_id, conversation())
        note = noting.submit_note(platform, made.people["interviewer"], note_id, rubric())
        return [one.code if isinstance(one, Refused) else type(one).__name__ for one in (call, note)]

    if state == "closed":
        assert sent() == ["form_closed", "form_closed"]
        assert records(platform) == 0
        move(platform, made, "call", "open")
        move(platform, made, "interview", "open")
    assert sent() == ["Accepted", "Accepted"]
    assert records(platform) == 2
