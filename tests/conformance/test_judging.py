"""That the runner tells right from wrong, so that its numbers mean something."""

from typing import Any

import pytest

from tests.conformance.python_run import Documents, result_of
from tests.conformance.vectors import Case, agrees


def case(kind: str, expected: Any, expression: str = "1", **changes: Any) -> Case:
    values = {"scope": "core", "context": "/", "now_ms": 0.0, "factor": 1.0, "negated": False, "root": ""}
    return Case(
        suite="own",
        test="",
        expression=expression,
        document=0,
        kind=kind,
        expected=expected,
        language="",
        **values | changes,
    )


@pytest.mark.parametrize(
    ("kind", "expected", "found", "right"),
    [
        ("number", 1, 1.0, True),
        ("number", 1, 1.5, False),
        ("number", "NaN", float("nan"), True),
        ("number", "NaN", 0.0, False),
        ("string", "a", "a", True),
        ("string", "a", "b", False),
        ("boolean", True, False, False),
        ("stringMatches", "^a+$", "aa", True),
        ("stringMatches", "^a+$", "b", False),
        ("nodes", ["/#1"], ["/#1"], True),
        ("nodes", ["/#1"], [], False),
        ("nodes1", ["/#1"], ["/#1", "/#2"], True),
        ("throws", True, None, True),
        ("throws", True, 1.0, False),
        ("number", 1, None, False),
    ],
)
def test_a_result_is_judged_by_its_kind(kind: str, expected: Any, found: Any, right: bool) -> None:
    assert agrees(case(kind, expected), found) is right


def test_a_rounded_number_is_compared_at_its_factor() -> None:
    assert agrees(case("numberRounded", 0.333, factor=1000.0), 0.33349)
    assert not agrees(case("numberRounded", 0.333, factor=1000.0), 0.3336)


def test_a_negated_case_expects_anything_else() -> None:
    assert agrees(case("string", "a", negated=True), "b")
    assert not agrees(case("string", "a", negated=True), "a")


def test_a_case_runs_over_its_document_at_its_node() -> None:
    documents = Documents(["<a><b>1</b><b>2</b></a>"])
    assert result_of(case("nodes", [], "following-sibling::b", context="/#1/#1"), documents) == ["/#1/#2"]
    assert result_of(case("number", 2, "sum(/a/b) - 1"), documents) == 2.0
    assert result_of(case("throws", True, "sum(1)"), documents) is None
