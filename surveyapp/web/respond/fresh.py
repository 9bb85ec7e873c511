"""The page nobody has answered yet: rendered once for a link, language and view, then only its submission
id changes. Kept for a few seconds, so that a change of the link shows at once to a human eye."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Response, current_app

from surveyapp.services.linking import Link
from surveyapp.web.respond.submission_ids import new_submission_id, opened_at
from surveyapp.web.respond.view import View
from surveyapp.web.surroundings import the_platform

SECONDS = 5.0
MOST = 256
_lock = threading.Lock()


def fresh_page(link: Link, view: View, render: Callable[[], str]) -> Response:
    """The unanswered page with a submission id of its own."""
    kept = _page(link, view, render)
    submission_id = new_submission_id(the_platform().clock())
    return Response(kept[0] + submission_id + kept[1], mimetype="text/html")


def _page(link: Link, view: View, render: Callable[[], str]) -> tuple[str, str]:
    pages: OrderedDict[object, tuple[float, tuple[str, str]]] = current_app.extensions.setdefault(
        "surveyapp-fresh", OrderedDict()
    )
    key, now = (link.id, link.version_id, view), time.monotonic()
    with _lock:
        held = pages.get(key)
        if held and held[0] > now:
            return held[1]
    parts = _cut(render())
    with _lock:
        pages[key] = (now + SECONDS, parts)
        while len(pages) > MOST:
            pages.popitem(last=False)
    return parts


def _cut(page: str) -> tuple[str, str]:
    """The page before and after the value of its submission id."""
    mark = 'name="submission_id" value="'
    start = page.index(mark) + len(mark)
    end = page.index('"', start)
    if opened_at(page[start:end]) is None:
        raise ValueError("the page has no submission id")
    return page[:start], page[end:]
