"""The stack's lax defaults are not ours: one test for each that bites."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.application import create_app
from surveyapp.config import Settings, UnsafeSettings, unsafe
from surveyapp.services.installation import Platform
from surveyapp.web.access import local_path
from tests.data.rounds import PASSWORD, Round


@pytest.fixture
def app(platform: Platform, made: Round) -> Flask:
    return create_app(platform)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_foreign_host_is_refused_and_never_reflected(client: FlaskClient, made: Round) -> None:
    response = client.get(f"/q/{made.code}", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert b"evil.example" not in response.data


def test_addresses_for_the_public_come_from_the_setting_only(client: FlaskClient, made: Round) -> None:
    page = client.get(f"/q/{made.code}", headers={"X-Forwarded-Host": "evil.example"})
    assert b"evil.example" not in page.data


def test_a_forwarded_address_is_ignored_without_a_trusted_proxy(app: Flask) -> None:
    with app.test_request_context(
        headers={"X-Forwarded-For": "203.0.113.9"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    ):
        pass
    seen: list[str | None] = []
    app.add_url_rule("/who", "who", lambda: "ok")
    app.before_request(lambda: seen.append(__import__("flask").request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == ["127.0.0.1"]


def test_the_csrf_token_outlives_an_hour_and_is_never_asked_of_citizens(app: Flask) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
    response = app.test_client().post("/q/ACDEFGHJ", data={})
    assert response.status_code == 404


def test_a_post_without_a_token_is_refused_on_the_staff_side(client: FlaskClient) -> None:
    response = client.post("/sign-in", data={"login": "lead", "password": PASSWORD})
    assert response.status_code in (200, 400)
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_bodies_are_limited(app: Flask, client: FlaskClient, made: Round) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 40 * 1024 * 1024
    response = client.post(f"/q/{made.code}", data={"opinion/comment": "长" * 1_000_000})
    assert response.status_code == 413
    assert "过大".encode() in response.data


@pytest.mark.parametrize(
    "body",
    [
        b'{"submission_id": NaN}',
        b'{"submission_id": 1e999}',
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b'{"submission_id": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b"[]",
        b"",
    ],
)
def test_json_that_flask_would_swallow_is_refused_with_a_sentence(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/submissions", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["error"] == "bad-json"


@pytest.mark.parametrize(
    "target",
    [
        "//evil",
        "/\\evil",
        "\\\\evil",
        "https:evil",
        "https://evil/",
        "///evil",
        "/a\n",
        "javascript:1",
        "",
        None,
    ],
)
def test_only_paths_of_our_own_are_followed_after_sign_in(target: str | None) -> None:
    assert local_path(target) is None


def test_a_path_of_our_own_is_followed(app: Flask) -> None:
    assert local_path("/desk/?round=r1") == "/desk/?round=r1"


def test_every_answer_carries_the_security_headers(client: FlaskClient, made: Round) -> None:
    for path in (f"/q/{made.code}", "/nowhere", "/sign-in"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_an_error_is_a_page_without_a_trace(app: Flask) -> None:
    def breaks() -> str:
        raise RuntimeError("secret detail")

    breaks.__access__ = ("*",)  # type: ignore[attr-defined]
    app.add_url_rule("/breaks", "breaks", breaks)
    response = app.test_client().get("/breaks")
    assert response.status_code == 500
    assert b"secret detail" not in response.data
    assert b"Traceback" not in response.data
    assert "系统出现错误".encode() in response.data


def test_guessing_passwords_is_slowed_down(client: FlaskClient, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    answers = [
        client.post("/sign-in", data={"login": login, "password": "wrong password"})
        for login in ("lead", "nobody", "lead", "lead", "lead", "lead", "lead", "lead")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].data.replace(b"lead", b"") == answers[1].data.replace(b"nobody", b"")
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"public_url": "http://a.example"}, "https://"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"twilio_account_sid": "AC1"}, "TWILIO_AUTH_TOKEN"),
        ({"twilio_api_base": "http://127.0.0.1:1"}, "TWILIO_API_BASE"),
        ({"public_url": "a.example"}, "PUBLIC_URL"),
    ],
)
def test_a_production_start_with_an_unsafe_setting_says_how_to_mend_it(
    changed: dict[str, str], word: str
) -> None:
    safe: dict[str, str] = {
        "environment": "production",
        "public_url": "https://a.example",
        "secret_key": "k" * 32,
    }
    assert unsafe(Settings.model_validate(safe)) == []
    assert any(word in sentence for sentence in unsafe(Settings.model_validate({**safe, **changed})))


def test_a_setting_that_cannot_be_read_names_its_variable() -> None:
    with pytest.raises(UnsafeSettings, match="IDLE_MINUTES"):
        Settings.from_environment({"IDLE_MINUTES": "soon"})
