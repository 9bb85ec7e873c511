"""The receipt: proves that an answer was received, without showing it."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.services.codes import receipt_from, receipt_shown
from surveyapp.storage.queries.receipts import find_receipt
from surveyapp.web.access import public
from surveyapp.web.errors import refusal
from surveyapp.web.language import _
from surveyapp.web.respond.blueprint import blueprint
from surveyapp.web.respond.view import view_of_request
from surveyapp.web.surroundings import the_platform


@blueprint.get("/r")
@public
def by_receipt() -> BaseResponse:
    """Somebody typed a receipt code on the first page."""
    return redirect(url_for("respond.receipt", code=request.args.get("receipt", "").strip() or "-"), 303)


@blueprint.get("/r/<code>")
@public
def receipt(code: str) -> Response:
    """Received, where and on which day. A malformed and an unknown code give the same answer."""
    with the_platform().database.reading() as session:
        found = find_receipt(session, receipt_from(code) or "")
    if found is None:
        return refusal(404, _("没有找到这个回执编号。请核对截图上的编号后重试。"))
    view = view_of_request()
    page = render_template(
        "respond/receipt.html",
        found=found,
        shown=receipt_shown(found.code),
        view=view,
        page_class=view.page_class,
    )
    return make_response(page)
