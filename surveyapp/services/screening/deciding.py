"""Decide what a doubted record counts as: keep, weigh down or leave out. One proposes, another confirms.

Nobody decides on a record they collected. Only what is confirmed touches a score; every step is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.quality import KEEP, KINDS_OF_DECISION
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import quality, reviews
from surveyapp.storage.database import Session

PROPOSERS = ("reviewer", "lead")
CONFIRMERS = ("lead",)
REASON_LENGTH = 1000
MOST = 500
FACTOR = re.compile(r"0?\.[0-9]{1,3}")


@dataclass(frozen=True)
class Decided:
    """How many records took the step, and for each that did not why."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, Problem], ...] = ()


def factor_of(kind: str, text: str) -> float | Problem:
    """The factor a kind of decision goes with; for 'down_weight' the one written in `text`."""
    if kind not in KINDS_OF_DECISION:
        return _KIND
    if kind != "down_weight":
        return KEEP if kind == "keep" else 0.0
    return float(text) if FACTOR.fullmatch(text.strip()) and float(text) > 0 else _FACTOR


@dataclass(frozen=True)
class Wish:
    """What somebody wants done: `factor` as written, used by 'down_weight' alone."""

    roots: Collection[str]
    kind: str
    factor: str = ""
    reason: str = ""
    finding_id: int | None = None


def propose(platform: Platform, actor: Actor, round_id: int, wish: Wish) -> Decided | Problem:
    """Propose a decision on records of a round; a Problem when the wish itself is wrong, nothing stored then.

    A proposal does not change any number before another person confirms it. What is outside the actor's
    scope, or was collected by the actor, is refused record by record.
    """
    weight, reason, roots = factor_of(wish.kind, wish.factor), wish.reason.strip(), sorted(set(wish.roots))
    if isinstance(weight, Problem):
        return weight
    if not 0 < len(reason) <= REASON_LENGTH:
        return _REASON
    if not 0 < len(roots) <= MOST:
        return _RECORDS
    values = {"round_id": round_id, "kind": wish.kind, "factor": weight, "reason": reason}
    values |= {"finding_id": wish.finding_id, "proposed_by": actor.id, "confirmed_by": None}
    done, refused, now = [], [], platform.clock()
    with platform.database.transaction() as session:
        for root in roots:
            fault = _fault(session, actor, round_id, root, PROPOSERS)
            if fault is not None:
                refused.append((root, fault))
                continue
            steps = quality.steps_of(session, [root]).get(root, [])
            quality.add_step(session, values | {"root_id": root, "step": len(steps) + 1}, now)
            done.append(root)
        if done:
            detail = {"kind": wish.kind, "factor": weight, "reason": reason, "records": done}
            note_deed(session, now, actor.id, "quality.propose", "round", round_id, **detail)
    return Decided(tuple(done), tuple(refused))


def confirm(platform: Platform, actor: Actor, round_id: int, roots: Collection[str]) -> Decided:
    """Confirm what another person proposed on these records; it is in force from then on."""
    done, refused, now = [], [], platform.clock()
    with platform.database.transaction() as session:
        for root in sorted(set(roots)):
            fault = _fault(session, actor, round_id, root, CONFIRMERS)
            steps = quality.steps_of(session, [root]).get(root, []) if fault is None else []
            if fault is None:
                fault = _unfit(steps[-1].confirmed_by, steps[-1].proposed_by, actor) if steps else _NOTHING
            if fault is not None:
                refused.append((root, fault))
                continue
            last = steps[-1]
            names = ("round_id", "root_id", "kind", "factor", "reason", "finding_id", "proposed_by")
            values = {name: getattr(last, name) for name in names}
            quality.add_step(session, values | {"step": last.step + 1, "confirmed_by": actor.id}, now)
            done.append(root)
        if done:
            note_deed(session, now, actor.id, "quality.confirm", "round", round_id, records=done)
    return Decided(tuple(done), tuple(refused))


def _unfit(confirmed_by: int | None, proposed_by: int, actor: Actor) -> Problem | None:
    if confirmed_by is not None:
        return _NOTHING
    return _SECOND if proposed_by == actor.id else None


def _fault(
    session: Session, actor: Actor, round_id: int, root_id: str, roles: tuple[str, ...]
) -> Problem | None:
    """Why this person may not decide on this record; the record is locked until the transaction ends."""
    state = reviews.lock_state(session, root_id)
    if state is None or state.round_id != round_id:
        return _UNKNOWN
    record, path = reviews.get_revision(session, root_id, state.revision)
    if not actor.covers(path, *roles):
        return _UNKNOWN
    return _OWN if record.collector_id == actor.id else None


def _problem(code: str, zh: str, en: str) -> Problem:
    return Problem(code, 0, "", {"zh": zh, "en": en})


_KIND = _problem("bad_kind", "请选择一种决定。", "Choose a decision.")
_FACTOR = _problem(
    "bad_factor",
    "降低权重时，请填大于 0、小于 1 的数，例如 0.5。",
    "For a lower weight give a number above 0 and below 1, as 0.5.",
)
_REASON = _problem(
    "bad_reason",
    f"请填写理由，不超过 {REASON_LENGTH} 个字。",
    f"Give the reason in at most {REASON_LENGTH} characters.",
)
_RECORDS = _problem(
    "bad_records", f"请选择记录，一次不超过 {MOST} 条。", f"Choose records, at most {MOST} at a time."
)
_UNKNOWN = _problem(
    "unknown_record", "没有这条记录，或不在您的范围内。", "There is no such record in your scope."
)
_OWN = _problem(
    "own_record",
    "采集人不能对自己的记录作质量决定，请由另一人决定。",
    "Who collected a record cannot decide on its quality; another person must.",
)
_SECOND = _problem(
    "second_person",
    "提出人不能确认自己的建议，请由另一位负责人确认。",
    "Who proposed a decision cannot confirm it; another lead must.",
)
_NOTHING = _problem(
    "no_proposal", "这条记录没有待确认的建议。", "Nothing proposed on this record awaits confirmation."
)
