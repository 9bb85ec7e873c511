"""The list of forms, a form, its manifest and its files."""

from __future__ import annotations

from flask import Response, request

from surveyapp.services import offering
from surveyapp.services.offering import Media, Offered, Version
from surveyapp.web.openrosa.answers import element, refusal, xml
from surveyapp.web.openrosa.blueprint import blueprint, for_devices, own_address, the_device
from surveyapp.web.surroundings import the_platform

LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"


@blueprint.get("/formList")
@blueprint.get("/<token>/formList")
@for_devices
def form_list() -> Response:
    """Every form the device may fill in; `formID` asks for one, `verbose=true` adds descriptions."""
    offered = offering.list_offered(the_platform(), the_device(), request.args.get("formID", ""))
    is_verbose = request.args.get("verbose", "").lower() == "true"
    return xml(f'<xforms xmlns="{LIST}">{"".join(_entry(one, is_verbose) for one in offered)}</xforms>')


def _entry(one: Offered, is_verbose: bool) -> str:
    parts = [
        element("formID", one.form_id),
        element("name", one.title),
        element("version", one.version),
        element("hash", f"md5:{one.md5}"),
    ]
    if is_verbose:
        parts.append(element("descriptionText", one.title))
    parts.append(element("downloadUrl", own_address("forms", one.form_id, f"{one.version}.xml")))
    if one.has_media:
        parts.append(element("manifestUrl", own_address("forms", one.form_id, one.version, "manifest")))
    return f"<xform>{''.join(parts)}</xform>"


def _version(form_id: str, version: str) -> Version | None:
    return offering.find_offered(the_platform(), the_device(), form_id, version)


@blueprint.get("/forms/<form_id>/<version>.xml")
@blueprint.get("/<token>/forms/<form_id>/<version>.xml")
@for_devices
def form(form_id: str, version: str) -> Response:
    """The XForm as it was stored at publishing, byte for byte."""
    row = _version(form_id, version)
    if row is None:
        return refusal(404)
    return Response(row.xform.encode("utf-8"), content_type="text/xml; charset=utf-8")


@blueprint.get("/forms/<form_id>/<version>/manifest")
@blueprint.get("/<token>/forms/<form_id>/<version>/manifest")
@for_devices
def manifest(form_id: str, version: str) -> Response:
    """The files a form needs; only those that are there whole."""
    row = _version(form_id, version)
    if row is None:
        return refusal(404)
    files = offering.list_media(the_platform(), the_device(), row)
    return xml(
        f'<manifest xmlns="{MANIFEST}">{"".join(_file(form_id, version, one) for one in files)}</manifest>'
    )


def _file(form_id: str, version: str, one: Media) -> str:
    address = own_address("forms", form_id, version, "media", one.name)
    parts = element("filename", one.name), element("hash", f"md5:{one.md5}"), element("downloadUrl", address)
    return f"<mediaFile>{''.join(parts)}</mediaFile>"


@blueprint.get("/forms/<form_id>/<version>/media/<name>")
@blueprint.get("/<token>/forms/<form_id>/<version>/media/<name>")
@for_devices
def media(form_id: str, version: str, name: str) -> Response:
    """One file of the manifest, never to be opened in a browser."""
    row = _version(form_id, version)
    found = offering.find_media(the_platform(), the_device(), row, name) if row is not None else None
    if found is None:
        return refusal(404)
    response = Response(found.content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = "attachment"
    return response
