"""Review of the demonstration: approved by one person, confirmed by another, a few left to be looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from surveyapp.evaluation.kinds import KINDS, TASKS
from surveyapp.services import reviewing, scoring
from surveyapp.services.demonstrating.stage import Stage
from surveyapp.storage.queries.records import PAGE, review_queue

LEFT_OPEN = 9  # every ninth record waits for the visitor of the demonstration


def add_reviews(stage: Stage) -> None:
    """Approve, confirm, return one, then fold and keep a first snapshot of every hall."""
    stage.clock.now = stage.now - dt.timedelta(hours=3)
    reviewer, lead = stage.people["reviewer"], stage.people["lead"]
    waiting = _ids(stage, "received", [kind for kind in KINDS if kind not in TASKS])
    for root_id in _ids(stage, "received", TASKS):
        reviewing.move(stage.platform, reviewer, root_id, "approved")
    for number, root_id in enumerate(waiting):
        if number == LEFT_OPEN:
            reviewing.move(stage.platform, reviewer, root_id, "returned", stage.data["returned_reason"])
        elif number % LEFT_OPEN:
            reviewing.move(stage.platform, reviewer, root_id, "approved")
    stage.clock.now += dt.timedelta(hours=1)
    others = _ids(stage, "approved", [kind for kind in KINDS if kind not in TASKS])
    approved = [root_id for number, root_id in enumerate(others) if number % LEFT_OPEN]
    approved += _ids(stage, "approved", TASKS)
    confirmed, _refused = reviewing.confirm_many(
        stage.platform, lead, approved, "bulk: approved, demonstration"
    )
    scoring.fold_registered(stage.platform, stage.round_id)
    for hall in stage.halls:
        scoring.take_snapshot(stage.platform, stage.round_id, hall.unit_id, None, lead.id)
    stage.say(f"  {len(confirmed)} records confirmed, {len(stage.halls)} snapshots taken")


def _ids(stage: Stage, state: str, kinds: Iterable[str]) -> list[str]:
    """Root ids of the records of some kinds in a state, in the order they came."""
    wanted = set(kinds)
    found: list[str] = []
    after = 0
    with stage.platform.database.reading() as session:
        while True:
            rows = review_queue(session, stage.round_id, ("/",), (state,), after=after)
            found += [row.record.root_id for row in rows if row.record.kind in wanted]
            if len(rows) < PAGE:
                return found
            after = rows[-1].record.id
