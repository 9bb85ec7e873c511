"""Where the telephone provider reports on calls. Signed or refused; closed when nothing is configured."""

from __future__ import annotations

from flask import Blueprint, Response, request

from surveyapp.services import calling
from surveyapp.web.access import csrf, public
from surveyapp.web.errors import refusal
from surveyapp.web.surroundings import public_address, the_platform

blueprint = Blueprint("telephone", __name__)
csrf.exempt(blueprint)
STATUS = {"closed": 404, "unknown": 404, "unsigned": 403, "report": 400, "stale": 409}


@blueprint.post(calling.STATUS_PATH)
@public
def status() -> Response:
    """One report on a call. The signature is over the public address, not over what a proxy made of it."""
    address = public_address(request.full_path.rstrip("?"))
    taken = calling.take_report(
        the_platform(),
        address,
        request.form.to_dict(),
        request.headers.get("X-Twilio-Signature", ""),
        request.args.get("attempt", ""),
    )
    if isinstance(taken, str):
        return Response(status=204)
    return refusal(STATUS[taken.code])
