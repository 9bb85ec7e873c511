"""What was computed a moment ago and costs something to compute again, under keys that name its state.

A key holds everything the value depends on, so a value that is found is never out of date. Snapshots and
releases do not ask here; they compute.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

MOST = 800_000


class Memory:
    """The values asked for last, as many as have `most` parts together (observations, sums); thread-safe."""

    def __init__(self, most: int = MOST) -> None:
        """Holds nothing yet."""
        self._most, self._held = most, 0
        self._values: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The value of a key; None when it is not known."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][1]

    def put(self, key: Hashable, value: Any, parts: int) -> None:
        """Keep a value of so many parts, in the place of an earlier one; the oldest make room."""
        with self._lock:
            earlier, _ = self._values.pop(key, (0, None))
            self._values[key] = (parts + 1, value)
            self._held += parts + 1 - earlier
            while self._held > self._most and len(self._values) > 1:
                _, (size, _) = self._values.popitem(last=False)
                self._held -= size
