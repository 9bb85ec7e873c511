"""Try a draft: at the desk or through a test link, look at what was filled in, delete it with the draft.

Trial answers are no records. Whoever holds a test link may fill in the draft until the link expires, the
draft is published or it is deleted; nothing else can be reached with it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import drafting
from surveyapp.services.auditing import note_deed
from surveyapp.services.drafting import DraftRow
from surveyapp.services.installation import Platform
from surveyapp.storage import drafts
from surveyapp.storage.drafts import DRAFT_READERS, Trial

__all__ = [
    "DRAFT_READERS",
    "Opened",
    "Trial",
    "delete_draft",
    "delete_trials",
    "find_trial",
    "list_trials",
    "open_code",
    "test_code",
    "trials_of",
    "try_draft",
]

LINK_DAYS = 7
MOST_TRIALS = 1000
_MARKS = {"R": "respondent", "E": "evaluator"}
_PURPOSE = "test link of a draft"


@dataclass(frozen=True)
class Opened:
    """What a test link leads to; `reader` is whose view it shows. `draft` is None when the link is over."""

    draft: DraftRow | None
    reader: str


def test_code(platform: Platform, draft: DraftRow, reader: str) -> tuple[str, datetime]:
    """The code of a test link for a reader, and the instant it expires: after seven days, at a full hour.

    Nothing is stored: the code says draft, reader and hour, and is signed by the installation.
    """
    mark = next(sign for sign, name in _MARKS.items() if name == reader)
    hour = int((platform.clock() + timedelta(days=LINK_DAYS, hours=1)).timestamp()) // 3600
    signed = f"{draft.id}-{mark}-{hour}"
    return f"{signed}-{_signature(platform, draft, signed)}", datetime.fromtimestamp(hour * 3600, UTC)


def open_code(platform: Platform, typed: str) -> Opened | None:
    """What a code leads to; None for one that was never given out."""
    signed, _, signature = typed.upper().rpartition("-")
    number, mark, hour = (*signed.split("-"), "", "", "")[:3]
    if not (number.isascii() and number.isdecimal() and hour.isascii() and hour.isdecimal()):
        return None
    if mark not in _MARKS or signed.count("-") != 2 or len(signed) > 40 or int(number) > 2**31 - 1:
        return None
    draft = drafting.find_draft(platform, int(number))
    if draft is None or not hmac.compare_digest(
        signature.encode(), _signature(platform, draft, signed).encode()
    ):
        return None
    is_over = platform.clock().timestamp() >= int(hour) * 3600 or draft.version_id is not None
    return Opened(None if is_over else draft, _MARKS[mark])


def _signature(platform: Platform, draft: DraftRow, signed: str) -> str:
    """80 bits over the code and the draft's own instant: a number that is given again is another draft."""
    text = f"{signed}/{draft.created_at.timestamp()}"
    digest = hmac.new(platform.key(_PURPOSE), text.encode(), hashlib.sha256).digest()
    return b32encode(digest[:10]).decode()


def try_draft(
    platform: Platform,
    draft: DraftRow,
    by: int | None,
    answers: Mapping[str, Any],
    language: str,
    confirmed: Mapping[str, str],
    reader: str = "respondent",
) -> tuple[Problem, ...]:
    """Keep trial answers when they are right; else what is wrong with them, and nothing is kept.

    `by` is None for somebody with a test link. A draft holds a thousand trials at most.
    """
    examined = drafting.examine(platform, draft)
    if examined.form is None:
        return examined.problems
    now = platform.clock()
    filling = fill(examined.form, answers, now=now, language=language, confirmed=confirmed)
    if filling.problems:
        return filling.problems
    with platform.database.transaction() as session:
        if drafts.find_draft(session, draft.id, lock=True) is None:
            return (_GONE,)
        if drafts.count_tests(session, draft.id) >= MOST_TRIALS:
            return (_FULL,)
        drafts.add_test(
            session,
            draft_id=draft.id,
            user_id=by,
            reader=reader,
            answers=dict(filling.answers),
            language=language,
            sent_at=now,
        )
    return ()


def trials_of(platform: Platform, draft_id: int) -> int:
    """How often a draft was tried."""
    with platform.database.reading() as session:
        return drafts.count_tests(session, draft_id)


def list_trials(platform: Platform, draft_id: int) -> list[Trial]:
    """The trials of a draft, newest first."""
    with platform.database.reading() as session:
        return drafts.list_tests(session, draft_id)


def find_trial(platform: Platform, draft_id: int, trial_id: int) -> Trial | None:
    """One trial of a draft; None when there is none."""
    with platform.database.reading() as session:
        return drafts.find_test(session, draft_id, trial_id)


def delete_trials(platform: Platform, draft_id: int, by: int) -> int:
    """Delete every trial of a draft; returns how many there were."""
    now = platform.clock()
    with platform.database.transaction() as session:
        deleted = drafts.delete_tests(session, draft_id)
        if deleted:
            note_deed(session, now, by, "draft.delete-trials", "draft", draft_id, trials=deleted)
    return deleted


def delete_draft(platform: Platform, draft_id: int, by: int) -> bool:
    """Delete a draft with its trials; False for an unknown one and for one that is published.

    The log keeps that there was a draft, of which form, and how many trials went with it.
    """
    now = platform.clock()
    with platform.database.transaction() as session:
        row = drafts.find_draft(session, draft_id, lock=True)
        if row is None or row.version_id is not None:
            return False
        form_id, version = row.form_id, row.version
        deleted = drafts.delete_tests(session, draft_id)
        drafts.delete_draft(session, draft_id)
        note_deed(
            session, now, by, "draft.delete", "draft", draft_id, form=form_id, version=version, trials=deleted
        )
    return True


_GONE = Problem(
    "draft-gone",
    "",
    {
        "zh": "这份草稿已被删除，填写的内容没有保存。",
        "en": "This draft has been deleted; what you filled in was not kept.",
    },
)
_FULL = Problem(
    "trials-full",
    "",
    {
        "zh": f"这份草稿已试填 {MOST_TRIALS} 次，不再保存；请项目负责人先删除已有的试填。",
        "en": f"This draft was tried {MOST_TRIALS} times and keeps no more; ask the lead to delete some.",
    },
)
