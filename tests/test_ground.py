"""The test ground itself: fresh databases, a browser that sees breaches, axe that finds faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page
from werkzeug.wrappers import Response

from surveyapp.services.installation import Platform
from surveyapp.storage.migrations import current, head
from tests import chromium
from tests.clock import Clock

POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}
GOOD = "<!doctype html><html lang=zh><title>一</title><body><main><h1>一</h1></main>"
FAULTY = "<!doctype html><html><title>一</title><body><main><h1>一</h1><input></main>"


def test_a_test_gets_a_database_of_the_newest_version_without_rows(database_url: str) -> None:
    assert current(database_url) == head()
    engine = sa.create_engine(database_url)
    tables = set(sa.inspect(engine).get_table_names()) - {"alembic_version"}
    with engine.connect() as link:
        assert {link.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables} == {0}  # noqa: S608
    engine.dispose()


def test_the_databases_are_of_the_kinds_they_say(database_kind: str, database_url: str) -> None:
    assert sa.make_url(database_url).get_backend_name() == database_kind


def test_a_bare_database_has_no_version(bare_database_url: str) -> None:
    assert current(bare_database_url) is None


def test_postgresql_keeps_its_durability_switches_on(postgres_server: Any, postgres_template: str) -> None:
    engine = sa.create_engine(postgres_server.url(postgres_template))
    with engine.connect() as link:
        switches = [
            link.scalar(sa.text(f"SHOW {name}"))
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
    engine.dispose()
    assert switches == ["on", "on", "on"]


def test_the_installation_of_a_test_goes_by_the_clock_of_the_test(platform: Platform, clock: Clock) -> None:
    before = platform.clock()
    clock.advance(minutes=5)
    assert (platform.clock() - before).total_seconds() == 300


def test_axe_finds_what_is_wrong_under_a_strict_policy(page: Page, serve: Any, axe: Any) -> None:
    page.goto(serve(Response(FAULTY, content_type="text/html; charset=utf-8", headers=POLICY)))
    assert {line.partition(" ")[0] for line in axe(page)} == {"html-has-lang", "label"}


def test_axe_finds_nothing_on_a_page_that_is_right(wide_page: Page, serve: Any, axe: Any) -> None:
    wide_page.goto(serve(Response(GOOD, content_type="text/html; charset=utf-8", headers=POLICY)))
    assert axe(wide_page) == []
    assert wide_page.evaluate("innerWidth") == 1280


def test_a_page_may_be_opened_without_scripts(open_page: Callable[..., Page], serve: Any) -> None:
    page = open_page(360, java_script_enabled=False)
    page.goto(serve(Response("<p>a</p><script>document.body.remove()</script>", content_type="text/html")))
    assert page.locator("p").count() == 1


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "executable", lambda: None)
    monkeypatch.setattr(chromium, "has_libatomic", lambda: False)
    monkeypatch.setattr(chromium, "has_chinese_font", lambda: False)
    assert chromium.missing() == chromium.missing_to_start() == ["chromium", "libatomic1", "fonts-noto-cjk"]


def test_a_missing_font_alone_stops_no_browser_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "executable", lambda: "chromium")
    monkeypatch.setattr(chromium, "has_libatomic", lambda: True)
    monkeypatch.setattr(chromium, "has_chinese_font", lambda: False)
    assert chromium.missing() == ["fonts-noto-cjk"]
    assert chromium.missing_to_start() == []
