"""Mystery visits of the demonstration, filed as an evaluator files them: position, photos, checks."""

from __future__ import annotations

import datetime as dt

from surveyapp.gateways.drawing import hall_photo
from surveyapp.services.arranging import assign
from surveyapp.services.attaching import Upload
from surveyapp.services.collecting import Accepted
from surveyapp.services.demonstrating.answers import visit_answers
from surveyapp.services.demonstrating.stage import ZONE, Hall, Stage
from surveyapp.services.filing import Work, file_work

VISITORS = ("evaluator", "evaluator-2", "evaluator-3")


def add_visits(stage: Stage) -> None:
    """File the past visits of every hall, and plan one for today."""
    number = stage.data["numbers"]["visits"]
    for hall in stage.halls:
        for count in range(number):
            _visit(stage, hall, count, number)
    hall = stage.halls[0]
    _planned(stage, hall, VISITORS[0], stage.now + dt.timedelta(minutes=90))
    stage.say(f"  {number * len(stage.halls)} visits")


def _planned(stage: Stage, hall: Hall, visitor: str, at: dt.datetime) -> int:
    return assign(
        stage.platform,
        stage.round_id,
        stage.people[visitor].id,
        "visit",
        hall.unit_id,
        at,
        site_id=hall.site_id,
        scenario=stage.data["visit"]["scenario"],
    )


def _visit(stage: Stage, hall: Hall, count: int, number: int) -> None:
    visitor = VISITORS[count % len(VISITORS)]
    stage.clock.now = stage.moment(count * 12 // number, 9, 16)
    arrived = stage.clock.now
    assignment_id = _planned(stage, hall, visitor, arrived)
    form = stage.platform.form(stage.versions["visit"])
    answers = visit_answers(form, stage.rng, hall.quality, stage.data["visit"])
    far = 0.004 if count == number - 1 and hall is stage.halls[-1] else 0.0003
    seen = tuple(one + stage.rng.uniform(-far, far) for one in hall.position)
    answers["arrival"]["position"] = f"{seen[0]:.6f} {seen[1]:.6f} 0 {stage.rng.randint(8, 60)}"
    place = (seen[0], seen[1]) if count % 2 == 0 else None
    files = [
        Upload(f"arrival/photo_{n}", f"photo-{n}.jpg", hall_photo(seed, arrived.astimezone(ZONE), place))
        for n, seed in ((1, stage.rng.getrandbits(31)), (2, stage.rng.getrandbits(31)))
    ]
    stage.clock.now += dt.timedelta(minutes=stage.rng.randint(50, 110))
    visit = Work(
        answers=answers,
        files=files,
        source="device",
        started_at=arrived,
        left_at=stage.clock.now - dt.timedelta(minutes=20),
        device_finished_at=stage.clock.now,
        seconds=float(stage.rng.randint(1500, 4200)),
    )
    sent = file_work(stage.platform, stage.people[visitor], assignment_id, visit)
    if not isinstance(sent, Accepted):
        raise ValueError(f"{hall.name}: {sent.code} {[str(one) for one in sent.problems]}")
