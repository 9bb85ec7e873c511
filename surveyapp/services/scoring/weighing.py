"""Quality decisions as they meet a unit's score: as decided, with all flagged records, without any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.quality import Case, WithAndWithout, as_decided, with_and_without
from surveyapp.evaluation.scoring import Observation, UnitScore
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import Basis
from surveyapp.services.scoring.units import computed, observations_in
from surveyapp.storage import quality
from surveyapp.storage.database import Session

Compute = Callable[[Basis, Sequence[Observation]], UnitScore]


@dataclass(frozen=True)
class Weighed:
    """A unit's observations before any decision, the decisions in force, and the flagged records among them.

    `undecided` of the flagged have no decision in force; they count in full.
    """

    observations: tuple[Observation, ...]
    cases: tuple[Case, ...]
    flagged: frozenset[str]

    @property
    def decided(self) -> list[Observation]:
        """The observations as decided: what the official score is computed from."""
        return as_decided(self.observations, self.cases)

    @property
    def undecided(self) -> frozenset[str]:
        """Flagged records without a decision."""
        return self.flagged - {case.root_id for case in self.cases}

    def figures(
        self, on: Basis, score: UnitScore | None = None, compute: Compute = computed
    ) -> tuple[WithAndWithout, ...]:
        """Every figure with and without; `score` is the one as decided, when it is known already.

        Pages let `compute` remember; snapshots and releases compute.
        """
        return with_and_without(
            lambda rows: compute(on, rows), self.observations, self.cases, self.flagged, score
        )

    def inputs(self) -> dict[str, Any]:
        """What a snapshot and a release list of the decisions, by root id."""
        return {
            "decisions": [
                {"root_id": case.root_id, "kind": case.kind, "factor": case.factor, "reason": case.reason}
                for case in self.cases
            ],
            "flagged": sorted(self.flagged),
            "undecided": sorted(self.undecided),
        }


def weighed(platform: Platform, on: Basis) -> Weighed:
    """What is weighed for a unit now."""
    with platform.database.reading() as session:
        return weighed_in(session, on)


def weighed_in(session: Session, on: Basis) -> Weighed:
    """What is weighed for a unit, in a session that is open."""
    observations = observations_in(session, on.round_id, on.unit_id)
    cases, flagged = quality.cases_in(session, on.round_id), quality.flagged_in(session, on.round_id)
    return weighed_from(observations, cases, flagged)


def weighed_from(
    observations: Sequence[Observation], cases: Sequence[Case], flagged: frozenset[str]
) -> Weighed:
    """Only what concerns the records of the observations."""
    roots = {one.root_id for one in observations}
    return Weighed(
        tuple(observations), tuple(case for case in cases if case.root_id in roots), flagged & roots
    )


def weighed_again(observations: Sequence[Observation], inputs: Mapping[str, Any]) -> Weighed:
    """As Weighed.inputs() listed it."""
    cases = [Case(**entry) for entry in inputs["decisions"]]
    return weighed_from(observations, cases, frozenset(inputs["flagged"]))


def result_of(on: Basis, weight: Weighed, score: UnitScore | None = None) -> dict[str, Any]:
    """A score as decided, as a snapshot keeps it, with the figures with and without beside it."""
    decided = score or computed(on, weight.decided)
    return decided.to_json() | {"quality": [one.to_json() for one in weight.figures(on, decided)]}
