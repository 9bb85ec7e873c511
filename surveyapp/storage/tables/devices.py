"""Devices that speak OpenRosa: their secrets, the rounds they work in, and what they posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.storage.tables.base import Table, one_of

WAYS = ("address", "password")


class DeviceRow(Table):
    """A device that acts for one person; only a keyed hash of its secret is kept. Revoked, never deleted.

    `way` is how the secret is shown: inside the server's address, or as a password under Basic. `unit_id`
    and `site_id` are where the device stands, for forms that do not ask it.
    """

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint(one_of("way", WAYS), name="way"), Index(None, "user_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    way: Mapped[str] = mapped_column(String(16))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class DeviceRoundRow(Table):
    """A round a device works in."""

    __tablename__ = "device_rounds"
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)


class PostedInstanceRow(Table):
    """The XML behind a record: written once. `posted_sha256` is of what came, `kept_sha256` of what was kept
    (without a call-back number; nothing of a screened-out person). `files` are [name, place] it names."""

    __tablename__ = "posted_instances"
    submission_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), unique=True)
    instance_id: Mapped[str] = mapped_column(String(128))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    posted_sha256: Mapped[str] = mapped_column(String(64))
    kept_sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int]
    is_encrypted: Mapped[bool]
    files: Mapped[list[Any]]
    received_at: Mapped[datetime]
