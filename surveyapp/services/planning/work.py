"""Assign field work of any kind but test calls, one piece at a time, and take back what was not done."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveyapp.evaluation.kinds import KINDS
from surveyapp.evaluation.schedule import CHINA
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.filing import FILED
from surveyapp.services.installation import Platform
from surveyapp.storage import people, places, rounds
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RoundRow, UnitRow

SCENARIO_LENGTH = 2000
MOST_CALLBACKS = 200


@dataclass(frozen=True)
class WorkWish:
    """One piece of work: its kind, person by id, an aware instant (None: it could not be read), what to do.

    Where: `site_id`, or `unit_id` for work that belongs to no site. `known`: what is planned beforehand, by
    question name, of the questions that the kind lets a lead plan.
    """

    kind: str
    user_id: int
    planned_at: datetime | None
    scenario: str
    site_id: int = 0
    unit_id: int = 0
    known: Mapping[str, str] = field(default_factory=dict)


def assign_work(platform: Platform, actor: Actor, round_id: int, wish: WorkWish) -> int | Refusal:
    """The id of the planned work, or why it is not planned. Raises UnknownPlace for another round."""
    now = platform.clock()
    with platform.database.transaction() as session:
        unit = _unit_of_work(session, actor, round_id, now, wish)
        if isinstance(unit, Refusal):
            return unit
        work_id = add_work(session, round_id, wish, unit.id)
        note_deed(session, now, actor.id, f"{wish.kind}.assign", "assignment", work_id, user=wish.user_id)
        return work_id


def _unit_of_work(
    session: Session, actor: Actor, round_id: int, now: datetime, wish: WorkWish
) -> UnitRow | Refusal:
    """The unit the work is about, its round locked; or why it is not planned. Raises UnknownPlace."""
    around = rounds.lock_round(session, round_id)
    if around is None:
        raise UnknownPlace(f"round {round_id}")
    unit = unit_of(session, wish)
    refusal = refusal_of(session, actor, around, now, wish, unit)
    return refusal or unit or UNKNOWN_SITE


def unit_of(session: Session, wish: WorkWish) -> UnitRow | None:
    """The unit that the work is about; None for an unknown one."""
    if wish.site_id:
        found = places.site_with_unit(session, wish.site_id)
        return found[1] if found else None
    if wish.kind in FILED and (wish.kind == "visit" or KINDS[wish.kind].at_site):
        return None
    return places.find_unit_by_id(session, wish.unit_id)


def refusal_of(
    session: Session, actor: Actor, around: RoundRow, now: datetime, wish: WorkWish, unit: UnitRow | None
) -> Refusal | None:
    """Why the work cannot be planned: its kind, place, time or person; None when it can."""
    if wish.kind not in FILED:
        return Refusal.of("kind", "请选择任务的种类。", "Choose a kind of work.")
    return (
        _place_refusal(session, actor, around, unit)
        or _time_refusal(around, now, wish)
        or _person_refusal(session, wish, unit)
    )


def add_work(session: Session, round_id: int, wish: WorkWish, unit_id: int, case: str | None = None) -> int:
    """Plan the work and return its id; nothing is checked here."""
    known = {name: value for name, value in wish.known.items() if value}
    return rounds.add_assignment(
        session,
        round_id=round_id,
        user_id=wish.user_id,
        kind=wish.kind,
        unit_id=unit_id,
        site_id=wish.site_id or None,
        line_id=None,
        slot=None,
        scenario=wish.scenario,
        planned_at=wish.planned_at,
        case_root_id=case,
        **({"known": known} if known else {}),
    )


def draw_callbacks(
    platform: Platform, actor: Actor, round_id: int, wish: WorkWish, number: int, seed: str
) -> tuple[int, ...] | Refusal:
    """Plan call-backs with citizens of a unit who left a number and whose call-back is not planned yet.

    Drawn without replacement from the record ids in their order, by the seed ('': a random one), which the
    audit log keeps with how many there were. All who are left when fewer left a number.
    """
    now, seed = platform.clock(), seed or secrets.token_hex(8)
    with platform.database.transaction() as session:
        unit = _unit_of_work(session, actor, round_id, now, wish)
        if isinstance(unit, Refusal):
            return unit
        waiting = rounds.callback_cases(session, round_id, unit.id)
        if not 1 <= number <= MOST_CALLBACKS:
            zh = f"抽取人数应为 1 至 {MOST_CALLBACKS}。"
            return Refusal.of("number", zh, f"Draw 1 to {MOST_CALLBACKS} people.")
        if not waiting:
            zh, en = (
                "这个单位没有留下号码待回访的人。",
                "Nobody of this unit left a number to be called back.",
            )
            return Refusal.of("nobody", zh, en)
        rng = random.Random(seed)  # noqa: S311  # a draw that others repeat from the seed, not a secret
        drawn = rng.sample(waiting, min(number, len(waiting)))
        ids = tuple(add_work(session, round_id, wish, unit.id, case) for case in drawn)
        facts = {"unit": unit.id, "seed": seed, "of": len(waiting), "drawn": len(ids)}
        note_deed(session, now, actor.id, "callback.draw", "round", round_id, **facts)
        return ids


UNKNOWN_SITE = Refusal.of("site", "请选择本轮的单位或大厅。", "Choose a unit or a site of this round.")


def _place_refusal(session: Session, actor: Actor, around: RoundRow, unit: UnitRow | None) -> Refusal | None:
    if around.state != "open":
        return Refusal.of("state", "只有进行中的轮次可以安排任务。", "Work is planned in an open round only.")
    inside = {one.id for one in rounds.units_of(session, around.id)}
    is_ours = unit is not None and unit.id in inside and actor.covers(unit.path, "lead")
    return None if is_ours else UNKNOWN_SITE


def _time_refusal(around: RoundRow, now: datetime, wish: WorkWish) -> Refusal | None:
    if wish.planned_at is None:
        return Refusal.of("time", "请填写日期和时间。", "Give a day and a time.")
    if wish.planned_at <= now:
        return Refusal.of("past", "时间须在现在以后。", "The time has to come after now.")
    if not around.starts_on <= wish.planned_at.astimezone(CHINA).date() <= around.ends_on:
        zh = f"日期须在本轮 {around.starts_on} 至 {around.ends_on} 之内。"
        en = f"The day must lie inside the round, {around.starts_on} to {around.ends_on}."
        return Refusal.of("days", zh, en)
    is_needed = wish.kind == "visit" and not wish.scenario
    if is_needed or len(wish.scenario) > SCENARIO_LENGTH or "\0" in wish.scenario:
        zh = f"请写明情景或要求，不超过 {SCENARIO_LENGTH} 个字。"
        return Refusal.of("scenario", zh, f"Describe what to do in at most {SCENARIO_LENGTH} characters.")
    return None


def _person_refusal(session: Session, wish: WorkWish, unit: UnitRow | None) -> Refusal | None:
    active = people.active_people(session, [wish.user_id])
    roles = people.roles_of(session, wish.user_id) if active else []
    may = KINDS[wish.kind].collectors
    if unit and any(role.role in may and unit.path.startswith(top.path) for role, top in roles):
        return None
    return Refusal.of(
        "evaluator",
        "请选择可以做这项任务、范围包含这个单位的在用账号。",
        "Choose an active account that may do this work and whose scope holds this unit.",
    )


def cancel_work(platform: Platform, actor: Actor, round_id: int, work_id: int) -> bool:
    """Take planned work back; False when there is none of ours that is still planned."""
    now = platform.clock()
    with platform.database.transaction() as session:
        found = rounds.planned_work(session, round_id, work_id, FILED)
        if found is None or not actor.covers(found[1].path, "lead"):
            return False
        found[0].state = "cancelled"
        note_deed(session, now, actor.id, f"{found[0].kind}.cancel", "assignment", work_id)
    return True
