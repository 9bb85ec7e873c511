"""Nobody who still has to rate a unit reads what others gave it: not on pages, in files, or in exports."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.application import create_app
from surveyapp.gateways.spreadsheets import read_sheets
from surveyapp.services.collecting import Accepted
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AssignmentRow, AttachmentRow
from tests.data.fieldwork import photo
from tests.data.rounds import Round, make_round
from tests.data.work import assigned, publish_six, rated
from tests.web.clients import signed_in


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


@pytest.fixture
def app(platform: Platform, made: Round) -> Flask:
    return create_app(platform)


def filed(platform: Platform, made: Round, role: str) -> Accepted:
    task = assigned(platform, made, "panel", role, round="1")
    outcome = file_work(platform, made.people[role], task, Work(rated("4")))
    assert isinstance(outcome, Accepted), outcome
    return outcome


def has_to_rate(platform: Platform, made: Round, role: str) -> int:
    """Panel work of round 1 in the hands of somebody who reads records too."""
    task = assigned(platform, made, "panel", "evaluator", round="1")
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).user_id = made.people[role].id
    return task


def with_file(platform: Platform, filed: Accepted) -> int:
    """A file put beside a filed sheet; its id."""
    digest = platform.files.keep(photo(90))
    with platform.database.transaction() as session:
        row = AttachmentRow(
            record_id=filed.record_id,
            question="reasons/reason",
            position=1,
            name="a.jpg",
            sha256=digest,
            shown_sha256=digest,
            size=10,
            media_type="image/jpeg",
            facts={},
            stored_at=platform.clock(),
        )
        session.add(row)
        session.flush()
        return row.id


def exported(client: FlaskClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get("/desk/export/records.csv").data.decode("utf-8-sig"))))


@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_an_export_leaves_out_what_its_reader_still_has_to_rate_blind(
    app: Flask, platform: Platform, made: Round, role: str
) -> None:
    filed(platform, made, "expert")
    client = signed_in(app, platform, role)
    assert [row["kind"] for row in exported(client)] == ["panel"]
    has_to_rate(platform, made, role)
    assert exported(client) == []
    book = read_sheets(client.get("/desk/export/records.xlsx").data)
    assert isinstance(book, tuple)
    assert all("依据方案第三页。" not in cell for sheet in book for row in sheet.rows for cell in row)


def test_other_readers_and_other_units_are_exported_as_ever(
    app: Flask, platform: Platform, made: Round
) -> None:
    filed(platform, made, "expert")
    task = has_to_rate(platform, made, "lead")
    assert len(exported(signed_in(app, platform, "auditor"))) == 1
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).unit_id = made.other_unit_id
    assert len(exported(signed_in(app, platform, "lead"))) == 1


def test_after_filing_the_reader_gets_everything(app: Flask, platform: Platform, made: Round) -> None:
    filed(platform, made, "expert")
    task = has_to_rate(platform, made, "lead")
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).state = "done"
    assert len(exported(signed_in(app, platform, "lead"))) == 1


def test_a_file_of_a_hidden_sheet_is_hidden_too(app: Flask, platform: Platform, made: Round) -> None:
    file = with_file(platform, filed(platform, made, "expert"))
    reviewer = signed_in(app, platform, "reviewer")
    assert reviewer.get(f"/desk/attachments/{file}").status_code == 200
    has_to_rate(platform, made, "reviewer")
    answer = reviewer.get(f"/desk/attachments/{file}")
    assert answer.status_code == 403 and "别人的评分" in answer.text


def test_an_expert_reaches_no_sheet_of_another_expert_by_any_address(
    app: Flask, platform: Platform, made: Round
) -> None:
    other = filed(platform, made, "evaluator")
    file = with_file(platform, other)
    own = filed(platform, made, "expert")
    expert = signed_in(app, platform, "expert")
    assert expert.get(f"/desk/records/{own.root_id}").status_code == 200
    assert expert.get(f"/desk/records/{other.root_id}").status_code == 404
    assert expert.get(f"/desk/attachments/{file}").status_code == 403
    for path in ("/desk/review", "/desk/export/records.csv", "/desk/scores/hall-a"):
        assert expert.get(path).status_code == 403
    with platform.database.reading() as session:
        assert session.scalars(select(AttachmentRow.record_id)).one() == other.record_id
