"""Test calls of the demonstration: a drawn plan, and every call made through the console's own services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.schedule import Hours, Line, PlannedCall, draw_plan, working_days
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.arranging import assign
from surveyapp.services.calling.attempts import close_attempt, mark, start_attempt
from surveyapp.services.calling.sending import send_record
from surveyapp.services.collecting import Accepted
from surveyapp.services.demonstrating.answers import drawn, from_tables
from surveyapp.services.demonstrating.stage import ZONE, Hall, Stage

HOURS = Hours(dt.time(8, 30), dt.time(11, 30), dt.time(13, 30), dt.time(17, 0))
CALLERS = ("evaluator", "evaluator-2", "evaluator-3")
TALKED = ("A1", "A2", "A3", "A5", "A6")


def add_calls(stage: Stage) -> None:
    """Plan calls over the past working days, make each of them, and leave a few for today."""
    last = (stage.now.astimezone(ZONE) - dt.timedelta(days=1)).date()
    days = working_days(stage.first_day, last, (), ())
    lines = [Line(code, HOURS) for hall in stage.halls for _line_id, code in hall.lines]
    plan = draw_plan(stage.rng, lines, days, CALLERS, stage.data["numbers"]["calls_per_line"])
    homes = {code: (hall, line_id) for hall in stage.halls for line_id, code in hall.lines}
    for call in plan:
        hall, line_id = homes[call.line]
        _make(stage, call, hall, line_id)
    for number, hall in enumerate(stage.halls):
        line_id, code = hall.lines[0]
        at = stage.now + dt.timedelta(minutes=15 + 50 * number)
        _planned(stage, PlannedCall(code, "C", at, CALLERS[0]), hall, line_id)
    stage.say(f"  {len(plan)} test calls")


def _planned(stage: Stage, call: PlannedCall, hall: Hall, line_id: int) -> int:
    return assign(
        stage.platform,
        stage.round_id,
        stage.people[call.caller].id,
        "call",
        hall.unit_id,
        call.at,
        site_id=hall.site_id,
        line_id=line_id,
        slot=call.slot,
        scenario=stage.data["call"]["scenario"],
    )


def _make(stage: Stage, call: PlannedCall, hall: Hall, line_id: int) -> None:
    actor, rng = stage.people[call.caller], stage.rng
    stage.clock.now = call.at
    assignment_id = _planned(stage, call, hall, line_id)
    attempt_id = stage.new_id()
    started = start_attempt(stage.platform, actor, assignment_id, attempt_id)
    if isinstance(started, Refusal):
        raise ValueError(f"{call}: {started.sentence['en']}")
    outcome = drawn(rng, stage.data["call"]["outcome"], hall.quality)
    _ring(stage, attempt_id, call.caller, outcome, hall.quality)
    close_attempt(stage.platform, actor, attempt_id, outcome)
    stage.clock.now += dt.timedelta(seconds=rng.randint(15, 60))
    sent = send_record(stage.platform, actor, attempt_id, _answers(stage, hall.quality, outcome))
    if not isinstance(sent, Accepted):
        raise ValueError(f"{call}: {sent}")


def _ring(stage: Stage, attempt_id: str, caller: str, outcome: str, quality: float) -> None:
    """Ring, and answer when somebody did: fast in a good hall, late in a bad one."""
    actor, rng = stage.people[caller], stage.rng
    stage.clock.now += dt.timedelta(seconds=rng.randint(2, 5))
    mark(stage.platform, actor, attempt_id, "rang")
    if not OUTCOMES[outcome].human:
        stage.clock.now += dt.timedelta(
            seconds=rng.randint(61, 75) if outcome == "B1" else rng.randint(4, 20)
        )
        return
    stage.clock.now += dt.timedelta(seconds=max(2, round(rng.gauss(8 + 26 * (1 - quality), 7))))
    mark(stage.platform, actor, attempt_id, "answered")
    if outcome == "A2":
        stage.clock.now += dt.timedelta(seconds=rng.randint(10, 30))
        mark(stage.platform, actor, attempt_id, "transfer")
    stage.clock.now += dt.timedelta(seconds=rng.randint(40, 150) if outcome in TALKED else 3)


def _answers(stage: Stage, quality: float, outcome: str) -> Mapping[str, Any]:
    form = stage.platform.form(stage.versions["call"])
    answers = from_tables(form, stage.rng, quality, stage.data["call"])
    answers["call"] = {"purpose": "consult", "outcome": outcome}
    if outcome == "A2":
        answers["talk"]["transfers"] = "1"
    return answers
