"""A reading session sees one moment, on both databases."""

from __future__ import annotations

from sqlalchemy import func, select

from surveyapp.services import arranging
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import UnitRow


def test_what_is_stored_while_a_session_reads_is_seen_by_the_next_one(platform: Platform) -> None:
    units = select(func.count()).select_from(UnitRow)
    arranging.ensure_root(platform)
    with platform.database.reading() as session:
        assert session.scalar(units) == 1
        arranging.add_unit(platform, "hall-a", "甲厅")
        assert session.scalar(units) == 1
    with platform.database.reading() as session:
        assert session.scalar(units) == 2
