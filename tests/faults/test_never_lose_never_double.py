"""Every acknowledged submission is there exactly once, whatever dies in between; counters equal a recount."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from surveyapp.services.folding import fold_round
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import RecordRow, RecordStateRow, TallyRow
from tests.data.rounds import citizen_answers, make_round
from tests.faults import naive
from tests.faults.harness import Outcome, bombard, victim

POINTS = ("before-insert", "-", "after-insert", "before-commit", "-", "after-commit", "in-the-fold")
NUMBER, CLIENTS, DEATHS = 160, 6, 10


def submissions(rng: random.Random, code: str) -> list[dict[str, Any]]:
    """Distinct submissions, every other one through the JSON door."""
    answers = citizen_answers()
    fields = {f"{s}/{name}": value for s, leaves in answers.items() for name, value in leaves.items()}
    return [
        {
            "submission_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "door": "page" if number % 2 else "json",
            "code": code,
            "fields": fields,
            "answers": answers,
        }
        for number in range(NUMBER)
    ]


def faults(stored: list[str], counted: int, outcome: Outcome) -> list[str]:
    """What went wrong, in words; [] when nothing was lost, doubled or miscounted."""
    times = Counter(stored)
    found = [f"lost {one}" for one in outcome.receipts if times[one] == 0]
    found += [f"doubled {one}" for one, number in times.items() if number > 1]
    found += [f"two receipts {one}" for one, given in outcome.receipts.items() if len(given) > 1]
    found += [f"never acknowledged {one}" for one in outcome.unanswered]
    if counted != len(stored):
        found.append(f"counter {counted}, recount {len(stored)}")
    return found


def test_nothing_acknowledged_is_lost_or_doubled_while_the_server_is_killed(
    platform: Platform, tmp_path: Path
) -> None:
    rng = random.Random(7)
    made = make_round(platform)
    sent = submissions(rng, made.code)
    with victim("platform", tmp_path, platform.database.url, POINTS) as target:
        outcome = bombard(target, sent, CLIENTS, DEATHS, rng)
    fold_round(platform, made.id)
    with platform.database.reading() as session:
        stored = list(session.scalars(select(RecordRow.submission_id)))
        counted = session.scalar(select(func.sum(TallyRow.number))) or 0
        behind = session.scalar(select(func.count()).where(RecordStateRow.folded_step < RecordStateRow.step))
    assert outcome.deaths >= 5
    assert set(outcome.receipts) == {one["submission_id"] for one in sent}
    assert faults(stored, counted, outcome) == []
    assert behind == 0


def test_the_same_storm_finds_the_faults_of_a_naive_writer(tmp_path: Path) -> None:
    rng = random.Random(7)
    sent = submissions(rng, "ACDEFGHJ")
    with victim("naive", tmp_path, "", ("-",)) as target:
        outcome = bombard(target, sent, CLIENTS, 4, rng)
    stored, counted = naive.result(tmp_path / "naive.db")
    found = faults(stored, counted, outcome)
    assert any(one.startswith(("doubled", "two receipts")) for one in found)
    assert any(one.startswith("counter") for one in found)
