"""Bring in an indicator table with its findings, decisions and profiles, and read it back whole.

All or nothing: a table with a problem is not stored. An error finding without a decision blocks scoring.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveyapp.evaluation.decisions import Decision, blocking_findings, parse_decisions
from surveyapp.evaluation.framework import Finding, Framework, Reading, add_documented, read_table
from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.profiles import Profile, parse_profiles
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import read_sheets
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import frameworks
from surveyapp.storage.database import Session


class UnknownFramework(LookupError):
    """No framework of that id, or a decision for a finding that does not exist."""


@dataclass(frozen=True)
class Source:
    """What a framework is made of: the table's rows and the parsed data files beside it."""

    code: str
    title: str
    rows: Sequence[Sequence[str]]
    findings: Mapping[str, Any]
    decisions: Mapping[str, Any]
    profiles: Mapping[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A framework as scoring and pages use it."""

    id: int
    code: str
    version: int
    title: str
    framework: Framework
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    profiles: Mapping[str, Profile]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Error findings that nobody has decided; scoring is refused while there is one."""
        return blocking_findings(self.findings, self.decisions)


def source_from_folder(folder: Path, title: str) -> Source | tuple[Problem, ...]:
    """The framework kept in a folder of questionnaires/: indicators.csv and the .toml files beside it."""
    rows = rows_of((folder / "indicators.csv").read_bytes())
    if isinstance(rows, Problem):
        return (rows,)

    def data(name: str) -> dict[str, Any]:
        path = folder / name
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    return Source(
        folder.name, title, rows, data("findings.toml"), data("decisions.toml"), data("profiles.toml")
    )


def rows_of(content: bytes) -> tuple[tuple[str, ...], ...] | Problem:
    """The rows of a CSV file, or of the first sheet of a workbook; a Problem when it cannot be read."""
    sheets = read_sheets(content)
    if isinstance(sheets, Refusal):
        return Problem(sheets.code, 0, "", sheets.sentence)
    return sheets[0].rows


def examine(
    source: Source,
) -> tuple[Reading, tuple[Decision, ...], Mapping[str, Profile], tuple[Problem, ...]]:
    """Read everything of a source; problems of any part are returned together."""
    reading = add_documented(read_table(source.rows, source=source.code), source.findings)
    if reading.framework is None:
        return reading, (), {}, reading.problems
    decisions, problems = parse_decisions(source.decisions, reading.findings)
    profiles, faults = parse_profiles(source.profiles, reading.framework)
    return reading, decisions, profiles, (*problems, *faults)


def import_framework(
    platform: Platform, source: Source, by: int | None = None
) -> tuple[int | None, tuple[Problem, ...]]:
    """Store a source as the next version of its code; the same content again is the same version."""
    reading, _decisions, _profiles, problems = examine(source)
    if problems or reading.framework is None:
        return None, problems
    try:
        return _store(platform, source, reading.framework, by), ()
    except frameworks.VersionTaken:  # somebody else stored one at the same moment: look again
        return _store(platform, source, reading.framework, by), ()


def _store(platform: Platform, source: Source, framework: Framework, by: int | None) -> int:
    content, now = _stored(source), platform.clock()
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    with platform.database.transaction() as session:
        held = frameworks.find_same_content(session, source.code, digest)
        if held is not None:
            return held
        framework_id = frameworks.add_framework(
            session,
            framework,
            code=source.code,
            version=frameworks.count_versions(session, source.code) + 1,
            title=source.title,
            sha256=digest,
            created_at=now,
            **content,
        )
        note_deed(session, now, by, "framework.import", "framework", framework_id, sha256=digest)
        return framework_id


def _stored(source: Source) -> dict[str, Any]:
    return {
        "source_rows": [list(row) for row in source.rows],
        "findings_file": json.loads(json.dumps(source.findings, default=str)),
        "decisions": json.loads(json.dumps(source.decisions.get("decisions", []), default=str)),
        "profiles": json.loads(json.dumps(source.profiles, default=str)),
    }


def load_framework(platform: Platform, framework_id: int) -> Loaded:
    """A stored framework. Raises UnknownFramework."""
    with platform.database.reading() as session:
        return framework_in(session, framework_id)


def framework_in(session: Session, framework_id: int) -> Loaded:
    """The same in a session that is open."""
    row = frameworks.find_framework(session, framework_id)
    if row is None:
        raise UnknownFramework(framework_id)
    source = Source(
        row.code, row.title, row.source_rows, row.findings_file, {"decisions": row.decisions}, row.profiles
    )
    reading, decisions, profiles, _problems = examine(source)
    if reading.framework is None:
        raise UnknownFramework(framework_id)
    return Loaded(
        row.id, row.code, row.version, row.title, reading.framework, reading.findings, decisions, profiles
    )


def list_frameworks(platform: Platform) -> list[tuple[int, str, int, str]]:
    """(id, code, version, title) of every stored framework, newest first."""
    with platform.database.reading() as session:
        return frameworks.list_frameworks(session)


def decide(platform: Platform, framework_id: int, entry: Mapping[str, str], by: int) -> tuple[Problem, ...]:
    """Record the reading adopted for a finding (finding, node, reading, what, why, role).

    The day is today. Returns the problems of the entry; [] when it is stored, with an audit line.
    """
    loaded = load_framework(platform, framework_id)
    today = platform.clock().date()
    _read, problems = parse_decisions({"decisions": [{**entry, "decided_on": today}]}, loaded.findings)
    if problems:
        return problems
    with platform.database.transaction() as session:
        row = frameworks.find_framework(session, framework_id, lock=True)
        if row is None:
            raise UnknownFramework(framework_id)
        kept = [d for d in row.decisions if (d["finding"], d["node"]) != (entry["finding"], entry["node"])]
        row.decisions = [*kept, {**entry, "decided_on": today.isoformat()}]
        note_deed(session, platform.clock(), by, "framework.decide", "framework", framework_id, **entry)
    return ()
