"""Signs that neither XML nor a database holds: control characters, halves of a pair, non-characters."""

from __future__ import annotations

import re

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def holds_forbidden(text: str) -> bool:
    """Whether such a sign stands in the text; tabulators and line ends are none."""
    return FORBIDDEN.search(text) is not None


def without_forbidden(text: str, instead: str = "\ufffd") -> str:
    """The text with each of them replaced, for showing it."""
    return FORBIDDEN.sub(instead, text)
