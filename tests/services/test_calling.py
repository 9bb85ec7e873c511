"""Call attempts: written before dialling, closed by a person, sent once."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from surveyapp.services import accounts, arranging, calling, folding, reviewing, tidying
from surveyapp.services.accounts import Actor
from surveyapp.services.calling.guards import Dialled, dial_refusal, is_within, masked
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    AssignmentRow,
    AuditRow,
    CallAttemptRow,
    ObservationRow,
    RecordRow,
    RecordStateRow,
)
from tests.clock import MORNING, Clock
from tests.data import hashes
from tests.data.fieldwork import another_line, assigned_call, begun, closed, conversation
from tests.data.rounds import PASSWORD, Round, actor_of, new_id


@pytest.fixture
def caller(made: Round) -> Actor:
    return made.people["evaluator"]


def code_of(found: object) -> str:
    assert isinstance(found, calling.Refusal), found
    assert found.sentence["zh"] and found.sentence["en"]
    return found.code


def attempt_of(platform: Platform, attempt_id: str) -> CallAttemptRow:
    with platform.database.reading() as session:
        row = session.get(CallAttemptRow, attempt_id)
    assert row is not None
    return row


def records(platform: Platform) -> list[RecordRow]:
    with platform.database.reading() as session:
        return list(session.scalars(select(RecordRow).order_by(RecordRow.id)))


def second_caller(platform: Platform) -> Actor:
    with hashes.cheap():
        accounts.create_user(platform, "evaluator-2", "评估员乙", PASSWORD)
        accounts.grant(platform, "evaluator-2", "evaluator", arranging.ROOT_UNIT)
    return actor_of(platform, "evaluator-2")


def test_an_attempt_is_a_row_before_anything_is_dialled(platform: Platform, made: Round) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    stored = attempt_of(platform, attempt.id)
    assert (stored.state, stored.outcome, stored.dialled_at) == ("open", None, platform.clock())


def test_starting_twice_with_one_id_starts_one_attempt(platform: Platform, made: Round) -> None:
    task, attempt_id = assigned_call(platform, made), new_id()
    begun(platform, made, task, attempt_id)
    begun(platform, made, task, attempt_id)
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CallAttemptRow)) == 1


def test_two_starts_at_once_open_one_attempt(platform: Platform, made: Round, caller: Actor) -> None:
    task, gate = assigned_call(platform, made), threading.Barrier(4)

    def start(_number: int) -> object:
        gate.wait()
        return calling.start_attempt(platform, caller, task, new_id())

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(start, range(4)))
    assert sum(isinstance(one, CallAttemptRow) for one in found) == 1
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CallAttemptRow)) == 1


def test_an_attempt_id_of_another_task_is_refused(platform: Platform, made: Round, caller: Actor) -> None:
    first = begun(platform, made, assigned_call(platform, made))
    other = assigned_call(platform, made)
    assert code_of(calling.start_attempt(platform, caller, other, first.id)) == "taken"


@pytest.mark.parametrize("attempt_id", ["", "x", "../../etc", "A" * 36, new_id().upper()])
def test_a_malformed_attempt_id_is_refused(
    platform: Platform, made: Round, caller: Actor, attempt_id: str
) -> None:
    task = assigned_call(platform, made)
    assert code_of(calling.start_attempt(platform, caller, task, attempt_id)) == "malformed"


def test_somebody_elses_task_and_attempt_are_unknown(platform: Platform, made: Round) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    stranger = second_caller(platform)
    for deed in (
        lambda: calling.start_attempt(platform, stranger, task, new_id()),
        lambda: calling.mark(platform, stranger, attempt.id, "rang"),
        lambda: calling.close_attempt(platform, stranger, attempt.id, "B1"),
        lambda: calling.undo_outcome(platform, stranger, attempt.id),
        lambda: calling.reveal_number(platform, stranger, task),
        lambda: calling.send_record(platform, stranger, attempt.id, {}),
    ):
        with pytest.raises(calling.UnknownTask):
            deed()


def test_a_task_outside_the_callers_scope_is_unknown(platform: Platform, made: Round, caller: Actor) -> None:
    task = assigned_call(platform, made)
    narrowed = dataclasses.replace(caller, roles=(("evaluator", "/999/"),))
    with pytest.raises(calling.UnknownTask):
        calling.start_attempt(platform, narrowed, task, new_id())


def test_an_open_attempt_must_be_closed_before_the_next(
    platform: Platform, made: Round, caller: Actor
) -> None:
    begun(platform, made, assigned_call(platform, made))
    other = assigned_call(platform, made, line_id=another_line(platform, made))
    assert code_of(calling.start_attempt(platform, caller, other, new_id())) == "open-attempt"


def test_a_number_is_locked_to_one_caller_for_fifteen_minutes(
    platform: Platform, made: Round, clock: Clock
) -> None:
    begun(platform, made, assigned_call(platform, made))
    other = second_caller(platform)
    task = arranging.assign(
        platform, made.id, other.id, "call", made.unit_id, clock(), line_id=made.line_id, slot="A"
    )
    refused = calling.start_attempt(platform, other, task, new_id())
    assert code_of(refused) == "locked"
    assert isinstance(refused, calling.Refusal) and "09:15" in refused.sentence["zh"]
    clock.advance(minutes=61)
    assert isinstance(calling.start_attempt(platform, other, task, new_id()), CallAttemptRow)


def test_a_closed_round_takes_no_calls(platform: Platform, made: Round, caller: Actor) -> None:
    task = assigned_call(platform, made)
    arranging.move_round(platform, made.id, "closed", None)
    assert code_of(calling.start_attempt(platform, caller, task, new_id())) == "round-closed"


def test_a_mark_is_the_servers_instant_and_the_first_one_stays(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=12)
    calling.mark(platform, caller, attempt.id, "answered", clock() + timedelta(hours=3))
    clock.advance(seconds=5)
    calling.mark(platform, caller, attempt.id, "answered")
    stored = attempt_of(platform, attempt.id)
    assert stored.answered_at == MORNING + timedelta(seconds=12)
    assert calling.seconds_to_answer(stored) == 12.0


def test_a_mark_that_comes_late_counts_by_the_time_that_passed_on_the_device(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    task, device = assigned_call(platform, made), MORNING - timedelta(minutes=7)
    attempt = calling.start_attempt(platform, caller, task, new_id(), device)
    assert isinstance(attempt, CallAttemptRow)
    clock.advance(minutes=4)
    calling.mark(platform, caller, attempt.id, "answered", device + timedelta(seconds=20))
    assert calling.seconds_to_answer(attempt_of(platform, attempt.id)) == 20.0
    with platform.database.reading() as session:
        told = session.scalars(select(AuditRow).where(AuditRow.action == "attempt.mark")).one()
    assert told.detail["late"] is True


@pytest.mark.parametrize("outcome", ["B3", "", "Z9", "a1", "A1 "])
def test_an_outcome_outside_the_list_is_refused(
    platform: Platform, made: Round, caller: Actor, outcome: str
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    assert code_of(calling.close_attempt(platform, caller, attempt.id, outcome)) == "outcome"


def test_an_unanswered_call_becomes_a_record_by_itself_after_ten_seconds(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    clock.advance(seconds=65)
    closed(platform, made, attempt.id, "B1")
    clock.advance(seconds=9)
    assert calling.send_closed(platform) == 0 and records(platform) == []
    clock.advance(seconds=2)
    assert calling.send_closed(platform) == 1
    (record,) = records(platform)
    assert record.kind == "call" and record.collector_id == caller.id and record.line_id == made.line_id
    assert record.answers["line"] == "hall-a-t1" and record.answers["slot"] == "A"
    assert record.answers["seconds_total"] == "65" and "seconds_to_answer" not in record.answers
    assert record.answers["call"] == {"purpose": "consult", "outcome": "B1"}
    with platform.database.reading() as session:
        assert session.get_one(AssignmentRow, task).state == "done"


def test_sweeping_again_makes_no_second_record(platform: Platform, made: Round, clock: Clock) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    closed(platform, made, attempt.id, "B7")
    clock.advance(seconds=11)
    assert calling.send_closed(platform) == 1
    assert calling.send_closed(platform) == 0
    assert len(records(platform)) == 1


def test_a_process_killed_between_record_and_attempt_is_caught_up_with(
    platform: Platform, made: Round, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    closed(platform, made, attempt.id, "B1")
    clock.advance(seconds=11)
    calling.send_closed(platform)
    with platform.database.transaction() as session:
        session.get_one(CallAttemptRow, attempt.id).record_root_id = None
        session.get_one(AssignmentRow, task).state = "planned"
    assert calling.send_closed(platform) == 1
    assert attempt_of(platform, attempt.id).record_root_id == records(platform)[0].root_id
    assert len(records(platform)) == 1
    with platform.database.reading() as session:
        assert session.get_one(AssignmentRow, task).state == "done"


def test_an_outcome_undone_within_ten_seconds_leaves_no_record(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=30)
    closed(platform, made, attempt.id, "B1")
    clock.advance(seconds=10)
    undone = calling.undo_outcome(platform, caller, attempt.id)
    assert isinstance(undone, CallAttemptRow) and undone.state == "open" and undone.ended_at is None
    clock.advance(minutes=5)
    assert calling.send_closed(platform) == 0 and records(platform) == []
    closed(platform, made, attempt.id, "B2")
    clock.advance(seconds=11)
    calling.send_closed(platform)
    assert [record.answers["call"]["outcome"] for record in records(platform)] == ["B2"]


def test_an_outcome_cannot_be_undone_later_or_once_it_was_sent(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    closed(platform, made, attempt.id, "A1")
    calling.send_record(platform, caller, attempt.id, conversation())
    assert code_of(calling.undo_outcome(platform, caller, attempt.id)) == "too-late"
    clock.advance(minutes=61)
    late = begun(platform, made, assigned_call(platform, made, line_id=another_line(platform, made)))
    closed(platform, made, late.id, "A4")
    clock.advance(seconds=11)
    assert code_of(calling.undo_outcome(platform, caller, late.id)) == "too-late"


def test_closing_again_with_the_same_outcome_changes_nothing_and_with_another_is_refused(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    first = closed(platform, made, attempt.id, "B1")
    clock.advance(seconds=3)
    assert closed(platform, made, attempt.id, "B1").closed_at == first.closed_at
    assert code_of(calling.close_attempt(platform, caller, attempt.id, "A1")) == "closed"


def test_an_answered_call_waits_for_its_answers(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=18)
    calling.mark(platform, caller, attempt.id, "answered")
    clock.advance(seconds=90)
    closed(platform, made, attempt.id, "A1")
    clock.advance(minutes=30)
    assert calling.send_closed(platform) == 0
    sent = calling.send_record(platform, caller, attempt.id, conversation())
    assert isinstance(sent, Accepted)
    (record,) = records(platform)
    assert record.answers["seconds_to_answer"] == "18" and record.answers["talk"]["answer_2"] == "1"


def test_the_callers_page_cannot_overwrite_what_the_server_measured(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=50)
    calling.mark(platform, caller, attempt.id, "answered")
    closed(platform, made, attempt.id, "A1")
    forged = conversation() | {"seconds_to_answer": "1", "line": "another", "slot": "D"}
    calling.send_record(platform, caller, attempt.id, forged)
    (record,) = records(platform)
    assert record.answers["seconds_to_answer"] == "50"
    assert (record.answers["line"], record.answers["slot"]) == ("hall-a-t1", "A")


def test_sending_the_same_answers_twice_makes_one_record(
    platform: Platform, made: Round, caller: Actor
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    closed(platform, made, attempt.id, "A1")
    first = calling.send_record(platform, caller, attempt.id, conversation())
    again = calling.send_record(platform, caller, attempt.id, conversation())
    assert isinstance(first, Accepted) and isinstance(again, Accepted)
    assert again.is_repeat and again.receipt == first.receipt
    other = calling.send_record(platform, caller, attempt.id, conversation() | {"remarks": {"note": "别的"}})
    assert isinstance(other, Refused) and other.code == "conflict"
    assert len(records(platform)) == 1


def test_answers_that_are_not_complete_are_refused_and_stay_to_be_answered(
    platform: Platform, made: Round, caller: Actor
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    closed(platform, made, attempt.id, "A1")
    answers = conversation()
    del answers["talk"]["named"]
    refused = calling.send_record(platform, caller, attempt.id, answers)
    assert isinstance(refused, Refused) and [problem.path for problem in refused.problems] == ["talk/named"]
    assert records(platform) == []


def test_a_fault_of_our_own_line_leaves_the_task_to_be_dialled_again_at_once(
    platform: Platform, made: Round, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    closed(platform, made, begun(platform, made, task).id, "C1")
    clock.advance(seconds=11)
    assert calling.send_closed(platform) == 1
    begun(platform, made, task)


def test_a_promised_call_back_plans_the_next_call_once(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    task = assigned_call(platform, made)
    attempt = begun(platform, made, task)
    closed(platform, made, attempt.id, "D1")
    answers = {"call": {"purpose": "consult", "outcome": "D1", "appointment": "窗口负责人，下午两点"}}
    assert code_of(calling.send_record(platform, caller, attempt.id, answers)) == "promised"
    promised = clock() + timedelta(hours=5)
    for _ in range(2):
        assert isinstance(calling.send_record(platform, caller, attempt.id, answers, promised), Accepted)
    with platform.database.reading() as session:
        planned = session.scalars(select(AssignmentRow).where(AssignmentRow.state == "planned")).all()
    assert [(row.planned_at, row.line_id) for row in planned] == [(promised, made.line_id)]
    assert "窗口负责人" in planned[0].scenario


def test_an_orphan_is_resolved_by_a_person_without_inventing_when_it_ended(
    platform: Platform, made: Round, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(hours=3)
    assert tidying.orphan_attempts(platform, timedelta(hours=2)) == 1
    resolved = closed(platform, made, attempt.id, "C1")
    assert (resolved.state, resolved.ended_at) == ("closed", None)


def test_a_confirmed_call_gives_the_observation_its_measure_promises(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=14)
    calling.mark(platform, caller, attempt.id, "answered")
    closed(platform, made, attempt.id, "A1")
    sent = calling.send_record(platform, caller, attempt.id, conversation())
    assert isinstance(sent, Accepted)
    reviewing.move(platform, made.people["reviewer"], sent.root_id, "approved")
    reviewing.move(platform, made.people["lead"], sent.root_id, "confirmed")
    folding.fold_round(platform, made.id)
    with platform.database.reading() as session:
        rows = session.scalars(select(ObservationRow).where(ObservationRow.root_id == sent.root_id)).all()
    assert {(row.indicator, row.value, row.cluster) for row in rows if "right30_s" in row.measure} == {
        ("2.2.3", 1.0, "hall-a-t1")
    }


def test_revealing_a_number_is_written_into_the_audit_log(
    platform: Platform, made: Round, caller: Actor
) -> None:
    task = assigned_call(platform, made)
    assert calling.reveal_number(platform, caller, task) == "0431-00000001"
    with platform.database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "line.reveal")).one()
    assert (row.actor_id, row.object_id) == (caller.id, str(made.line_id))


def test_own_rates_are_named_and_count_only_own_attempts(
    platform: Platform, made: Round, caller: Actor, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=18)
    calling.mark(platform, caller, attempt.id, "answered")
    closed(platform, made, attempt.id, "A1")
    calling.send_record(platform, caller, attempt.id, conversation())
    rates = {(rate.name, rate.tau): rate for rate in calling.own_rates(platform, caller.id, MORNING)}
    assert rates["R_right", 15].hits == 0 and rates["R_right", 20].hits == 1
    assert rates["R_answer", None].value == 1.0
    assert all(rate.base == 0 for rate in calling.own_rates(platform, 10**6, MORNING))


def test_a_record_returned_to_the_desk_carries_its_flags(
    platform: Platform, made: Round, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=20)
    closed(platform, made, attempt.id, "B1")
    clock.advance(seconds=11)
    calling.send_closed(platform)
    assert records(platform)[0].flags == ["short_ring"]
    with platform.database.reading() as session:
        assert session.scalars(select(RecordStateRow.state)).all() == ["received"]


AT = MORNING  # 9:00 in China


def dialled(minutes: float, outcome: str | None = "B1", caller_id: int = 1) -> Dialled:
    return Dialled(AT + timedelta(minutes=minutes), outcome, caller_id)


@pytest.mark.parametrize(
    ("earlier", "minutes", "caller_id", "code"),
    [
        ([], 0, 1, None),
        ([dialled(0, "A1")], 59, 1, "spacing"),
        ([dialled(0, "A1")], 60, 1, None),
        ([dialled(0, "A1"), dialled(61, "A1")], 125, 1, "half-day"),
        ([dialled(0, "A1"), dialled(61, "A1")], 181, 1, None),
        ([dialled(0, "C1")], 1, 1, None),
        ([dialled(0, "B2")], 4, 1, "spacing"),
        ([dialled(0, "B2")], 5, 1, None),
        ([dialled(0, "B1")], 14, 2, None),
        ([dialled(0, "B1")], 16, 2, "spacing"),
        ([dialled(0, "A1")], 14, 2, "spacing"),
        ([dialled(0, "D1")], 20, 1, None),
        ([dialled(0, None)], 20, 1, "spacing"),
    ],
)
def test_a_number_is_dialled_at_most_twice_a_half_day_and_an_hour_apart(
    earlier: list[Dialled], minutes: float, caller_id: int, code: str | None
) -> None:
    found = dial_refusal(earlier, AT + timedelta(minutes=minutes), caller_id)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0431-85882178", "0431-****2178"),
        ("13800005678", "138****5678"),
        ("12345", "***45"),
        ("(0431) 8588 2178", "(0431) **** 2178"),
        ("", ""),
    ],
)
def test_the_middle_of_a_number_is_hidden(number: str, shown: str) -> None:
    assert masked(number) == shown


@given(st.text("0123456789- +()", max_size=20))
def test_a_masked_number_keeps_its_shape_and_hides_something(number: str) -> None:
    shown = masked(number)
    assert len(shown) == len(number)
    digits = sum(sign.isdigit() for sign in number)
    assert digits < 3 or sum(sign == "*" for sign in shown) > 0


@pytest.mark.parametrize(("hours", "inside"), [(["08:30-11:30"], True), (["13:30-17:00"], False), ([], None)])
def test_published_hours_are_local_time(hours: list[str], inside: bool | None) -> None:
    assert is_within(hours, AT) is inside
