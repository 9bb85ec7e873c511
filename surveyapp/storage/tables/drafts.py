"""Questionnaires before they are published, and what people filled in to try them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.evaluation.kinds import KINDS
from surveyapp.storage.tables.base import Table, one_of

DRAFT_READERS = ("respondent", "evaluator")


class DraftRow(Table):
    """An uploaded questionnaire. Its text and files never change; `files` are [name, SHA-256] by name.

    `form_id` and `version` are '' while it cannot be read. `readings` are [code, place, sentences] of the
    cells of a workbook that were read with a word about it, `rows` its rows that are not blank, by sheet.
    """

    __tablename__ = "questionnaire_drafts"
    __table_args__ = (CheckConstraint(one_of("kind", tuple(KINDS)), name="kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)
    files: Mapped[list[Any]]
    readings: Mapped[list[Any]]
    rows: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("questionnaire_versions.id"))
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text)


class DraftTestRow(Table):
    """One filling-in to try a draft. No record: nothing that folds, scores, counts or exports reads it.

    `user_id` is NULL for answers through a test link; `reader` is whose view was filled in.
    """

    __tablename__ = "draft_tests"
    __table_args__ = (CheckConstraint(one_of("reader", DRAFT_READERS), name="reader"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_drafts.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reader: Mapped[str] = mapped_column(String(16), default="respondent", server_default="respondent")
    answers: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(8))
    sent_at: Mapped[datetime]
