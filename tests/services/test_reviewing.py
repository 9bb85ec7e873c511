"""Review: who may move a record where, with a history that nobody can rewrite."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from surveyapp.evaluation.lifecycle import STATES, Refusal
from surveyapp.services import accounts
from surveyapp.services.installation import Platform
from surveyapp.services.reviewing import Moved, UnknownRecord, confirm_many, history, move
from surveyapp.storage.tables import AuditRow, RecordStateRow, ReviewEventRow
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round, actor_of, citizen_submission, received


def waiting(platform: Platform, made: Round, collector: str | None = None) -> str:
    """A flagged record that waits for a reviewer."""
    submission = citizen_submission(made, pressed="asked")
    if collector:
        submission = dataclasses.replace(submission, collector_id=made.people[collector].id)
    return received(platform, submission).root_id


def state_of(platform: Platform, root_id: str) -> str:
    with platform.database.reading() as session:
        row = session.get(RecordStateRow, root_id)
    assert row is not None
    return row.state


def test_a_record_is_approved_by_one_and_confirmed_by_another(platform: Platform, made: Round) -> None:
    root_id = waiting(platform, made)
    reviewer, lead = made.people["reviewer"], made.people["lead"]
    assert move(platform, reviewer, root_id, "approved") == Moved(root_id, "approved")
    assert isinstance(move(platform, reviewer, root_id, "confirmed"), Refusal)
    assert move(platform, lead, root_id, "confirmed") == Moved(root_id, "confirmed")
    assert [step["to"] for step in history(platform, root_id)] == ["received", "approved", "confirmed"]


def test_whoever_approved_does_not_confirm_even_with_both_roles(platform: Platform, made: Round) -> None:
    root_id = waiting(platform, made)
    accounts.grant(platform, "lead", "reviewer", "all")
    with hashes.cheap():
        both = actor_of(platform, "lead")
    assert isinstance(move(platform, both, root_id, "approved"), Moved)
    assert isinstance(move(platform, both, root_id, "confirmed"), Refusal)
    assert state_of(platform, root_id) == "approved"


def test_whoever_collected_does_not_approve(platform: Platform, made: Round) -> None:
    accounts.grant(platform, "evaluator", "reviewer", "all")
    root_id = waiting(platform, made, "evaluator")
    assert isinstance(move(platform, actor_of(platform, "evaluator"), root_id, "approved"), Refusal)
    assert state_of(platform, root_id) == "received"


def test_the_database_itself_refuses_one_person_in_two_parts(platform: Platform, made: Round) -> None:
    root_id = waiting(platform, made, "evaluator")
    collector = made.people["evaluator"].id
    with pytest.raises(DatabaseError), platform.database.transaction() as session:
        session.execute(
            update(RecordStateRow).where(RecordStateRow.root_id == root_id).values(approver_id=collector)
        )


@pytest.mark.parametrize("to", ["on_hold", "returned", "rejected", "void"])
def test_sending_back_or_setting_aside_needs_a_reason(platform: Platform, made: Round, to: str) -> None:
    root_id = waiting(platform, made)
    assert isinstance(move(platform, made.people["reviewer"], root_id, to, "  "), Refusal)
    assert state_of(platform, root_id) == "received"
    assert isinstance(move(platform, made.people["reviewer"], root_id, to, "理由"), Moved)
    assert history(platform, root_id)[-1]["reason"] == "理由"


@pytest.mark.parametrize("to", sorted(set(STATES) - set(STATES["received"].next)))
def test_impossible_steps_are_impossible(platform: Platform, made: Round, to: str) -> None:
    root_id = waiting(platform, made)
    for role in ("reviewer", "lead"):
        assert isinstance(move(platform, made.people[role], root_id, to, "理由"), Refusal)
    assert len(history(platform, root_id)) == 1


def test_an_unknown_state_and_an_unknown_record_are_refused(platform: Platform, made: Round) -> None:
    root_id = waiting(platform, made)
    assert isinstance(move(platform, made.people["reviewer"], root_id, "published", "x"), Refusal)
    with pytest.raises(UnknownRecord):
        move(platform, made.people["reviewer"], "0" * 36, "approved")


def test_a_reviewer_of_another_unit_does_not_even_see_the_record(platform: Platform, made: Round) -> None:
    root_id = waiting(platform, made)
    with hashes.cheap():
        accounts.create_user(platform, "reviewer-b", "乙厅审核", PASSWORD)
    accounts.grant(platform, "reviewer-b", "reviewer", "hall-b")
    with pytest.raises(UnknownRecord):
        move(platform, actor_of(platform, "reviewer-b"), root_id, "approved")


def test_many_are_confirmed_by_a_rule_that_is_written_down(platform: Platform, made: Round) -> None:
    ids = [waiting(platform, made) for _ in range(5)]
    for root_id in ids[:4]:
        move(platform, made.people["reviewer"], root_id, "approved")
    done, refused = confirm_many(platform, made.people["lead"], [*ids, ids[0]], "all approved")
    assert sorted(done) == sorted(ids[:4])
    assert list(refused) == [ids[4]]
    with platform.database.reading() as session:
        deed = session.scalars(select(AuditRow).where(AuditRow.action == "record.confirm_many")).one()
    assert deed.detail["rule"] == "all approved"


def test_two_reviewers_at_once_leave_one_decision_and_a_history_without_gaps(
    platform: Platform, made: Round
) -> None:
    root_id = waiting(platform, made)
    gate = threading.Barrier(2)

    def decide(role_and_state: tuple[str, str]) -> object:
        gate.wait()
        return move(platform, made.people[role_and_state[0]], root_id, role_and_state[1], "理由")

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(decide, [("reviewer", "rejected"), ("reviewer", "void")]))
    assert sum(isinstance(one, Moved) for one in outcomes) == 1
    with platform.database.reading() as session:
        steps = list(
            session.scalars(
                select(ReviewEventRow.step)
                .where(ReviewEventRow.root_id == root_id)
                .order_by(ReviewEventRow.step)
            )
        )
    assert steps == [1, 2]
