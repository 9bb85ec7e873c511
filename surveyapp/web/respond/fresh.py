"""The page nobody has answered yet: rendered once for a link, language and view; after that only its
submission id changes. Kept for two seconds, so that a change of the link shows at once to a human eye.

`KeptPages` stands before Flask and answers a plain GET of such a page itself.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Response, request

from surveyapp.services.installation import Platform
from surveyapp.services.linking import Link, generation, scan_buffer
from surveyapp.web.compression import CutGzip, accepts_gzip
from surveyapp.web.respond.submission_ids import new_submission_id, opened_at
from surveyapp.web.respond.view import View
from surveyapp.web.surroundings import the_platform

SECONDS = 2.0
MOST = 256
MARK = "surveyapp.fresh"


@dataclass(frozen=True)
class Kept:
    """A page around its submission id."""

    link_id: int
    before: bytes
    after: bytes
    zipped: CutGzip


class Shelf:
    """Pages by key, each for a short time."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._pages: OrderedDict[object, tuple[float, Any]] = OrderedDict()

    def find(self, key: object) -> Any:
        """What is kept under a key; None when there is nothing or it is too old."""
        held = self._pages.get(key)
        return held[1] if held is not None and held[0] > time.monotonic() else None

    def keep(self, key: object, value: Any) -> None:
        """Keep a value; the oldest goes when there are too many."""
        with self._lock:
            self._pages[key] = (time.monotonic() + SECONDS, value)
            self._pages.move_to_end(key)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)


_shelf = Shelf()


def fresh_page(link: Link, view: View, render: Callable[[], str]) -> Response:
    """The unanswered page with a submission id of its own."""
    platform = the_platform()
    key = (id(platform), link.id, link.version_id, link.round_state, link.form_state, view)
    kept = _shelf.find(key)
    if kept is None:
        kept = _cut(link.id, render())
        _shelf.keep(key, kept)
    request.environ[MARK] = kept
    submission_id = new_submission_id(platform.clock()).encode()
    return Response(b"".join((kept.before, submission_id, kept.after)), mimetype="text/html")


def _cut(link_id: int, page: str) -> Kept:
    """The page before and after the value of its submission id."""
    mark = 'name="submission_id" value="'
    start = page.index(mark) + len(mark)
    end = page.index('"', start)
    if opened_at(page[start:end]) is None:
        raise ValueError("the page has no submission id")
    before, after = page[:start].encode(), page[end:].encode()
    return Kept(link_id, before, after, CutGzip(before, after))


class KeptPages:
    """WSGI in front of Flask: what Flask answered to a plain GET is answered again, with a new id.

    Plain: no query, no cookie, so nothing but host, path and encoding decides the answer. Flask has seen
    the host before, since only its own answers are kept.
    """

    def __init__(self, application: WSGIApplication, platform: Platform) -> None:
        """Stand before `application`."""
        self._application, self._platform = application, platform
        self._shelf = Shelf()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the shelf, or ask Flask and keep what it says."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or "HTTP_COOKIE" in environ:
            return self._application(environ, start_response)
        zipped = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        key = (environ.get("HTTP_HOST"), environ["PATH_INFO"], zipped, generation(self._platform))
        held = self._shelf.find(key)
        if held is None:
            return self._application(environ, self._keeping(key, environ, start_response))
        headers, kept = held
        submission_id = new_submission_id(self._platform.clock()).encode()
        body = (
            kept.zipped.with_middle(submission_id)
            if zipped
            else b"".join((kept.before, submission_id, kept.after))
        )
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        scan_buffer(self._platform).add(kept.link_id)
        return [body]

    def _keeping(self, key: object, environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = environ.get(MARK)
            if kept is not None and status.startswith("200"):
                steady = [pair for pair in headers if pair[0].lower() not in ("content-length", "date")]
                self._shelf.keep(key, (steady, kept))
            return start_response(status, headers, *rest)

        return start
