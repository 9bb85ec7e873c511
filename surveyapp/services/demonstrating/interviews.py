"""Interview notes of the demonstration: written segment by segment, rated, submitted; one is left open."""

from __future__ import annotations

import datetime as dt

from surveyapp.gateways.refusal import Refusal
from surveyapp.services.collecting import Accepted
from surveyapp.services.demonstrating.stage import Hall, Stage
from surveyapp.services.demonstrating.worked import Answering
from surveyapp.services.noting.merging import Push
from surveyapp.services.noting.notes import Plan, create_note, push_segment
from surveyapp.services.noting.submitting import submit_note

CLASSES = ("office", "partner", "window", "partner", "sub", "partner", "office", "partner")


def add_interviews(stage: Stage) -> None:
    """Submit the past interviews of every hall; the last one of the first hall is still being written."""
    number = stage.data["numbers"]["interviews"]
    for hall in stage.halls:
        for count in range(number):
            stage.clock.now = stage.moment(3 + count * 9 // number, 9, 15)
            note_id = _written(stage, hall, CLASSES[count % len(CLASSES)], len(stage.data["segments"]))
            _submitted(stage, hall, note_id, CLASSES[count % len(CLASSES)], count)
    stage.clock.now = stage.now - dt.timedelta(minutes=50)
    _written(stage, stage.halls[0], "window", 2)
    stage.say(f"  {number * len(stage.halls)} interview notes")


def _written(stage: Stage, hall: Hall, rank: str, count: int) -> str:
    actor, note_id = stage.people["interviewer"], stage.new_id()
    plan = Plan(
        round_id=stage.round_id,
        unit_id=hall.unit_id,
        title=f"{hall.name}{stage.data['interview']['titles'][rank]}",
        form_of="group",
        ranks={rank: stage.rng.randint(4, 7)},
        is_told=True,
        recording="no",
    )
    opened = create_note(stage.platform, actor, note_id, plan)
    if isinstance(opened, Refusal):
        raise ValueError(opened.sentence["en"])
    for sequence, said in enumerate(stage.data["segments"][:count], start=1):
        stage.clock.now += dt.timedelta(minutes=stage.rng.randint(3, 9))
        push = Push(
            push_id=stage.new_id(),
            segment_id=stage.new_id(),
            base_revision=0,
            sequence=sequence,
            started_at=stage.clock.now - dt.timedelta(minutes=2),
            speaker=said["speaker"],
            text=said["text"],
            indicators=tuple(said["indicators"]),
            stance=said["stance"],
            flags=tuple(said["flags"]),
        )
        pushed = push_segment(stage.platform, actor, note_id, push)
        if isinstance(pushed, Refusal):
            raise ValueError(pushed.sentence["en"])
    return note_id


def _submitted(stage: Stage, hall: Hall, note_id: str, rank: str, number: int) -> None:
    form = stage.platform.form(stage.versions["interview"])
    table = stage.data["interview"]
    answers = Answering(stage.rng, hall.quality, table, number).answers(form.children)
    answers["setting"] = {
        "form_of": "group",
        "participants": str(stage.rng.randint(4, 8)),
        "rank": rank,
        "told": table["told"],
        "recording": "no",
        "facts_named": _named(stage, hall),
    }
    stage.clock.now += dt.timedelta(minutes=stage.rng.randint(20, 60))
    sent = submit_note(stage.platform, stage.people["interviewer"], note_id, answers)
    if not isinstance(sent, Accepted):
        raise ValueError(f"{hall.name}: {sent}")


def _named(stage: Stage, hall: Hall) -> str:
    """Key facts that were named, each with the hall's quality; 'none' when there are none."""
    facts = ("aim", "task", "deadline", "office", "appraisal")
    return " ".join(fact for fact in facts if stage.rng.random() < hall.quality) or "none"
