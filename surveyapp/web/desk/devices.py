"""Devices at the desk: issue one with its settings code, list them, revoke one.

The secret is shown once, in the answer to the request that made it, and is nowhere else.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.services import devices as service
from surveyapp.services.devices import COLLECTS, ISSUERS, Issued, NewDevice
from surveyapp.services.printing import qr_svg
from surveyapp.storage.queries import devices as queries
from surveyapp.storage.queries.rounds import list_rounds
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import public_address, the_platform

OPENROSA = "/openrosa"


@blueprint.get("/devices")
@allowed(*ISSUERS)
def devices() -> str:
    """The devices inside the reader's scope, and a form for a new one."""
    return _list("", {})


def _list(problem: str, typed: dict[str, Any]) -> str:
    mine = tops(*ISSUERS)
    with the_platform().database.reading() as session:
        people = queries.covered(queries.list_people(session, COLLECTS), mine)
        everybody = {one.row.id for one in queries.covered(queries.list_people(session, service.ROLES), mine)}
        listed = [one for one in queries.list_devices(session) if one.user.id in everybody]
        rounds = [row for row in list_rounds(session) if row.state != "closed"]
        spots = queries.list_spots(session, mine)
    return render_template(
        "desk/devices.html",
        devices=listed,
        people=people,
        rounds=rounds,
        spots=spots,
        problem=problem,
        typed=typed,
        may_send_passwords=the_platform().settings.is_https,
    )


@blueprint.post("/devices")
@allowed(*ISSUERS)
def issue_device() -> tuple[str, int]:
    """Issue a device; the answer shows its secret and settings code, this once."""
    form = request.form
    round_ids = tuple(
        int(text) for text in form.getlist("round") if text.isascii() and text.isdigit() and len(text) < 10
    )
    typed = {name: form.get(name, "").strip() for name in ("name", "login", "way", "place")}
    wanted = NewDevice(typed["name"], typed["login"], typed["way"], round_ids, typed["place"])
    outcome = service.issue(the_platform(), the_actor(), wanted)
    if not isinstance(outcome, Issued):
        return _list(either(dict(outcome.sentence)), typed | {"rounds": round_ids}), 422
    return _issued_page(outcome), 201


def _issued_page(issued: Issued) -> str:
    path = f"{OPENROSA}/{issued.secret}" if issued.way == "address" else OPENROSA
    server = public_address(path)
    picture = qr_svg(service.collect_settings(server, issued), _("Collect 的设置二维码"))
    code = base64.b64encode(picture.encode("utf-8")).decode("ascii")
    return render_template("desk/devices_issued.html", issued=issued, server=server, code=code)


@blueprint.post("/devices/<int(max=2147483647):device_id>/revoke")
@allowed(*ISSUERS)
def revoke_device(device_id: int) -> Response:
    """Revoke a device, at once."""
    if not service.revoke(the_platform(), the_actor(), device_id):
        abort(404)
    flash(_("设备已停用，立即生效。设备上未发送的记录不会丢失，换发后可继续发送。"))
    return redirect(url_for("desk.devices"), 303)
