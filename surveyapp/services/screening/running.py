"""Run the quality checks over a round and keep what they find, unless it is what was found before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from surveyapp.evaluation.cases import Case
from surveyapp.evaluation.flags import leaves, number
from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.evaluation.quality import Attempt, Filed, FileFact, Listing
from surveyapp.evaluation.quality.all_findings import findings
from surveyapp.evaluation.schedule import CHINA
from surveyapp.services.auditing import note_deed
from surveyapp.services.extracting import calendar
from surveyapp.services.extracting.reading import read_cases
from surveyapp.services.installation import Platform
from surveyapp.storage import quality, screening
from surveyapp.storage.screening import LookedAt, Read
from surveyapp.storage.tables import AttachmentRow, CallAttemptRow, CaseExtractRow

CHECKED = ("received", "corrected", "on_hold", "approved", "confirmed")
"""States whose records are looked at: what counts, and what still may."""


def check_round(platform: Platform, round_id: int, by: int | None) -> int:
    """Check the records of a round; returns how many findings there are now."""
    with platform.database.reading() as session:
        read = screening.read_round(session, round_id, CHECKED)
        records = [_filed(row, read) for row in read.records]
        attempts = [_attempt(row) for row in read.attempts]
    listings = [_listing(platform, row) for row in read.lists.values()]
    found = findings(records, attempts, listings)
    values = [asdict(one) | {"unit_id": int(one.unit)} for one in found]
    rows = [{name: value for name, value in one.items() if name != "unit"} for one in values]
    rows = [row | {"records": list(row["records"])} for row in rows]
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False)
    sha256, now = hashlib.sha256(text.encode()).hexdigest(), platform.clock()
    with platform.database.transaction() as session:
        last = quality.newest_run(session, round_id)
        if last is None or last.sha256 != sha256 or last.records != len(records):
            run: dict[str, Any] = {"round_id": round_id, "number": last.number + 1 if last else 1}
            run |= {"records": len(records), "sha256": sha256, "created_at": now, "created_by": by}
            quality.add_run(session, run, rows)
            note_deed(session, now, by, "quality.check", "round", round_id, findings=len(rows), sha256=sha256)
    return len(rows)


def _filed(row: LookedAt, read: Read) -> Filed:
    segments = row.extra.get("segments") or []
    finished = _moment(row.device_finished_at)
    if segments:
        finished = max(_when(one.get("started_at")) or _local(row.received_at) for one in segments)
    return Filed(
        row.root_id,
        row.kind,
        str(row.unit_id),
        _local(row.received_at),
        dict(leaves(row.answers)),
        version=str(row.version_id),
        site=str(row.site_id or ""),
        window=read.windows.get(row.link_id or 0, ""),
        link=str(row.link_id or ""),
        collector=str(row.collector_id or ""),
        sender=str(row.paradata.get("sender", "")),
        seconds=number(row.paradata.get("seconds")),
        started=_moment(row.device_started_at),
        finished=finished,
        flags=tuple(row.flags),
        line=str(row.line_id or ""),
        texts=tuple(str(one.get("text", "")) for one in segments),
        items=tuple(_items(row.answers)),
        files=tuple(_file(one) for one in read.files.get(row.id, ())),
    )


def _items(answers: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The entries of repeated groups, each as question name -> value."""
    for value in answers.values():
        if isinstance(value, str):
            continue
        if isinstance(value, Mapping):
            yield from _items(value)
        elif isinstance(value, Sequence):
            yield from (dict(leaves(entry)) for entry in value if isinstance(entry, Mapping))


def _file(row: AttachmentRow) -> FileFact:
    """What a camera writes is local time without a zone."""
    taken = _when(row.facts.get("taken_at"))
    return FileFact(
        row.question, row.sha256, row.perceptual_hash or "", taken, row.media_type.startswith("image/")
    )


def _attempt(row: CallAttemptRow) -> Attempt:
    return Attempt(
        row.record_root_id or "",
        str(row.line_id),
        str(row.caller_id),
        row.slot,
        row.outcome or "",
        _local(row.dialled_at),
        _moment(row.answered_at),
        _moment(row.ended_at),
        row.outcome is not None and OUTCOMES[row.outcome].human,
    )


def _listing(platform: Platform, row: CaseExtractRow) -> Listing:
    """The oddities a list was stored with, and how many cases it has a day by acceptance."""
    found = read_cases(platform.files.read(row.sha256), calendar(), row.counted_on)
    handled: dict[str, int] = {}
    for case in (one for one in found if isinstance(one, Case)):
        day = case.accepted.date().isoformat()
        handled[day] = handled.get(day, 0) + 1
    odd = tuple((one["code"], one["number"], one["base"]) for one in row.facts.get("oddities", ()))
    return Listing(str(row.unit_id), handled, odd)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(CHINA).replace(tzinfo=None)


def _moment(moment: datetime | None) -> datetime | None:
    return None if moment is None else _local(moment)


def _when(text: object) -> datetime | None:
    """A moment from its ISO text; local time, as it stands or by its zone."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return _local(found) if found.tzinfo else found
