"""Questionnaires as files at the desk: what was chosen for upload, and Markdown or a workbook to download."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, abort, make_response, render_template, request

from surveyapp.config import resource
from surveyapp.services import drafting
from surveyapp.services.authoring_workbooks import Imported, read_questionnaire_file, workbook_of
from surveyapp.storage.queries.settings import find_source
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.surroundings import the_platform

LARGEST = 10 * 2**20
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shipped_files() -> list[str]:
    """The questionnaires that come with the program, as 'folder/name.md'."""
    paths = resource("questionnaires").glob("*/*.md")
    return sorted(f"{path.parent.name}/{path.name}" for path in paths if path.name != "README.md")


def reviewed_texts() -> set[str]:
    """The texts of the questionnaires that come with the program."""
    return {(resource("questionnaires") / name).read_text(encoding="utf-8") for name in shipped_files()}


def chosen_file() -> Imported | None:
    """What the request uploads, else the shipped questionnaire it names; None when it does neither."""
    shipped, file = request.form.get("shipped", ""), request.files.get("file")
    if file is not None and file.filename:
        return read_questionnaire_file(file.filename, file.read(LARGEST + 1))
    if shipped in shipped_files():
        return Imported((resource("questionnaires") / shipped).read_text(encoding="utf-8"), ())
    return None


@blueprint.get("/questionnaires/<int(max=2147483647):version_id>/source.<any(md, xlsx):shape>")
@allowed("lead", "admin")
def questionnaire_source(version_id: int, shape: str) -> Response:
    """The source of a published version: as it was uploaded, or as a workbook."""
    with the_platform().database.reading() as session:
        found = find_source(session, version_id)
    form_id, version, source = found or abort(404)
    return _download(source, f"{form_id}-{version}", shape)


@blueprint.get("/questionnaires/drafts/<int(max=2147483647):draft_id>/source.<any(md, xlsx):shape>")
@allowed("lead", "admin")
def draft_source(draft_id: int, shape: str) -> Response:
    """The source of a draft, with its problems, to be mended and uploaded again."""
    draft = drafting.find_draft(the_platform(), draft_id) or abort(404)
    return _download(draft.source, f"{draft.form_id or 'draft'}-{draft.version or draft.id}", shape)


def _download(source: str, name: str, shape: str) -> Response:
    content: Any = source
    if shape == "xlsx":
        content, problems = workbook_of(source)
        if problems:
            return make_response(render_template("desk/no_workbook.html", problems=problems), 422)
    kind = WORKBOOK if shape == "xlsx" else "text/markdown; charset=utf-8"
    response = Response(content, content_type=kind)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{shape}"'
    return response
