"""Quality decisions as they meet a unit's score: as decided, with all flagged records, without any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.quality import Case, WithAndWithout, as_decided, with_and_without
from surveyapp.evaluation.scoring import Observation, UnitScore
from surveyapp.services.installation import Platform
from surveyapp.services.memory import Memory
from surveyapp.services.scoring.basis import Basis, RoundBasis, bases_in
from surveyapp.services.scoring.states import State, state_in, view_in
from surveyapp.services.scoring.units import computed, observations_in
from surveyapp.storage import quality
from surveyapp.storage.database import Session


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

    def figures(self, on: Basis, score: UnitScore | None = None) -> tuple[WithAndWithout, ...]:
        """Every figure with and without; `score` is the one as decided, when it is known already."""
        return with_and_without(
            lambda rows: computed(on, rows), self.observations, self.cases, self.flagged, score
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


@dataclass(frozen=True)
class Doubts:
    """What a page says of flagged records: how many there are, how many of them are decided, and the figures
    with and without (none when nothing is flagged or decided)."""

    flagged: int
    undecided: int
    decided: int
    figures: tuple[WithAndWithout, ...]

    def figure(self, code: str) -> WithAndWithout:
        """The figure of that code; KeyError when there is none."""
        return {one.code: one for one in self.figures}[code]


def doubts(platform: Platform, on: Basis, score: UnitScore) -> Doubts:
    """What is flagged and decided for a unit whose score as decided is `score`; remembered by its state."""
    with platform.database.reading() as session:
        flagged = quality.flagged_in(session, on.round_id)
        return _doubts(session, platform.memory, on, score, state_in(session, on), flagged)


def doubts_of(platform: Platform, on: RoundBasis, scores: Iterable[UnitScore]) -> dict[str, Doubts]:
    """The doubts about each of these scores as decided, by unit; only of units that have any."""
    found = {}
    with platform.database.reading() as session:
        view = view_in(session, on)
        flagged = quality.flagged_in(session, on.round_id)
        doubtful = quality.flagged_units(session, on.round_id) | view.cases.keys()
        some = [score for score in scores if int(score.unit) in doubtful]
        for score, mine in zip(some, bases_in(session, on, [int(one.unit) for one in some]), strict=True):
            found[score.unit] = _doubts(session, platform.memory, mine, score, view.state(mine), flagged)
    return {unit: one for unit, one in found.items() if one.figures}


def _doubts(
    session: Session, memory: Memory, on: Basis, score: UnitScore, state: State, flagged: frozenset[str]
) -> Doubts:
    if not flagged and not state.cases:
        return Doubts(0, 0, 0, ())
    key = state.key("doubts", flagged)
    known: Doubts | None = memory.get(key)
    if known is None:
        weight = weighed_in(session, on)
        figures = weight.figures(on, score) if weight.flagged or weight.cases else ()
        known = Doubts(len(weight.flagged), len(weight.undecided), len(weight.cases), figures)
        memory.put(key, known, len(figures))
    return known


def weighed_in(session: Session, on: Basis) -> Weighed:
    """What is weighed for a unit, in a session that is open."""
    return next(weighed_all(session, on.round_id, [on.unit_id]))


def weighed_all(session: Session, round_id: int, unit_ids: Iterable[int]) -> Iterator[Weighed]:
    """The same for units of a round, one after the other; what concerns the round is read once."""
    cases, flagged = quality.cases_in(session, round_id), quality.flagged_in(session, round_id)
    for unit_id in unit_ids:
        yield weighed_from(observations_in(session, round_id, unit_id), cases, flagged)


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
