"""Assigned work over HTTP, as plain forms: planned at the desk, filed in the field, seen by its reviewers."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.services import filing, reviewing
from surveyapp.services.collecting import Accepted, Submission, accept
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AssignmentRow, AttachmentRow, AuditRow, CallbackRow, RecordRow
from tests.data.rounds import Round, citizen_answers, make_round, new_id
from tests.data.work import assigned, publish_six, rated
from tests.web.clients import signed_in

pytestmark = pytest.mark.usefixtures("made")


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


def client_of(app: Flask, platform: Platform, login: str) -> FlaskClient:
    return signed_in(app, platform, login)


def fields(answers: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Answers as the fields of a page."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, dict):
            found |= fields(value, f"{prefix}{name}/")
        elif isinstance(value, list):
            for number, one in enumerate(value, start=1):
                found |= fields(one, f"{prefix}{name}[{number}]/")
        else:
            found[f"{prefix}{name}"] = value
    return found


def test_a_lead_assigns_a_panel_sheet_and_the_expert_files_it_once(
    app: Flask, platform: Platform, made: Round
) -> None:
    lead, expert = client_of(app, platform, "lead"), client_of(app, platform, "expert")
    plan = f"/desk/rounds/{made.id}/work"
    assert "专家论证" in lead.get(f"{plan}?kind=panel").text
    wish = {
        "kind": "panel",
        "place": str(made.unit_id),
        "person": str(made.people["expert"].id),
        "day": "2026-11-30",
        "time": "17:00",
        "known_round": "1",
    }
    assert lead.post(plan, data=wish).status_code == 303
    assert "专家论证 · 甲厅" in expert.get("/field/").text
    with platform.database.reading() as session:
        task = session.scalars(select(AssignmentRow)).one()
    page = expert.get(f"/field/work/{task.id}")
    assert page.status_code == 200 and "任务分解是否完整" in page.text
    sent = expert.post(f"/field/work/{task.id}", data=fields(rated("3")))
    assert sent.status_code == 303
    again = expert.post(f"/field/work/{task.id}", data=fields(rated("3")))
    assert again.headers["Location"] == sent.headers["Location"]
    other = expert.post(f"/field/work/{task.id}", data=fields(rated("4")))
    assert other.status_code == 409
    assert expert.get(sent.headers["Location"]).status_code == 200
    with platform.database.reading() as session:
        record = session.scalars(select(RecordRow)).one()
        assert session.get_one(AssignmentRow, task.id).state == "done"
    assert (record.kind, record.collector_id) == ("panel", made.people["expert"].id)
    assert record.extra["planned"] == {"round": "1"}


def test_a_lead_without_a_choice_is_told_what_is_missing(app: Flask, platform: Platform, made: Round) -> None:
    lead = client_of(app, platform, "lead")
    back = lead.post(f"/desk/rounds/{made.id}/work", data={"kind": "document"})
    assert back.status_code == 422 and "请选择本轮的单位或大厅" in back.text
    assert lead.post(f"/desk/rounds/{made.id}/work", data={"kind": "call"}).status_code == 404


def test_work_is_seen_by_its_own_person_only(app: Flask, platform: Platform, made: Round) -> None:
    task = assigned(platform, made, "publication", "evaluator")
    for login in ("interviewer", "expert", "unit"):
        assert client_of(app, platform, login).get(f"/field/work/{task}").status_code == 404


def test_nobody_sees_other_ratings_before_filing_their_own(
    app: Flask, platform: Platform, made: Round
) -> None:
    first = assigned(platform, made, "panel", "expert", round="1")
    own = assigned(platform, made, "panel", "evaluator", round="1")
    filed = file_work(platform, made.people["expert"], first, Work(rated("4")))
    assert isinstance(filed, Accepted)
    from_panel = client_of(app, platform, "evaluator")
    reviewer = client_of(app, platform, "reviewer")
    assert reviewer.get(f"/desk/records/{filed.root_id}").status_code == 200
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, own).user_id = made.people["reviewer"].id
    hidden = reviewer.get(f"/desk/records/{filed.root_id}")
    assert hidden.status_code == 403 and "别人的评分" in hidden.text
    assert from_panel.get(f"/desk/records/{filed.root_id}").status_code == 404


def test_the_second_round_shows_the_distribution_to_those_who_filed_the_first(
    app: Flask, platform: Platform, made: Round
) -> None:
    for role in ("expert", "evaluator"):
        task = assigned(platform, made, "panel", role, round="1")
        assert isinstance(file_work(platform, made.people[role], task, Work(rated("3"))), Accepted)
    second = assigned(platform, made, "panel", "expert", round="2")
    assert "第一轮评级的分布" in client_of(app, platform, "expert").get(f"/field/work/{second}").text


def left_number(platform: Platform, made: Round) -> str:
    """A citizen's record that asks to be called back; its root id."""
    answers = citizen_answers()
    answers["callback"] = {"callback_consent": "OK", "callback_phone": "13900001234"}
    outcome = accept(
        platform,
        Submission(new_id(), made.versions["citizen"], made.id, made.unit_id, answers, site_id=made.site_id),
    )
    assert isinstance(outcome, Accepted), outcome
    return outcome.root_id


