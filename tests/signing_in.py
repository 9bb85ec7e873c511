"""Somebody signs in on the page, as people do; `tests.web.clients` does it without a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.data.rounds import PASSWORD


def sign_in(page: Page, address: str, login: str, then: str = "") -> None:
    """Sign in under a login of tests.data.rounds; `then` is the path it leads to, '' for the usual one."""
    page.goto(f"{address}/sign-in?next={then}" if then else f"{address}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    if then:
        expect(page).to_have_url(re.compile(re.escape(then)))
    else:
        expect(page.locator("nav.bar")).to_be_visible()
