"""The part of a query that keeps people inside their subtree of units."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_

from surveyapp.storage.tables import UnitRow


def within(tops: Sequence[str]) -> ColumnElement[bool]:
    """Units at or below one of `tops` (paths such as '/1/4/'); nothing at all for no tops."""
    if not tops:
        return false()
    return or_(*(UnitRow.path.startswith(top, autoescape=True) for top in tops))
