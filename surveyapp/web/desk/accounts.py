"""Accounts at the desk: list, open, roles, deactivation, passwords, sessions. For admins only.

A new password is shown once, in the answer to the request that made it, and is nowhere else.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.services import registering
from surveyapp.services.accounts import UnknownAccount
from surveyapp.services.registering import NewAccount, Opened
from surveyapp.storage.queries.settings import ROLES, Account, list_accounts, list_units_below
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

FIELDS = ("login", "name", "language", "role", "unit")


@blueprint.app_template_global()
def role_names() -> dict[str, str]:
    """Every role with its name in the reader's language."""
    names = {
        "admin": _("系统管理员"),
        "lead": _("项目负责人"),
        "reviewer": _("数据审核"),
        "evaluator": _("评估员"),
        "interviewer": _("访谈员"),
        "expert": _("专家"),
        "unit": _("被评单位"),
        "viewer": _("领导"),
        "auditor": _("审计"),
    }
    return {role: names[role] for role in ROLES}


def _mine() -> list[Account]:
    """The accounts whose roles all lie inside the admin's own scope."""
    actor = the_actor()
    with the_platform().database.reading() as session:
        found = list_accounts(session, the_platform().clock())
    return [one for one in found if all(actor.covers(unit.path, "admin") for _role, unit in one.roles)]


def _units() -> list[Any]:
    with the_platform().database.reading() as session:
        return list_units_below(session, tops("admin"))


@blueprint.get("/accounts")
@allowed("admin")
def accounts() -> str:
    """All accounts, and a form for a new one."""
    return _list("", {})


def _list(problem: str, typed: dict[str, str]) -> str:
    return render_template(
        "desk/accounts.html", accounts=_mine(), units=_units(), problem=problem, typed=typed
    )


@blueprint.post("/accounts")
@allowed("admin")
def open_account() -> tuple[str, int]:
    """Open an account; the answer shows its password, this once."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    wanted = NewAccount(typed["login"], typed["name"], typed["language"], typed["role"], typed["unit"])
    outcome = registering.open_account(the_platform(), the_actor(), wanted)
    if not isinstance(outcome, Opened):
        return _list(either(dict(outcome.sentence)), typed), 422
    return _password_page(outcome.user_id, outcome.login, outcome.password, is_new=True), 201


def _password_page(user_id: int, login: str, password: str, is_new: bool) -> str:
    return render_template(
        "desk/accounts_password.html", user_id=user_id, login=login, password=password, is_new=is_new
    )


@blueprint.get("/accounts/<int(max=2147483647):user_id>")
@allowed("admin")
def account(user_id: int) -> str:
    """One account: its roles and what can be done to it."""
    return _one(user_id, "")


def _one(user_id: int, problem: str) -> str:
    found = next((one for one in _mine() if one.row.id == user_id), None) or abort(404)
    return render_template("desk/accounts_one.html", account=found, units=_units(), problem=problem)


def _answered(user_id: int, refusal: Any, done: str) -> Response | tuple[str, int]:
    if refusal is not None:
        return _one(user_id, either(dict(refusal.sentence))), 422
    flash(done)
    return redirect(url_for("desk.account", user_id=user_id), 303)


@blueprint.post("/accounts/<int(max=2147483647):user_id>/roles")
@allowed("admin")
def give_role(user_id: int) -> Any:
    """Give a role over a unit and everything below it."""
    role, unit = request.form.get("role", ""), request.form.get("unit", "")
    try:
        refusal = registering.give_role(the_platform(), the_actor(), user_id, role, unit)
    except UnknownAccount:
        abort(404)
    return _answered(user_id, refusal, _("角色已授予，立即生效。"))


@blueprint.post("/accounts/<int(max=2147483647):user_id>/roles/<int(max=2147483647):role_id>/withdraw")
@allowed("admin")
def withdraw_role(user_id: int, role_id: int) -> Any:
    """Take a role away, at once."""
    try:
        refusal = registering.withdraw_role(the_platform(), the_actor(), user_id, role_id)
    except UnknownAccount:
        abort(404)
    return _answered(user_id, refusal, _("角色已撤销，立即生效。"))


@blueprint.post("/accounts/<int(max=2147483647):user_id>/<any(close, reopen, sessions, factor):deed>")
@allowed("admin")
def change_account(user_id: int, deed: str) -> Any:
    """Deactivate, reactivate, end all sessions, or switch the second factor off."""
    deeds = {
        "close": (registering.close_account, _("账号已停用，登录已全部结束。")),
        "reopen": (registering.reopen_account, _("账号已恢复使用。")),
        "sessions": (registering.end_sessions, _("登录已全部结束。")),
        "factor": (registering.forget_second_factor, _("动态口令已关闭。")),
    }
    change, done = deeds[deed]
    try:
        refusal = change(the_platform(), the_actor(), user_id)
    except UnknownAccount:
        abort(404)
    return _answered(user_id, refusal, done)


@blueprint.post("/accounts/<int(max=2147483647):user_id>/password")
@allowed("admin")
def new_password(user_id: int) -> tuple[str, int]:
    """Set a new random password; the answer shows it, this once."""
    try:
        outcome = registering.new_password(the_platform(), the_actor(), user_id)
    except UnknownAccount:
        abort(404)
    if not isinstance(outcome, tuple):
        return _one(user_id, either(dict(outcome.sentence))), 422
    return _password_page(user_id, *outcome, is_new=False), 200
