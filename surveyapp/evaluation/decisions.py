"""Adopted readings of irregular places in a framework, and decisions about evidence that is missing.

A decision says what, why, by which role and when; an error finding without one blocks scoring.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.framework.model import Finding
from surveyapp.evaluation.problem import Problem, problem


@dataclass(frozen=True, slots=True)
class Decision:
    """The reading adopted for one finding. `role` is an office, never a person's name."""

    finding: str
    node: str
    reading: str
    what: Mapping[str, str]
    why: Mapping[str, str]
    role: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class CellDecision:
    """What a unit's missing evidence counts as: kind 'not_applicable' (the leaf leaves the denominator)
    or 'zero' (evidence withheld: the cell counts 0). `method` is '' for a whole leaf.
    """

    kind: str
    indicator: str
    method: str
    why: str
    role: str
    decided_on: dt.date


NEEDED = ("finding", "reading", "what", "why", "role", "decided_on")


def parse_decisions(
    content: Mapping[str, Any], findings: Sequence[Finding]
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Decisions of a parsed decisions.toml ([[decisions]]: finding, node and the NEEDED entries).

    `what_en` and `why_en` give the English text; without them the Chinese is shown. Entries for findings
    that do not exist, unknown readings, missing fields and repeats are Problems.
    """
    known = {(finding.id, finding.node): finding for finding in findings}
    decisions: dict[tuple[str, str], Decision] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(content.get("decisions", []), 1):
        place = (str(entry.get("finding", "")), str(entry.get("node", "")))
        fault = _fault(entry, known.get(place), place in decisions)
        if fault is not None:
            problems.append(problem("bad_decision", number, "decisions", *fault))
        else:
            decisions[place] = _decision(entry, place)
    return tuple(decisions.values()), tuple(problems)


def as_date(value: object) -> dt.date | None:
    """A date given as a date or as its ISO text; anything else (a time too) is None."""
    if type(value) is dt.date:
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def blocking_findings(findings: Sequence[Finding], decisions: Sequence[Decision]) -> tuple[Finding, ...]:
    """Error findings for which nobody has recorded a decision; while there is one, nothing is scored."""
    decided = {(decision.finding, decision.node) for decision in decisions}
    return tuple(f for f in findings if f.severity == "E" and (f.id, f.node) not in decided)


def decision_for(finding: Finding, decisions: Sequence[Decision]) -> Decision | None:
    """The decision recorded for a finding, or None."""
    return next((d for d in decisions if (d.finding, d.node) == (finding.id, finding.node)), None)


def _fault(entry: Mapping[str, Any], finding: Finding | None, repeated: bool) -> tuple[str, str] | None:
    missing = [name for name in NEEDED if not entry.get(name)]
    if missing:
        return f"决定缺少 {'、'.join(missing)}。", f"the decision lacks {', '.join(missing)}."
    if as_date(entry["decided_on"]) is None:
        return "decided_on 应为日期，如 2018-11-05。", "decided_on must be a date such as 2018-11-05."
    if finding is None:
        return (
            f"没有 {entry['finding']} 这样的发现。",
            f"there is no finding {entry['finding']} at that node.",
        )
    if repeated:
        return "同一发现有两个决定。", "the same finding is decided twice."
    readings = [reading.id for reading in finding.readings]
    if readings and entry["reading"] not in readings:
        return f"读法应为 {'、'.join(readings)} 之一。", f"the reading must be one of {', '.join(readings)}."
    return None


def _decision(entry: Mapping[str, Any], place: tuple[str, str]) -> Decision:
    def text(name: str) -> dict[str, str]:
        return {"zh": str(entry[name]), "en": str(entry.get(f"{name}_en") or entry[name])}

    decided_on = as_date(entry["decided_on"])
    assert decided_on is not None
    return Decision(*place, str(entry["reading"]), text("what"), text("why"), str(entry["role"]), decided_on)
