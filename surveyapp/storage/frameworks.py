"""Versions of indicator tables, with their indicators as resolved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from surveyapp.evaluation.framework import Framework
from surveyapp.storage.database import Session
from surveyapp.storage.tables import FrameworkRow, IndicatorRow


class VersionTaken(Exception):
    """Somebody stored this version of the framework a moment before; nothing was inserted."""


def find_framework(session: Session, framework_id: int, *, lock: bool = False) -> FrameworkRow | None:
    """The framework with an id, locked against others when it is about to be changed; None for none."""
    query = select(FrameworkRow).where(FrameworkRow.id == framework_id)
    return session.scalar(query.with_for_update() if lock else query)


def find_same_content(session: Session, code: str, sha256: str) -> int | None:
    """The id of the version of `code` with this content; None when there is none."""
    return session.scalar(
        select(FrameworkRow.id).where(FrameworkRow.code == code, FrameworkRow.sha256 == sha256)
    )


def count_versions(session: Session, code: str) -> int:
    """The number of the newest version of `code`; 0 before the first."""
    return session.scalar(select(func.max(FrameworkRow.version)).where(FrameworkRow.code == code)) or 0


def list_frameworks(session: Session) -> list[tuple[int, str, int, str]]:
    """(id, code, version, title) of every framework, newest first."""
    query = select(FrameworkRow.id, FrameworkRow.code, FrameworkRow.version, FrameworkRow.title)
    rows = session.execute(query.order_by(FrameworkRow.id.desc()))
    return [(row.id, row.code, row.version, row.title) for row in rows]


def add_framework(session: Session, framework: Framework, **values: Any) -> int:
    """Insert a version with its indicators and return its id. Raises VersionTaken.

    The transaction is unusable after VersionTaken.
    """
    row = FrameworkRow(**values)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise VersionTaken(f"{values['code']} version {values['version']}") from error
    session.add_all(_indicator_rows(row.id, framework))
    return row.id


def _indicator_rows(framework_id: int, framework: Framework) -> list[IndicatorRow]:
    return [
        IndicatorRow(
            framework_id=framework_id,
            code=indicator.code,
            parent_code=indicator.parent or None,
            level=indicator.level,
            position=position,
            name=indicator.label,
            name_is_proposed=indicator.is_label_proposed,
            points_stated=indicator.points_stated,
            points=indicator.points,
            is_leaf=framework.is_leaf(indicator.code),
            scope=indicator.group,
            methods=list(indicator.methods),
        )
        for position, indicator in enumerate(framework.indicators.values())
    ]
