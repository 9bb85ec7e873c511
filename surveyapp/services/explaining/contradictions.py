"""Contradictions between methods: found in the scores of now, decided by the lead, needed before a release.

A decision holds for the records it was taken on. When one is added, corrected or withdrawn behind either
method, the finding is open again and the old decision stays in the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.explaining.triangulation import Pair, Triangulation, triangulated
from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import for_unit, scored, take_snapshot
from surveyapp.services.scoring.basis import RoundBasis, UnknownSubject, digest
from surveyapp.storage import adjudications as store
from surveyapp.storage.database import Session
from surveyapp.storage.tables import AdjudicationRow, UnitRow

REASON_LENGTH = 1000
VERDICTS = ("first", "second", "both")


@dataclass(frozen=True)
class Decided:
    """One decision with the name of who took it."""

    row: AdjudicationRow
    by: str


@dataclass(frozen=True)
class Contradiction:
    """A finding of a unit with its decisions, the oldest first. `name` is unique in the round."""

    unit: UnitRow
    pair: Pair
    evidence_sha256: str
    decisions: tuple[Decided, ...]

    @property
    def name(self) -> str:
        """Unit and finding, as people and the release name it."""
        return f"{self.unit.code}/{self.pair.finding}"

    @property
    def decided(self) -> Decided | None:
        """The newest decision, when it was taken on the records of now; None while the finding is open."""
        newest = self.decisions[-1] if self.decisions else None
        return newest if newest and newest.row.evidence_sha256 == self.evidence_sha256 else None

    def to_json(self) -> dict[str, Any]:
        """What a release says of it."""
        pair = self.pair
        numbers = ("leaf", "first", "second", "difference", "low", "high", "p_value")
        return {
            "finding": self.name,
            "evidence_sha256": self.evidence_sha256,
            **{name: getattr(pair, name) for name in numbers},
            "adjudications": [
                {
                    "verdict": one.row.verdict,
                    "reason": one.row.reason,
                    "at": one.row.decided_at.isoformat(),
                    "evidence_sha256": one.row.evidence_sha256,
                    "holds": one is self.decisions[-1] and self.decided is not None,
                }
                for one in self.decisions
            ],
        }


class OpenContradictions(Exception):
    """Contradictions nobody has decided yet; `sentence` says which and what to do."""

    def __init__(self, found: Sequence[Contradiction]) -> None:
        names = "、".join(one.name for one in found)
        self.found = tuple(found)
        self.sentence = {
            "zh": f"有 {len(found)} 处方法间矛盾没有裁定：{names}。"
            "请项目负责人在“得分 › 方法比对”中逐条裁定，再发布。",
            "en": f"{len(found)} contradictions between methods have no adjudication: {names}. "
            "The lead decides each under Scores › Methods compared; then publish.",
        }
        super().__init__(f"{self.sentence['zh']} / {self.sentence['en']}")


@dataclass(frozen=True)
class UnitMatrix:
    """What the methods say of one unit, and which of it contradicts."""

    unit: UnitRow
    score: UnitScore
    found: Triangulation
    contradictions: tuple[Contradiction, ...]


def matrices(platform: Platform, on: RoundBasis, units: Iterable[UnitRow]) -> list[UnitMatrix]:
    """The matrix of each unit as its score stands now."""
    scores = [(unit, scored(platform, for_unit(platform, on, unit.id))) for unit in units]
    with platform.database.reading() as session:
        return [_matrix(session, on.round_id, unit, score) for unit, score in scores]


def _matrix(session: Session, round_id: int, unit: UnitRow, score: UnitScore) -> UnitMatrix:
    found = triangulated(score)
    decisions = [Decided(row, name) for row, name in store.adjudications_of(session, round_id, unit.id)]
    contradictions = tuple(
        Contradiction(
            unit,
            pair,
            digest([list(one) for one in pair.records]),
            tuple(one for one in decisions if one.row.finding == pair.finding),
        )
        for pair in found.contradictions
    )
    return UnitMatrix(unit, score, found, contradictions)


def decided_contradictions(
    session: Session, round_id: int, scores: Iterable[tuple[UnitRow, UnitScore]]
) -> list[Contradiction]:
    """Every contradiction of the scores that are about to be published. Raises OpenContradictions."""
    found = [one for unit, score in scores for one in _matrix(session, round_id, unit, score).contradictions]
    if waiting := [one for one in found if one.decided is None]:
        raise OpenContradictions(waiting)
    return found


def take_final_snapshot(
    platform: Platform, round_id: int, unit: UnitRow, profile_code: str | None, by: int
) -> int:
    """Keep the score of now as what the unit is told; returns the snapshot's id.

    Its contradictions are asked for in the transaction that stores it: nothing is stored while one is open.
    Raises OpenContradictions, and what taking a snapshot raises.
    """

    def check(session: Session, score: UnitScore) -> None:
        decided_contradictions(session, round_id, [(unit, score)])

    return take_snapshot(platform, round_id, unit.id, profile_code, by, check)


def adjudicate(
    platform: Platform, on: RoundBasis, unit: UnitRow, finding: str, verdict: str, reason: str, by: int
) -> Problem | None:
    """Decide a contradiction that is open or decided: which method is believed, or why both stand.

    `verdict` 'first' and 'second' name the methods in the order of the finding. Nothing of it changes a
    score: records that are wrong are sent back, weights are rules. Returns what is wrong with the wish,
    None when it is stored. Raises UnknownSubject when the unit has no such contradiction.
    """
    (matrix,) = matrices(platform, on, [unit])
    found = next((one for one in matrix.contradictions if one.pair.finding == finding), None)
    if found is None:
        raise UnknownSubject(f"finding {finding}")
    if verdict not in VERDICTS:
        return _VERDICT
    if not 0 < len(reason) <= REASON_LENGTH:
        return _REASON
    now = platform.clock()
    values = {
        "round_id": on.round_id,
        "unit_id": unit.id,
        "finding": finding,
        "evidence_sha256": found.evidence_sha256,
        "difference": found.pair.difference,
        "verdict": verdict,
        "reason": reason,
        "decided_by": by,
    }
    with platform.database.transaction() as session:
        kept = store.add_adjudication(session, values, now)
        said = {"finding": found.name, "verdict": verdict, "reason": reason}
        note_deed(session, now, by, "score.adjudicate", "adjudication", kept, **said)
    return None


_VERDICT = Problem(
    "bad_choice",
    0,
    "",
    {"zh": "请选择采信哪一方，或两者并存。", "en": "Choose which side is believed, or that both stand."},
)
_REASON = Problem(
    "bad_reason",
    0,
    "",
    {
        "zh": f"请写明裁定的理由，不超过 {REASON_LENGTH} 个字。",
        "en": f"Give the reason of the decision in at most {REASON_LENGTH} characters.",
    },
)
