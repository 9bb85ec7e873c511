"""Verdicts of test calls that may come before all calls are made, and what they cost in wrong verdicts.

They say good or bad; a score never comes from calls that ended early.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.prospect.aims import Aim
from surveyapp.stats.acceptance import AcceptancePlan, CurtailedCourse, curtailed_course
from surveyapp.stats.sequential import SequentialCourse, SequentialPlan, sequential_course, sequential_plan

Course = tuple[float, float, float]
"""True share, P(good), expected calls."""


def curtailed(plan: AcceptancePlan, shares: Sequence[float]) -> tuple[Course, ...]:
    """The courses of a plan that ends as soon as its verdict is certain; its errors stay as they are."""
    return tuple(_course(share, curtailed_course(plan, share)) for share in shares)


def _course(share: float, found: CurtailedCourse | SequentialCourse) -> Course:
    return share, found.good, found.expected_n


@dataclass(frozen=True, slots=True)
class Sequential:
    """Wald's test, cut off at `last` calls: good then with `good_up_to` failures or fewer."""

    plan: SequentialPlan
    last: int
    good_up_to: int
    courses: tuple[Course, ...]


def sequential(aim: Aim, last: int, shares: Sequence[float]) -> Sequential | None:
    """The test with the error rates of the aim, cut off on the line midway; None where good is 100 %.

    Cutting it off makes wrong verdicts likelier than the aim says; the courses tell how likely, exactly.
    """
    if aim.good >= 1:
        return None
    plan = sequential_plan(1 - aim.good, 1 - aim.bad, aim.alpha, 1 - aim.power)
    good_up_to = math.floor(plan.slope * last)
    courses = (_course(share, sequential_course(plan, 1 - share, last, good_up_to)) for share in shares)
    return Sequential(plan, last, good_up_to, tuple(courses))
