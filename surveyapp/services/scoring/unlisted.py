"""How many items a department's list leaves out, from two sources that do not know of each other.

The list is what the document review counted as reviewed; the other source is what window staff named as
handled lately. A figure beside indicator 1.2.1, not a part of its points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from surveyapp.evaluation.flags import leaves, number
from surveyapp.evaluation.lifecycle import SCORED
from surveyapp.services.installation import Platform
from surveyapp.stats.list_sampling import CaptureEstimate, chapman_estimate
from surveyapp.storage import observations as store
from surveyapp.storage.tables import RecordRow

INDICATOR = "1.2.1"
LISTED, NAMED, NAMED_AND_LISTED = "items_reviewed", "recent_named", "recent_listed"


@dataclass(frozen=True)
class Unlisted:
    """Items on the list, items named, those of them on the list, and what both say about all items."""

    listed: int
    named: int
    both: int
    estimate: CaptureEstimate

    @property
    def missing(self) -> float:
        """Estimated items that stand on no list: all less those on the list, at least 0."""
        return max(0.0, self.estimate.total - self.listed)


def unlisted(platform: Platform, round_id: int, unit_id: int) -> Unlisted | None:
    """The estimate for a unit from its confirmed records; None while one of the two sources is missing.

    Of several document reviews the one received last counts. An item that several people named counts as
    often as it was named, so the estimate is rough; names of items are not kept.
    """
    with platform.database.reading() as session:
        reviews = store.current_records(session, round_id, unit_id, (SCORED,), kind="document")
        interviews = store.current_records(session, round_id, unit_id, (SCORED,), kind="interview")
    listed = [count for _, count in sorted(_counts(reviews, LISTED), key=lambda pair: pair[0].received_at)]
    pairs = [_pair(record) for record in interviews]
    named, both = sum(first for first, _ in pairs), sum(second for _, second in pairs)
    if not listed or listed[-1] <= 0 or named <= 0 or both > min(named, listed[-1]):
        return None
    return Unlisted(listed[-1], named, both, chapman_estimate(listed[-1], named, both))


def _counts(records: Iterable[RecordRow], name: str) -> list[tuple[RecordRow, int]]:
    found = [(record, number(dict(leaves(record.answers)).get(name))) for record in records]
    return [(record, int(count)) for record, count in found if count is not None]


def _pair(record: RecordRow) -> tuple[int, int]:
    """(named, of them on the list) of one interview; (0, 0) when it was not asked."""
    answers = dict(leaves(record.answers))
    first, second = number(answers.get(NAMED)), number(answers.get(NAMED_AND_LISTED))
    return (0, 0) if first is None or second is None else (int(first), int(second))
