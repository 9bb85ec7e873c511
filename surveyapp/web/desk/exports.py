"""Exports of a round: records, call attempts, scores; as CSV or XLSX, streamed, inside the reader's scope."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from itertools import islice
from typing import BinaryIO

from flask import Response, request

from surveyapp.services import exporting, rating
from surveyapp.services.exporting import Order
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.language import current_language
from surveyapp.web.surroundings import the_platform

EXPORTERS = ("lead", "auditor")
PIECE = 64 * 1024
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/export/<any(records, attempts, scores):what>.<any(csv, xlsx):kind>")
@allowed(*EXPORTERS)
def export(what: str, kind: str) -> Response:
    """The whole table. `?labels=1` adds a line with the questions' words under the header."""
    around, platform = the_round(), the_platform()
    labels = current_language() if request.args.get("labels") == "1" else ""
    blind = rating.kept_apart(platform, the_actor(), around.id)
    order = Order(what, around.id, tops(*EXPORTERS), labels, blind)
    if kind == "csv":
        response = _pieces(exporting.csv_pieces(platform, order))
    else:
        response = _file(exporting.xlsx_file(platform, order))
    exporting.note_export(platform, order, kind, the_actor().id)
    name = f"{re.sub(r'[^A-Za-z0-9_-]', '_', around.code)}-{what}.{kind}"
    response.headers["Content-Type"] = MEDIA[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _file(file: BinaryIO) -> Response:
    """A response of the file, which is closed when it was read or the reader went away."""

    def body() -> Iterator[bytes]:
        with file:
            while piece := file.read(PIECE):
                yield piece

    response = Response(body())
    response.call_on_close(file.close)
    return response


def _pieces(pieces: Generator[bytes, None, None]) -> Response:
    """A response of the pieces. The first rows are read before it starts, so that what fails is said."""
    first = b"".join(islice(pieces, 2))

    def body() -> Iterator[bytes]:
        yield first
        yield from pieces

    response = Response(body())
    response.call_on_close(pieces.close)
    return response
