"""Trying a draft: test links without an account, what was filled in, deleting it; none of it ever counts."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.config import ROOT
from surveyapp.services import drafting, exporting, folding, scoring, trying
from surveyapp.services.exporting import Order
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    AuditRow,
    DraftRow,
    DraftTestRow,
    ObservationRow,
    RecordRow,
    RecordStateRow,
)
from tests.clock import Clock
from tests.data.rounds import Round, make_round
from tests.web.test_draft_outlook import citizen
from tests.web.test_drafts import ONE, SOURCE, app, client, count, draft_row, picture, uploaded

__all__ = ["app"]


@pytest.fixture
def lead(app: Flask, platform: Platform) -> FlaskClient:
    found = client(app, platform, "lead")
    assert uploaded(found, way=picture()) == 303
    return found


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def code(platform: Platform, reader: str = "respondent") -> str:
    return trying.test_code(platform, draft_row(platform), reader)[0]


def stored(platform: Platform) -> list[DraftTestRow]:
    with platform.database.reading() as session:
        return list(session.scalars(select(DraftTestRow).order_by(DraftTestRow.id)))


@pytest.mark.usefixtures("lead")
def test_a_test_link_is_filled_in_without_an_account_and_marked_on_each_page(
    platform: Platform, stranger: FlaskClient
) -> None:
    address = f"/t/{code(platform)}"
    page = stranger.get(address).text
    wrong = stranger.post(address, data={"done": "no"})
    sent = stranger.post(address, data={"done": "yes"})
    thanks = stranger.get(sent.headers["Location"]).text
    assert (wrong.status_code, sent.status_code) == (422, 303)
    for shown in (page, wrong.text, thanks):
        assert '<span class="tag warn">测试</span>' in shown
    assert "不计入任何结果" in thanks
    [kept] = stored(platform)
    assert (kept.user_id, kept.reader, kept.answers) == (None, "respondent", {"done": "yes"})
    assert count(platform, RecordRow) == count(platform, ObservationRow) == 0
    assert "Test" in stranger.get(f"{address}?lang=en").text


@pytest.mark.usefixtures("lead")
def test_the_link_for_evaluators_shows_their_notes_and_the_other_does_not(
    platform: Platform, stranger: FlaskClient
) -> None:
    assert "读出选项" in stranger.get(f"/t/{code(platform, 'evaluator')}").text
    assert "读出选项" not in stranger.get(f"/T/{code(platform)}").text
    assert stranger.post(f"/t/{code(platform, 'evaluator')}", data={"done": "yes"}).status_code == 303
    assert stored(platform)[0].reader == "evaluator"


@pytest.mark.usefixtures("lead")
def test_a_link_shows_pictures_of_its_draft_and_nothing_else(
    platform: Platform, stranger: FlaskClient
) -> None:
    address = f"/t/{code(platform)}"
    assert stranger.get(f"{address}/files/way.png").data == picture()
    assert stranger.get(f"{address}/files/other.png").status_code == 404
    assert stranger.get(f"{ONE}/respondent").status_code == 303


@pytest.mark.usefixtures("lead")
def test_a_code_that_was_never_given_out_opens_nothing(platform: Platform, stranger: FlaskClient) -> None:
    good = code(platform)
    signed, _, signature = good.rpartition("-")
    number, mark, hour = signed.split("-")
    later = f"{number}-{mark}-{int(hour) + 1}-{signature}"
    other = f"{number}-E-{hour}-{signature}"
    forged = f"{signed}-{'A' * len(signature)}"
    for wrong in (later, other, forged, signed, "x", "1-R-9-é", f"{10**30}-R-{hour}-{signature}", "²-R-²-A"):
        assert stranger.get(f"/t/{wrong}").status_code == 404, wrong
        assert stranger.post(f"/t/{wrong}", data={"done": "yes"}).status_code == 404, wrong
    assert stranger.get(f"/t/{good.lower()}").status_code == 200
    assert stored(platform) == []


@pytest.mark.usefixtures("lead")
def test_a_link_ends_after_seven_days(platform: Platform, stranger: FlaskClient, clock: Clock) -> None:
    address = f"/t/{code(platform)}"
    clock.advance(days=trying.LINK_DAYS)
    assert stranger.get(address).status_code == 200
    clock.advance(hours=1)
    assert stranger.get(address).status_code == 410
    answer = stranger.post(address, data={"done": "yes"})
    assert answer.status_code == 410 and "已过期" in answer.text
    assert stored(platform) == []


def test_a_link_ends_when_its_draft_is_published(
    app: Flask, lead: FlaskClient, platform: Platform, stranger: FlaskClient
) -> None:
    address = f"/t/{code(platform)}"
    assert client(app, platform, "second").post(ONE, data={"note": "第一版"}).status_code == 303
    assert stranger.get(address).status_code == 410
    assert lead.get(f"{ONE}/links").status_code == 404


def test_the_number_of_a_deleted_draft_is_another_draft_for_old_links(
    lead: FlaskClient, platform: Platform, stranger: FlaskClient, clock: Clock
) -> None:
    address = f"/t/{code(platform)}"
    assert lead.post(f"{ONE}/delete", data={"sure": "on"}).status_code == 303
    assert stranger.get(address).status_code == 404
    clock.advance(minutes=1)
    assert uploaded(lead, SOURCE.replace("办成了吗", "顺利吗"), way=picture()) == 303
    with platform.database.transaction() as session:
        row = session.scalars(select(DraftRow)).one()
        if row.id != 1:
            row.id = 1
    assert stranger.get(address).status_code == 404
    assert "顺利吗" in stranger.get(f"/t/{code(platform)}").text


def test_the_desk_hands_out_both_links_as_address_and_qr_code(lead: FlaskClient, platform: Platform) -> None:
    page = lead.get(f"{ONE}/links").text
    for reader in ("respondent", "evaluator"):
        assert f"/t/{code(platform, reader)}" in page
        picture_of = lead.get(f"{ONE}/links/{reader}.svg")
        assert picture_of.mimetype == "image/svg+xml" and b"<svg" in picture_of.data
    assert "有效至 2026-12-01 10:00" in page


def test_trials_are_listed_and_read_by_those_who_may_see_the_draft(
    app: Flask, lead: FlaskClient, platform: Platform, stranger: FlaskClient
) -> None:
    assert lead.post(f"{ONE}/evaluator", data={"done": "yes"}).status_code == 303
    answers = {"done": "no", "why": "材料不齐全"}
    assert stranger.post(f"/t/{code(platform)}", data=answers).status_code == 303
    for who in (lead, client(app, platform, "admin")):
        page = who.get(f"{ONE}/trials").text
        assert "已试填 2 次" in page and "测试链接" in page and "lead 甲" in page and "按评估员" in page
    record = lead.get(f"{ONE}/trials/2").text
    assert "材料不齐全" in record and "没办成" in record and "测试" in record
    assert lead.get(f"{ONE}/trials/3").status_code == 404
    assert client(app, platform, "viewer").get(f"{ONE}/trials").status_code == 403
    assert stranger.get(f"{ONE}/trials/2").status_code == 303


def test_a_draft_is_deleted_with_its_trials_after_a_tick_and_the_log_keeps_the_deed(
    lead: FlaskClient, platform: Platform
) -> None:
    assert lead.post(f"{ONE}/respondent", data={"done": "yes"}).status_code == 303
    refused = lead.post(f"{ONE}/delete")
    assert refused.status_code == 422 and 'role="alert"' in refused.text
    assert lead.post(f"{ONE}/delete", data={"sure": "on"}).status_code == 303
    assert count(platform, DraftRow) == count(platform, DraftTestRow) == 0
    assert lead.get(ONE).status_code == 404
    with platform.database.reading() as session:
        deed = session.scalars(select(AuditRow).where(AuditRow.action == "draft.delete")).one()
    assert deed.detail == {"form": "trial", "version": "1", "trials": 1}


def test_a_published_draft_stays_and_only_its_trials_are_deleted(
    app: Flask, lead: FlaskClient, platform: Platform
) -> None:
    assert lead.post(f"{ONE}/respondent", data={"done": "yes"}).status_code == 303
    assert client(app, platform, "second").post(ONE, data={"note": "第一版"}).status_code == 303
    kept = lead.post(f"{ONE}/delete", data={"sure": "on"})
    assert kept.status_code == 409 and count(platform, DraftRow) == 1
    assert lead.post(f"{ONE}/trials").status_code == 422
    assert lead.post(f"{ONE}/trials", data={"sure": "on"}).status_code == 303
    assert count(platform, DraftTestRow) == 0 and count(platform, DraftRow) == 1


@pytest.mark.usefixtures("lead")
def test_a_draft_keeps_a_bounded_number_of_trials(
    platform: Platform, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "MOST_TRIALS", 1)
    address = f"/t/{code(platform)}"
    assert stranger.post(address, data={"done": "yes"}).status_code == 303
    full = stranger.post(address, data={"done": "yes"})
    assert full.status_code == 422 and "不再保存" in full.text
    assert count(platform, DraftTestRow) == 1


def test_exports_observations_and_scores_are_the_same_with_and_without_trials(platform: Platform) -> None:
    made = make_round(platform)
    before = told(platform, made)
    author = made.people["admin"].id
    made_id = drafting.store_draft(platform, citizen(), "survey", author)
    assert isinstance(made_id, int)
    draft = drafting.find_draft(platform, made_id)
    assert draft is not None
    form = drafting.examine(platform, draft).form
    assert form is not None
    answers = {"about": {"age14": "yes", "matter": "permit", "channel": "onsite", "date_band": "week"}}
    with platform.database.transaction() as session:
        for number in range(40):
            session.add(
                DraftTestRow(
                    draft_id=made_id,
                    user_id=author if number % 2 else None,
                    reader="respondent",
                    answers=answers,
                    language="zh",
                    sent_at=platform.clock(),
                )
            )
    assert told(platform, made) == before
    assert count(platform, RecordStateRow) == count(platform, ObservationRow) == 0


def told(platform: Platform, made: Round) -> list[object]:
    """What the platform says of a round: every export, what was folded, and the score of a unit."""
    folded = folding.fold_round(platform, made.id)
    exports = [
        b"".join(exporting.csv_pieces(platform, Order(subject, made.id, ("/",))))
        for subject in ("records", "attempts")
    ]
    score = scoring.score_by_code(platform, "r1", "hall-a", None).to_json()
    return [folded, *exports, score]


def test_only_the_storage_of_drafts_names_the_table_of_trials() -> None:
    named = {
        str(path.relative_to(ROOT / "surveyapp"))
        for path in (ROOT / "surveyapp").rglob("*.py")
        if re.search(r"\bDraftTestRow\b|\bdraft_tests\b", path.read_text(encoding="utf-8"))
    }
    assert named == {"storage/drafts.py", "storage/tables/drafts.py", "storage/tables/__init__.py"}
