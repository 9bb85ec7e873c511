"""The risk that a unit is put into the wrong grade, by a share or by its total."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveyapp.stats.grading import grade_chances, grade_of, normal_grade_chances

GRADED = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
"""True shares at which the risk is shown."""
WHOLE = 100.0
"""Points against which a total is graded: those of the base; a bonus lifts a total over the same limits."""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A true share, the place of its grade (0 the best) and the chance of being put into each grade."""

    share: float
    grade: int
    chances: tuple[float, ...]

    @property
    def risk(self) -> float:
        """The chance of a wrong grade."""
        return 1 - self.chances[self.grade]


def misgrade_table(effective: float, limits: Sequence[float]) -> tuple[GradeRow, ...]:
    """Chances of every grade at true shares from .5 to 1, for so many independent observations (rounded)."""
    n = max(1, round(effective))
    return _rows(limits, lambda share: grade_chances(n, share, limits))


def total_misgrades(se: float, limits: Sequence[float]) -> tuple[GradeRow, ...]:
    """Chances of every grade of a total that is truly 50 to 100 points and varies by `se` points.

    `limits` are the lowest shares of the grades, of 100 points.
    """
    return _rows(limits, lambda share: normal_grade_chances(share, se / WHOLE, limits))


def _rows(limits: Sequence[float], chances: Callable[[float], tuple[float, ...]]) -> tuple[GradeRow, ...]:
    return tuple(GradeRow(share, grade_of(share, limits), chances(share)) for share in GRADED)


def wrong_grade(total: float, se: float, limits: Sequence[float]) -> float:
    """The chance that the true total lies in another grade than the total found, both in points.

    The true total is taken to vary normally by `se` about the one found (no earlier knowledge of the unit).
    """
    share = total / WHOLE
    return 1 - normal_grade_chances(share, se / WHOLE, limits)[grade_of(share, limits)]
