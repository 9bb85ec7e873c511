"""Draw the test calls of a round by evaluation.schedule from a seed, and store exactly what was shown.

The seed, the wish and the hash go into the audit log, so anybody can draw the plan again.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from surveyapp.evaluation.schedule import (
    CHINA,
    Line,
    PlannedCall,
    ScheduleError,
    draw_plan,
    plan_faults,
    plan_hash,
    working_days,
)
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.registering.hours import hours_of
from surveyapp.storage import people, places, rounds
from surveyapp.storage.database import Session
from surveyapp.storage.tables import PhoneLineRow, RoundRow, UnitRow, UserRow

MOST_CALLS = 200
MOST_IN_PLAN = 5000
SEED_LENGTH = 64
SCENARIO_LENGTH = 2000


@dataclass(frozen=True)
class Wish:
    """What is drawn: lines and callers by id, days (China), calls a line; an empty seed is filled in."""

    line_ids: tuple[int, ...]
    caller_ids: tuple[int, ...]
    first: dt.date
    last: dt.date
    holidays: tuple[dt.date, ...]
    extra_workdays: tuple[dt.date, ...]
    calls_per_line: int
    seed: str
    scenario: str


@dataclass(frozen=True)
class Drawn:
    """A plan with its hash, the wish with its seed, and the rows behind codes and logins."""

    wish: Wish
    plan: tuple[PlannedCall, ...]
    sha256: str
    lines: Mapping[str, PhoneLineRow]
    callers: Mapping[str, UserRow]


def draw_calls(platform: Platform, actor: Actor, round_id: int, wish: Wish) -> Drawn | Refusal:
    """The plan that the wish gives; the same wish gives the same plan. Nothing is stored.

    Raises UnknownPlace for a round that does not exist.
    """
    with platform.database.reading() as session:
        return _draw(session, platform.clock(), actor, round_id, wish)


def store_calls(platform: Platform, actor: Actor, round_id: int, wish: Wish, sha256: str) -> int | Refusal:
    """Store the plan with this hash and return the number of its calls; refused when it is another one now.

    The round is locked, so that of two leads the second one sees the calls of the first.
    """
    now = platform.clock()
    with platform.database.transaction() as session:
        rounds.lock_round(session, round_id)
        drawn = _draw(session, now, actor, round_id, wish)
        if isinstance(drawn, Refusal):
            return drawn
        if drawn.sha256 != sha256:
            return Refusal.of(
                "changed",
                "号码、拨打人或日期在抽取后有变化，计划没有保存；请重新抽取。",
                "Lines, callers or days changed after the draw; nothing was stored. Draw again.",
            )
        for call in drawn.plan:
            _add(session, round_id, drawn, call)
        note_deed(
            session,
            now,
            actor.id,
            "calls.plan",
            "round",
            round_id,
            sha256=sha256,
            calls=len(drawn.plan),
            **_noted(wish),
        )
        return len(drawn.plan)


def _noted(wish: Wish) -> dict[str, object]:
    return {
        name: [str(one) if isinstance(one, dt.date) else one for one in value]
        if isinstance(value, tuple)
        else str(value)
        for name, value in asdict(wish).items()
    }


def _add(session: Session, round_id: int, drawn: Drawn, call: PlannedCall) -> None:
    line = drawn.lines[call.line]
    rounds.add_assignment(
        session,
        round_id=round_id,
        user_id=drawn.callers[call.caller].id,
        kind="call",
        unit_id=line.unit_id,
        site_id=line.site_id,
        line_id=line.id,
        slot=call.slot,
        scenario=drawn.wish.scenario,
        planned_at=call.at,
    )


def _draw(session: Session, now: dt.datetime, actor: Actor, round_id: int, wish: Wish) -> Drawn | Refusal:
    around = rounds.find_round(session, round_id)
    if around is None:
        raise UnknownPlace(f"round {round_id}")
    wish = replace(wish, seed=wish.seed or secrets.token_hex(8))
    refusal = _wish_refusal(around, now, wish)
    if refusal is not None:
        return refusal
    lines = _lines(session, actor, around, wish)
    if isinstance(lines, Refusal):
        return lines
    callers = _callers(session, wish, [unit for _line, unit in lines])
    if isinstance(callers, Refusal):
        return callers
    hours = {line.code: hours_of(line.hours) for line, _unit in lines}
    unread = [code for code, found in hours.items() if found is None]
    if unread:
        return Refusal.of(
            "hours",
            f"号码 {unread[0]} 的公布时间读不出来，请先更正。",
            f"The published hours of line {unread[0]} cannot be read; mend them first.",
        )
    schedule = [Line(code, found) for code, found in hours.items() if found is not None]
    plan = _plan(wish, schedule, sorted(callers))
    if isinstance(plan, Refusal):
        return plan
    earlier = rounds.planned_calls(session, wish.line_ids)
    return _fault(plan, schedule, earlier) or Drawn(
        wish, plan, plan_hash(plan), {line.code: line for line, _unit in lines}, callers
    )


def _wish_refusal(around: RoundRow, now: dt.datetime, wish: Wish) -> Refusal | None:
    if around.state != "open":
        return Refusal.of(
            "state", "只有进行中的轮次可以安排电话。", "Calls are planned in an open round only."
        )
    if len(wish.seed) > SEED_LENGTH or not wish.seed.isprintable():
        zh, en = f"种子不超过 {SEED_LENGTH} 个字符。", f"A seed has at most {SEED_LENGTH} characters."
        return Refusal.of("seed", zh, en)
    if not wish.scenario or len(wish.scenario) > SCENARIO_LENGTH or "\0" in wish.scenario:
        zh = f"请写明咨询情景，不超过 {SCENARIO_LENGTH} 个字。"
        return Refusal.of("scenario", zh, f"Describe the scenario in at most {SCENARIO_LENGTH} characters.")
    if not 1 <= wish.calls_per_line <= MOST_CALLS or wish.calls_per_line * len(wish.line_ids) > MOST_IN_PLAN:
        zh = f"每个号码 1 至 {MOST_CALLS} 次，一次计划合计不超过 {MOST_IN_PLAN} 次。"
        en = f"1 to {MOST_CALLS} calls a line, and at most {MOST_IN_PLAN} in one plan."
        return Refusal.of("calls", zh, en)
    if wish.first <= now.astimezone(CHINA).date():
        return Refusal.of("past", "第一天须在今天以后。", "The first day has to come after today.")
    if not around.starts_on <= wish.first <= wish.last <= around.ends_on:
        zh = f"日期须在本轮 {around.starts_on} 至 {around.ends_on} 之内，且先后不颠倒。"
        en = f"The days must lie in order inside the round, {around.starts_on} to {around.ends_on}."
        return Refusal.of("days", zh, en)
    return None


def _lines(
    session: Session, actor: Actor, around: RoundRow, wish: Wish
) -> list[tuple[PhoneLineRow, UnitRow]] | Refusal:
    lines = places.lines_with_units(session, wish.line_ids)
    inside = {unit.id for unit in rounds.units_of(session, around.id)}
    if (
        not lines
        or len(lines) != len(set(wish.line_ids))
        or any(unit.id not in inside or not actor.covers(unit.path, "lead") for _line, unit in lines)
    ):
        return Refusal.of("lines", "请选择本轮单位的公布号码。", "Choose lines of the units of this round.")
    return lines


def _callers(session: Session, wish: Wish, units: Sequence[UnitRow]) -> dict[str, UserRow] | Refusal:
    """The callers by login; each must be an active evaluator over every unit that is called."""
    found = people.active_people(session, wish.caller_ids)
    if len(found) != len(set(wish.caller_ids)):
        return Refusal.of("callers", "请选择在用的评估员账号。", "Choose active accounts of evaluators.")
    for row in found.values():
        tops = [unit.path for role, unit in people.roles_of(session, row.id) if role.role == "evaluator"]
        lacking = next((unit for unit in units if not unit.path.startswith(tuple(tops))), None)
        if lacking is not None:
            return Refusal.of(
                "caller-scope",
                f"{row.name}（{row.login}）不是{lacking.name}的评估员，请先授予角色或换人。",
                f"{row.name} ({row.login}) is no evaluator of {lacking.name}. Grant it or choose another.",
            )
    return {row.login: row for row in found.values()}


def _plan(wish: Wish, lines: Sequence[Line], callers: Sequence[str]) -> tuple[PlannedCall, ...] | Refusal:
    days = working_days(wish.first, wish.last, wish.holidays, wish.extra_workdays)
    rng = random.Random(wish.seed)  # noqa: S311  # a draw that others repeat from the seed, not a secret
    try:
        return draw_plan(rng, lines, days, callers, wish.calls_per_line)
    except ScheduleError as error:
        if len(callers) < 3:
            return Refusal.of("callers", "至少选择三名评估员轮流拨打。", "Choose at least three callers.")
        code = str(error).partition(":")[0]
        return Refusal.of(
            "does-not-fit",
            f"号码 {code}：{len(days)} 个工作日的公布时间里排不下 {wish.calls_per_line} 次，"
            "请增加天数或减少次数。",
            f"Line {code}: {wish.calls_per_line} calls do not fit into the published hours of "
            f"{len(days)} working days. Add days or ask for fewer calls.",
        )


_FAULTS = {
    "half_day": ("同一号码半天内超过两次", "more than two calls to a line in half a day"),
    "spacing": ("同一号码两次相隔不足 60 分钟", "two calls to a line less than 60 minutes apart"),
    "callers": ("拨打人不足三名", "fewer than three callers"),
    "span": ("全部拨打不足 14 天", "all calls lie within less than 14 days"),
    "outside_slot": ("拨打时间在公布时段以外", "a call outside the published hours"),
}


def _fault(
    plan: tuple[PlannedCall, ...], lines: Sequence[Line], earlier: Sequence[tuple[str, str, dt.datetime, str]]
) -> Refusal | None:
    """What the plan breaks by itself, or together with the calls that are planned already."""
    faults = {*plan_faults(plan, lines)}
    both = [*plan, *(PlannedCall(code, slot, at.astimezone(CHINA), who) for code, slot, at, who in earlier)]
    faults |= {*plan_faults(both, lines)} & {"half_day", "spacing"}
    if not faults:
        return None
    texts = [_FAULTS[fault] for fault in sorted(faults)]
    return Refusal.of(
        "limits",
        f"抽出的计划不合规定：{'；'.join(zh for zh, _en in texts)}。请调整日期、次数或拨打人，或换一个种子。",
        f"The plan breaks a limit: {'; '.join(en for _zh, en in texts)}. "
        "Change days, calls or callers, or take another seed.",
    )
