"""What a score rests on besides the records: framework, profile, measures, decisions.

The same for every unit of a round but for the decisions about its missing evidence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.framework import Finding, Framework
from surveyapp.evaluation.measures import Measure, parse_measures
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring import RULES
from surveyapp.services.folding import BadMeasures
from surveyapp.services.frameworks import Loaded, framework_in
from surveyapp.services.installation import Platform
from surveyapp.storage import snapshots as store
from surveyapp.storage.database import Session
from surveyapp.storage.snapshots import VersionInUse

RULE_LENGTH = 64


class Blocked(Exception):
    """An error finding has no decision yet; the message names it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(f"{first.id} {first.node}: {first.sentence['zh']}")
        self.findings = tuple(findings)


class UnknownSubject(LookupError):
    """No such round, unit, profile, indicator or snapshot."""


@dataclass(frozen=True)
class RoundBasis:
    """What all units of a round share. `version_ids` are the questionnaire versions of the measures."""

    round_id: int
    loaded: Loaded
    profile: Profile
    measures: tuple[Measure, ...]
    version_ids: tuple[int, ...]

    @property
    def rule_version(self) -> str:
        """Framework, profile and arithmetic, each with its version."""
        profile = f"{self.profile.code}-{self.profile.version}"
        return f"{self.loaded.code[:24]}@{self.loaded.version}/{profile}/{RULES}"[:RULE_LENGTH]


@dataclass(frozen=True)
class Basis(RoundBasis):
    """What a unit's score rests on."""

    unit_id: int
    decisions: tuple[CellDecision, ...]


def round_basis(platform: Platform, round_id: int, profile_code: str | None = None) -> RoundBasis:
    """Framework, profile and measures of a round. Raises Blocked, UnknownSubject, BadMeasures."""
    with platform.database.reading() as session:
        return round_basis_in(session, round_id, profile_code)


def round_basis_in(session: Session, round_id: int, profile_code: str | None = None) -> RoundBasis:
    """The same in a session that is open."""
    around = store.find_round(session, round_id)
    if around is None:
        raise UnknownSubject(f"round {round_id}")
    loaded = framework_in(session, around.framework_id)
    if loaded.blocking:
        raise Blocked(loaded.blocking)
    code = profile_code or around.profile
    if code not in loaded.profiles:
        raise UnknownSubject(f"profile {code}")
    versions = store.versions_in_use(session, round_id)
    measures, version_ids = fitting_measures(loaded.framework, versions)
    return RoundBasis(round_id, loaded, loaded.profiles[code], measures, version_ids)


def basis(platform: Platform, round_id: int, unit_id: int, profile_code: str | None = None) -> Basis:
    """Framework, profile, measures and decisions for a unit. Raises Blocked, UnknownSubject, BadMeasures."""
    return for_unit(platform, round_basis(platform, round_id, profile_code), unit_id)


def for_unit(platform: Platform, on: RoundBasis, unit_id: int) -> Basis:
    """The basis of one unit of the round."""
    with platform.database.reading() as session:
        return basis_in(session, on, unit_id)


def basis_in(session: Session, on: RoundBasis, unit_id: int) -> Basis:
    """The basis of one unit of the round, in a session that is open."""
    return bases_in(session, on, [unit_id])[0]


def bases_in(session: Session, on: RoundBasis, unit_ids: Sequence[int]) -> list[Basis]:
    """The bases of units of the round in the order given, in a session that is open."""
    decisions: dict[int, list[CellDecision]] = {unit_id: [] for unit_id in unit_ids}
    for row in store.cell_decisions(session, on.round_id, unit_ids):
        date = row.decided_at.date()
        decisions[row.unit_id].append(
            CellDecision(row.kind, row.indicator, row.method, row.reason, "lead", date)
        )
    shared = (on.round_id, on.loaded, on.profile, on.measures, on.version_ids)
    return [Basis(*shared, unit_id=unit_id, decisions=tuple(decisions[unit_id])) for unit_id in unit_ids]


def fitting_measures(
    framework: Framework, versions: Iterable[VersionInUse]
) -> tuple[tuple[Measure, ...], tuple[int, ...]]:
    """The measures of the newest versions, and those versions; a later questionnaire wins a shared key.

    A questionnaire that the round does not use may belong to another framework: when its measures do not
    fit it is left out. One that the round uses has to fit. Raises BadMeasures.
    """
    found: dict[str, Measure] = {}
    taken = []
    for version in versions:
        measures, problems = parse_measures(version.measures, framework)
        if problems and version.is_used:
            raise BadMeasures(f"version {version.id}: {problems[0].sentence['en']}")
        if not problems:
            found |= {one.key: replace(one, instrument=version.questionnaire) for one in measures}
            taken.append(version.id)
    return tuple(found.values()), tuple(taken)


def digest(value: Any) -> str:
    """SHA-256 of a value as JSON with sorted keys and without blanks."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
