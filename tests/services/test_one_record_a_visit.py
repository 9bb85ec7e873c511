"""One record an assigned visit, whichever door it comes through first."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from surveyapp.services import receiving
from surveyapp.services.attaching import named_upload
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.services.devices import Device
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, Taken
from surveyapp.storage.tables import AssignmentRow, RecordRow
from tests.data.fieldwork import assigned_visit, photo, visit_answers
from tests.data.openrosa import device, visit_xml
from tests.data.rounds import Round


@pytest.fixture
def tablet(platform: Platform, made: Round) -> Device:
    return device(platform, made)


def sent(platform: Platform, tablet: Device, made: Round) -> Taken:
    outcome = receiving.receive(platform, tablet, Post(visit_xml(platform, made), ()))
    assert isinstance(outcome, Taken), outcome
    return outcome


def filed(platform: Platform, made: Round, task: int) -> Accepted | Refused:
    work = Work(visit_answers(), (named_upload("arrival/photo_1", 1, photo(90)),), source="device")
    return file_work(platform, made.people["evaluator"], task, work)


def records(platform: Platform) -> list[RecordRow]:
    with platform.database.reading() as session:
        return list(session.scalars(select(RecordRow).order_by(RecordRow.id)))


def test_a_visit_sent_from_a_tablet_is_not_filed_on_the_web_again(
    platform: Platform, made: Round, tablet: Device
) -> None:
    task = assigned_visit(platform, made)
    sent(platform, tablet, made)
    with platform.database.reading() as session:
        assert session.get_one(AssignmentRow, task).state == "done"
    outcome = filed(platform, made, task)
    assert isinstance(outcome, Refused) and outcome.code == "filed_elsewhere"
    assert len(records(platform)) == 1


def test_a_visit_filed_on_the_web_and_sent_from_a_tablet_too_is_flagged(
    platform: Platform, made: Round, tablet: Device
) -> None:
    task = assigned_visit(platform, made)
    assert isinstance(filed(platform, made, task), Accepted)
    sent(platform, tablet, made)
    first, second = records(platform)
    assert "filed_twice" not in first.flags and "filed_twice" in second.flags
    assert second.extra["filed_before"] == [task] and "assignment_id" not in second.extra


def test_a_record_stored_just_before_its_task_was_marked_done_counts_as_filed(
    platform: Platform, made: Round, tablet: Device
) -> None:
    task = assigned_visit(platform, made)
    assert isinstance(filed(platform, made, task), Accepted)
    with platform.database.transaction() as session:
        session.get_one(AssignmentRow, task).state = "planned"
    sent(platform, tablet, made)
    assert "filed_twice" in records(platform)[1].flags


def test_the_same_visit_sent_twice_from_a_tablet_as_two_records_is_flagged(
    platform: Platform, made: Round, tablet: Device
) -> None:
    assigned_visit(platform, made)
    sent(platform, tablet, made)
    sent(platform, tablet, made)
    first, second = records(platform)
    assert "filed_twice" not in first.flags and "filed_twice" in second.flags


def test_a_second_planned_visit_to_the_hall_is_a_visit_of_its_own(
    platform: Platform, made: Round, tablet: Device
) -> None:
    first, second = assigned_visit(platform, made), assigned_visit(platform, made)
    assert isinstance(filed(platform, made, first), Accepted)
    sent(platform, tablet, made)
    assert "filed_twice" not in records(platform)[1].flags
    assert records(platform)[1].extra["assignment_id"] == second


def test_a_visit_that_nobody_planned_is_no_second_one(
    platform: Platform, made: Round, tablet: Device
) -> None:
    sent(platform, tablet, made)
    assert "filed_twice" not in records(platform)[0].flags
