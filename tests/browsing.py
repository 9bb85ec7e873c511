"""Starts the Chromium of this machine under Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests import chromium


@contextmanager
def chromium_started() -> Iterator[Browser]:
    """A Chromium. A process holds one at a time: Playwright refuses a second beside it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=[*chromium.ARGUMENTS]
        )
        yield browser
        browser.close()
