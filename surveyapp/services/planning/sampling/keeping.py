"""Keep a round's sampling plan: every version stays, with its hash, who, when and why.

A version holds the plan, the numbers it led to and its stopping rules in words; all of it is under the hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveyapp.evaluation.prospect import Plan, as_plain, from_plain, needs, stopping_rule
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.planning.sampling.ground import Ground
from surveyapp.services.planning.sampling.reading import read_plan
from surveyapp.services.scoring.basis import digest
from surveyapp.storage import registrations, rounds, sampling

REASON_LENGTH = 1000


@dataclass(frozen=True)
class Version:
    """A kept plan. `rules` are its stopping rules by language; `received_before` counts the records that
    had come in before the version was kept.
    """

    number: int
    plan: Plan
    rules: tuple[Mapping[str, str], ...]
    sha256: str
    reason: str
    created_at: datetime
    received_before: int


def keep_plan(
    platform: Platform, actor: Actor, ground: Ground, typed: Mapping[str, str], reason: str
) -> int | dict[str, Refusal]:
    """The number of the version that was kept, or what is wrong by field; nothing is stored then.

    After the first version a change and a reason are needed, and a closed round takes none. The actor
    must lead every unit of the round. Raises UnknownPlace otherwise.
    """
    plan = read_plan(ground, typed)
    if not isinstance(plan, Plan):
        return plan
    round_id, now = ground.around.id, platform.clock()
    content = _content(ground, plan)
    sha256 = digest(content)
    with platform.database.transaction() as session:
        row = rounds.lock_round(session, round_id)
        units = rounds.units_of(session, round_id)
        if row is None or not all(actor.covers(unit.path, "lead") for unit in units):
            raise UnknownPlace(f"round {round_id}")
        if row.state == "closed":
            return {"plan": _CLOSED}
        earlier = sampling.sampling_plans_of(session, round_id)
        if earlier and earlier[-1].sha256 == sha256:
            return {"plan": _SAME}
        if (earlier and not reason) or len(reason) > REASON_LENGTH:
            return {"reason": _REASON}
        number = len(earlier) + 1
        values = {"round_id": round_id, "number": number, "content": content, "sha256": sha256}
        sampling.add_sampling_plan(session, values | {"reason": reason, "created_by": actor.id}, now)
        note_deed(session, now, actor.id, "sampling.plan", "round", round_id, sha256=sha256, reason=reason)
        return number


def versions_of(platform: Platform, round_id: int) -> tuple[Version, ...]:
    """All versions of a round's plan, the first one first."""
    with platform.database.reading() as session:
        rows = sampling.sampling_plans_of(session, round_id)
        early = [registrations.received_before(session, round_id, row.created_at) for row in rows]
    return tuple(
        Version(
            row.number,
            from_plain(row.content["plan"]),
            tuple(row.content["rules"]),
            row.sha256,
            row.reason,
            row.created_at,
            before,
        )
        for row, before in zip(rows, early, strict=True)
    )


def _content(ground: Ground, plan: Plan) -> dict[str, Any]:
    asked = needs(plan, [unit.code for unit in ground.units])
    return {
        "plan": as_plain(plan),
        "rules": [dict(stopping_rule(aim)) for aim in plan.aims],
        "needs": [
            {
                "unit": one.unit,
                "instrument": one.instrument,
                "net": one.net,
                "gross": one.gross,
                "needed": one.needed,
                "cells": dict(one.cells),
            }
            for one in asked
        ],
    }


_CLOSED = Refusal.of(
    "closed", "本轮已结束，抽样计划不能再改。", "The round is closed; its sampling plan stays as it is."
)
_SAME = Refusal.of("no-change", "与现行计划相同，没有另存。", "It is the plan there is; nothing was stored.")
_REASON = Refusal.of(
    "reason",
    f"请写明为什么修改，不超过 {REASON_LENGTH} 个字。",
    f"Say why the plan changes, in at most {REASON_LENGTH} characters.",
)
