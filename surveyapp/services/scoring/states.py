"""The state a unit's score is computed from, by name: rules, observations, decisions.

Two equal states give the same score, so that a page need not read the observations to know that nothing
changed. The observations are named by the pair that storage keeps beside them (see HoldingRow).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.quality import Case
from surveyapp.services.scoring.basis import Basis, RoundBasis
from surveyapp.storage import holdings, quality
from surveyapp.storage.database import Session
from surveyapp.storage.holdings import Holding

Cases = Mapping[int, tuple[Case, ...]]


@dataclass(frozen=True, slots=True)
class State:
    """What a score as decided depends on, besides the framework's rules, which `rules` is a digest of."""

    rules: bytes
    round_id: int
    unit_id: int
    holding: Holding
    decisions: tuple[CellDecision, ...]
    cases: tuple[Case, ...]

    def key(self, kind: str, *more: Hashable) -> Hashable:
        """What a value of that kind, computed from the state and `more`, is remembered under."""
        return (kind, self, *more)


@dataclass(frozen=True, slots=True)
class View:
    """The states of all units of a round at one moment."""

    rules: bytes
    round_id: int
    holdings: Mapping[int, Holding]
    cases: Cases

    def state(self, on: Basis) -> State:
        """The state of one unit, on its decisions about missing evidence."""
        holding, cases = self.holdings.get(on.unit_id, holdings.NOTHING), self.cases.get(on.unit_id, ())
        return State(self.rules, self.round_id, on.unit_id, holding, on.decisions, cases)


def view_in(session: Session, on: RoundBasis) -> View:
    """The states of all units of a round."""
    held = holdings.holdings(session, on.round_id)
    return View(rules_of(on), on.round_id, held, cases_by_unit(session, on.round_id))


def state_in(session: Session, on: Basis) -> State:
    """The state of one unit."""
    return view_in(session, on).state(on)


def rules_of(on: RoundBasis) -> bytes:
    """A digest of framework, profile and measures."""
    content = repr((on.loaded.framework, on.profile, on.measures))
    return hashlib.sha256(content.encode()).digest()


def cases_by_unit(session: Session, round_id: int) -> Cases:
    """The quality decisions in force on records with observations, by the unit that holds them."""
    cases = quality.cases_in(session, round_id)
    found: dict[int, list[Case]] = defaultdict(list)
    if cases:
        units = holdings.units_of_decided(session, round_id)
        for case in cases:
            for unit_id in units.get(case.root_id, ()):
                found[unit_id].append(case)
    return {unit_id: tuple(mine) for unit_id, mine in found.items()}
