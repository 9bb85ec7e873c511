"""An author corrects a returned record: the next revision, once, with a reason; the old one stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from surveyapp.evaluation.lifecycle import Refusal
from surveyapp.services import calling, correcting, filing, reviewing
from surveyapp.services.accounts import Actor
from surveyapp.services.attaching import named_upload
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.services.correcting import Correction
from surveyapp.services.filing import Work
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AttachmentRow, CallAttemptRow, RecordRow, RecordStateRow
from tests.clock import Clock
from tests.data.fieldwork import (
    assigned_call,
    assigned_visit,
    begun,
    closed,
    conversation,
    photo,
    visit_answers,
)
from tests.data.rounds import Round, new_id


@pytest.fixture
def author(made: Round) -> Actor:
    return made.people["evaluator"]


def returned_visit(platform: Platform, made: Round, author: Actor) -> str:
    files = tuple(named_upload(f"arrival/photo_{n}", 1, photo(n * 40)) for n in (1, 2))
    visit = Work(visit_answers(), files, source="device")
    filed = filing.file_work(platform, author, assigned_visit(platform, made), visit)
    assert isinstance(filed, Accepted)
    reviewing.move(platform, made.people["reviewer"], filed.root_id, "returned", "请核对即办件数")
    return filed.root_id


def revisions(platform: Platform, root_id: str) -> list[RecordRow]:
    with platform.database.reading() as session:
        query = select(RecordRow).where(RecordRow.root_id == root_id).order_by(RecordRow.revision)
        return list(session.scalars(query))


def mended(**changed: str) -> dict[str, Any]:
    answers = visit_answers()
    answers["handling"] |= {"instant_done": "2"} | changed
    return answers


def test_a_correction_is_the_next_revision_and_the_old_one_stays(
    platform: Platform, made: Round, author: Actor
) -> None:
    root_id = returned_visit(platform, made, author)
    sent = correcting.correct(platform, author, root_id, Correction(new_id(), mended(), "数错了一件"))
    assert isinstance(sent, Accepted)
    old, new = revisions(platform, root_id)
    assert (old.revision, old.answers["handling"]["instant_done"], old.reason) == (1, "3", None)
    assert (new.revision, new.answers["handling"]["instant_done"], new.reason) == (2, "2", "数错了一件")
    assert new.answers["site"] == "hall-a-1" and new.extra == old.extra
    with platform.database.reading() as session:
        state = session.get_one(RecordStateRow, root_id)
    assert (state.state, state.revision) == ("corrected", 2)


def test_a_correction_sent_twice_makes_one_revision(platform: Platform, made: Round, author: Actor) -> None:
    root_id = returned_visit(platform, made, author)
    correction = Correction(new_id(), mended(), "数错了一件")
    first, again = (correcting.correct(platform, author, root_id, correction) for _ in range(2))
    assert isinstance(first, Accepted) and isinstance(again, Accepted)
    assert again.is_repeat and again.receipt == first.receipt
    other = Correction(correction.submission_id, mended(instant_seen="9"), "数错了一件")
    conflict = correcting.correct(platform, author, root_id, other)
    assert isinstance(conflict, Refused) and conflict.code == "conflict"
    assert len(revisions(platform, root_id)) == 2


def test_files_stay_unless_their_question_gets_new_ones(
    platform: Platform, made: Round, author: Actor
) -> None:
    root_id = returned_visit(platform, made, author)
    files = (named_upload("arrival/photo_2", 1, photo(200)),)
    sent = correcting.correct(platform, author, root_id, Correction(new_id(), mended(), "换一张", files))
    assert isinstance(sent, Accepted)
    old, new = revisions(platform, root_id)
    with platform.database.reading() as session:
        rows = session.scalars(select(AttachmentRow).order_by(AttachmentRow.question)).all()
    names = {record.id: [row.name for row in rows if row.record_id == record.id] for record in (old, new)}
    assert names[old.id] == [old.answers["arrival"]["photo_1"], old.answers["arrival"]["photo_2"]]
    assert names[new.id] == [old.answers["arrival"]["photo_1"], new.answers["arrival"]["photo_2"]]
    assert new.answers["arrival"]["photo_2"] != old.answers["arrival"]["photo_2"]


def test_only_a_returned_record_can_be_corrected(platform: Platform, made: Round, author: Actor) -> None:
    root_id = returned_visit(platform, made, author)
    correcting.correct(platform, author, root_id, Correction(new_id(), mended(), "数错了一件"))
    again = correcting.correct(platform, author, root_id, Correction(new_id(), mended(), "再改"))
    assert isinstance(again, Refusal) and again.code == "not_returned"


def test_a_correction_needs_a_reason_of_bearable_length(
    platform: Platform, made: Round, author: Actor
) -> None:
    root_id = returned_visit(platform, made, author)
    for reason, code in (("  ", "reason_missing"), ("长" * 1001, "reason_too_long")):
        refused = correcting.correct(platform, author, root_id, Correction(new_id(), mended(), reason))
        assert isinstance(refused, Refusal) and refused.code == code
    assert len(revisions(platform, root_id)) == 1


def test_a_wrong_correction_is_refused_and_the_record_stays_returned(
    platform: Platform, made: Round, author: Actor
) -> None:
    root_id = returned_visit(platform, made, author)
    wrong = Correction(new_id(), mended(instant_done="99"), "数错了一件")
    refused = correcting.correct(platform, author, root_id, wrong)
    assert isinstance(refused, Refused) and refused.problems[0].path == "handling/instant_done"
    with platform.database.reading() as session:
        assert session.get_one(RecordStateRow, root_id).state == "returned"


def test_nobody_corrects_the_record_of_another(platform: Platform, made: Round, author: Actor) -> None:
    root_id = returned_visit(platform, made, author)
    for login in ("reviewer", "lead", "interviewer"):
        with pytest.raises(correcting.UnknownRecord):
            correcting.correct(platform, made.people[login], root_id, Correction(new_id(), mended(), "改"))


def test_a_corrected_outcome_is_the_attempts_outcome_and_the_measured_seconds_stay(
    platform: Platform, made: Round, author: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=17)
    calling.mark(platform, author, attempt.id, "answered")
    closed(platform, made, attempt.id, "A1")
    sent = calling.send_record(platform, author, attempt.id, conversation())
    assert isinstance(sent, Accepted)
    reviewing.move(platform, made.people["reviewer"], sent.root_id, "returned", "录音里是推诿")
    answers = conversation("A3") | {"seconds_to_answer": "1", "line": "x"}
    outcome = correcting.correct(platform, author, sent.root_id, Correction(new_id(), answers, "听错了"))
    assert isinstance(outcome, Accepted)
    new = revisions(platform, sent.root_id)[-1]
    assert new.answers["call"]["outcome"] == "A3" and new.answers["seconds_to_answer"] == "17"
    assert new.answers["line"] == "hall-a-t1"
    with platform.database.reading() as session:
        assert session.get_one(CallAttemptRow, attempt.id).outcome == "A3"
