"""Assign mystery visits one by one, and take back one that was not made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from surveyapp.evaluation.schedule import CHINA
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import people, places, rounds
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RoundRow, UnitRow

SCENARIO_LENGTH = 2000


@dataclass(frozen=True)
class VisitWish:
    """One visit: site and evaluator by id, an aware instant (None: it could not be read), the scenario."""

    site_id: int
    user_id: int
    planned_at: datetime | None
    scenario: str


def assign_visit(platform: Platform, actor: Actor, round_id: int, wish: VisitWish) -> int | Refusal:
    """The id of the planned visit, or why it is not planned. Raises UnknownPlace for another round."""
    now = platform.clock()
    with platform.database.transaction() as session:
        around = rounds.lock_round(session, round_id)
        if around is None:
            raise UnknownPlace(f"round {round_id}")
        found = places.site_with_unit(session, wish.site_id)
        refusal = (
            _place_refusal(session, actor, around, found[1] if found else None)
            or _time_refusal(around, now, wish)
            or _person_refusal(session, wish.user_id, found[1] if found else None)
        )
        if refusal is not None or found is None:
            return refusal or UNKNOWN_SITE
        visit_id = rounds.add_assignment(
            session,
            round_id=round_id,
            user_id=wish.user_id,
            kind="visit",
            unit_id=found[1].id,
            site_id=wish.site_id,
            line_id=None,
            slot=None,
            scenario=wish.scenario,
            planned_at=wish.planned_at,
        )
        note_deed(session, now, actor.id, "visit.assign", "assignment", visit_id, user=wish.user_id)
        return visit_id


UNKNOWN_SITE = Refusal.of("site", "请选择本轮单位的大厅。", "Choose a site of a unit of this round.")


def _place_refusal(session: Session, actor: Actor, around: RoundRow, unit: UnitRow | None) -> Refusal | None:
    if around.state != "open":
        return Refusal.of(
            "state", "只有进行中的轮次可以安排暗访。", "Visits are planned in an open round only."
        )
    inside = {one.id for one in rounds.units_of(session, around.id)}
    is_ours = unit is not None and unit.id in inside and actor.covers(unit.path, "lead")
    return None if is_ours else UNKNOWN_SITE


def _time_refusal(around: RoundRow, now: datetime, wish: VisitWish) -> Refusal | None:
    if wish.planned_at is None:
        return Refusal.of("time", "请填写日期和时间。", "Give a day and a time.")
    if wish.planned_at <= now:
        return Refusal.of("past", "时间须在现在以后。", "The time has to come after now.")
    if not around.starts_on <= wish.planned_at.astimezone(CHINA).date() <= around.ends_on:
        zh = f"日期须在本轮 {around.starts_on} 至 {around.ends_on} 之内。"
        en = f"The day must lie inside the round, {around.starts_on} to {around.ends_on}."
        return Refusal.of("days", zh, en)
    if not wish.scenario or len(wish.scenario) > SCENARIO_LENGTH or "\0" in wish.scenario:
        zh = f"请写明暗访情景，不超过 {SCENARIO_LENGTH} 个字。"
        return Refusal.of("scenario", zh, f"Describe the scenario in at most {SCENARIO_LENGTH} characters.")
    return None


def _person_refusal(session: Session, user_id: int, unit: UnitRow | None) -> Refusal | None:
    roles = people.roles_of(session, user_id) if people.active_people(session, [user_id]) else []
    if unit and any(role.role == "evaluator" and unit.path.startswith(top.path) for role, top in roles):
        return None
    return Refusal.of(
        "evaluator",
        "请选择负责这个单位的在用评估员。",
        "Choose an active evaluator whose scope holds this unit.",
    )


def cancel_visit(platform: Platform, actor: Actor, round_id: int, visit_id: int) -> bool:
    """Take a planned visit back; False when there is none of ours that is still planned."""
    now = platform.clock()
    with platform.database.transaction() as session:
        found = rounds.planned_visit(session, round_id, visit_id)
        if found is None or not actor.covers(found[1].path, "lead"):
            return False
        found[0].state = "cancelled"
        note_deed(session, now, actor.id, "visit.cancel", "assignment", visit_id)
    return True
