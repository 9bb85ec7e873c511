"""Why something from outside is not taken: a value to show, not an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A stable code, and a sentence per language ('zh', 'en') that says what is wrong and what to do."""

    code: str
    sentence: Mapping[str, str]

    @classmethod
    def of(cls, code: str, zh: str, en: str) -> Refusal:
        """A refusal from its code and its two sentences."""
        return cls(code, {"zh": zh, "en": en})
