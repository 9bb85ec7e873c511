"""Units, sites, phone lines and service items: listed, added by form, brought in as tables."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.problem import Problem
from surveyapp.services import registering
from surveyapp.services.registering import KINDS, LARGEST_IMPORT, Registered
from surveyapp.storage.queries.settings import list_places
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.desk.exports import MEDIA
from surveyapp.web.language import _, current_language
from surveyapp.web.surroundings import the_platform

PAGE = 100
PLACES = "/places/<any(units, sites, lines, items):kind>"


@blueprint.get("/places", defaults={"kind": "units"})
@blueprint.get(PLACES)
@allowed("lead")
def places(kind: str) -> str:
    """One kind of places inside the lead's scope, a page at a time, with ?search and ?page."""
    return _page(kind, {}, ())


def _page(kind: str, typed: dict[str, str], problems: tuple[Problem, ...], is_import: bool = False) -> str:
    search, page = request.args.get("search", "").strip()[:64], request.args.get("page", 1, type=int)
    search, page = search if search.isprintable() else "", min(max(1, page), 10_000)
    with the_platform().database.reading() as session:
        number, rows = list_places(session, kind, tops("lead"), search, (page - 1) * PAGE, PAGE)
    return render_template(
        "desk/places.html",
        kinds=KINDS,
        kind=KINDS[kind],
        rows=rows,
        number=number,
        search=search,
        page=page,
        pages=max(1, -(-number // PAGE)),
        typed=typed,
        problems=problems,
        is_import=is_import,
        largest=LARGEST_IMPORT,
    )


@blueprint.post(PLACES)
@allowed("lead")
def add_place(kind: str) -> Any:
    """Register one place from the form; its problems stand at their fields."""
    typed = {column.key: request.form.get(column.key, "") for column in KINDS[kind].columns}
    outcome = registering.add_one(the_platform(), the_actor(), kind, typed)
    if outcome.problems:
        return _page(kind, typed, outcome.problems), 422
    return _stored(kind, outcome)


@blueprint.post(f"{PLACES}/import")
@allowed("lead")
def import_places(kind: str) -> Any:
    """Register a whole table, or nothing with a list of problems by row and column."""
    file = request.files.get("table")
    outcome = registering.import_table(the_platform(), the_actor(), kind, file.read() if file else b"")
    if outcome.problems:
        return _page(kind, {}, outcome.problems, is_import=True), 422
    return _stored(kind, outcome)


def _stored(kind: str, outcome: Registered) -> Any:
    flash(_("已登记 %(n)s 条。", n=outcome.number))
    return redirect(url_for("desk.places", kind=kind), 303)


@blueprint.get(f"{PLACES}/template.<any(csv, xlsx):shape>")
@allowed("lead")
def place_template(kind: str, shape: str) -> Response:
    """The empty table to fill in."""
    content = registering.template_file(KINDS[kind], current_language(), shape)
    response = Response(content, content_type=MEDIA[shape])
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.{shape}"'
    return response
