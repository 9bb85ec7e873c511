"""Both languages give the texts the project's own cases ask for; together these call every function."""

from playwright.sync_api import Browser

from surveyapp.forms.functions.registry import FUNCTIONS
from tests.conformance.browser_run import browser_functions, browser_results
from tests.conformance.own_cases import DOCUMENT, TEXTS, own_cases
from tests.conformance.python_run import Documents, result_of


def test_every_case_gives_its_text_in_python() -> None:
    documents = Documents([DOCUMENT])
    assert {case.expression: result_of(case, documents) for case in own_cases()} == TEXTS


def test_every_case_gives_its_text_in_the_browser(browser: Browser) -> None:
    cases = own_cases()
    found = browser_results(browser, cases, [DOCUMENT])
    assert {case.expression: text for case, text in zip(cases, found, strict=True)} == TEXTS


def test_every_function_is_called_by_a_case() -> None:
    assert {name for name in FUNCTIONS if not any(f"{name}(" in text for text in TEXTS)} == set()


def test_the_browser_knows_the_same_functions_with_as_many_arguments(browser: Browser) -> None:
    here = {name: (known.least, known.most) for name, known in FUNCTIONS.items()}
    assert browser_functions(browser) == here
