"""What is evaluated, and when: frameworks with their indicators, rounds, and the units in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.storage.tables.base import Table, one_of

ROUND_STATES = ("planned", "open", "closing", "closed")


class FrameworkRow(Table):
    """One version of an indicator table; the source rows and the decisions stay with it, unchanged."""

    __tablename__ = "frameworks"
    __table_args__ = (UniqueConstraint("code", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    source_rows: Mapped[list[Any]]
    findings_file: Mapped[dict[str, Any]]
    decisions: Mapped[list[Any]]
    profiles: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class IndicatorRow(Table):
    """One row of the table, as resolved."""

    __tablename__ = "indicators"
    __table_args__ = (
        UniqueConstraint("framework_id", "code"),
        CheckConstraint(one_of("scope", ("base", "bonus")), name="scope"),
        CheckConstraint("points >= 0", name="points"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("frameworks.id"))
    code: Mapped[str] = mapped_column(String(32))
    parent_code: Mapped[str | None] = mapped_column(String(32))
    level: Mapped[int]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    name_is_proposed: Mapped[bool]
    points_stated: Mapped[float | None]
    points: Mapped[float]
    is_leaf: Mapped[bool]
    scope: Mapped[str] = mapped_column(String(8))
    methods: Mapped[list[Any]]


class RoundRow(Table):
    """One evaluation with one framework version. `hash_key` dies when the round closes."""

    __tablename__ = "rounds"
    __table_args__ = (CheckConstraint(one_of("state", ROUND_STATES), name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    framework_id: Mapped[int] = mapped_column(ForeignKey("frameworks.id"))
    profile: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    retention_until: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200))
    is_demonstration: Mapped[bool]
    hash_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class UnitRow(Table):
    """An evaluated unit; `path` ('/1/4/') makes a subtree one prefix comparison."""

    __tablename__ = "units"
    __table_args__ = (Index(None, "path"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(String(400))
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class RoundUnitRow(Table):
    """A unit that is scored in a round."""

    __tablename__ = "round_units"
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)


class SiteRow(Table):
    """A place where a unit serves people."""

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    datum: Mapped[str] = mapped_column(String(16))


class PhoneLineRow(Table):
    """A published consulting number; `hours` are the published opening hours, e.g. ['08:30-11:30', ...]."""

    __tablename__ = "phone_lines"
    __table_args__ = (UniqueConstraint("unit_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    checked_on: Mapped[date]
    hours: Mapped[list[Any]]


class ServiceItemRow(Table):
    """A service item (事项): done at once (即办件) or by a promised day (承诺件)."""

    __tablename__ = "service_items"
    __table_args__ = (
        UniqueConstraint("unit_id", "code"),
        CheckConstraint(one_of("kind", ("immediate", "promised")), name="kind"),
        CheckConstraint("promised_days >= 0", name="promised_days"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    promised_days: Mapped[int | None]
