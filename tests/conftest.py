"""What the tests share: both databases, an installation with its clock, the browser, a served application.

Fixtures only; how PostgreSQL, Chromium and axe are found is in tests/postgres.py and tests/chromium.py.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Page

from surveyapp.config import Settings
from surveyapp.services import installation, publishing
from surveyapp.services.installation import Platform
from surveyapp.storage.migrations import upgrade
from tests import chromium, postgres
from tests.browsing import chromium_started
from tests.clock import Clock
from tests.serving import serving

# A machine that is busy with something else is no fault of the code.
hypothesis.settings.register_profile(
    "surveyapp", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("surveyapp")

PHONE = 390
DESKTOP = 1280


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def questionnaires_are_read_once() -> Iterator[None]:
    """The same text converts and loads to the same form: pure functions, so the run remembers them.

    Hundreds of tests publish the four questionnaires; tests of the conversion call it themselves.
    """
    with pytest.MonkeyPatch.context() as patched:
        for module, name in (
            (publishing, "convert_markdown"),
            (publishing, "load_form"),
            (installation, "load_form"),
        ):
            patched.setattr(module, name, _remembered(getattr(module, name)))
        yield


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a text and files by name, its results kept."""
    held: dict[Any, Any] = {}

    def call(text: str, files: Mapping[str, bytes] | None = None) -> Any:
        key = (text, files is None, tuple(sorted((files or {}).items())))
        if key not in held:
            held[key] = function(text, files)
        return held[key]

    return call


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL for the whole run, started when the first test asks for it."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    """The name of a migrated, empty PostgreSQL database to copy."""
    name = postgres_server.create()
    upgrade(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "survey.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs the test once for each database the platform supports."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database without rows, for this test alone."""
    if database_kind == "sqlite":
        path = tmp_path / "survey.db"
        _copy_sqlite(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def bare_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, for tests of the migrations themselves."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


def _copy_sqlite(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as full,
        contextlib.closing(sqlite3.connect(target)) as empty,
    ):
        full.backup(empty)


@pytest.fixture
def clock() -> Clock:
    """The platform's clock in this test: it stands still until it is moved."""
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an empty local installation in a folder of its own."""
    return Settings(data_dir=tmp_path / "data", database_url=database_url, secret_key="k" * 64)


@pytest.fixture
def platform(settings: Settings, clock: Clock) -> Iterator[Platform]:
    """An empty installation, on each database in turn."""
    with contextlib.closing(Platform.open(settings, clock)) as opened:
        yield opened


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serves WSGI applications on loopback ports until the test ends: `address = serve(application)`."""
    with contextlib.ExitStack() as stack:
        yield lambda application: stack.enter_context(serving(application))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; fails, and does not skip, where there is none."""
    if lacking := chromium.missing_to_start():
        pytest.fail(f"browser tests need: apt-get install -y {' '.join(lacking)}", pytrace=False)
    with chromium_started() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages by width, each in a context of its own: `page = open_page(390, java_script_enabled=False)`.

    A script that throws, and a breach of the content security policy, fail the test when it ends.
    """
    faults: list[str] = []
    with contextlib.ExitStack() as stack:

        def page_at(width: int, **options: Any) -> Page:
            settings = {
                "viewport": {"width": width, "height": 844 if width < 600 else 900},
                "locale": "zh-CN",
            }
            context = browser.new_context(**{**settings, "has_touch": width < 600, **options})
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda message: faults.extend(_policy_breach(message.text)))
            return page

        yield page_at
    assert not faults, faults


def _policy_breach(text: str) -> list[str]:
    return [text] if "Content Security Policy" in text or "Content-Security-Policy" in text else []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page as wide as a phone."""
    return open_page(PHONE)


@pytest.fixture
def wide_page(open_page: Callable[..., Page]) -> Page:
    """A page as wide as a desktop window."""
    return open_page(DESKTOP)


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Asks axe-core about a page: `assert axe(page) == []`."""
    return chromium.axe
