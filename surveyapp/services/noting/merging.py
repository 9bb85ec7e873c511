"""What a note says, from the set of pushes it got: the same whatever order they came in, however often.

Pure. A revision is made from another (`base_revision`, counted by its writer); the one made from the
highest is shown. Two made from the same one are a conflict until somebody merges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MERGED = "merged"
FLAGS = ("quote", "problem", MERGED)
STANCES = ("support", "oppose", "unclear")


@dataclass(frozen=True)
class Push:
    """One revision of one segment, as its writer sent it. `text` blank: the segment was taken out."""

    push_id: str
    segment_id: str
    base_revision: int
    sequence: int
    started_at: datetime
    speaker: str
    text: str
    indicators: tuple[str, ...]
    stance: str
    flags: tuple[str, ...]

    @property
    def revision(self) -> int:
        """The revision others see this push as."""
        return self.base_revision + 1

    def body(self) -> tuple[Any, ...]:
        """What tells a repeat from another push under the same id."""
        return (
            self.segment_id, self.base_revision, self.sequence, self.started_at, self.speaker, self.text,
            self.indicators, self.stance, self.flags,
        )  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """A segment as it is shown; `others` are the rival revisions of a conflict, not shown but kept."""

    shown: Push
    others: tuple[Push, ...] = ()

    @property
    def is_conflict(self) -> bool:
        """Whether somebody has to choose."""
        return bool(self.others)

    def to_json(self) -> dict[str, Any]:
        """The segment for a record or a page."""
        push = self.shown
        return {
            "segment_id": push.segment_id,
            "revision": push.revision,
            "sequence": push.sequence,
            "started_at": push.started_at.isoformat(),
            "speaker": push.speaker,
            "text": push.text,
            "indicators": list(push.indicators),
            "stance": push.stance,
            "flags": [flag for flag in push.flags if flag != MERGED],
            "conflict": self.is_conflict,
        }


def merged(pushes: Iterable[Push]) -> tuple[Segment, ...]:
    """The note: one entry a segment, by (started_at, sequence, segment id); taken-out ones left out."""
    by_segment: dict[str, dict[str, Push]] = {}
    for push in pushes:
        by_segment.setdefault(push.segment_id, {})[push.push_id] = push
    segments = [_segment(tuple(found.values())) for found in by_segment.values()]
    kept = [segment for segment in segments if segment.shown.text.strip() or segment.is_conflict]
    return tuple(sorted(kept, key=_place))


def _place(segment: Segment) -> tuple[datetime, int, str]:
    return segment.shown.started_at, segment.shown.sequence, segment.shown.segment_id


def _segment(pushes: Sequence[Push]) -> Segment:
    shown = max(pushes, key=lambda push: (push.base_revision, push.push_id))
    settled = max((push.base_revision for push in pushes if MERGED in push.flags), default=0)
    by_base: dict[int, list[Push]] = {}
    for push in pushes:
        if push.base_revision >= settled:
            by_base.setdefault(push.base_revision, []).append(push)
    rivals = [
        push
        for group in by_base.values()
        if _differ(group)
        for push in group
        if push.push_id != shown.push_id
    ]
    return Segment(shown, tuple(sorted(rivals, key=lambda push: (push.base_revision, push.push_id))))


def _differ(group: Sequence[Push]) -> bool:
    """Two devices that wrote the same words are no conflict."""
    said = {(push.speaker, push.text, push.indicators, push.stance) for push in group}
    return len(said) > 1


def characters(segments: Iterable[Mapping[str, Any]]) -> int:
    """How many characters a note holds, blanks aside."""
    return sum(len("".join(str(segment["text"]).split())) for segment in segments)
