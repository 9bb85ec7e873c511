"""Numbers that citizens leave for a call-back: apart from the answers, sealed, deleted after use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveyapp.evaluation.flags import leaves
from surveyapp.gateways.sealing import open_sealed, seal
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import records
from surveyapp.storage.database import Session

CALLBACK = "callback_phone"
_PURPOSE = "callback number"
TRY_AGAIN = ("no_answer", "busy", "unreachable", "later")
"""Results of a contact after which the number is still needed."""


def keep_callback(session: Session, platform: Platform, root_id: str, number: str, language: str) -> None:
    """Seal a number within the transaction that stores its record."""
    values = {
        "root_id": root_id,
        "sealed_number": seal(platform.key(_PURPOSE), number),
        "consent": f"callback/{language}",
        "created_at": platform.clock(),
    }
    records.add_callback(session, values)


def reveal_callback(platform: Platform, root_id: str, by: int) -> str | None:
    """The number of one record, with a line in the audit log; None when there is none."""
    with platform.database.transaction() as session:
        row = records.find_callback(session, root_id)
        if row is None:
            return None
        note_deed(session, platform.clock(), by, "callback.reveal", "record", root_id)
        return open_sealed(platform.key(_PURPOSE), row.sealed_number)


def forget_callback(platform: Platform, root_id: str, by: int) -> bool:
    """Delete a number after the call-back; False when there was none."""
    with platform.database.transaction() as session:
        if not records.delete_callback(session, root_id):
            return False
        note_deed(session, platform.clock(), by, "callback.forget", "record", root_id)
        return True


def settle_callback(
    platform: Platform, actor: Actor, root_id: str | None, answers: Mapping[str, Any]
) -> None:
    """Delete the number once the call-back has an end: everything but a contact to be tried again."""
    if root_id and dict(leaves(answers)).get("contact_result", "") not in TRY_AGAIN:
        forget_callback(platform, root_id, actor.id)


def masked_callback(platform: Platform, root_id: str) -> str:
    """The number with only its first three and last two digits; '' when it was deleted."""
    with platform.database.reading() as session:
        row = records.find_callback(session, root_id)
    if row is None:
        return ""
    number = open_sealed(platform.key(_PURPOSE), row.sealed_number)
    return f"{number[:3]}{'*' * max(len(number) - 5, 3)}{number[-2:]}" if number else ""
