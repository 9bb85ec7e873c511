"""Runs the vectors through static/js/xpath.js in Chromium; trees come from the Python parser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from surveyapp.forms.grammar import parse
from surveyapp.forms.problem import BadExpression
from tests.conformance.python_run import NAMESPACES, PHOENIX
from tests.conformance.vectors import Case

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
SCRIPT_NAMES = ("xpath.js", "xpath-rare.js", "xpath-codes.js")
_CHUNK = 500


def browser_results(browser: Browser, cases: list[Case], documents: list[str]) -> list[Any]:
    """The result of every case in the shape of its kind; None where it was refused."""
    found: list[Any] = []
    with evaluator(browser, documents) as page:
        for start in range(0, len(cases), _CHUNK):
            rows = [_row(case) for case in cases[start : start + _CHUNK]]
            text = page.evaluate("text => harness.run(JSON.parse(text))", json.dumps(rows))
            found.extend(json.loads(text))
    return found


def browser_functions(browser: Browser) -> dict[str, tuple[int, float]]:
    """Every function the browser knows with the least and most arguments it takes."""
    listing = "Object.entries(SurveyXPath.functions).map(([n, f]) => [n, String(f[0]), String(f[1])])"
    with evaluator(browser, []) as page:
        return {name: (int(least), float(most)) for name, least, most in page.evaluate(listing)}


@contextmanager
def evaluator(browser: Browser, documents: list[str]) -> Iterator[Page]:
    """A page of the browser with the evaluator and the documents in it."""
    context = browser.new_context()
    try:
        page = context.new_page()
        for script in SCRIPT_NAMES:
            page.add_script_tag(path=SCRIPTS / script)
        page.add_script_tag(path=Path(__file__).parent / "harness.js")
        page.evaluate(
            "([texts, spaces, offset]) => harness.open(texts, spaces, offset)",
            [documents, NAMESPACES, PHOENIX],
        )
        yield page
    finally:
        context.close()


def _row(case: Case) -> list[Any]:
    try:
        tree = parse(case.expression)
    except BadExpression:
        tree = None
    return [tree, case.document, case.context, case.root, case.kind, case.now_ms, case.language]
