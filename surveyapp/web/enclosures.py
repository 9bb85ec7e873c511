"""The pictures and sounds that labels of a published questionnaire show. Published means public."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping

from flask import Blueprint, Response, abort

from surveyapp.services import drafting, enclosing
from surveyapp.services.drafting import DraftRow
from surveyapp.web.access import public
from surveyapp.web.surroundings import the_platform

blueprint = Blueprint("enclosures", __name__)
SHOWN = ("image/", "audio/", "video/")


@blueprint.get("/enclosures/<int(max=2147483647):version_id>/")
@blueprint.get("/enclosures/<int(max=2147483647):version_id>/<name>")
@public
def enclosure(version_id: int, name: str = "") -> Response:
    """One file of a version; lists and registers are not handed out here."""
    found = enclosing.read_file(the_platform(), version_id, name) if name else None
    if found is None or not found[0].media_type.startswith(SHOWN):
        abort(404)
    response = Response(found[1], mimetype=found[0].media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def draft_file(draft: DraftRow, name: str) -> Response:
    """A picture or sound of a draft's labels; 404 for any other of its files."""
    return shown_file(drafting.files_of_draft(the_platform(), draft), name)


def shown_file(files: Mapping[str, bytes], name: str) -> Response:
    """A picture or sound among files that are not published; lists are not handed out."""
    media_type = mimetypes.guess_type(name)[0] or ""
    if name not in files or not media_type.startswith(SHOWN) or media_type == "image/svg+xml":
        abort(404)
    return Response(files[name], mimetype=media_type)
