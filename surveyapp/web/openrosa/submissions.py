"""Take what a device posts: 201 when it is stored durably, 202 while more files are to come."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from surveyapp.services import receiving
from surveyapp.services.codes import receipt_shown
from surveyapp.services.installation import StorageUnavailable
from surveyapp.services.receiving import Post, PostedFile, Turned
from surveyapp.web.openrosa.answers import refusal, said
from surveyapp.web.openrosa.blueprint import blueprint, for_devices, own_address, the_device
from surveyapp.web.surroundings import the_platform

XML = "xml_submission_file"
INCOMPLETE = "*isIncomplete*"
STATUS: Mapping[str, int] = {
    "unreadable": 400,
    "too_large": 413,
    "not_allowed": 403,
    "unknown_form": 404,
    "closed": 409,
    "conflict": 409,
}


@blueprint.get("/submission")
@blueprint.get("/<token>/submission")
@for_devices
def before_submitting() -> Response:
    """Where to post and how much at once; clients ask with HEAD before they send."""
    response = Response(status=204, content_type="text/xml; charset=utf-8")
    response.headers["Location"] = own_address("submission")
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(current_app.config["MAX_CONTENT_LENGTH"])
    return response


@blueprint.post("/submission")
@blueprint.post("/<token>/submission")
@for_devices
def submit() -> Response:
    """Take one record with its files, or more files of one that is here."""
    if request.mimetype != "multipart/form-data":
        return refusal(415)
    found = [part.read() for part in request.files.getlist(XML)]
    found += [text.encode("utf-8", "surrogatepass") for text in request.form.getlist(XML)]
    if len(found) != 1:
        return refusal(400, _one_record(len(found)))
    outcome = receiving.receive(the_platform(), the_device(), Post(found[0], _files(), _told()))
    if isinstance(outcome, Turned):
        return refusal(STATUS[outcome.code], outcome.sentence)
    receipt = receipt_shown(outcome.receipt)
    if request.form.get(INCOMPLETE, "").strip().lower() == "yes":
        return said(
            202, f"已收到，回执 {receipt}，请继续发送附件。", f"Received, {receipt}; send the other files."
        )
    return said(201, f"已收到，回执 {receipt}。", f"Received, {receipt}.", nature="submit_success")


def _files() -> list[PostedFile]:
    """Every other part, under the name of its field and that of its file."""
    return [
        PostedFile(part.filename or name, part.read(), name)
        for name, part in request.files.items(multi=True)
        if name != XML
    ]


def _told() -> dict[str, str]:
    """What the client says of itself. Its Date is kept as text: Collect writes hours from 1 to 12 into it."""
    return {
        "device_id": request.args.get("deviceID", ""),
        "user_agent": request.headers.get("User-Agent", ""),
        "date": request.headers.get("Date", ""),
    }


def _one_record(number: int) -> dict[str, str]:
    return {
        "zh": f"一次应发送一条记录（{XML}），收到 {number} 条；没有保存任何内容。",
        "en": f"Send exactly one record ({XML}) at a time; {number} came and nothing was stored.",
    }


def _http_error(error: HTTPException) -> Response:
    response = refusal(error.code or 500)
    if error.code == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return response


blueprint.register_error_handler(HTTPException, _http_error)
blueprint.register_error_handler(StorageUnavailable, lambda _error: refusal(503))
