"""QR links: make, list with scans, print, download, revoke."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.services import linking
from surveyapp.services.printing import qr_png, qr_svg
from surveyapp.storage.queries.rounds import list_forms, list_sites
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.language import _
from surveyapp.web.surroundings import public_address, the_platform

WINDOW_LENGTH = 64


def short_address(code: str) -> str:
    """The address inside the QR code: upper case, so that the code stays coarse and easy to scan."""
    return public_address(f"/q/{code}")


@blueprint.route("/links", methods=["GET", "POST"])
@allowed("lead")
def links() -> Any:
    """All links of the round, and a form for a new one."""
    around = the_round()
    with the_platform().database.reading() as session:
        sites = list_sites(session, around.id, tops("lead"))
        forms = list_forms(session, "survey")
    problem = ""
    if request.method == "POST":
        problem = _make(around.id, {site.id for site in sites}, set(forms))
        if not problem:
            return redirect(url_for("desk.links", round=around.code), 303)
    page = render_template(
        "desk/links.html",
        around=around,
        sites=sites,
        forms=forms,
        links=_visible(around.id),
        address=short_address,
        problem=problem,
    )
    return page, 422 if problem else 200


def _make(round_id: int, site_ids: set[int], forms: set[str]) -> str:
    site_id = request.form.get("site", type=int)
    form_id, window = request.form.get("form", ""), request.form.get("window", "").strip()
    if site_id not in site_ids:
        return _("请选择大厅。")
    if form_id not in forms:
        return _("请选择问卷。")
    if not window or len(window) > WINDOW_LENGTH:
        return _("请填写窗口或张贴位置，不超过 %(n)s 个字。", n=WINDOW_LENGTH)
    linking.make_link(the_platform(), round_id, site_id, form_id, window, the_actor().id)
    flash(_("已生成二维码。"))
    return ""


def _visible(round_id: int) -> list[linking.Link]:
    with the_platform().database.reading() as session:
        mine = {site.id for site in list_sites(session, round_id, tops("lead"))}
    return [link for link in linking.list_links(the_platform(), round_id) if link.site_id in mine]


def _link(link_id: int) -> linking.Link:
    return next((link for link in _visible(the_round().id) if link.id == link_id), None) or abort(404)


@blueprint.post("/links/<int:link_id>/revoke")
@allowed("lead")
def revoke_link(link_id: int) -> BaseResponse:
    """Revoke a link; its page then says that it is out of use."""
    _link(link_id)
    linking.revoke_link(the_platform(), link_id, the_actor().id)
    flash(_("二维码已停用，扫码的人会看到停用说明。"))
    return redirect(url_for("desk.links"), 303)


@blueprint.get("/links/<int:link_id>/sheet")
@allowed("lead")
def link_sheet(link_id: int) -> str:
    """The A4 sheet to print and post."""
    link = _link(link_id)
    address = short_address(link.code)
    return render_template("desk/link_sheet.html", link=link, address=address)


@blueprint.get("/links/<int:link_id>/qr.<any(svg, png):kind>")
@allowed("lead")
def link_picture(link_id: int, kind: str) -> Response:
    """The QR code alone, as SVG or PNG."""
    link = _link(link_id)
    address = short_address(link.code)
    content = qr_png(address) if kind == "png" else qr_svg(address, link.site_name)
    response = Response(content, mimetype="image/png" if kind == "png" else "image/svg+xml")
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="qr-{link.code}.{kind}"'
    return response
