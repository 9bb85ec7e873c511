"""Files under static/ as they are sent: scripts lose their comments, and the two that every questionnaire
page needs go out as one. Nothing is built beforehand; static/ holds what people read and change.
"""

from __future__ import annotations

import re
from functools import cache

from flask import Flask, Response, request

from surveyapp.config import resource

JOINED = {"js/questionnaire.js": ("js/xpath.js", "js/form.js")}
_COMMENT = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)


@cache
def content_of(name: str) -> bytes:
    """The bytes sent for a file under static/, read once. Raises FileNotFoundError."""
    if name in JOINED:
        return b"\n".join(content_of(part) for part in JOINED[name])
    content = (resource("static") / name).read_bytes()
    return lean(content) if name.startswith("js/") else content


def lean(script: bytes) -> bytes:
    """The script without indentation and without comments that begin a line; nothing else changes.

    A script with template strings, where white space counts, stays as it is.
    """
    if b"`" in script:
        return script
    lines = (line.strip() for line in _COMMENT.sub(b"", script).splitlines())
    return b"\n".join(line for line in lines if line and not line.startswith(b"//"))


def install_scripts(app: Flask) -> None:
    """Answer for the joined scripts where Flask answers for files under static/."""
    plain = app.view_functions["static"]

    def static(filename: str) -> Response:
        if filename not in JOINED:
            return plain(filename=filename)  # type: ignore[return-value]
        response = Response(content_of(filename), mimetype="text/javascript")
        response.cache_control.public = True
        response.cache_control.max_age = app.get_send_file_max_age(filename)
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]

    app.view_functions["static"] = static
