"""The heaviest of the hostile expressions that publishing lets pass, on the server and in the browser."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable

from playwright.sync_api import sync_playwright

from surveyapp.forms.closures import compiled
from surveyapp.forms.grammar import parse
from surveyapp.forms.nodes import Node
from surveyapp.forms.problem import BadExpression
from surveyapp.forms.values import Context, Environment
from tests.chromium import ARGUMENTS, executable
from tests.conformance.browser_run import evaluator
from tests.conformance.python_run import Documents
from tests.conformance.test_hostile import DOCUMENT, HOSTILE

AIM = 50
RUNS = 3
_TIMED = """text => { const rows = JSON.parse(text), begun = performance.now();
  harness.run(rows);
  return performance.now() - begun; }"""


def measure(say: Callable[[str], object]) -> None:
    """Print the worst case of each side with its expression."""
    document = Documents([DOCUMENT]).tree(0)
    for side, found in (("Python", in_python(document)), ("Chromium", in_chromium())):
        worst = max(found, key=lambda text: found[text])
        say(f"hostile, {side:9} {found[worst]:12.1f} ms (aim <= {AIM})  {worst}")


def in_python(document: Node) -> dict[str, float]:
    """Milliseconds of processor time of each expression, the least of a few runs."""
    found = {}
    for text in HOSTILE:
        run = compiled(parse(text))
        taken = []
        for _ in range(RUNS):
            begun = time.process_time()
            with contextlib.suppress(BadExpression):
                run(Context(document, Environment(), document, document))
            taken.append(time.process_time() - begun)
        found[text] = min(taken) * 1e3
    return found


def in_chromium() -> dict[str, float]:
    """Milliseconds of each expression in the browser, the least of a few runs."""
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*ARGUMENTS])
        with evaluator(browser, [DOCUMENT]) as page:
            for text in ("1", *HOSTILE):
                row = json.dumps([[parse(text), 0, "/#1", 0, "string", 0.0, ""]])
                found[text] = min(float(page.evaluate(_TIMED, row)) for _ in range(RUNS))
        browser.close()
    return found
