"""Check a folder of questionnaires."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def check_folder(folder: Path) -> Iterable[tuple[str, bool]]:
    """Lines with whether they are bad."""
    return []
