"""QR links of a hall: make, list, revoke, look up; a scan is only counted behind the answer."""

from __future__ import annotations

import threading
import time
from collections import Counter
from weakref import WeakKeyDictionary

from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.codes import link_code_from, new_link_code
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.storage import links, places, questionnaires, rounds
from surveyapp.storage.links import Link

__all__ = [
    "Link",
    "ScanBuffer",
    "find_link",
    "forget_links",
    "generation",
    "list_links",
    "make_link",
    "revoke_link",
    "scan_buffer",
]

_lately: WeakKeyDictionary[Platform, dict[str, tuple[float, Link]]] = WeakKeyDictionary()
_generations: WeakKeyDictionary[Platform, int] = WeakKeyDictionary()
_MOST_KEPT = 1000


def generation(platform: Platform) -> int:
    """Grows whenever this process changes what a link offers; what was kept before is out of date then."""
    return _generations.get(platform, 0)


def forget_links(platform: Platform) -> None:
    """Drop what this process kept of links and their pages, since something about them has changed."""
    _lately.pop(platform, None)
    _generations[platform] = generation(platform) + 1


def make_link(
    platform: Platform, round_id: int, site_id: int, form_id: str, window: str, by: int | None
) -> str:
    """Make a link and return its code. Raises UnknownPlace for an unknown round, site or form."""
    with platform.database.transaction() as session:
        questionnaire = questionnaires.find_questionnaire(session, form_id)
        around, site = rounds.find_round(session, round_id), places.find_site(session, site_id)
        if not (questionnaire and around and site):
            raise UnknownPlace(f"{round_id} {site_id} {form_id}")
        code = new_link_code()
        while links.is_code_taken(session, code):
            code = new_link_code()
        link_id = links.add_link(
            session,
            code=code,
            round_id=round_id,
            site_id=site_id,
            questionnaire_id=questionnaire.id,
            window=window.strip()[:64],
            created_at=platform.clock(),
            created_by=by,
        )
        note_deed(session, platform.clock(), by, "link.make", "link", link_id, code=code)
        return code


def revoke_link(platform: Platform, link_id: int, by: int | None) -> bool:
    """Revoke a link; False when it does not exist. Revoking twice changes nothing."""
    now = platform.clock()
    with platform.database.transaction() as session:
        row = links.find_link_row(session, link_id)
        if row is None:
            return False
        if row.revoked_at is None:
            row.revoked_at = now
            forget_links(platform)
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
                links.add_scans(session, counts)
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
    with platform.database.reading() as session:
        found = links.find_link_by_code(session, code)
    if found is None:
        return None
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[code] = (time.monotonic(), found)
    return found


def list_links(platform: Platform, round_id: int) -> list[Link]:
    """All links of a round, oldest first, with scans and answers."""
    scan_buffer(platform).write()
    with platform.database.reading() as session:
        return links.list_links(session, round_id)
