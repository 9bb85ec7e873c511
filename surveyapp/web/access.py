"""Who may open what: every view declares it, and a view that declares nothing is closed.

`@public` opens a view to everybody, `@allowed('lead', ...)` to signed-in people with one of the roles,
`@signed_in` to anybody with an account. Views for devices carry the guard of web.openrosa itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.services.accounts import Actor, find_actor
from surveyapp.services.installation import Platform

View = TypeVar("View", bound=Callable[..., object])
PUBLIC = ("*",)
ANY_ROLE = ("signed-in",)
DEVICES = ("device",)
csrf = CSRFProtect()


class Member:
    """What Flask-Login carries: the actor, and the session token as its id."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor, self.token = actor, token

    def get_id(self) -> str:
        """The server-side session's token; the cookie that holds it is signed."""
        return self.token


def public(view: View) -> View:
    """Open to everybody, without an account."""
    view.__access__ = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open to anybody with an account."""
    view.__access__ = ANY_ROLE  # type: ignore[attr-defined]
    return view


def allowed(*roles: str) -> Callable[[View], View]:
    """Open to people who hold one of `roles` (whether their scope covers the object, the view checks)."""

    def mark(view: View) -> View:
        view.__access__ = roles  # type: ignore[attr-defined]
        return view

    return mark


def the_actor() -> Actor:
    """The signed-in person; 401 when there is none."""
    if not current_user.is_authenticated:
        abort(401)
    actor: Actor = current_user.actor
    return actor


def install_access(app: Flask, platform: Platform) -> None:
    """Wire sign-in, CSRF and the rule that a view without a declaration is closed."""
    manager = LoginManager(app)
    manager.session_protection = None

    def load(token: str) -> Member | None:
        actor = find_actor(platform, token)
        return Member(actor, token) if actor else None

    manager.user_loader(load)
    csrf.init_app(app)
    app.before_request(_check)
    app.context_processor(lambda: {"actor": current_user.actor if current_user.is_authenticated else None})


def _check() -> BaseResponse | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = getattr(current_app.view_functions[request.endpoint], "__access__", ())
    if access in (PUBLIC, DEVICES):
        return None
    if not current_user.is_authenticated:
        session.clear()
        return _sign_in_first()
    if access != ANY_ROLE and not current_user.actor.has(*access):
        abort(403)
    return None


def _sign_in_first() -> BaseResponse:
    if request.method != "GET" or request.blueprint == "api" or request.is_json:
        abort(401)
    target: Response = redirect(url_for("home.sign_in", next=request.full_path.rstrip("?")), 303)  # type: ignore[assignment]
    return target


def local_path(target: str | None) -> str | None:
    """`target` when it is a path of ours; None for anything a browser could read as another address."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    return target if target.isprintable() else None
