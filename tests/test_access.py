"""Who may open what: every view declares it, and every route is tried by every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from surveyapp.application import create_app
from surveyapp.services import accounts
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import people
from surveyapp.web import access
from tests.data.rounds import ROLES, make_round
from tests.web.clients import signed_in

VALUES = {"int": "1", "default": "x", "string": "x", "any": "svg", "path": "x"}


@pytest.fixture
def app(platform: Platform) -> Flask:
    make_round(platform)
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every (rule, method) except static files and the automatic ones."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule with made-up values."""
    values = {
        name: next(iter(converter.map_args), 1) if hasattr(converter, "map_args") else _value(converter)
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def _value(converter: object) -> object:
    kind = type(converter).__name__
    if isinstance(converter, IntegerConverter):
        return 999_999
    if kind == "AnyConverter":
        return sorted(converter.items)[0]  # type: ignore[attr-defined]
    return "x"


def test_every_view_declares_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule, _method in routes(app)
        if not getattr(app.view_functions[rule.endpoint], "__access__", ())
    ]
    assert silent == []


def test_declared_roles_exist(app: Flask) -> None:
    known = {*people.ROLES, *access.PUBLIC, *access.ANY_ROLE, *access.DEVICES}
    for rule, _method in routes(app):
        assert set(app.view_functions[rule.endpoint].__access__) <= known, rule.endpoint


def test_a_view_that_declares_nothing_is_closed_even_to_the_signed_in(app: Flask, platform: Platform) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert signed_in(app, platform, "lead").get("/forgotten").status_code == 403
    assert app.test_client().get("/forgotten").status_code == 303


def test_strangers_reach_public_views_only(app: Flask) -> None:
    client = app.test_client()
    for rule, method in routes(app):
        declared = app.view_functions[rule.endpoint].__access__
        response = client.open(address(app, rule), method=method)
        if declared == access.PUBLIC:
            assert response.status_code < 500, rule
        elif declared == access.DEVICES:
            assert response.status_code == 401, rule
        elif method == "GET":
            assert response.status_code in (303, 401), rule
        else:
            assert response.status_code == 401, rule


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_exactly_what_is_declared_for_it(app: Flask, platform: Platform, role: str) -> None:
    for rule, method in routes(app):
        declared = app.view_functions[rule.endpoint].__access__
        if rule.endpoint in ("home.sign_in", "home.sign_out", "home.account"):
            continue
        client = signed_in(app, platform, role)
        status = client.open(address(app, rule), method=method).status_code
        if declared == access.DEVICES:
            assert status == 401, (rule, method)  # a session is no device
        elif declared in (access.PUBLIC, access.ANY_ROLE) or role in declared:
            assert status != 401, (rule, method)
            assert status < 500, (rule, method)
        else:
            assert status == 403, (rule, method)


def test_a_revoked_session_is_refused_at_once(app: Flask, platform: Platform) -> None:
    client = signed_in(app, platform, "lead")
    assert client.get("/desk/").status_code == 200
    accounts.deactivate(platform, "lead")
    assert client.get("/desk/").status_code == 303
    assert client.post("/desk/review/confirm").status_code == 401
