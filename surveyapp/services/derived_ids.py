"""Submission ids of records that field work becomes: derived, so that a repeat never makes two."""

from __future__ import annotations

import re
import uuid

_NAMESPACE = uuid.UUID("5b6f5a0e-3d0f-5c1b-9c62-7c8f0b9f2f10")
_INSTANCE = re.compile(
    r"uuid:([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})", re.ASCII | re.IGNORECASE
)


def attempt_submission_id(attempt_id: str) -> str:
    """The one submission id for an attempt (UUID version 5, RFC 9562)."""
    return str(uuid.uuid5(_NAMESPACE, f"attempt:{attempt_id}"))


def work_submission_id(kind: str, assignment_id: int) -> str:
    """The one submission id for assigned work of a kind, a visit for instance."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{assignment_id}"))


def note_submission_id(note_id: str) -> str:
    """The one submission id for an interview note."""
    return str(uuid.uuid5(_NAMESPACE, f"note:{note_id}"))


def assigned_submission_id(root_id: str, revision: int) -> str:
    """The one submission id for the revision in which a reviewer gave a record its unit."""
    return str(uuid.uuid5(_NAMESPACE, f"assigned:{root_id}:{revision}"))


def openrosa_submission_id(instance_id: str) -> str:
    """The one submission id for an OpenRosa instance id: its own random UUID, or one derived from the text.

    Only version 4 is taken as it is: the ids above, and those of our pages, cannot be taken beforehand.
    """
    if found := _INSTANCE.fullmatch(instance_id):
        return found[1].lower()
    return str(uuid.uuid5(_NAMESPACE, f"openrosa:{instance_id}"))
