"""How far two written results are apart, when the arithmetic of one has another version than the other's."""

from collections.abc import Mapping
from typing import Any

WORDS = frozenset(("formula", "rules"))
"""Parts that repeat numbers in words, or name the version itself."""


def largest_difference(kept: Any, fresh: Any) -> float | None:
    """The largest difference of a number in `kept` from its counterpart in `fresh`, as UnitScore.to_json().

    None when they differ in anything else: a text, a missing number, the records listed. What a later version
    writes besides is left out.
    """
    if isinstance(kept, Mapping) and isinstance(fresh, Mapping):
        names = kept.keys() - WORDS
        return _largest([(kept[name], fresh[name]) for name in names]) if names <= fresh.keys() else None
    if isinstance(kept, list) and isinstance(fresh, list):
        return _largest([*zip(kept, fresh, strict=True)]) if len(kept) == len(fresh) else None
    if _is_number(kept) and _is_number(fresh):
        return float(abs(kept - fresh))
    return 0.0 if type(kept) is type(fresh) and kept == fresh else None


def _largest(pairs: list[tuple[Any, Any]]) -> float | None:
    largest = 0.0
    for kept, fresh in pairs:
        found = largest_difference(kept, fresh)
        if found is None:
            return None
        largest = max(largest, found)
    return largest


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
