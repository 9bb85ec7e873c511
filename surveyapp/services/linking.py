"""QR links of a hall: make, list, revoke, look up; a scan is only counted behind the answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import func, select, update

from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.codes import link_code_from, new_link_code
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.storage.tables import (
    QrLinkRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RecordRow,
    RoundRow,
    SiteRow,
)


@dataclass(frozen=True)
class Link:
    """A QR link with everything its page has to say about who asks and where."""

    id: int
    code: str
    window: str
    scans: int
    created_at: datetime
    revoked_at: datetime | None
    round_id: int
    round_title: str
    round_state: str
    issuer: str
    contact: str
    retention_until: date
    is_demonstration: bool
    site_id: int
    site_name: str
    unit_id: int
    version_id: int
    answers: int = 0


_lately: WeakKeyDictionary[Platform, dict[str, tuple[float, Link]]] = WeakKeyDictionary()
_generations: WeakKeyDictionary[Platform, int] = WeakKeyDictionary()
_MOST_KEPT = 1000


def generation(platform: Platform) -> int:
    """Grows whenever this process revokes a link; what was kept before is out of date then."""
    return _generations.get(platform, 0)


def make_link(
    platform: Platform, round_id: int, site_id: int, form_id: str, window: str, by: int | None
) -> str:
    """Make a link and return its code. Raises UnknownPlace for an unknown round, site or form."""
    with platform.database.transaction() as session:
        questionnaire = session.scalar(select(QuestionnaireRow).where(QuestionnaireRow.form_id == form_id))
        if not (questionnaire and session.get(RoundRow, round_id) and session.get(SiteRow, site_id)):
            raise UnknownPlace(f"{round_id} {site_id} {form_id}")
        code = new_link_code()
        while session.scalar(select(QrLinkRow.id).where(QrLinkRow.code == code)):
            code = new_link_code()
        row = QrLinkRow(
            code=code,
            round_id=round_id,
            site_id=site_id,
            questionnaire_id=questionnaire.id,
            window=window.strip()[:64],
            scans=0,
            created_at=platform.clock(),
            created_by=by,
            revoked_at=None,
        )
        session.add(row)
        session.flush()
        note_deed(session, platform.clock(), by, "link.make", "link", row.id, code=code)
        return code


def revoke_link(platform: Platform, link_id: int, by: int | None) -> bool:
    """Revoke a link; False when it does not exist. Revoking twice changes nothing."""
    now = platform.clock()
    with platform.database.transaction() as session:
        row = session.get(QrLinkRow, link_id)
        if row is None:
            return False
        if row.revoked_at is None:
            row.revoked_at = now
            _lately.pop(platform, None)
            _generations[platform] = generation(platform) + 1
            note_deed(session, now, by, "link.revoke", "link", link_id)
        return True


class ScanBuffer:
    """Counts scans in memory and writes them every few seconds, so that a page view costs no write.

    A killed process loses the scans of its last seconds; answers are never counted this way.
    """

    SECONDS = 2.0

    def __init__(self, platform: Platform) -> None:
        """Start with nothing counted."""
        self._platform = platform
        self._lock = threading.Lock()
        self._counts: Counter[int] = Counter()
        self._written = time.monotonic()

    def add(self, link_id: int) -> None:
        """One more scan; written now when the last writing is a while ago."""
        with self._lock:
            self._counts[link_id] += 1
            is_due = time.monotonic() - self._written >= self.SECONDS
        if is_due:
            self.write()

    def write(self) -> None:
        """Write what was counted; kept for the next time when the database is busy."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._written = time.monotonic()
        if not counts:
            return
        try:
            with self._platform.database.transaction() as session:
                for link_id, number in sorted(counts.items()):
                    session.execute(
                        update(QrLinkRow)
                        .where(QrLinkRow.id == link_id)
                        .values(scans=QrLinkRow.scans + number)
                    )
        except StorageUnavailable:
            with self._lock:
                self._counts.update(counts)


_buffers: WeakKeyDictionary[Platform, ScanBuffer] = WeakKeyDictionary()


def scan_buffer(platform: Platform) -> ScanBuffer:
    """The one buffer of an installation in this process."""
    return _buffers.setdefault(platform, ScanBuffer(platform))


def find_link(platform: Platform, typed: str, age: float = 0.0) -> Link | None:
    """The link under a typed code, revoked ones included; None when there is none.

    What is returned may be `age` seconds old, which spares a page under load the question.
    """
    code = link_code_from(typed)
    if code is None:
        return None
    kept = _lately.setdefault(platform, {})
    held = kept.get(code) if age else None
    if held is not None and time.monotonic() - held[0] < age:
        return held[1]
    found = _links(platform, QrLinkRow.code == code)
    if not found:
        return None
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[code] = (time.monotonic(), found[0])
    return found[0]


def list_links(platform: Platform, round_id: int) -> list[Link]:
    """All links of a round, oldest first, with scans and answers."""
    scan_buffer(platform).write()
    return _links(platform, QrLinkRow.round_id == round_id, with_answers=True)


def _links(platform: Platform, condition: object, with_answers: bool = False) -> list[Link]:
    newest = (
        select(func.max(QuestionnaireVersionRow.id))
        .where(QuestionnaireVersionRow.questionnaire_id == QrLinkRow.questionnaire_id)
        .scalar_subquery()
    )
    answers = (
        select(func.count(RecordRow.id))
        .where(RecordRow.link_id == QrLinkRow.id, RecordRow.revision == 1)
        .scalar_subquery()
    )
    columns = [QrLinkRow, RoundRow, SiteRow, newest] + ([answers] if with_answers else [])
    query = (
        select(*columns)
        .join(RoundRow, RoundRow.id == QrLinkRow.round_id)
        .join(SiteRow, SiteRow.id == QrLinkRow.site_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(QrLinkRow.id)
    )
    with platform.database.reading() as session:
        return [_link(*row) for row in session.execute(query)]


def _link(link: QrLinkRow, around: RoundRow, site: SiteRow, version_id: int, answers: int = 0) -> Link:
    return Link(
        id=link.id,
        code=link.code,
        window=link.window,
        scans=link.scans,
        created_at=link.created_at,
        revoked_at=link.revoked_at,
        round_id=around.id,
        round_title=around.title,
        round_state=around.state,
        issuer=around.issuer,
        contact=around.contact,
        retention_until=around.retention_until,
        is_demonstration=around.is_demonstration,
        site_id=site.id,
        site_name=site.name,
        unit_id=site.unit_id,
        version_id=version_id,
        answers=answers,
    )
