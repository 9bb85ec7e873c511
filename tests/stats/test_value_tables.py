"""Tables of values by key: the same means and errors as going value by value, whatever the order of rows."""

import math
import random
import warnings

import pytest

from surveyapp.stats.complex_samples import design_mean
from surveyapp.stats.value_tables import Change, norm_of_sum, value_table

PLAIN = Change()


def rows(key, values, units=(), strata=(), weights=()):
    size = len(values)
    return [
        (
            key,
            strata[at] if strata else "",
            weights[at] if weights else 1.0,
            values[at],
            (units[at] if units else f"u{at}",),
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


def changed(change, value):
    share = ((abs(value) if change.absolute else value) - change.low) / (change.high - change.low)
    return min(1.0, max(0.0, share)) if change.cut else share


@pytest.mark.parametrize("seed", range(60))
def test_a_mean_by_design_is_the_one_found_value_by_value(seed):
    rng = random.Random(seed)
    every = {key: drawn(rng, key) for key in "abc"}
    changes = {
        "a": PLAIN,
        "b": Change(4.0, 0.5, rng.random() < 0.5, rng.random() < 0.5),
        "c": Change(factors={"am": 0.5, "pm": 2.0, "eve": 3.0, "": 1.0}),
    }
    together = [row for mine in every.values() for row in mine]
    rng.shuffle(together)
    table = value_table(together[:5]).extended(together[5:])
    means = table.means(changes)
    assert means.keys() == every.keys() and len(table) == len(together)
    for key, mine in every.items():
        _, strata, weights, values, units = zip(*mine, strict=True)
        units = [unit for (unit,) in units]
        shares = [changed(changes[key], value) for value in values]
        heavy = [
            weight * (changes[key].factors or {stratum: 1.0})[stratum]
            for weight, stratum in zip(weights, strata, strict=True)
        ]
        place = {}
        if any(place.setdefault(u, s) != s for u, s in zip(units, strata, strict=True)):
            strata = [""] * len(strata)
        wanted, found = design_mean(shares, heavy, units, strata), means[key]
        assert (found.share, found.se, found.df) == (
            pytest.approx(wanted.mean),
            pytest.approx(wanted.se, abs=1e-12),
            wanted.df,
        )
        assert found.mean == pytest.approx(design_mean(values, heavy, units, strata).mean)
        assert found.deff == pytest.approx(wanted.deff, abs=1e-9)
        assert found.is_weighted == (len(set(heavy)) > 1)
        column = found.column("q")
        influence = {("q", unit): u for (_, unit), u in wanted.influence.items()}
        assert dict(column) == pytest.approx(influence, abs=1e-12)
        assert len(column) == len(set(units))
        assert norm_of_sum([2.0], [column]) == pytest.approx(2 * wanted.se, abs=1e-12)


def test_values_that_share_everything_but_their_unit_are_given_together():
    bundle = [("a", "am", 2.0, 1.0, ["x", "y", "x"]), ("a", "pm", 1.0, 0.0, ["z"])]
    single = [(*row[:4], [unit]) for row in bundle for unit in row[4]]
    one, other = value_table(bundle), value_table(single)
    assert one.seen == other.seen and len(one) == 4
    mine, theirs = one.means({"a": PLAIN})["a"], other.means({"a": PLAIN})["a"]
    assert (mine.mean, mine.se) == (theirs.mean, theirs.se)


def test_influences_of_two_keys_are_added_per_unit():
    table = value_table(rows("a", [0.0, 1.0, 1.0]) + rows("b", [1.0, 0.0]))
    means = table.means({"a": PLAIN, "b": PLAIN})
    columns = [means[key].column("q") for key in "ab"]
    one, two = (dict(column) for column in columns)
    whole = [2 * one.get(unit, 0.0) + 3 * two.get(unit, 0.0) for unit in one | two]
    assert norm_of_sum([2.0, 3.0], columns) == pytest.approx(math.sqrt(sum(u * u for u in whole)))
    with pytest.raises(KeyError):
        columns[0]["q", "u9"]


def test_what_is_known_of_a_key_at_once():
    table = value_table(rows("b", [3.0], weights=[2.0])).extended(
        rows("a", [0.0, 1.0, 1.0], units="xxy", strata=["am", "am", "pm"], weights=[1.0, 2.0, 3.0])
    )
    seen = table.seen["a"]
    assert (seen.low, seen.high, seen.lightest, seen.heaviest) == (0.0, 1.0, 1.0, 3.0)
    assert (seen.n, seen.total, seen.is_binary, seen.unit_count) == (3, 2.0, True, 2)
    assert seen.stratum_sums == {"am": 3.0, "pm": 3.0}
    single = table.seen["b"]
    assert single.stratum_sums == {"": 2.0} and not single.is_binary and single.n == 1
    assert len(table) == 4 and table.seen.keys() == {"a", "b"}


def test_a_table_without_rows_has_no_key():
    table = value_table([])
    assert len(table) == 0 and table.seen == {} and table.means({"a": PLAIN}) == {}
    assert table.extended([]) is table


def test_only_the_keys_asked_for_are_answered():
    table = value_table(rows("a", [0.0, 1.0]) + rows("b", [1.0, 0.0], weights=[0.0, 0.0]))
    assert table.means({"a": PLAIN, "c": PLAIN}).keys() == {"a"}


def test_values_that_are_all_alike_have_no_spread_at_all():
    table = value_table(rows("a", [0.7] * 7, weights=[0.1, 0.3, 0.7, 1.1, 0.9, 0.2, 0.3]))
    found = table.means({"a": PLAIN})["a"]
    assert (found.mean, found.share, found.se, found.deff) == (0.7, 0.7, 0.0, 1.0)
    assert design_mean([0.7] * 3, [0.1, 0.3, 0.7], "abc", [""] * 3).se == 0.0


@pytest.mark.parametrize("weights", [(0.0, 0.0), (-1.0, 3.0)])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="non-negative"):
        value_table(rows("a", [0.0, 1.0], weights=weights)).means({"a": PLAIN})


def test_one_primary_unit_has_no_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = value_table(rows("a", [0.0, 1.0], units="xx")).means({"a": PLAIN})["a"]
    assert (found.share, found.df) == (0.5, 1) and math.isnan(found.se)
    assert dict(found.constant("q", 0.5)) == {("q", "x"): 0.5}
