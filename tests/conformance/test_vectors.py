"""The public vectors, where they lie beside the checkout: right or listed with a reason, in both languages.

Without the folder nothing of it can be said; the project's own cases (tests/conformance/test_own_cases.py)
run everywhere.
"""

import json
from functools import cache
from typing import Any

from playwright.sync_api import Browser

from tests.conformance.__main__ import Tally, folder, tally
from tests.conformance.browser_run import browser_results
from tests.conformance.python_run import Documents, result_of
from tests.conformance.vectors import Case, agrees, key_of, read_cases, read_disagreements


@cache
def vectors() -> tuple[list[Case], list[str], list[Any]]:
    """The cases, their documents and what Python makes of them; nothing when there is no folder."""
    place = folder()
    if place is None:
        print("No conformance vectors here: only the project's own cases run.")
        return [], [], []
    cases = read_cases(place)
    texts = json.loads((place / "xpath-documents.json").read_text(encoding="utf-8"))
    documents = Documents(texts)
    return cases, texts, [result_of(case, documents) for case in cases]


def share(found: Tally) -> float:
    return found.right / found.total if found.total else 1.0


def check(found: dict[str, Tally]) -> None:
    assert found["core"].unexplained == []
    assert found["other"].unexplained == []
    assert found["core"].right + found["core"].explained == found["core"].total
    assert share(found["core"]) >= 0.994
    assert share(found["other"]) >= 0.95


def test_every_vector_is_right_or_explained_in_python() -> None:
    cases, _, results = vectors()
    check(tally(cases, results))


def test_every_vector_is_right_or_explained_in_the_browser(browser: Browser) -> None:
    cases, texts, _ = vectors()
    check(tally(cases, browser_results(browser, cases, texts) if cases else []))


def test_no_disagreement_is_listed_that_is_none() -> None:
    cases, _, results = vectors()
    wrong = {key_of(case) for case, result in zip(cases, results, strict=True) if not agrees(case, result)}
    listed = {key for group in read_disagreements() for key in group.cases}
    assert not cases or listed <= wrong


def test_every_disagreement_says_why() -> None:
    assert all(len(group.reason) > 40 and group.cases for group in read_disagreements())
