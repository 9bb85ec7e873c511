"""Crossed random effects: against the analysis of variance of a balanced table, known truth, the edges."""

import random

import numpy as np
import pytest

from surveyapp.stats import crossed_effects as module
from surveyapp.stats.crossed_effects import crossed_effects, is_connected

SHROUT = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))


def table(rows):
    cells = [(float(v), f"o{i}", f"r{j}") for i, row in enumerate(rows) for j, v in enumerate(row)]
    return [list(column) for column in zip(*cells, strict=True)]


def test_a_balanced_table_gives_the_components_of_the_analysis_of_variance():
    # Shrout and Fleiss (1979): mean squares 11.24 (6 objects), 32.49 (4 raters), 1.02 (rest).
    found = crossed_effects(*table(SHROUT))
    assert found.is_converged
    assert found.error_variance == pytest.approx(1.0194, abs=1e-3)
    assert found.object_variance == pytest.approx((11.2417 - 1.0194) / 4, abs=2e-3)
    assert found.rater_variance == pytest.approx((32.4861 - 1.0194) / 6, abs=2e-2)
    share = found.object_variance / (found.object_variance + found.rater_variance + found.error_variance)
    assert share == pytest.approx(0.28976, abs=1e-3)
    assert sum(one.value for one in found.raters) == pytest.approx(0, abs=1e-6)
    assert max(found.raters, key=lambda one: one.value).name == "r0"
    assert [one.n for one in found.raters] == [6] * 4
    assert all(one.interval.low < one.value < one.interval.high for one in found.raters)


def drawn(rng, units=12, raters=6, each=4, sizes=(1.0, 0.5, 0.7), seen=3):
    """An unbalanced crossed design: every unit is seen by `seen` raters, now and then once more."""
    truth = [rng.gauss(0, sizes[0]) for _ in range(units)]
    severity = [rng.gauss(0, sizes[1]) for _ in range(raters)]
    rows = []
    for unit in range(units):
        for rater in sorted(rng.sample(range(raters), seen)):
            for _ in range(each + rng.randint(0, 2)):
                rows.append((truth[unit] + severity[rater] + rng.gauss(0, sizes[2]), f"u{unit}", f"r{rater}"))
    return truth, severity, [list(column) for column in zip(*rows, strict=True)]


def test_known_variance_components_come_back_on_average():
    rng = random.Random(2018)
    found = [crossed_effects(*drawn(rng)[2]) for _ in range(60)]
    assert np.mean([one.object_variance for one in found]) == pytest.approx(1.0, rel=0.2)
    assert np.mean([one.rater_variance for one in found]) == pytest.approx(0.25, rel=0.3)
    assert np.mean([one.error_variance for one in found]) == pytest.approx(0.49, rel=0.05)


def test_the_intervals_hold_the_true_severity_about_as_often_as_they_say():
    rng = random.Random(7)
    held = []
    for _ in range(60):
        _truth, severity, data = drawn(rng, units=20, raters=8)
        middle = sum(severity) / len(severity)
        for one in crossed_effects(*data).raters:
            held.append(one.interval.low <= severity[int(one.name[1:])] - middle <= one.interval.high)
    assert 0.88 <= sum(held) / len(held) <= 0.985


def test_without_severity_the_effects_are_close_to_nothing():
    rng = random.Random(3)
    sizes = []
    for _ in range(30):
        found = crossed_effects(*drawn(rng, sizes=(1.0, 0.0, 0.7))[2])
        sizes += [abs(one.value) for one in found.raters]
    assert np.mean(sizes) < 0.06


def test_values_without_any_spread_have_no_effects():
    found = crossed_effects([3.0] * 6, list("aabbcc"), list("xyxyxy"))
    assert (found.mean, found.rater_variance, found.error_variance) == (3.0, 0.0, 0.0)
    assert {one.value for one in (*found.objects, *found.raters)} == {0.0}


@pytest.mark.parametrize(
    ("values", "objects", "raters"),
    [
        ([1.0, 2.0], ["a", "b"], ["x"]),
        ([1.0, float("nan"), 2.0, 3.0], list("abab"), list("xxyy")),
        ([1.0, 2.0, 3.0], list("aaa"), list("xyx")),
        ([1.0, 2.0, 3.0], list("abc"), list("xxx")),
        ([1.0, 2.0, 3.0, 4.0], list("aabb"), list("xxyy")),
        ([1.0, 2.0, 3.0], list("aab"), list("xyx")),
    ],
)
def test_a_design_that_cannot_tell_the_effects_apart_is_refused(values, objects, raters):
    with pytest.raises(ValueError, match=r"needs|fall apart"):
        crossed_effects(values, objects, raters)


def test_raters_who_share_nothing_are_not_connected():
    assert not is_connected([], [])
    assert not is_connected(list("aabb"), list("xyzw"))
    assert is_connected(list("aabbc"), list("xyyzz"))


def test_a_search_that_is_cut_short_says_so(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 2)
    assert not crossed_effects(*table(SHROUT)).is_converged
