"""Questionnaires before they are published: kept as they came, checked, published by a second person.

Whoever uploaded a draft does not publish it. Trying a draft is another module's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from weakref import WeakKeyDictionary

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form
from surveyapp.forms.problem import Problem
from surveyapp.forms.workbook_rows import Rows, at_rows
from surveyapp.services import publishing
from surveyapp.services.auditing import note_deed
from surveyapp.services.enclosing import digests, file_problems, keep_files
from surveyapp.services.installation import Platform
from surveyapp.services.publishing import FORM_ID_LENGTH, VERSION_LENGTH, Published
from surveyapp.storage import drafts
from surveyapp.storage.drafts import DraftRow

__all__ = [
    "DraftRow",
    "Examined",
    "examine",
    "files_of_draft",
    "find_draft",
    "publish_draft",
    "readings_of",
    "store_draft",
]

LONGEST_NOTE = 500
_MOST_KEPT = 8
_MOST_READINGS = 100


@dataclass(frozen=True)
class Examined:
    """What a draft is: its form, None while there are problems."""

    form: Form | None
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()


_examined: WeakKeyDictionary[Platform, dict[tuple[int, datetime], Examined]] = WeakKeyDictionary()


def store_draft(
    platform: Platform,
    source: str,
    kind: str,
    by: int,
    files: Mapping[str, bytes] | None = None,
    readings: Sequence[Problem] = (),
    rows: Rows | None = None,
) -> int | tuple[Problem, ...]:
    """Store an upload as a draft, also one with problems; only files that may not be kept are refused.

    `readings` say how cells of a workbook were read; the first of them are kept beside the draft, and so
    are its `rows`, which problems are named by.
    """
    beside = dict(files or {})
    if refused := tuple(file_problems(beside)):
        return refused
    found = _examine(source, beside)
    keep_files(platform, beside)
    now = platform.clock()
    with platform.database.transaction() as session:
        draft_id = drafts.add_draft(
            session,
            form_id=found.form.form_id[:FORM_ID_LENGTH] if found.form else "",
            version=found.form.version[:VERSION_LENGTH] if found.form else "",
            kind=kind,
            source=source,
            files=sorted([name, digest] for name, digest in digests(beside).items()),
            readings=[[one.code, one.path, dict(one.sentence)] for one in readings[:_MOST_READINGS]],
            rows={name: list(numbers) for name, numbers in (rows or {}).items()},
            author_id=by,
            created_at=now,
        )
        note_deed(session, now, by, "draft.store", "draft", draft_id)
    return draft_id


def find_draft(platform: Platform, draft_id: int) -> DraftRow | None:
    """A draft; None when there is none."""
    with platform.database.reading() as session:
        return drafts.find_draft(session, draft_id)


def readings_of(draft: DraftRow) -> tuple[Problem, ...]:
    """How cells of the workbook were read that the draft came from."""
    return tuple(Problem(code, path, sentence) for code, path, sentence in draft.readings)


def files_of_draft(platform: Platform, draft: DraftRow) -> dict[str, bytes]:
    """The files uploaded beside a draft, by name."""
    return {name: platform.files.read(digest) for name, digest in draft.files}


def examine(platform: Platform, draft: DraftRow) -> Examined:
    """Check a draft as publishing does. Worked out once, since neither its text nor its files change.

    The number of a deleted draft may be given again, so the instant belongs to it.
    """
    kept, place = _examined.setdefault(platform, {}), (draft.id, draft.created_at)
    if place not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[place] = _at_rows(draft, _examine(draft.source, files_of_draft(platform, draft)))
    return kept[place]


def _at_rows(draft: DraftRow, found: Examined) -> Examined:
    return replace(found, problems=tuple(at_rows(found.problems, draft.source, draft.rows)))


def _examine(source: str, files: Mapping[str, bytes]) -> Examined:
    converted = convert_markdown(source, files)
    if converted.problems:
        return Examined(None, converted.problems, converted.warnings)
    return Examined(load_form(converted.xform, files), (), converted.warnings)


def publish_draft(platform: Platform, draft_id: int, by: int, note: str) -> Published | None:
    """Publish a draft with a note on what has changed; None for an unknown draft.

    Refused for its author, for a draft that is published already and for a missing or too long note.
    """
    draft = find_draft(platform, draft_id)
    if draft is None:
        return None
    said = note.strip()
    if problem := _refused(draft, by, said):
        return Published(None, draft.form_id, draft.version, (problem,))
    outcome = publishing.publish(platform, draft.source, draft.kind, by, files_of_draft(platform, draft))
    if outcome.version_id is None:
        return replace(outcome, problems=tuple(at_rows(outcome.problems, draft.source, draft.rows)))
    now = platform.clock()
    with platform.database.transaction() as session:
        row = drafts.find_draft(session, draft_id, lock=True)
        if row is not None and row.version_id is None:
            row.version_id, row.publisher_id, row.published_at = outcome.version_id, by, now
            row.note = said
            note_deed(session, now, by, "draft.publish", "draft", draft_id, version=outcome.version_id)
    return outcome


def _refused(draft: DraftRow, by: int, note: str) -> Problem | None:
    if draft.version_id is not None:
        zh, en = "这份草稿已经发布。", "This draft is published already."
        return Problem("published", "draft", {"zh": zh, "en": en})
    if draft.author_id == by:
        zh = "上传人不能发布自己的草稿，请另一位项目负责人或系统管理员检查后发布。"
        en = "Whoever uploaded a draft cannot publish it; ask another lead or administrator to check it."
        return Problem("second-person", "draft", {"zh": zh, "en": en})
    if not note or len(note) > LONGEST_NOTE:
        zh = f"请写明这一版改了什么，不超过 {LONGEST_NOTE} 字。"
        en = f"Say what has changed in this version, in at most {LONGEST_NOTE} characters."
        return Problem("note", "note", {"zh": zh, "en": en})
    return None
