"""Publishing with lists and media; registers filled in a round; what a later version may not change."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from surveyapp.forms.registers import registers_wanted
from surveyapp.services import arranging, enclosing, publishing, registers, tidying
from surveyapp.services.collecting import Accepted, Refused, Submission, accept
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import RecordRow
from tests.clock import Clock
from tests.data.rounds import Round

SOURCE = """| survey |
| | type | name | label | choice_filter | media::image |
| | select_one_from_file towns.csv | town | Town | | town.png |
| | select_one_from_file units.csv | unit | Unit | | |
| | select_one_from_file sites.csv | site | Site | unit = ${unit} | |
| | select_one_from_file lines.csv | line | Line | | |
| | select_one_from_file items.csv | item | Item | | |
| | integer | age | Age | | |
| settings |
| | form_title | form_id | version |
| | T | lists | 1 |
"""
FILES = {"towns.csv": "name,label\nt1,一镇\n".encode(), "town.png": b"\x89PNG\r\n\x1a\n rest"}


def published(platform: Platform, source: str = SOURCE, files: dict[str, bytes] | None = None) -> int:
    outcome = publishing.publish(platform, source, "hall", files=FILES if files is None else files)
    assert outcome.version_id is not None, outcome.problems
    return outcome.version_id


def refused(platform: Platform, source: str, files: dict[str, bytes]) -> list[tuple[str, str]]:
    outcome = publishing.publish(platform, source, "hall", files=files)
    assert outcome.version_id is None
    return [(problem.code, problem.path) for problem in outcome.problems]


def test_files_are_published_with_their_version_and_never_change(platform: Platform) -> None:
    version_id = published(platform)
    assert published(platform) == version_id
    assert [(one.name, one.media_type) for one in enclosing.files_of(platform, version_id)] == [
        ("town.png", "image/png"),
        ("towns.csv", "text/csv"),
    ]
    found = enclosing.read_file(platform, version_id, "towns.csv")
    assert found is not None and found[1] == FILES["towns.csv"]
    assert enclosing.read_file(platform, version_id, "else.csv") is None
    changed = {**FILES, "towns.csv": b"name,label\nt2,T\n"}
    assert refused(platform, SOURCE, changed) == [("version-taken", "settings/version")]
    with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
        session.execute(text("DELETE FROM questionnaire_files"))


def test_files_of_a_questionnaire_are_never_swept_away(platform: Platform, clock: Clock) -> None:
    published(platform)
    clock.advance(days=400)
    tidying.sweep_files(platform, timedelta(days=1))
    assert tidying.missing_files(platform) == []


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"towns.csv": FILES["towns.csv"]}, ("file_missing", "town.png")),
        ({**FILES, "../x.csv": b"a"}, ("file_refused", "../x.csv")),
        ({**FILES, "x.html": b"<b>"}, ("file_refused", "x.html")),
        ({**FILES, "town.png": b"<svg>"}, ("file_refused", "town.png")),
        ({**FILES, "units.csv": b"name,label\n"}, ("file_refused", "units.csv")),
        ({**FILES, "towns.csv": "name\n镇".encode("gb18030")}, ("list_encoding", "towns.csv:2")),
    ],
)
def test_wrong_files_are_refused_with_their_name(
    platform: Platform, files: dict[str, bytes], path: tuple[str, str]
) -> None:
    assert refused(platform, SOURCE, files) == [path]


def test_a_question_keeps_its_type_under_its_name(platform: Platform) -> None:
    published(platform)
    later = SOURCE.replace("| lists | 1 |", "| lists | 2 |")
    assert refused(platform, later.replace("integer | age", "text | age"), FILES) == [
        ("type_changed", "survey:8:type")
    ]
    assert published(platform, later.replace("integer | age", "text | years")) > 0


def send(platform: Platform, made: Round, version_id: int, **answers: Any) -> Accepted | Refused:
    return accept(platform, Submission(str(uuid.uuid4()), version_id, made.id, made.unit_id, answers))


def test_registers_are_those_of_the_round_and_checked_by_the_server(platform: Platform, made: Round) -> None:
    arranging.add_unit(platform, "elsewhere", "别处")
    arranging.add_item(platform, made.unit_id, "id-card", "办身份证", "promised", 5)
    version_id = published(platform)
    assert registers_wanted(platform.form(version_id)) == ("units", "sites", "lines", "items")
    assert [row["name"] for row in registers.register_rows(platform, made.id, "units")] == [
        "hall-a",
        "hall-b",
    ]
    assert registers.register_rows(platform, made.id, "sites")[0]["unit"] == "hall-a"
    assert registers.register_rows(platform, made.id, "lines")[0]["site"] == "hall-a-1"
    assert registers.register_rows(platform, made.id, "items")[0]["promised_days"] == "5"
    good = {"unit": "hall-a", "site": "hall-a-1", "line": "hall-a-t1", "item": "id-card", "town": "t1"}
    assert isinstance(send(platform, made, version_id, **good), Accepted)
    wrong = send(platform, made, version_id, **{**good, "unit": "elsewhere"})
    assert isinstance(wrong, Refused)
    assert [problem.path for problem in wrong.problems] == ["unit", "site"]


def test_a_new_site_can_be_chosen_at_once(platform: Platform, made: Round) -> None:
    version_id = published(platform)
    answers = {"unit": "hall-b", "site": "hall-b-9"}
    assert isinstance(send(platform, made, version_id, **answers), Refused)
    arranging.add_site(platform, made.other_unit_id, "hall-b-9", "乙厅分厅", "", None)
    assert isinstance(send(platform, made, version_id, **answers), Accepted)


CONSENT = """| survey |
| | type | name | label | soft_constraint |
| | integer | age | Age | . < 100 |
| | consent | agree | I agree | |
| settings |
| | form_title | form_id | version |
| | T | consenting | 1 |
"""


def test_a_record_keeps_confirmed_breaches_and_consents_beside_its_answers(
    platform: Platform, made: Round
) -> None:
    version_id = published(platform, CONSENT, {})
    sent = Submission(str(uuid.uuid4()), version_id, made.id, made.unit_id, {"age": "120", "agree": "OK"})
    unconfirmed = accept(platform, sent)
    assert isinstance(unconfirmed, Refused)
    assert [problem.soft for problem in unconfirmed.problems] == [True]
    first = accept(platform, replace(sent, confirmed={"age": "户口本为证"}))
    assert isinstance(first, Accepted)
    again = accept(platform, replace(sent, confirmed={"age": "户口本为证"}))
    assert isinstance(again, Accepted) and again.is_repeat
    with platform.database.reading() as session:
        record = session.get(RecordRow, first.record_id)
        assert record is not None
        assert record.answers == {"age": "120", "agree": "OK"}
        assert record.extra["confirmed"] == {"age": "户口本为证"}
        assert [(one["question"], one["text"]) for one in record.extra["consents"]] == [("agree", "I agree")]
