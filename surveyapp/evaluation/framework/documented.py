"""Findings and readings that only a person reading the document can write down, kept as data.

The content of findings.toml, already parsed. Not the decisions about them (see decisions).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surveyapp.evaluation.framework.model import Finding, Framework, Reading, ReadingChoice
from surveyapp.evaluation.problem import Problem, problem


def add_documented(reading: Reading, content: Mapping[str, Any]) -> Reading:
    """The reading with the file's findings added and its readings put in place of the computed ones.

    [[findings]] id, node ('' for the whole table), seed_line, found, expected, zh, en
    [[readings]] finding, node, id, zh, en
    A reading without a framework is returned as it is. A broken entry is a Problem and leaves no framework.
    """
    if reading.framework is None:
        return reading
    problems: list[Problem] = []
    added = [
        _finding(n, entry, reading.framework, problems)
        for n, entry in enumerate(content.get("findings", []), 1)
    ]
    findings = (*reading.findings, *(finding for finding in added if finding is not None))
    readings = _readings(content, {(f.id, f.node) for f in findings}, problems)
    if problems:
        return Reading(None, (), tuple(problems))
    replaced = (replace(f, readings=readings.get((f.id, f.node), f.readings)) for f in findings)
    ordered = sorted(replaced, key=lambda finding: "EWI".index(finding.severity))
    return Reading(reading.framework, tuple(ordered), ())


def _finding(
    number: int, entry: Mapping[str, Any], framework: Framework, problems: list[Problem]
) -> Finding | None:
    code, node = str(entry.get("id", "")), str(entry.get("node", ""))
    if code[:2] not in ("E-", "W-", "I-") or not entry.get("zh") or not entry.get("en"):
        zh, en = "缺少 id（E-、W- 或 I- 开头）、zh 或 en。", "needs an id (E-, W- or I-), zh and en."
        problems.append(problem("bad_finding", number, "findings", zh, en))
        return None
    if node and node not in framework.indicators:
        zh, en = f"没有编码为 {node} 的指标。", f"there is no indicator {node}."
        problems.append(problem("unknown_node", number, "findings", zh, en))
        return None
    row = framework.get(node).row if node else 0
    line = entry.get("seed_line")
    if line is None and node:
        line = framework.get(node).source_line
    return Finding(
        code,
        node,
        row,
        line,
        str(entry.get("column", "")),
        str(entry.get("found", "")),
        str(entry.get("expected", "")),
        {"zh": str(entry["zh"]), "en": str(entry["en"])},
    )


def _readings(
    content: Mapping[str, Any], known: set[tuple[str, str]], problems: list[Problem]
) -> dict[tuple[str, str], tuple[ReadingChoice, ...]]:
    readings: dict[tuple[str, str], tuple[ReadingChoice, ...]] = {}
    for number, entry in enumerate(content.get("readings", []), 1):
        place = (str(entry.get("finding", "")), str(entry.get("node", "")))
        if place not in known or not entry.get("id") or not entry.get("zh") or not entry.get("en"):
            zh, en = (
                "读法没有对应的发现，或缺少 id、zh、en。",
                "the reading belongs to no finding or lacks id, zh, en.",
            )
            problems.append(problem("bad_reading", number, "readings", zh, en))
            continue
        choice = ReadingChoice(str(entry["id"]), {"zh": str(entry["zh"]), "en": str(entry["en"])})
        readings[place] = (*readings.get(place, ()), choice)
    return readings
