"""Rules are registered before the evidence counts, never change, and later changes are told beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError

from surveyapp.config import resource
from surveyapp.services import publishing, releasing, scoring
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import RegistrationRow, SnapshotRow
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, confirmed

CHANGED = "qn_112_can_do"


def standing(platform: Platform, made: Round) -> scoring.Standing:
    return scoring.standing(platform, scoring.round_basis(platform, made.id))


def change_a_measure(platform: Platform) -> None:
    """A new version of the citizen survey that counts the first item of 1.1.2 twice as much."""
    text = (resource("questionnaires") / "jilin-2018" / "citizen.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if f"| {CHANGED} |" in line)
    text = text.replace(row, row.replace("| 1 | 30 |", "| 2 | 30 |")).replace("2018110501", "2018110599")
    assert publishing.publish(platform, text, "survey").version_id is not None


def test_the_first_confirmed_record_finds_the_rules_registered(platform: Platform, made: Round) -> None:
    assert standing(platform, made).first is None
    confirmed(platform, made, citizen_submission(made))
    scoring.fold_registered(platform, made.id)
    found = standing(platform, made)
    assert found.first is not None and found.first.created_by is None and found.deviations == ()
    assert found.received_before == 0
    scoring.fold_registered(platform, made.id)
    assert len(standing(platform, made).registrations) == 1


def test_records_that_came_in_before_the_registration_are_told(
    platform: Platform, made: Round, clock: Clock
) -> None:
    confirmed(platform, made, citizen_submission(made))
    clock.advance(hours=1)
    scoring.fold_registered(platform, made.id)
    assert standing(platform, made).received_before == 1


def test_a_lead_registers_once_and_again_only_with_a_change_and_a_reason(
    platform: Platform, made: Round
) -> None:
    lead = made.people["lead"].id
    assert scoring.register(platform, made.id, "", lead) is None
    unchanged = scoring.register(platform, made.id, "为什么", lead)
    assert unchanged is not None and unchanged.code == "no_change"
    change_a_measure(platform)
    silent = scoring.register(platform, made.id, "", lead)
    assert silent is not None and silent.code == "bad_reason"
    assert scoring.register(platform, made.id, "试点后发现题目偏轻", lead) is None
    found = standing(platform, made)
    assert [row.number for row in found.registrations] == [1, 2]
    assert [(one.kind, one.place) for one in found.deviations] == [("measure", CHANGED)]


def test_a_registration_cannot_be_taken_away(platform: Platform, made: Round) -> None:
    scoring.register(platform, made.id, "", None)
    with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
        session.execute(delete(RegistrationRow))


def test_the_score_by_the_registered_rules_stands_beside_that_of_today(
    platform: Platform, made: Round
) -> None:
    for level in "255":
        confirmed(platform, made, citizen_submission(made, can_do=level, once_real="5", fewer_trips="5"))
    scoring.fold_registered(platform, made.id)
    change_a_measure(platform)
    on = scoring.basis(platform, made.id, made.unit_id)
    first = standing(platform, made).first
    assert first is not None
    now, before = (scoring.scored(platform, one) for one in (on, scoring.as_registered(on, first)))
    # Means 4, 5, 5: achievements .75, 1, 1, weighed 1 : 1 : 1 and 2 : 1 : 1.
    cells = [score.leaf("1.1.2").cells[0].achievement for score in (before, now)]
    assert cells == pytest.approx([2.75 / 3, 3.5 / 4])


def test_every_result_prints_the_hash_of_the_registered_rules(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    confirmed(platform, made, citizen_submission(made))
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    first = standing(platform, made).first
    assert first is not None
    with platform.database.reading() as session:
        assert session.get_one(SnapshotRow, taken).inputs["registered"] == first.sha256
    change_a_measure(platform)
    folder = releasing.release_round(platform, "r1", None, tmp_path / "out")
    about = json.loads((folder / "about.json").read_text("utf-8"))
    assert about["registered"][0]["sha256"] == first.sha256
    assert len(about["deviations"]) == 1 and CHANGED in about["deviations"][0]["zh"]
    assert first.sha256 in (folder / "README.md").read_text("utf-8")
