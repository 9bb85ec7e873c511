"""Decide what a unit's missing evidence counts as: not applicable, or zero because it was withheld."""

from __future__ import annotations

from surveyapp.evaluation.problem import Problem
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import UnknownSubject, basis
from surveyapp.services.scoring.units import scored
from surveyapp.storage import snapshots as store

KINDS = ("not_applicable", "zero", "withdrawn")
REASON_LENGTH = 1000


def decide_cell(
    platform: Platform,
    round_id: int,
    unit_id: int,
    indicator: str,
    method: str,
    kind: str,
    reason: str,
    by: int,
) -> Problem | None:
    """Record a decision about one method of a leaf, or about the whole leaf (`method` '').

    `kind` 'withdrawn' takes an earlier decision back. Everything is kept in the audit log. Returns what is
    wrong with the entry, None when it is stored. Raises UnknownSubject, Blocked.
    """
    fault = _fault(platform, round_id, unit_id, indicator, method, kind, reason)
    if fault is not None:
        return fault
    now = platform.clock()
    cell = (round_id, unit_id, indicator, method)
    with platform.database.transaction() as session:
        if kind == "withdrawn":
            if not store.drop_cell_decision(session, *cell):
                return _NOTHING
        else:
            values = dict(zip(("round_id", "unit_id", "indicator", "method"), cell, strict=True))
            decided = {"kind": kind, "reason": reason, "decided_by": by, "decided_at": now}
            store.put_cell_decision(session, values | decided)
        place = f"{round_id}:{unit_id}:{indicator}:{method}"[:64]
        note_deed(session, now, by, "score.decide", "cell", place, kind=kind, reason=reason)
    return None


def _fault(
    platform: Platform, round_id: int, unit_id: int, indicator: str, method: str, kind: str, reason: str
) -> Problem | None:
    on = basis(platform, round_id, unit_id)
    weights = on.loaded.framework.indicators.get(indicator) and on.profile.weights.get(indicator)
    if not weights:
        raise UnknownSubject(f"indicator {indicator}")
    methods = {name for profile in on.loaded.profiles.values() for name in profile.weights[indicator]}
    if kind not in KINDS or method not in {"", *methods}:
        return _CHOICE
    if not reason or len(reason) > REASON_LENGTH:
        return _REASON
    if kind == "zero":
        cells = scored(platform, on).leaf(indicator).cells
        if any(m.n for cell in cells if method in ("", cell.method) for m in cell.measures):
            return _EVIDENCE
    return None


_CHOICE = Problem(
    "bad_choice",
    0,
    "",
    {"zh": "请选择方法和决定的种类。", "en": "Choose the method and the kind of decision."},
)
_REASON = Problem(
    "bad_reason",
    0,
    "",
    {
        "zh": f"请填写理由，不超过 {REASON_LENGTH} 个字。",
        "en": f"Give the reason in at most {REASON_LENGTH} characters.",
    },
)
_EVIDENCE = Problem(
    "has_evidence",
    0,
    "",
    {
        "zh": "这里已有证据，不能按“拒绝提供”计 0 分；请先处理相关记录。",
        "en": "There is evidence already, so it cannot count 0 as withheld. Deal with those records first.",
    },
)
_NOTHING = Problem(
    "no_decision",
    0,
    "",
    {"zh": "这里没有可以撤回的决定。", "en": "There is no decision to withdraw."},
)
