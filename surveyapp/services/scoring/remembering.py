"""Scores that were computed a moment ago: the same rules and the same observations give the same score.

Known by content, never by time, so a score that is remembered is never out of date. Snapshots and releases
do not ask here; they compute.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from surveyapp.evaluation.scoring import Observation, UnitScore
from surveyapp.services.scoring.basis import Basis

MOST_OBSERVATIONS = 400_000
Key = tuple[bytes, str, int, int]


class Remembered:
    """The scores asked for last, as many as hold `most` observations together."""

    def __init__(self, most: int = MOST_OBSERVATIONS) -> None:
        """Holds nothing yet."""
        self._most, self._held = most, 0
        self._scores: OrderedDict[Key, tuple[int, UnitScore]] = OrderedDict()
        self._lock = threading.Lock()

    def score(
        self, on: Basis, observations: Sequence[Observation], compute: Callable[[], UnitScore]
    ) -> UnitScore:
        """The score of a basis and observations, computed when it is not known."""
        key = (_rules(on), str(on.unit_id), len(observations), hash(tuple(observations)))
        with self._lock:
            if key in self._scores:
                self._scores.move_to_end(key)
                return self._scores[key][1]
        found = compute()
        with self._lock:
            if key not in self._scores:
                self._scores[key] = (len(observations) + 1, found)
                self._held += len(observations) + 1
            while self._held > self._most and len(self._scores) > 1:
                _, (size, _) = self._scores.popitem(last=False)
                self._held -= size
        return found


def _rules(on: Basis) -> bytes:
    """A digest of everything but the observations."""
    content = repr((on.loaded.framework, on.profile, on.measures, on.decisions))
    return hashlib.sha256(content.encode()).digest()