def test_a_call_back_shows_a_masked_number_logs_the_look_and_forgets_it_afterwards(
    app: Flask, platform: Platform, made: Round
) -> None:
    root_id = left_number(platform, made)
    lead, caller = client_of(app, platform, "lead"), client_of(app, platform, "interviewer")
    wish = {
        "kind": "callback",
        "place": str(made.unit_id),
        "person": str(made.people["interviewer"].id),
        "day": "2026-11-30",
        "time": "17:00",
        "number": "5",
        "seed": "s1",
    }
    assert lead.post(f"/desk/rounds/{made.id}/work", data=wish).status_code == 303
    empty = lead.post(f"/desk/rounds/{made.id}/work", data=wish)
    assert empty.status_code == 422 and "没有留下号码" in empty.text
    with platform.database.reading() as session:
        task = session.scalars(select(AssignmentRow)).one()
    assert task.case_root_id == root_id
    page = caller.get(f"/field/work/{task.id}").text
    assert "139******34" in page and "13900001234" not in page
    assert "13900001234" in caller.post(f"/field/work/{task.id}/number").text
    answers = {"contact": {"source": "agreed", "attempt_no": "1", "contact_result": "refused"}}
    sent = caller.post(f"/field/work/{task.id}", data=fields(answers))
    assert sent.status_code == 303, re.findall(r'error-text">([^<]+)', sent.text)
    with platform.database.reading() as session:
        assert session.get(CallbackRow, root_id) is None
        deeds = set(session.scalars(select(AuditRow.action)))
    assert {"callback.draw", "callback.reveal", "callback.forget"} <= deeds


def test_the_units_own_person_files_the_self_assessment(app: Flask, platform: Platform, made: Round) -> None:
    task = assigned(platform, made, "self", "unit")
    own = client_of(app, platform, "unit")
    assert f"/field/work/{task}" in own.get("/unit/").text
    assert own.get(f"/field/work/{task}").status_code == 200


def document(files: int = 1) -> dict[str, Any]:
    """A document review of a case file with one piece of evidence."""
    proof = {"ev_kind": "document", "ev_locator": "第 2 页", "ev_claim": "一次办结", "ev_verdict": "proved"}
    return {
        "dossier": {
            "subject": "case",
            "coder": "first",
            "period_from": "2018-01-01",
            "period_to": "2018-06-30",
        },
        "proofs": {"evidence_n": str(files), "evidence": [dict(proof) for _ in range(files)]},
        "case": {"case_no": "2018-0012", "case_visits": "1", "case_correction": "none"},
    }


def test_a_document_review_keeps_its_files_through_a_correction(
    app: Flask, platform: Platform, made: Round
) -> None:
    task = assigned(platform, made, "document", "evaluator", subject="case", case_no="2018-0012")
    reader = client_of(app, platform, "evaluator")
    page = reader.get(f"/field/work/{task}").text
    assert 'value="2018-0012"' in page
    spot = "proofs/evidence[1]/ev_file"
    sent = reader.post(
        f"/field/work/{task}",
        data=fields(document()) | {spot: (io.BytesIO(b"%PDF-1.4 proof"), "proof.pdf")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303, re.findall(r'error-text">([^<]+)', sent.text)
    with platform.database.reading() as session:
        record = session.scalars(select(RecordRow)).one()
        assert len(session.scalars(select(AttachmentRow)).all()) == 1
    assert record.answers["proofs"]["evidence"][0]["ev_file"].endswith(".pdf")
    assert record.flags == []
    reviewing.move(platform, made.people["reviewer"], record.root_id, "returned", "请核对到场次数。")
    changed = document()
    changed["case"]["case_visits"] = "2"
    page = reader.get(f"/field/records/{record.root_id}/correction").text
    found = re.search(r'name="submission_id" value="([^"]+)"', page)
    assert found
    extra = {"submission_id": found[1], "_reason": "档案第 5 页另有一次到场"}
    back = reader.post(f"/field/records/{record.root_id}/correction", data=fields(changed) | extra)
    assert back.status_code == 303, re.findall(r'error-text">([^<]+)', back.text)
    with platform.database.reading() as session:
        newest = session.scalars(select(RecordRow).where(RecordRow.revision == 2)).one()
    assert newest.answers["case"]["case_visits"] == "2"
    assert newest.answers["proofs"]["evidence"][0]["ev_file"].endswith(".pdf")


def test_work_whose_record_is_stored_is_settled(platform: Platform, made: Round) -> None:
    task = assigned(platform, made, "panel", "expert")
    assert isinstance(file_work(platform, made.people["expert"], task, Work(rated("3"))), Accepted)
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).state = "planned"
    assert filing.settle_work(platform) == 1


def test_only_the_citizens_survey_is_offered_for_qr_links(
    app: Flask, platform: Platform, made: Round
) -> None:
    page = client_of(app, platform, "lead").get("/desk/links").text
    assert "jilin2018-citizen" in page and "jilin2018-callback" not in page


def test_the_overview_counts_all_ten_instruments(app: Flask, platform: Platform, made: Round) -> None:
    page = client_of(app, platform, "lead").get("/desk/").text
    assert all(
        name in page for name in ("电话回访", "实地核查", "文件梳理", "专家论证", "公布情况核查", "自评")
    )
