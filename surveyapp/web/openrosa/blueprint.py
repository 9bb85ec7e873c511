"""The blueprint, the headers of every answer, and the guard: a view here is for a known device alone."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import ParamSpec
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, g, request

from surveyapp.services import devices
from surveyapp.services.devices import Device
from surveyapp.web.access import DEVICES, csrf
from surveyapp.web.openrosa import answers
from surveyapp.web.surroundings import LOCAL_HOSTS, public_address, the_platform
from surveyapp.web.throttle import device_rate, limiter, stranger_rate

P = ParamSpec("P")
blueprint = Blueprint("openrosa", __name__, url_prefix=answers.PREFIX)
csrf.exempt(blueprint)


@blueprint.after_app_request
def with_headers(response: Response) -> Response:
    """The protocol's headers on every answer below /openrosa, errors and unknown addresses too."""
    if answers.concerns(request.path):
        response.headers["X-OpenRosa-Version"] = "1.0"
        response.date = the_platform().clock()
    return response


def for_devices(view: Callable[P, Response]) -> Callable[..., Response]:
    """Open to devices that prove themselves by the token in the address or by Basic; throttled for each."""

    @functools.wraps(view)
    def guarded(*arguments: P.args, **named: P.kwargs) -> Response:
        token = named.pop("token", None)
        device = _device(token if isinstance(token, str) else None)
        if isinstance(device, Response):
            return device
        g.device, g.device_base = device, f"/{quote(token)}" if isinstance(token, str) else ""
        return view(*arguments, **named)

    guarded.__access__ = DEVICES  # type: ignore[attr-defined]
    limited: Callable[..., Response] = limiter.limit(device_rate, key_func=_presented)(guarded)
    return limited


def _from_address() -> str:
    """One count for all doors of devices, whatever secrets an address tries."""
    return f"stranger:{request.remote_addr}"


@limiter.shared_limit(stranger_rate, scope="strangers", key_func=_from_address)
def _unknown() -> Response:
    """A secret that nobody has; too many of them in a minute are answered with 429.

    Devices that prove themselves from the same address, such as a hall's other tablets, are not held up.
    """
    return answers.refusal(401)


def _presented() -> str:
    """What the request proves itself with, hashed; the limit is each device's own."""
    token = (request.view_args or {}).get("token")
    secret = token or request.headers.get("Authorization") or request.remote_addr or ""
    return "device:" + hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _device(token: str | None) -> Device | Response:
    if token is not None:
        return devices.find_by_address(the_platform(), token) or _unknown()
    if not _may_send_password():
        return answers.refusal(403)
    given = request.authorization
    if given is None or given.type != "basic":
        return answers.refusal(401)
    found = devices.find_by_password(the_platform(), given.username or "", given.password or "")
    return found or _unknown()


def _may_send_password() -> bool:
    """Over TLS, ended here or at the proxy of PUBLIC_URL; in the clear only on the machine itself."""
    settings = the_platform().settings
    if settings.is_https or request.is_secure:
        return True
    name = urlsplit(f"//{request.host}").hostname or ""
    is_local = name in {host.strip("[]") for host in LOCAL_HOSTS}
    return settings.environment == "local" and is_local and request.remote_addr in ("127.0.0.1", "::1")


def the_device() -> Device:
    """The device that sent this request."""
    device: Device = g.device
    return device


def own_address(*parts: str) -> str:
    """The full address of something below the root this device was given, from PUBLIC_URL alone."""
    path = "/".join(quote(part, safe="") for part in parts)
    return public_address(f"{answers.PREFIX}{g.device_base}/{path}")
