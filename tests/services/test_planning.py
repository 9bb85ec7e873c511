"""Planning: rounds go on in order, calls are drawn again from their seed, visits reach their person."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surveyapp.gateways.refusal import Refusal
from surveyapp.services import accounts, arranging, planning, publishing
from surveyapp.services.accounts import Actor
from surveyapp.services.installation import Platform
from surveyapp.services.planning import Drawn, RoundWish, Wish, WorkWish
from surveyapp.storage.queries.field import planned_tasks
from surveyapp.storage.tables import AssignmentRow, AuditRow, PhoneLineRow, QuestionnaireVersionRow, RoundRow
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round, actor_of, citizen_submission, make_round, received


@pytest.fixture(autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with hashes.cheap():
        yield


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    for login in ("evaluator-2", "evaluator-3"):
        accounts.create_user(platform, login, login, PASSWORD)
        accounts.grant(platform, login, "evaluator", arranging.ROOT_UNIT)
    return made


@pytest.fixture
def lead(made: Round) -> Actor:
    return made.people["lead"]


def refused(outcome: Any, code: str) -> None:
    assert isinstance(outcome, Refusal), outcome
    assert outcome.code == code, outcome.sentence
    assert all(outcome.sentence[language] for language in ("zh", "en"))


def stored(platform: Platform, table: Any) -> list[Any]:
    with platform.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def round_wish(made: Round, **changed: Any) -> RoundWish:
    wish = RoundWish(
        "r2",
        "第二轮",
        made.framework_id,
        "S",
        date(2026, 12, 1),
        date(2026, 12, 31),
        date(2027, 6, 30),
        "评估组",
        "大厅咨询台",
        ["hall-a"],
    )
    return dataclasses.replace(wish, **changed)


def call_wish(platform: Platform, made: Round, **changed: Any) -> Wish:
    callers = tuple(actor_of(platform, f"evaluator{tail}").id for tail in ("", "-2", "-3"))
    wish = Wish(
        (made.line_id,),
        callers,
        date(2026, 11, 25),
        date(2026, 12, 25),
        (),
        (),
        12,
        "种子一",
        "咨询办理身份证",
    )
    return dataclasses.replace(wish, **changed)


def drawn(platform: Platform, lead: Actor, made: Round, wish: Wish) -> Drawn:
    outcome = planning.draw_calls(platform, lead, made.id, wish)
    assert isinstance(outcome, Drawn), outcome
    return outcome


def test_a_new_round_is_open_with_its_units_and_takes_records(
    platform: Platform, made: Round, lead: Actor
) -> None:
    round_id = planning.open_new_round(platform, lead, round_wish(made))
    assert isinstance(round_id, int)
    row = stored(platform, RoundRow)[-1]
    assert (row.id, row.state, row.profile, len(row.hash_key)) == (round_id, "open", "S", 32)
    received(platform, dataclasses.replace(citizen_submission(made), round_id=round_id))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "二"}, "code"),
        ({"code": "r1"}, "code"),
        ({"title": ""}, "title"),
        ({"issuer": "长" * 201}, "issuer"),
        ({"contact": "a\0"}, "contact"),
        ({"framework_id": None}, "framework"),
        ({"framework_id": 99}, "framework"),
        ({"profile": "Q"}, "profile"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": date(2026, 11, 30)}, "ends_on"),
        ({"retention_until": date(2026, 12, 30)}, "retention_until"),
        ({"unit_codes": []}, "units"),
        ({"unit_codes": ["nowhere"]}, "units"),
        ({"unit_codes": ["hall-a\0"]}, "units"),
        ({"unit_codes": [arranging.ROOT_UNIT]}, "units"),
    ],
)
def test_a_bad_round_is_refused_at_its_field(
    platform: Platform, made: Round, lead: Actor, changed: dict[str, Any], field: str
) -> None:
    outcome = planning.open_new_round(platform, lead, round_wish(made, **changed))
    assert isinstance(outcome, dict)
    assert list(outcome) == [field]
    assert len(stored(platform, RoundRow)) == 1


def test_a_round_goes_on_step_by_step_and_closing_it_destroys_its_key(
    platform: Platform, made: Round, lead: Actor
) -> None:
    refused(planning.advance_round(platform, lead, made.id, "closed", "r1"), "state")
    assert planning.advance_round(platform, lead, made.id, "closing", "") is None
    assert planning.advance_round(platform, lead, made.id, "closing", "") is None
    refused(planning.advance_round(platform, lead, made.id, "open", ""), "state")
    refused(planning.advance_round(platform, lead, made.id, "closed", "R1"), "confirm")
    assert stored(platform, RoundRow)[0].hash_key is not None
    assert planning.advance_round(platform, lead, made.id, "closed", "r1") is None
    row = stored(platform, RoundRow)[0]
    assert (row.state, row.hash_key) == ("closed", None)
    moves = [row.detail for row in stored(platform, AuditRow) if row.action == "round.move"]
    assert moves == [{"before": "open", "after": "closing"}, {"before": "closing", "after": "closed"}]


def test_a_lead_of_one_unit_neither_moves_the_round_nor_opens_one_elsewhere(
    platform: Platform, made: Round
) -> None:
    accounts.create_user(platform, "small", "small", PASSWORD)
    accounts.grant(platform, "small", "lead", "hall-a")
    small = actor_of(platform, "small")
    with pytest.raises(arranging.UnknownPlace):
        planning.advance_round(platform, small, made.id, "closing", "")
    outcome = planning.open_new_round(platform, small, round_wish(made, unit_codes=["hall-a", "hall-b"]))
    assert isinstance(outcome, dict) and list(outcome) == ["units"]
    assert isinstance(planning.open_new_round(platform, small, round_wish(made)), int)


def test_the_same_seed_draws_the_same_plan_and_another_seed_another(
    platform: Platform, made: Round, lead: Actor
) -> None:
    wish = call_wish(platform, made)
    first, again = (drawn(platform, lead, made, wish) for _ in range(2))
    other = drawn(platform, lead, made, dataclasses.replace(wish, seed="种子二"))
    assert first.plan == again.plan and first.sha256 == again.sha256
    assert other.sha256 != first.sha256
    assert len(first.plan) == 12
    assert stored(platform, AssignmentRow) == []


def test_an_empty_seed_is_filled_in_and_draws_the_plan_again(
    platform: Platform, made: Round, lead: Actor
) -> None:
    shown = drawn(platform, lead, made, call_wish(platform, made, seed=""))
    assert shown.wish.seed
    assert drawn(platform, lead, made, shown.wish).sha256 == shown.sha256


def test_what_was_shown_is_stored_and_stands_in_the_callers_tasks(
    platform: Platform, made: Round, lead: Actor
) -> None:
    shown = drawn(platform, lead, made, call_wish(platform, made))
    assert planning.store_calls(platform, lead, made.id, shown.wish, shown.sha256) == 12
    kept = sorted((row.planned_at, row.slot) for row in stored(platform, AssignmentRow))
    assert kept == sorted((call.at.astimezone(UTC), call.slot) for call in shown.plan)
    with platform.database.reading() as session:
        until = datetime(2027, 1, 1, tzinfo=UTC)
        mine = planned_tasks(session, made.people["evaluator"].id, ("call",), until, ("/",))
    assert len(mine) == 4
    (deed,) = [row for row in stored(platform, AuditRow) if row.action == "calls.plan"]
    assert (deed.detail["seed"], deed.detail["sha256"]) == ("种子一", shown.sha256)


def test_another_plan_than_the_one_shown_is_not_stored(platform: Platform, made: Round, lead: Actor) -> None:
    shown = drawn(platform, lead, made, call_wish(platform, made))
    changed = dataclasses.replace(shown.wish, calls_per_line=13)
    refused(planning.store_calls(platform, lead, made.id, changed, shown.sha256), "changed")
    assert stored(platform, AssignmentRow) == []


def test_the_same_plan_is_not_stored_twice(platform: Platform, made: Round, lead: Actor) -> None:
    shown = drawn(platform, lead, made, call_wish(platform, made))
    planning.store_calls(platform, lead, made.id, shown.wish, shown.sha256)
    refused(planning.store_calls(platform, lead, made.id, shown.wish, shown.sha256), "limits")
    assert len(stored(platform, AssignmentRow)) == 12


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"line_ids": ()}, "lines"),
        ({"line_ids": (999,)}, "lines"),
        ({"caller_ids": (999,)}, "callers"),
        ({"caller_ids": ()}, "callers"),
        ({"first": date(2026, 11, 24)}, "past"),
        ({"last": date(2027, 1, 1)}, "days"),
        ({"first": date(2026, 12, 26)}, "days"),
        ({"calls_per_line": 0}, "calls"),
        ({"calls_per_line": 201}, "calls"),
        ({"calls_per_line": 93}, "does-not-fit"),
        ({"last": date(2026, 12, 3)}, "limits"),
        ({"seed": "长" * 65}, "seed"),
        ({"scenario": ""}, "scenario"),
        ({"scenario": "a\0"}, "scenario"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_a_sentence(
    platform: Platform, made: Round, lead: Actor, changed: dict[str, Any], code: str
) -> None:
    refused(planning.draw_calls(platform, lead, made.id, call_wish(platform, made, **changed)), code)


def test_holidays_are_left_out_and_make_up_days_are_worked(
    platform: Platform, made: Round, lead: Actor
) -> None:
    holidays = tuple(date(2026, 12, 14) + timedelta(days=n) for n in range(5))
    saturday = date(2026, 12, 12)
    wish = call_wish(
        platform,
        made,
        holidays=holidays,
        extra_workdays=(saturday,),
        last=date(2026, 12, 20),
        calls_per_line=52,
    )
    days = {call.at.date() for call in drawn(platform, lead, made, wish).plan}
    assert saturday in days
    assert not days & set(holidays)


def test_callers_must_be_active_evaluators_over_every_line(
    platform: Platform, made: Round, lead: Actor
) -> None:
    wish = call_wish(platform, made)
    strangers = (*wish.caller_ids, made.people["interviewer"].id)
    refused(
        planning.draw_calls(platform, lead, made.id, dataclasses.replace(wish, caller_ids=strangers)),
        "caller-scope",
    )
    accounts.deactivate(platform, "evaluator-2")
    refused(planning.draw_calls(platform, lead, made.id, wish), "callers")


def test_hours_that_cannot_be_read_and_a_closing_round_are_refused(
    platform: Platform, made: Round, lead: Actor
) -> None:
    with platform.database.transaction() as session:
        session.get_one(PhoneLineRow, made.line_id).hours = ["全天"]
    refused(planning.draw_calls(platform, lead, made.id, call_wish(platform, made)), "hours")
    planning.advance_round(platform, lead, made.id, "closing", "")
    refused(planning.draw_calls(platform, lead, made.id, call_wish(platform, made)), "state")


def visit_wish(made: Round, **changed: Any) -> WorkWish:
    at = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    wish = WorkWish("visit", made.people["evaluator"].id, at, "以办事群众身份咨询", made.site_id)
    return dataclasses.replace(wish, **changed)


def test_a_visit_reaches_its_evaluator_and_can_be_taken_back(
    platform: Platform, made: Round, lead: Actor
) -> None:
    visit_id = planning.assign_work(platform, lead, made.id, visit_wish(made))
    assert isinstance(visit_id, int)

    def tasks() -> list[Any]:
        with platform.database.reading() as session:
            until = datetime(2027, 1, 1, tzinfo=UTC)
            return planned_tasks(session, made.people["evaluator"].id, ("visit",), until, ("/",))

    assert len(tasks()) == 1
    assert planning.cancel_work(platform, lead, made.id, visit_id)
    assert not planning.cancel_work(platform, lead, made.id, visit_id)
    assert tasks() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"site_id": 999}, "site"),
        ({"user_id": 999}, "evaluator"),
        ({"planned_at": None}, "time"),
        ({"planned_at": datetime(2026, 11, 24, 0, 59, tzinfo=UTC)}, "past"),
        ({"planned_at": datetime(2027, 1, 1, 2, 0, tzinfo=UTC)}, "days"),
        ({"scenario": ""}, "scenario"),
    ],
)
def test_a_bad_visit_is_refused_with_a_sentence(
    platform: Platform, made: Round, lead: Actor, changed: dict[str, Any], code: str
) -> None:
    refused(planning.assign_work(platform, lead, made.id, visit_wish(made, **changed)), code)
    assert stored(platform, AssignmentRow) == []


def test_a_visit_is_for_evaluators_of_the_unit_only(platform: Platform, made: Round, lead: Actor) -> None:
    accounts.create_user(platform, "elsewhere", "elsewhere", PASSWORD)
    accounts.grant(platform, "elsewhere", "evaluator", "hall-b")
    wish = visit_wish(made, user_id=actor_of(platform, "elsewhere").id)
    refused(planning.assign_work(platform, lead, made.id, wish), "evaluator")


def test_a_questionnaire_keeps_its_purpose_and_a_name_of_moderate_length(
    platform: Platform, made: Round
) -> None:
    with platform.database.reading() as session:
        source = session.get_one(QuestionnaireVersionRow, made.versions["call"]).source
    version = next(row.version for row in stored(platform, QuestionnaireVersionRow) if row.source == source)
    other = publishing.publish(platform, source.replace(version, f"{version}-2"), "visit")
    assert [problem.code for problem in other.problems] == ["other-kind"]
    long = publishing.publish(platform, source.replace("jilin2018-call", "x" * 65), "call")
    assert [problem.code for problem in long.problems] == ["too-long"]
    assert len(stored(platform, QuestionnaireVersionRow)) == 4
