"""What interrupted work leaves behind is found, and nothing that a row names is ever swept."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveyapp.services import arranging, tidying
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork, records
from surveyapp.storage.tables import CallAttemptRow
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, new_id, received

ORIGINAL, SHOWN, LEFT = b"original", b"shown", b"left behind"


@pytest.fixture
def digests(platform: Platform, made: Round, clock: Clock) -> dict[bytes, str]:
    """Three old files: a record's original, what is shown of it, and one that no row names."""
    kept = {content: platform.files.keep(content) for content in (ORIGINAL, SHOWN, LEFT)}
    old = clock.now.timestamp() - 7200
    for digest in kept.values():
        os.utime(platform.files.path(digest), (old, old))
    row = {
        "record_id": received(platform, citizen_submission(made)).record_id,
        "question": "photo",
        "position": 0,
        "name": "a.jpg",
        "media_type": "image/jpeg",
        "size": len(ORIGINAL),
        "sha256": kept[ORIGINAL],
        "shown_sha256": kept[SHOWN],
        "perceptual_hash": None,
        "facts": {},
        "stored_at": clock.now,
    }
    with platform.database.transaction() as session:
        records.add_attachments(session, [row])
    return kept


def test_only_an_old_file_that_no_row_names_is_swept(platform: Platform, digests: dict[bytes, str]) -> None:
    assert tidying.sweep_files(platform, timedelta(hours=3)) == []
    assert tidying.sweep_files(platform, timedelta(hours=1)) == [hashlib.sha256(LEFT).hexdigest()]
    assert [platform.files.path(digests[content]).exists() for content in (ORIGINAL, SHOWN, LEFT)] == [
        *(True, True, False)
    ]


def test_a_lost_file_is_reported(platform: Platform, digests: dict[bytes, str]) -> None:
    assert tidying.missing_files(platform) == []
    platform.files.path(digests[SHOWN]).unlink()
    assert tidying.missing_files(platform) == [digests[SHOWN]]


def test_an_attempt_that_nobody_closed_is_marked_once(platform: Platform, made: Round, clock: Clock) -> None:
    who = made.people["evaluator"].id
    call = arranging.assign(
        platform, made.id, who, "call", made.unit_id, clock.now, line_id=made.line_id, slot="A"
    )
    with platform.database.transaction() as session:
        for hours in (1, 3):
            fieldwork.add_attempt(
                session,
                id=new_id(),
                round_id=made.id,
                assignment_id=call,
                line_id=made.line_id,
                caller_id=who,
                slot="A",
                planned_at=clock.now,
                dialled_at=clock.now - timedelta(hours=hours),
                device_dialled_at=None,
                provider="manual",
            )
    assert tidying.orphan_attempts(platform, timedelta(hours=2)) == 1
    assert tidying.orphan_attempts(platform, timedelta(hours=2)) == 0
    with platform.database.reading() as session:
        states = session.scalars(select(CallAttemptRow.state).order_by(CallAttemptRow.dialled_at)).all()
    assert states == ["orphan", "open"]
