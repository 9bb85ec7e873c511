"""What no view is asked about: bodies beyond all measure, signs that no column holds, numbers beyond them.

The answers to a questionnaire are judged by the form engine, so that the page comes back with them.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.routing import IntegerConverter, Map

from surveyapp.forms.signs import holds_forbidden
from surveyapp.web.errors import refusal
from surveyapp.web.language import _
from surveyapp.web.openrosa import answers as openrosa

LARGEST_ID = 2**31 - 1
MOST_PAIRS = 20_000
"""Url-encoded fields at once: four times what a questionnaire may have, several values each included."""


class RowId(IntegerConverter):
    """`<int:...>` in an address: only what a row's id can be; anything else is no address of ours."""

    def __init__(self, around: Map, *arguments: Any, **named: Any) -> None:
        super().__init__(around, *arguments, **{"max": LARGEST_ID, **named})


def install_bounds(app: Flask) -> None:
    """Refuse before any view is asked."""
    app.url_map.converters["int"] = RowId
    app.before_request(_too_much)
    app.before_request(_unstorable_address)
    app.before_request(_unstorable_field)


def _too_much() -> None:
    """Refuse fields beyond the limit also where they are url-encoded; the parser only limits multipart."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    limit = request.max_form_memory_size or 0
    if (request.content_length or 0) > limit or request.get_data(cache=True).count(b"&") >= MOST_PAIRS:
        abort(413)


def _unstorable_address() -> Response | None:
    """Refuse control signs in an address: as unknown in its path, with the field's name in its query."""
    if any(isinstance(value, str) and holds_forbidden(value) for value in (request.view_args or {}).values()):
        abort(404)
    return _refused(name for name, value in request.args.items(multi=True) if holds_forbidden(value))


def _unstorable_field() -> Response | None:
    """Refuse control signs in the fields around a questionnaire; devices are judged by their own door."""
    if request.method != "POST" or openrosa.concerns(request.path):
        return None
    return _refused(
        name
        for name, value in request.form.items(multi=True)
        if ("/" not in name or name.startswith("_")) and holds_forbidden(value)
    )


def _refused(names: Any) -> Response | None:
    name = next(iter(names), None)
    if name is None:
        return None
    shown = "".join(sign for sign in name[:40] if sign.isprintable())
    text = _("栏目“%(name)s”里有无法保存的控制字符，服务器没有保存。请删去后重新提交。", name=shown)
    return refusal(400, text, "sign-forbidden")
