"""Exports through the door: streamed, inside the scope, noted, refused with a sentence."""

from __future__ import annotations

import csv
import io
import logging

import pytest
from sqlalchemy import select

from surveyapp.gateways.spreadsheets import read_sheets
from surveyapp.services import accounts, exporting
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.storage.tables import AuditRow, FrameworkRow
from tests.data import hashes
from tests.data.rounds import (
    PASSWORD,
    Round,
    call_submission,
    citizen_submission,
    fill_round,
    received,
    visit_submission,
)
from tests.web.clients import Enter

SUBJECTS = ("records", "attempts", "scores")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_export_arrives_as_csv_and_as_a_workbook(
    platform: Platform, made: Round, enter: Enter, subject: str
) -> None:
    fill_round(platform, made, calls=3, surveys=2)
    lead = enter("lead")
    text = lead.get(f"/desk/export/{subject}.csv?round=r1")
    assert text.status_code == 200
    assert text.data.startswith(b"\xef\xbb\xbf")
    assert text.content_type == "text/csv; charset=utf-8"
    assert text.headers["Content-Disposition"] == f'attachment; filename="r1-{subject}.csv"'
    assert text.headers["Cache-Control"] == "no-store"
    book = lead.get(f"/desk/export/{subject}.xlsx?round=r1")
    assert book.content_type.endswith("spreadsheetml.sheet")
    sheets = read_sheets(book.data)
    assert isinstance(sheets, tuple)
    lines = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"), newline="")))
    assert sum(len(sheet.rows) - 1 for sheet in sheets) == len(lines) - 1


def test_only_the_readers_own_scope_is_exported(platform: Platform, made: Round, enter: Enter) -> None:
    received(platform, citizen_submission(made))
    received(platform, visit_submission(made, unit_id=made.other_unit_id))
    with hashes.cheap():
        accounts.create_user(platform, "auditor-b", "乙厅审计", PASSWORD)
        accounts.grant(platform, "auditor-b", "auditor", "hall-b")
    for kind in ("csv", "xlsx"):
        page = enter("auditor-b").get(f"/desk/export/records.{kind}").data
        if kind == "xlsx":
            sheets = read_sheets(page)
            assert isinstance(sheets, tuple)
            page = str([sheet.rows for sheet in sheets]).encode()
        assert "乙厅".encode() in page
        assert "甲厅".encode() not in page


@pytest.mark.parametrize("role", ["reviewer", "viewer", "unit", "evaluator", "admin"])
def test_others_may_not_export(platform: Platform, made: Round, enter: Enter, role: str) -> None:
    assert enter(role).get("/desk/export/records.csv").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/desk/export/answers.csv", "/desk/export/records.ods", "/desk/export/records.csv?round=r9"],
)
def test_what_cannot_be_exported_is_not_found(
    platform: Platform, made: Round, enter: Enter, address: str
) -> None:
    assert enter("lead").get(address).status_code == 404


def test_an_export_is_noted_with_who_and_what(platform: Platform, made: Round, enter: Enter) -> None:
    enter("auditor").get("/desk/export/attempts.xlsx")
    with platform.database.reading() as session:
        deeds = session.execute(select(AuditRow.action, AuditRow.actor_id, AuditRow.detail)).all()
    assert ("export.attempts", made.people["auditor"].id, {"kind": "xlsx"}) in [tuple(d) for d in deeds]


def test_blocked_scores_give_the_sentence_and_no_half_file(
    platform: Platform, made: Round, enter: Enter
) -> None:
    with platform.database.transaction() as session:
        session.get_one(FrameworkRow, made.framework_id).decisions = []
    for kind in ("csv", "xlsx"):
        response = enter("lead").get(f"/desk/export/scores.{kind}")
        assert response.status_code == 409
        assert "暂不能计分" in response.text


def test_a_database_that_is_away_is_said_before_the_first_byte(
    platform: Platform,
    made: Round,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away(*_arguments: object) -> object:
        raise StorageUnavailable("gone")

    lead = enter("lead")
    monkeypatch.setattr(exporting.records.queries, "records_read", away)
    with caplog.at_level(logging.CRITICAL):
        response = lead.get("/desk/export/records.csv")
    assert response.status_code == 503
    assert "Content-Disposition" not in response.headers


def test_the_reading_session_stays_open_while_the_file_is_sent_and_ends_with_it(
    platform: Platform, made: Round, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        received(platform, call_submission(made, "B1"))
    monkeypatch.setattr("surveyapp.gateways.spreadsheets.writing._BATCH", 1)
    monkeypatch.setattr("surveyapp.storage.queries.exports.ROWS", 1)
    lead = enter("lead")
    before = platform.database.engine.pool.checkedout()  # type: ignore[attr-defined]
    response = lead.get("/desk/export/records.csv", buffered=False)
    pieces = response.iter_encoded()
    next(iter(pieces))
    assert platform.database.engine.pool.checkedout() == before + 1  # type: ignore[attr-defined]
    received(platform, call_submission(made, "B1"))
    response.close()
    assert platform.database.engine.pool.checkedout() == before  # type: ignore[attr-defined]


def test_labels_are_added_in_the_readers_language(platform: Platform, made: Round, enter: Enter) -> None:
    received(platform, citizen_submission(made))
    lead = enter("lead")
    chinese = lead.get("/desk/export/records.csv?labels=1").data.decode("utf-8-sig").splitlines()
    english = lead.get("/desk/export/records.csv?labels=1&lang=en").data.decode("utf-8-sig").splitlines()
    assert chinese[1].startswith("问卷,问卷版本")
    assert english[1].startswith("Questionnaire,Version")
    assert len(chinese) == len(english) == 3
