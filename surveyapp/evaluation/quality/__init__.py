"""Quality of records held against each other: findings with evidence, and what decisions do to a score.

A finding never removes anything; a decision of two people may weigh a record down or void it.
"""

from surveyapp.evaluation.quality.applying import (
    KEEP,
    KINDS_OF_DECISION,
    Case,
    WithAndWithout,
    as_decided,
    with_and_without,
    without_flagged,
)
from surveyapp.evaluation.quality.model import Attempt, Filed, FileFact, Finding, Listing
from surveyapp.evaluation.quality.rules import RULES, Rule

__all__ = [
    "KEEP",
    "KINDS_OF_DECISION",
    "RULES",
    "Attempt",
    "Case",
    "FileFact",
    "Filed",
    "Finding",
    "Listing",
    "Rule",
    "WithAndWithout",
    "as_decided",
    "with_and_without",
    "without_flagged",
]
