"""What the quality checks read of a record, and what they say: plain values, no database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from surveyapp.evaluation.quality.rules import RULES

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file of a record. `near` is its 64-bit difference hash (hexadecimal), `taken` the camera's time."""

    question: str
    sha256: str
    near: str = ""
    taken: datetime | None = None
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """A record as the checks see it. Instants are local wall-clock time; `leaf` is question name -> value.

    `sender` is the keyed hash of the sender's address, `seconds` the whole time on the page, `texts` the
    passages somebody wrote (the segments of a note), `items` the entries of its repeated groups.
    """

    root_id: str
    kind: str
    unit: str
    received: datetime
    leaf: Mapping[str, str]
    version: str = ""
    site: str = ""
    window: str = ""
    link: str = ""
    collector: str = ""
    sender: str = ""
    seconds: float | None = None
    started: datetime | None = None
    finished: datetime | None = None
    flags: tuple[str, ...] = ()
    line: str = ""
    texts: tuple[str, ...] = ()
    items: tuple[Mapping[str, str], ...] = ()
    files: tuple[FileFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A test call as its log tells it; instants are local wall-clock time."""

    root_id: str
    line: str
    caller: str
    slot: str
    outcome: str
    dialled: datetime
    answered: datetime | None
    ended: datetime | None
    is_human: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of handled cases of a unit shows: `handled` cases by day, oddities by code with x of n."""

    unit: str
    handled: Mapping[str, int] = field(default_factory=dict)
    oddities: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a person should look at. `subject` tells it from others of its code and stays the same
    when the checks run again; `sentence` is the reason with its numbers; `evidence` the same as data."""

    code: str
    unit: str
    subject: str
    records: tuple[str, ...]
    sentence: Mapping[str, str]
    evidence: Mapping[str, Any]


def finding(
    code: str, unit: str, subject: str, records: Iterable[str], zh: str, en: str, **evidence: Any
) -> Finding:
    """A finding of a known rule; its thresholds join the evidence. KeyError for a code without a rule."""
    numbers = {name: _plain(value) for name, value in evidence.items()}
    limits = dict(RULES[code].limits)
    return Finding(
        code,
        unit,
        subject,
        tuple(sorted(set(records))),
        {"zh": zh, "en": en},
        {"numbers": numbers, "limits": limits},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values by key, keys in the order they come."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def chains(n: int, pairs: Mapping[tuple[int, int], V]) -> list[tuple[list[int], list[V]]]:
    """The sets of two or more of n things that pairs hold together, directly or through others.

    Each with the values of its pairs; things and values in their order, sets by their first thing.
    """
    before = list(range(n))
    for one, other in pairs:
        low, high = sorted((_first(before, one), _first(before, other)))
        before[high] = low
    values = grouped((_first(before, one), value) for (one, _), value in pairs.items())
    things = grouped((_first(before, at), at) for at in range(n))
    return [(mine, values[first]) for first, mine in things.items() if len(mine) > 1]


def _first(before: list[int], at: int) -> int:
    """The first of the things that hang together with one, by what stands before each; shortens the way."""
    while before[at] != at:
        before[at] = before[before[at]]
        at = before[at]
    return at
