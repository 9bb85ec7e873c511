"""How far two written results are apart."""

from surveyapp.evaluation.scoring import largest_difference


def test_only_numbers_may_be_apart() -> None:
    kept = {"total": {"points": 80.0, "n": 3}, "leaves": [{"low": None, "rules": "1"}], "formula": "x = 1"}
    fresh = {
        "total": {"points": 80.0 + 1e-12, "n": 3, "more": 1},
        "leaves": [{"low": None, "rules": "2"}],
        "formula": "x = 2",
    }
    assert largest_difference(kept, kept) == 0.0
    assert 0 < (largest_difference(kept, fresh) or 0.0) < 1e-9


def test_anything_else_that_differs_is_no_rounding() -> None:
    kept = {"status": "scored", "points": 1.0, "roots": ["a"]}
    for other in (
        kept | {"status": "partial"},
        kept | {"points": None},
        kept | {"roots": ["a", "b"]},
        kept | {"roots": ["b"]},
        kept | {"points": True},
        {"status": "scored"},
        "scored",
    ):
        assert largest_difference(kept, other) is None
    assert largest_difference([1.0, 5], [1.0, 2]) == 3.0
