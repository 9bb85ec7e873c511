"""The submission contract: once, whole, acknowledged only when durable."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from surveyapp.services import arranging, collecting
from surveyapp.services.callbacks import forget_callback, reveal_callback
from surveyapp.services.codes import receipt_from, receipt_shown
from surveyapp.services.collecting import Accepted, Refused, accept
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AuditRow, CallbackRow, RecordRow, RecordStateRow, ReviewEventRow
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, received


def count(platform: Platform, table: type) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_submission_is_stored_with_its_state_and_history(platform: Platform, made: Round) -> None:
    outcome = received(platform, citizen_submission(made))
    assert not outcome.is_repeat
    assert receipt_from(receipt_shown(outcome.receipt)) == outcome.receipt
    with platform.database.reading() as session:
        row = session.scalars(select(RecordRow)).one()
        state = session.get(RecordStateRow, row.root_id)
        events = session.scalars(select(ReviewEventRow).order_by(ReviewEventRow.step)).all()
    assert row.answers["opinion"]["overall"] == "4"
    assert state is not None
    assert state.state in ("received", "approved")
    assert events[0].to_state == "received"
    assert events[-1].step == state.step


def test_a_submission_sent_twice_is_stored_once_with_one_receipt(platform: Platform, made: Round) -> None:
    submission = citizen_submission(made)
    first, second = received(platform, submission), received(platform, submission)
    assert second.is_repeat
    assert first.receipt == second.receipt
    assert count(platform, RecordRow) == 1


def test_a_repeat_after_the_round_has_closed_gets_the_same_receipt(platform: Platform, made: Round) -> None:
    submission = citizen_submission(made)
    first = received(platform, submission)
    arranging.move_round(platform, made.id, "closed", None)
    assert received(platform, submission).receipt == first.receipt
    assert accept(platform, citizen_submission(made)) == Refused("closed")
    assert count(platform, RecordRow) == 1


def test_the_same_id_with_another_body_is_a_conflict_and_keeps_the_first(
    platform: Platform, made: Round
) -> None:
    submission = citizen_submission(made)
    received(platform, submission)
    other = citizen_submission(made, submission.submission_id, overall="1")
    assert accept(platform, other) == Refused("conflict")
    with platform.database.reading() as session:
        assert session.scalars(select(RecordRow)).one().answers["opinion"]["overall"] == "4"


def test_twins_in_flight_at_the_same_moment_become_one_record(platform: Platform, made: Round) -> None:
    submission = citizen_submission(made)
    gate = threading.Barrier(6)

    def send(_number: int) -> Accepted:
        gate.wait()
        return received(platform, submission)

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(send, range(6)))
    assert len({outcome.receipt for outcome in outcomes}) == 1
    assert sum(not outcome.is_repeat for outcome in outcomes) == 1
    assert count(platform, RecordRow) == 1


def test_an_invalid_answer_is_refused_with_its_place_and_nothing_is_stored(
    platform: Platform, made: Round
) -> None:
    outcome = accept(platform, citizen_submission(made, overall="6"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "invalid"
    assert [problem.path for problem in outcome.problems] == ["opinion/overall"]
    assert count(platform, RecordRow) == count(platform, RecordStateRow) == 0


def test_a_child_under_fourteen_leaves_nothing_behind(platform: Platform, made: Round) -> None:
    audits = count(platform, AuditRow)
    outcome = accept(platform, citizen_submission(made, age14="no"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "screened_out"
    assert count(platform, RecordRow) == 0
    assert count(platform, AuditRow) == audits


def test_a_malformed_submission_id_is_refused(platform: Platform, made: Round) -> None:
    outcome = accept(platform, dataclasses.replace(citizen_submission(made), submission_id="1'; --"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "malformed"


def test_a_callback_number_lies_apart_and_sealed_and_can_be_forgotten(
    platform: Platform, made: Round
) -> None:
    submission = citizen_submission(made, callback_consent="OK", callback_phone="13800000000")
    outcome = received(platform, submission)
    with platform.database.reading() as session:
        row = session.scalars(select(RecordRow)).one()
        kept = session.scalars(select(CallbackRow)).one()
    assert "13800000000" not in str(row.answers)
    assert "13800000000" not in kept.sealed_number
    lead = made.people["lead"].id
    assert reveal_callback(platform, outcome.root_id, lead) == "13800000000"
    assert forget_callback(platform, outcome.root_id, lead)
    assert reveal_callback(platform, outcome.root_id, lead) is None
    with platform.database.reading() as session:
        actions = list(session.scalars(select(AuditRow.action)))
    assert actions.count("callback.reveal") == 1
    assert actions.count("callback.forget") == 1


def test_no_address_is_stored_and_the_hash_of_the_sender_dies_with_the_round(
    platform: Platform, made: Round
) -> None:
    received(platform, citizen_submission(made))
    received(platform, citizen_submission(made))
    with platform.database.reading() as session:
        rows = session.scalars(select(RecordRow)).all()
    assert rows[0].paradata["sender"] == rows[1].paradata["sender"]
    assert "192.0.2.7" not in str([vars(row) for row in rows])
    arranging.move_round(platform, made.id, "closed", None)
    with platform.database.reading() as session:
        assert session.scalar(text("SELECT hash_key FROM rounds")) is None


def test_a_record_whose_last_row_fails_leaves_nothing_and_can_be_sent_again(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = citizen_submission(made, callback_consent="OK", callback_phone="13800000000")

    def dies(*_arguments: object) -> None:
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patched:
        patched.setattr(collecting, "keep_callback", dies)
        with pytest.raises(RuntimeError):
            accept(platform, submission)
    assert count(platform, RecordRow) == count(platform, RecordStateRow) == 0
    assert not received(platform, submission).is_repeat


def test_unflagged_answers_are_approved_by_rule_and_flagged_ones_wait(
    platform: Platform, made: Round, clock: Clock
) -> None:
    for _ in range(40):
        clock.advance(seconds=1)
        received(platform, citizen_submission(made))
    pressed = received(platform, citizen_submission(made, pressed="asked"))
    with platform.database.reading() as session:
        states = list(session.scalars(select(RecordStateRow.state)))
        flagged = session.get(RecordStateRow, pressed.root_id)
    assert states.count("approved") >= 30
    assert flagged is not None
    assert flagged.state == "received"
