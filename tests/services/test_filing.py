"""Visits: filed once an assignment, with doubts as flags."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.services import accounts, arranging, calling, filing
from surveyapp.services.accounts import Actor
from surveyapp.services.attaching import named_upload
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AssignmentRow, AttachmentRow, RecordRow
from tests.clock import Clock
from tests.data.fieldwork import assigned_visit, photo, visit_answers
from tests.data.rounds import Round

SPOT = "arrival/photo_1"


@pytest.fixture
def visitor(made: Round) -> Actor:
    return made.people["evaluator"]


def filed(platform: Platform, visitor: Actor, task: int, visit: Work) -> Accepted:
    outcome = file_work(platform, visitor, task, visit)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def record_of(platform: Platform, accepted: Accepted) -> RecordRow:
    with platform.database.reading() as session:
        return session.get_one(RecordRow, accepted.record_id)


def with_photo(*shades: int) -> tuple[filing.Upload, ...]:
    return tuple(named_upload(SPOT, number, photo(shade)) for number, shade in enumerate(shades, 1))


def test_a_visit_becomes_a_record_and_its_task_is_done(
    platform: Platform, made: Round, visitor: Actor, clock: Clock
) -> None:
    task = assigned_visit(platform, made)
    visit = Work(
        visit_answers(), with_photo(90), source="device", left_at=clock() - timedelta(hours=1), seconds=300
    )
    record = record_of(platform, filed(platform, visitor, task, visit))
    assert (record.answers["site"], record.answers["scenario"]) == ("hall-a-1", "询问营业性演出许可。")
    assert record.answers["arrival"]["photo_1"].startswith("photo_1-1-")
    assert record.extra["datum"] == "WGS-84" and record.extra["position_source"] == "device"
    assert 0 < record.extra["distance_m"] < 50 and record.extra["accuracy_m"] == 20
    assert record.paradata == {"seconds": 300, "filed_after": 3600}
    assert record.flags == []
    with platform.database.reading() as session:
        assert session.get_one(AssignmentRow, task).state == "done"
        file = session.scalars(select(AttachmentRow)).one()
    assert file.name == record.answers["arrival"]["photo_1"]
    assert platform.files.read(file.sha256) == photo(90)
    assert platform.files.read(file.shown_sha256) != photo(90)


def test_filing_the_same_visit_twice_gives_the_same_receipt(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    task = assigned_visit(platform, made)
    visit = Work(visit_answers(), with_photo(90), source="device")
    first, again = filed(platform, visitor, task, visit), filed(platform, visitor, task, visit)
    assert again.is_repeat and first.receipt == again.receipt


def test_another_body_for_a_filed_visit_is_a_conflict_and_the_first_stays(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    task = assigned_visit(platform, made)
    first = filed(platform, visitor, task, Work(visit_answers(), source="device"))
    changed = visit_answers()
    changed["handling"]["instant_done"] = "1"
    refused = file_work(platform, visitor, task, Work(changed, source="device"))
    assert isinstance(refused, Refused) and refused.code == "conflict"
    assert record_of(platform, first).answers["handling"]["instant_done"] == "3"


def test_a_position_far_away_is_flagged_and_never_blocks(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    visit = Work(visit_answers("43.95 125.3 0 20"), with_photo(90), source="device")
    record = record_of(platform, filed(platform, visitor, assigned_visit(platform, made), visit))
    assert record.flags == ["far_away"]


def test_a_position_typed_by_hand_needs_its_reason(platform: Platform, made: Round, visitor: Actor) -> None:
    task = assigned_visit(platform, made)
    refused = file_work(platform, visitor, task, Work(visit_answers(), source="manual"))
    assert isinstance(refused, Refused)
    assert [problem.path for problem in refused.problems] == ["arrival/position"]
    visit = Work(visit_answers(), source="manual", source_reason="室内没有信号")
    record = record_of(platform, filed(platform, visitor, task, visit))
    assert record.extra["position_reason"] == "室内没有信号"


def test_what_is_missing_or_late_is_flagged(
    platform: Platform, made: Round, visitor: Actor, clock: Clock
) -> None:
    visit = Work(visit_answers("", proofs="none"), left_at=clock() - timedelta(hours=3))
    record = record_of(platform, filed(platform, visitor, assigned_visit(platform, made), visit))
    assert record.flags == ["few_proofs", "filed_late", "no_photo", "no_position"]


def test_a_closed_hall_has_its_own_branch(platform: Platform, made: Round, visitor: Actor) -> None:
    answers = visit_answers(hall_state="closed", in_hours="yes", closed_notice="no")
    visit = Work(answers, source="device")
    record = record_of(platform, filed(platform, visitor, assigned_visit(platform, made), visit))
    assert "hall" not in record.answers and record.answers["arrival"]["in_hours"] == "yes"


def test_several_photos_are_kept_for_one_question_and_too_many_are_refused(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    task = assigned_visit(platform, made)
    refused = file_work(
        platform, visitor, task, Work(visit_answers(), with_photo(*range(0, 70, 10)), source="device")
    )
    assert isinstance(refused, Refused) and refused.problems[0].code == "file-count"
    filed(platform, visitor, task, Work(visit_answers(), with_photo(*range(0, 60, 10)), source="device"))
    with platform.database.reading() as session:
        assert len(session.scalars(select(AttachmentRow.id)).all()) == 6


def test_a_file_that_is_no_picture_is_refused_at_its_question(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    files = (named_upload(SPOT, 1, b"<script>"),)
    task = assigned_visit(platform, made)
    refused = file_work(platform, visitor, task, Work(visit_answers(), files, source="device"))
    assert isinstance(refused, Refused) and refused.problems[0].path == SPOT
    stray = (named_upload("nowhere/photo", 1, photo()),)
    refused = file_work(platform, visitor, task, Work(visit_answers(), stray, source="device"))
    assert isinstance(refused, Refused) and refused.problems[0].code == "file-place"


def test_a_visit_of_somebody_else_or_outside_the_scope_is_unknown(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    task = assigned_visit(platform, made)
    narrowed = dataclasses.replace(visitor, roles=(("evaluator", "/999/"),))
    stranger = accounts.Actor(10**6, "x", "x", "zh", visitor.roles)
    for actor in (narrowed, stranger):
        with pytest.raises(calling.UnknownTask):
            file_work(platform, actor, task, Work(visit_answers()))


def test_a_closed_round_takes_no_visit(platform: Platform, made: Round, visitor: Actor) -> None:
    task = assigned_visit(platform, made)
    arranging.move_round(platform, made.id, "closed", None)
    refused = file_work(platform, visitor, task, Work(visit_answers(), source="device"))
    assert isinstance(refused, Refused) and refused.code == "closed"


def test_a_task_is_caught_up_with_when_the_process_died_after_the_record(
    platform: Platform, made: Round, visitor: Actor
) -> None:
    task = assigned_visit(platform, made)
    filed(platform, visitor, task, Work(visit_answers(), source="device"))
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).state = "planned"
    assert filing.settle_work(platform) == 1
    assert filing.settle_work(platform, visitor.id) == 0
    with platform.database.reading() as session:
        assert session.get_one(AssignmentRow, task).state == "done"
