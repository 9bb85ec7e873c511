"""Tables of values by key: the same means and errors as going value by value, whatever the order of rows."""

import math
import random

import pytest

from surveyapp.stats.complex_samples import design_mean
from surveyapp.stats.value_tables import norm_of_sum, value_table


def rows(key, values, units=(), strata=(), weights=()):
    size = len(values)
    return [
        (
            key,
            units[at] if units else f"u{at}",
            strata[at] if strata else "",
            weights[at] if weights else 1.0,
            values[at],
        )
        for at in range(size)
    ]


def drawn(rng, key):
    size = rng.randint(3, 30)
    strata = [rng.choice(("am", "pm", "eve")) for _ in range(size)] if rng.random() < 0.5 else [""] * size
    own = rng.random() < 0.5  # whether every unit keeps to its stratum
    units = [f"{strata[at] if own else ''}{at if at < 2 else rng.randrange(8)}" for at in range(size)]
    weights = [rng.choice((0.5, 1.0, 3.0)) for _ in range(size)]
    return rows(key, [rng.choice((0.0, 1.0, 2.5)) for _ in range(size)], units, strata, weights)


@pytest.mark.parametrize("seed", range(60))
def test_a_mean_by_design_is_the_one_found_value_by_value(seed):
    rng = random.Random(seed)
    mine, other = drawn(rng, "a"), drawn(rng, "b")
    table = value_table(other).extended(rng.sample(mine, len(mine)))
    seen = table.of("a")
    _, units, strata, weights, values = zip(*mine, strict=True)
    place = {}
    if any(place.setdefault(u, s) != s for u, s in zip(units, strata, strict=True)):
        strata = [""] * len(strata)
    wanted = design_mean(values, weights, units, strata)
    found = seen.design_mean()
    assert (found.mean, found.se, found.df) == (
        pytest.approx(wanted.mean),
        pytest.approx(wanted.se, abs=1e-12),
        wanted.df,
    )
    assert found.deff == pytest.approx(wanted.deff, abs=1e-9)
    column = seen.column("q", found)
    assert dict(column) == pytest.approx({("q", u): x for (_, u), x in wanted.influence.items()}, abs=1e-12)
    assert len(column) == len(set(units)) and norm_of_sum([2.0], [column]) == pytest.approx(2 * wanted.se)


def test_influences_of_two_keys_are_added_per_unit():
    table = value_table(rows("a", [0.0, 1.0, 1.0]) + rows("b", [1.0, 0.0]))
    columns = [table.of(key).column("q", table.of(key).design_mean()) for key in "ab"]
    one, two = (dict(column) for column in columns)
    whole = [2 * one.get(unit, 0.0) + 3 * two.get(unit, 0.0) for unit in one | two]
    assert norm_of_sum([2.0, 3.0], columns) == pytest.approx(math.sqrt(sum(u * u for u in whole)))
    with pytest.raises(KeyError):
        columns[0]["q", "u9"]


def test_what_is_known_of_a_key_at_once():
    table = value_table(rows("b", [3.0], weights=[2.0])).extended(
        rows("a", [0.0, 1.0, 1.0], units="xxy", strata=["am", "am", "pm"], weights=[1.0, 2.0, 3.0])
    )
    seen = table.of("a")
    assert (seen.low, seen.high, seen.lightest, seen.heaviest) == (0.0, 1.0, 1.0, 3.0)
    assert (seen.n, seen.total, seen.is_binary, seen.unit_count) == (3, 2.0, True, 2)
    assert seen.mean == pytest.approx(5 / 6)
    assert seen.stratum_sums == {"am": 3.0, "pm": 3.0}
    single = table.of("b")
    assert single.stratum_sums == {"": 2.0} and not single.is_binary
    assert dict(single.only("q", 0.5)) == {("q", "u0"): 0.5}
    assert len(table) == 4 and table.of("c") is None


def test_a_table_without_rows_has_no_key():
    table = value_table([])
    assert len(table) == 0 and table.of("a") is None
    assert table.extended([]) is table


def test_weights_and_values_are_changed_in_a_copy():
    seen = value_table(rows("a", [-2.0, 1.0], strata=["am", "pm"])).of("a")
    weighed = seen.weighed({"am": 3.0})
    assert (weighed.lightest, weighed.heaviest, weighed.mean) == (0.0, 3.0, -2.0)
    cut = seen.rescaled(4.0, 0.0, absolute=True, cut=True)
    assert sorted(cut.values.tolist()) == [0.5, 0.75]
    assert (cut.low, cut.high) == (0.5, 0.75)
    turned = seen.rescaled(1.0, -1.0, absolute=False, cut=False)
    assert (turned.low, turned.high) == (0.0, 1.5)
    assert (turned.mean, turned.total) == (pytest.approx(0.75), pytest.approx(1.5))
    assert seen.rescaled(0.0, 1.0, absolute=False, cut=False) is seen
    assert seen.values.tolist() == [-2.0, 1.0]


def test_values_that_are_all_alike_have_no_spread_at_all():
    found = (
        value_table(rows("a", [0.7] * 7, weights=[0.1, 0.3, 0.7, 1.1, 0.9, 0.2, 0.3])).of("a").design_mean()
    )
    assert (found.mean, found.se, found.deff) == (0.7, 0.0, 1.0)
    assert design_mean([0.7] * 3, [0.1, 0.3, 0.7], "abc", [""] * 3).se == 0.0


@pytest.mark.parametrize("weights", [(0.0, 0.0), (-1.0, 3.0)])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="non-negative"):
        value_table(rows("a", [0.0, 1.0], weights=weights)).of("a").design_mean()


def test_one_primary_unit_has_no_variance():
    with pytest.raises(ValueError, match="one primary unit"):
        value_table(rows("a", [0.0, 1.0], units="xx")).of("a").design_mean()
