"""Assign the files of drawn cases to a reader: one review a case, the second reader a fifth of them."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace

from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.extracting import Extract
from surveyapp.services.installation import Platform
from surveyapp.services.planning.work import UNKNOWN_SITE, WorkWish, add_work, refusal_of, unit_of
from surveyapp.storage import rounds
from surveyapp.storage.database import Session

CODERS = ("first", "second")
SECOND_SHARE = 5
"""The second reader gets one of so many files."""


def assign_sample(
    platform: Platform, actor: Actor, extract: Extract, wish: WorkWish, coder: str
) -> tuple[int, ...] | Refusal:
    """Ids of the planned reviews, one for each drawn case that this reader's part holds and nobody has yet.

    `coder` is 'first' (every drawn case) or 'second' (a fifth of them, rounded up, drawn by the list's seed).
    """
    now = platform.clock()
    wish = replace(wish, kind="document", site_id=0, unit_id=extract.unit_id)
    with platform.database.transaction() as session:
        around = rounds.lock_round(session, extract.round_id)
        unit = unit_of(session, wish)
        if around is None or unit is None or coder not in CODERS:
            return UNKNOWN_SITE
        refusal = refusal_of(session, actor, around, now, wish, unit)
        if refusal is not None:
            return refusal
        waiting = _left(session, extract, coder)
        if not waiting:
            zh, en = (
                "抽到的档案都已安排给这一审核人。",
                "Every drawn file is assigned to this reader already.",
            )
            return Refusal.of("assigned", zh, en)
        ids = tuple(
            add_work(session, extract.round_id, replace(wish, known=_known(coder, number)), unit.id)
            for number in waiting
        )
        facts = {"user": wish.user_id, "coder": coder, "cases": len(ids), "sample": extract.sample_sha256}
        note_deed(session, now, actor.id, "sample.assign", "extract", extract.id, **facts)
        return ids


def _known(coder: str, number: str) -> dict[str, str]:
    return {"subject": "case", "coder": coder, "case_no": number}


def _left(session: Session, extract: Extract, coder: str) -> Sequence[str]:
    taken = {
        str(known.get("case_no", ""))
        for known in rounds.planned_answers(session, extract.round_id, extract.unit_id, "document")
        if known.get("subject") == "case" and known.get("coder") == coder
    }
    return [number for number in part_of(extract.sample, extract.seed, coder) if number not in taken]


def part_of(sample: Collection[str], seed: str, coder: str) -> tuple[str, ...]:
    """The cases of a sample that a reader reads, sorted."""
    if coder == "first":
        return tuple(sorted(sample))
    rng = random.Random(f"{seed}/second")  # noqa: S311  # repeatable from the seed
    return tuple(sorted(rng.sample(sorted(sample), -(-len(sample) // SECOND_SHARE))))
