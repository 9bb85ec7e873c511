"""The assigned work of the demonstration: hall checks, document reviews, panels, publication checks,
call-backs and self-assessments, filed by the people they are assigned to; one of each is left to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from surveyapp.gateways.drawing import hall_photo
from surveyapp.gateways.refusal import Refusal
from surveyapp.services import planning
from surveyapp.services.arranging import assign
from surveyapp.services.attaching import Upload
from surveyapp.services.collecting import Accepted
from surveyapp.services.demonstrating.cases import add_case_list
from surveyapp.services.demonstrating.stage import ZONE, Hall, Stage
from surveyapp.services.demonstrating.worked import Answering
from surveyapp.services.extracting import Extract, evidence_of
from surveyapp.services.filing import Work, file_work

OBSERVERS = ("evaluator", "evaluator-2")
RATERS = ("expert", "expert-2", "evaluator", "evaluator-2", "evaluator-3")
UNIT_PEOPLE = {"hall-a": "unit", "hall-b": "unit-2", "hall-c": "unit-3"}
DOSSIERS = {"item": 5, "claim": 1}
"""How many items and claims of a unit are reviewed."""


def add_work(stage: Stage) -> None:
    """File the six further instruments for every hall, then leave some work for the people who sign in."""
    filed = 0
    for hall in stage.halls:
        for place, observer in enumerate(OBSERVERS):
            known = {"observer": ("first", "second")[place]}
            filed += _filed(stage, hall, "hall", observer, place, known)
        filed += _documents(stage, hall)
        for number, rater in enumerate(RATERS):
            filed += _filed(stage, hall, "panel", rater, number, {"round": "1"})
        for number in range(stage.data["numbers"]["publications"]):
            filed += _filed(stage, hall, "publication", OBSERVERS[number % 2], number, {"check_no": "1"})
        for number in range(stage.data["numbers"]["callbacks"]):
            filed += _filed(stage, hall, "callback", "interviewer", number, {})
        if hall is not stage.halls[0]:
            filed += _filed(stage, hall, "self", UNIT_PEOPLE[hall.code], 0, {})
    _left_to_do(stage)
    stage.say(f"  {filed} records of assigned work")


def _documents(stage: Stage, hall: Hall) -> int:
    """The department by two readers with what its list of cases counts, the drawn files, and the rest."""
    stage.clock.now = stage.moment(5, 9, 16)
    extract = add_case_list(stage, hall)
    filed = 0
    for who, coder in (("evaluator-2", "second"), ("evaluator", "first")):
        filed += _filed(
            stage, hall, "document", who, 99, {"subject": "unit", "coder": coder}, extract=extract
        )
    for number, case_no in enumerate(extract.sample):
        known = {"subject": "case", "coder": "first", "case_no": case_no}
        filed += _filed(stage, hall, "document", OBSERVERS[number % 2], number, known)
    for subject, count in DOSSIERS.items():
        for number in range(count):
            known = {"subject": subject, "coder": "first"}
            filed += _filed(stage, hall, "document", OBSERVERS[number % 2], number, known)
    return filed


def _filed(
    stage: Stage,
    hall: Hall,
    kind: str,
    who: str,
    number: int,
    known: Mapping[str, str],
    extract: Extract | None = None,
) -> int:
    stage.clock.now = stage.moment(6 + number % 6, 9, 16)
    task = _assigned(stage, hall, kind, who, stage.clock.now, known)
    form = stage.platform.form(stage.versions[kind])
    about = "/".join((hall.code, kind, known.get("subject", "")))
    answering = Answering(stage.rng, hall.quality, _table(stage, kind, known), number, about)
    answers = answering.answers(form.children)
    _place(answers, form, {**known, **(extract.answers if extract else {})})
    if extract:
        (piece,) = evidence_of(form, extract)["proofs"]["evidence"]
        answers["proofs"]["evidence"] = [piece | {"ev_verdict": "proved"}]
    files: list[Upload] = []
    if kind == "hall":
        spot = tuple(one + stage.rng.uniform(-0.0003, 0.0003) for one in hall.position)
        answers["visit"]["position"] = f"{spot[0]:.6f} {spot[1]:.6f} 0 {stage.rng.randint(8, 40)}"
        photo = hall_photo(stage.rng.getrandbits(31), stage.clock.now.astimezone(ZONE), hall.position)
        files.append(Upload("visit/photo_1", "photo-1.jpg", photo))
    work = Work(
        answers=answers,
        files=files,
        source="device",
        started_at=stage.clock.now - dt.timedelta(minutes=30),
        device_finished_at=stage.clock.now,
        seconds=float(stage.rng.randint(600, 1800)),
    )
    sent = file_work(stage.platform, stage.people[who], task, work)
    if not isinstance(sent, Accepted):
        raise ValueError(f"{hall.name} {kind} {known}: {sent.code} {[str(one) for one in sent.problems]}")
    return 1


def _place(answers: dict[str, Any], form: Any, known: Mapping[str, str]) -> None:
    """Put what was planned into the answers, whatever the table says."""
    for name, value in known.items():
        section, _slash, leaf = form.find_by_name(name).path.rpartition("/")
        answers.setdefault(section, {})[leaf] = value


def _table(stage: Stage, kind: str, known: Mapping[str, str]) -> dict[str, Any]:
    table = dict(stage.data[kind])
    if kind == "callback":
        shared = {name: dict(lines) for name, lines in stage.data["survey"].items()}
        shared["about"]["age14"] = "yes"
        return shared | table
    if kind == "document":
        parts = table.pop("parts")
        table |= parts[known["subject"]]
    return table


def _assigned(
    stage: Stage, hall: Hall, kind: str, who: str, at: dt.datetime, known: Mapping[str, str]
) -> int:
    return assign(
        stage.platform,
        stage.round_id,
        stage.people[who].id,
        kind,
        hall.unit_id,
        at,
        site_id=hall.site_id if kind == "hall" else None,
        scenario=stage.data["notes"].get(kind, ""),
        known=dict(known),
    )


def _left_to_do(stage: Stage) -> None:
    hall, due = stage.halls[0], stage.now + dt.timedelta(days=3)
    stage.clock.now = stage.now
    _assigned(stage, stage.halls[1], "hall", "evaluator", due, {"observer": "first"})
    _assigned(stage, hall, "document", "evaluator", due, {"subject": "claim", "coder": "second"})
    _assigned(stage, hall, "panel", "expert", due, {"round": "2"})
    _assigned(stage, hall, "publication", "evaluator", due, {"check_no": "2"})
    _assigned(stage, hall, "self", "unit", due, {})
    wish = planning.WorkWish(
        "callback", stage.people["interviewer"].id, due, "", unit_id=hall.unit_id, known={"source": "agreed"}
    )
    lead = stage.people["lead"]
    drawn = planning.draw_callbacks(stage.platform, lead, stage.round_id, wish, 3, "demonstration")
    if isinstance(drawn, Refusal):
        raise ValueError(drawn.sentence["en"])
