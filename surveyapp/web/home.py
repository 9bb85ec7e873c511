"""The door for staff: sign-in and out, password, second factor, language, and where each role begins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField, StringField

from surveyapp.services import accounts
from surveyapp.services.printing import qr_svg
from surveyapp.web.access import Member, local_path, public, signed_in, the_actor
from surveyapp.web.language import _
from surveyapp.web.surroundings import the_platform
from surveyapp.web.throttle import limiter, login_typed

blueprint = Blueprint("home", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """What the sign-in page asks for."""

    login = StringField()
    password = PasswordField()
    code = StringField()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """Old and new password."""

    old = PasswordField()
    new = PasswordField()
    again = PasswordField()


@blueprint.get("/")
@public
def index() -> BaseResponse | str:
    """Staff begin at their first place of work; everybody else sees what this is."""
    if not current_user.is_authenticated:
        return render_template("home/index.html")
    return redirect(_first_place(), 303)


def _first_place() -> str:
    actor = the_actor()
    places = (
        (("lead", "reviewer", "viewer", "auditor", "admin"), "desk.overview"),
        (("evaluator", "interviewer", "expert"), "field.today"),
        (("unit",), "unit.results"),
    )
    return next(
        (url_for(endpoint) for roles, endpoint in places if actor.has(*roles)), url_for("home.account")
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("20/minute", methods=["POST"])
@limiter.limit("6/minute", methods=["POST"], key_func=login_typed)
def sign_in() -> Any:
    """Sign in; unknown and wrong give the same answer."""
    form = SignInForm()
    target = local_path(request.values.get("next"))
    if request.method == "GET" or not form.validate_on_submit():
        return render_template("home/sign_in.html", form=form, target=target, failed=request.method == "POST")
    token = accounts.sign_in(
        the_platform(), form.login.data or "", form.password.data or "", form.code.data or ""
    )
    if token is None:
        return render_template("home/sign_in.html", form=form, target=target, failed=True), 401
    session.clear()
    actor = accounts.find_actor(the_platform(), token)
    if actor:
        login_user(Member(actor, token))
    return redirect(target or url_for("home.index"), 303)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> BaseResponse:
    """End the session on the server."""
    accounts.sign_out(the_platform(), current_user.token)
    session.clear()
    response = redirect(url_for("home.index"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> Any:
    """Change the password; all sessions end with it."""
    form, problem = PasswordForm(), ""
    if form.validate_on_submit():
        problem = _password_problem(form)
        if not problem:
            session.clear()
            flash(_("密码已修改，请用新密码登录。"))
            return redirect(url_for("home.sign_in"), 303)
    return render_template("home/account.html", form=form, problem=problem), 422 if problem else 200


def _password_problem(form: PasswordForm) -> str:
    if form.new.data != form.again.data:
        return _("两次输入的新密码不一致，请重新输入。")
    try:
        changed = accounts.change_password(
            the_platform(), the_actor().id, form.old.data or "", form.new.data or ""
        )
    except accounts.WeakPassword:
        return _("新密码至少 12 个字符，可以用一句容易记住的话。")
    return "" if changed else _("原密码不正确，密码没有修改。")


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@signed_in
def second_factor() -> Any:
    """Switch the time-based code on (shown as a QR code to scan) or off."""
    actor, failed = the_actor(), False
    if request.method == "POST":
        turning_off = request.form.get("off") == "1"
        secret = None if turning_off else session.get("totp")
        done = (turning_off or bool(secret)) and accounts.set_totp(
            the_platform(), actor.id, secret, request.form.get("code", "")
        )
        if done:
            session.pop("totp", None)
            flash(_("动态口令已关闭。") if turning_off else _("动态口令已启用，下次登录时需要输入。"))
            return redirect(url_for("home.account"), 303)
        failed = True
    secret, address = accounts.new_second_factor(actor.login)
    session["totp"], session["totp_address"] = secret, address
    page = render_template("home/second_factor.html", secret=secret, failed=failed)
    return page, 422 if failed else 200


@blueprint.get("/account/second-factor.svg")
@signed_in
def second_factor_qr() -> Response:
    """The QR code that an authenticator app scans; lives only while the page is open."""
    address = session.get("totp_address")
    if not address:
        abort(404)
    return Response(qr_svg(address), mimetype="image/svg+xml")


@blueprint.get("/healthz")
@public
def health() -> dict[str, str]:
    """Whether the database answers."""
    with the_platform().database.reading() as session_:
        session_.connection()
    return {"status": "ok"}
