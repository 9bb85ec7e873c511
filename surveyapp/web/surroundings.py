"""What surrounds every page: settings of Flask, security headers, proxies, static addresses."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from surveyapp.services.installation import Platform
from surveyapp.web.scripts import content_of, install_scripts

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ZONE = ZoneInfo("Asia/Shanghai")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
}
MEGABYTE = 1024 * 1024


def install_surroundings(app: Flask, platform: Platform) -> None:
    """Set Flask up so that its lax defaults are not ours."""
    settings = platform.settings
    hosts = [settings.public_host.rsplit(":", 1)[0]]
    app.config.update(
        SECRET_KEY=platform.key("web session"),
        SESSION_COOKIE_NAME="__Host-surveyapp" if settings.is_https else "surveyapp",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.max_upload_mb * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        TRUSTED_HOSTS=hosts if settings.environment == "production" else hosts + LOCAL_HOSTS,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    install_scripts(app)
    app.after_request(_headers)
    app.jinja_env.globals.update(asset=asset, public_address=public_address)
    app.jinja_env.filters.update(moment=moment, day=day, clock=clock_time)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.extensions["surveyapp"].settings.is_https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256(content_of(name)).hexdigest()[:10]


def asset(name: str) -> str:
    """Address of a file under static/, changing with its content so that it may be cached for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))


def public_address(path: str) -> str:
    """Full address of a path for people outside, from PUBLIC_URL alone, never from the request."""
    return f"{the_platform().settings.public_url.rstrip('/')}{path}"


def the_platform() -> Platform:
    """The installation that this application serves."""
    platform: Platform = current_app.extensions["surveyapp"]
    return platform


def moment(value: datetime | None) -> str:
    """'2018-11-20 14:05' in the project's time zone; '' for none."""
    return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


def day(value: datetime | None) -> str:
    """'2018-11-20' in the project's time zone; '' for none."""
    return value.astimezone(ZONE).strftime("%Y-%m-%d") if value else ""


def clock_time(value: datetime | None) -> str:
    """'14:05:09' in the project's time zone; '' for none."""
    return value.astimezone(ZONE).strftime("%H:%M:%S") if value else ""
