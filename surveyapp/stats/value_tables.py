"""Many weighted values at once, by key, each in a primary unit and a stratum: columns instead of objects.

The same means and errors as complex_samples.design_mean up to rounding, for tables too large to go through
value by value, and for all keys together. Arrays stay inside this module.
"""

from __future__ import annotations

import math
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Row = tuple[str, str, float, float, Sequence[str]]
"""Key, stratum, weight, value, and the primary unit of each value that shares these."""
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class Column(Mapping[tuple[str, str], float]):
    """The influence of the primary units of a key on its mean, by (owner, unit)."""

    def __init__(self, owner: str, labels: Sequence[str], units: Codes, column: Floats) -> None:
        """`units` are numbers in `labels`, each once; `column` has a value for each of them."""
        self._owner, self._labels, self.units, self.column = owner, labels, units, column

    def __getitem__(self, key: tuple[str, str]) -> float:
        for mine, value in self.items():
            if mine == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((self._owner, self._labels[unit]) for unit in self.units)

    def __len__(self) -> int:
        return len(self.units)

    def items(self) -> ItemsView[tuple[str, str], float]:
        """All of them; without looking each up."""
        return dict(zip(self, self.column.tolist(), strict=True)).items()


def norm_of_sum(factors: Sequence[float], columns: Sequence[Column]) -> float:
    """√Σ_u (Σ_k f_k·u_k)² over primary units u; the columns are of one table."""
    if len(columns) == 1:
        return factors[0] * math.sqrt(float(columns[0].column @ columns[0].column))
    units = np.concatenate([column.units for column in columns])
    parts = [factor * one.column for factor, one in zip(factors, columns, strict=True)]
    sums = np.bincount(units, np.concatenate(parts))
    return math.sqrt(float(sums @ sums))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the values of one key, at least one: how many, their ends and those of their weights,
    Σ value, whether every one is 0 or 1, how many primary units hold them, and Σw by stratum."""

    n: int
    low: float
    high: float
    lightest: float
    heaviest: float
    total: float
    is_binary: bool
    unit_count: int
    stratum_sums: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Change:
    """How values become shares before their mean is taken: (v - low)/(high - low), of |v| if `absolute`, cut
    to 0..1 if `cut`. Weights are times the factor of their stratum, if there are any."""

    low: float = 0.0
    high: float = 1.0
    absolute: bool = False
    cut: bool = False
    factors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareMean:
    """A mean by design, as complex_samples.DesignMean: `mean` of the values as they are, `share` of them as
    changed, to which the rest belongs. `labels` names the numbered `units`. `is_weighted`: not all changed
    weights are one. One primary unit has no error: then `se` is NaN, `df` 1 and the influence 0."""

    mean: float
    share: float
    is_weighted: bool
    se: float
    df: int
    deff: float
    labels: Sequence[str]
    units: Codes
    influence: Floats

    def column(self, owner: str) -> Column:
        """The influence of the units on the share."""
        return Column(owner, self.labels, self.units, self.influence)

    def constant(self, owner: str, influence: float) -> Column:
        """That influence for every unit instead."""
        return Column(owner, self.labels, self.units, np.full(len(self.units), influence))


@dataclass(frozen=True)
class ValueTable:
    """Values sorted by key and, inside a key, by primary unit; numbers stand for keys, units and strata.

    `codes` are those of key, unit and stratum of every value, `numbers` its weight and value.
    """

    keys: Mapping[str, int]
    units: Mapping[str, int]
    strata: Mapping[str, int]
    codes: tuple[Codes, Codes, Codes]
    numbers: tuple[Floats, Floats]

    def __len__(self) -> int:
        return len(self.numbers[0])

    @cached_property
    def seen(self) -> dict[str, Seen]:
        """What is known of the values of every key."""
        if not len(self):
            return {}
        weights, values = self.numbers
        starts, size = self._runs.starts, len(self.strata)
        columns = (
            np.diff(starts, append=len(self)),
            np.minimum.reduceat(values, starts),
            np.maximum.reduceat(values, starts),
            np.minimum.reduceat(weights, starts),
            np.maximum.reduceat(weights, starts),
            np.add.reduceat(values, starts),
            np.logical_and.reduceat((values == 0) | (values == 1), starts),
            np.diff(self._runs.pairs_of_key, append=len(self._runs.pairs)),
        )
        cells = self.codes[0] * size + self.codes[2]
        sums = np.bincount(cells, weights, len(self.keys) * size).reshape(-1, size).tolist()
        there = np.bincount(cells, minlength=len(self.keys) * size).reshape(-1, size).tolist()
        by_stratum = (
            {name: whole for name, whole, number in zip(self.strata, mine, counts, strict=True) if number}
            for mine, counts in zip(sums, there, strict=True)
        )
        facts = zip(*(column.tolist() for column in columns), by_stratum, strict=True)
        return {key: Seen(*some) for key, some in zip(self.keys, facts, strict=True)}

    @cached_property
    def _runs(self) -> _Runs:
        return _Runs(self.codes[0], self.codes[1])

    def means(self, changes: Mapping[str, Change]) -> dict[str, ShareMean]:
        """The means of the keys that `changes` names and the table holds.

        Their weights must not be negative nor all zero (ValueError).
        """
        if not self.keys.keys() & changes.keys():
            return {}
        found = _Means(self, [changes.get(key, _AS_IT_IS) for key in self.keys]).found()
        means = {key: one for key, one in found.items() if key in changes}
        if any(math.isnan(one.mean) for one in means.values()):
            raise ValueError("needs observations with non-negative weights that are not all zero")
        return means

    def extended(self, rows: Sequence[Row]) -> ValueTable:
        """These values and more, in any order."""
        if not rows:
            return self
        keys, strata, weights, values, units = zip(*rows, strict=True)
        times = np.fromiter(map(len, units), np.intp, len(units))
        labels = list(chain.from_iterable(units))
        numbered = _numbered(self.keys, keys), _numbered(self.units, labels), _numbered(self.strata, strata)
        codes = (
            np.repeat(_coded(numbered[0], keys), times),
            _coded(numbered[1], labels),
            np.repeat(_coded(numbered[2], strata), times),
        )
        columns = [np.repeat(np.array(column, np.float64), times) for column in (weights, values)]
        first, second, third = (np.concatenate(pair) for pair in zip(self.codes, codes, strict=True))
        heavy, worth = (np.concatenate(pair) for pair in zip(self.numbers, columns, strict=True))
        order = np.argsort(first * len(numbered[1]) + second, kind="stable")
        sorted_codes = (first[order], second[order], third[order])
        return ValueTable(*numbered, sorted_codes, (heavy[order], worth[order]))


def value_table(rows: Sequence[Row]) -> ValueTable:
    """A table of values in any order."""
    return _EMPTY.extended(rows)


class _Runs:
    """Where keys begin (`starts`), where units inside keys do (`pairs`), and the first pair of each key."""

    def __init__(self, keys: Codes, units: Codes) -> None:
        is_key = np.diff(keys, prepend=-1) != 0
        self.starts = np.flatnonzero(is_key)
        self.pairs = np.flatnonzero(is_key | (np.diff(units, prepend=-1) != 0))
        self.pairs_of_key = np.searchsorted(self.pairs, self.starts)


class _Means:
    """The means of a table, step by step; a row is a value, a pair a primary unit inside a key."""

    def __init__(self, table: ValueTable, changes: Sequence[Change]) -> None:
        """`changes` are in the order of the keys."""
        self._table, self._changes, self._runs = table, changes, table._runs
        self._keys, self._units, self._strata = table.codes
        self._values = table.numbers[1]
        self._weights = self._weighed(table.numbers[0])
        self._lightest = np.minimum.reduceat(self._weights, self._runs.starts)
        whole = np.add.reduceat(self._weights, self._runs.starts)
        self._whole = np.where((whole > 0) & (self._lightest >= 0), whole, math.nan)

    def found(self) -> dict[str, ShareMean]:
        """By key."""
        starts, pairs, bounds = self._runs.starts, self._runs.pairs, self._runs.pairs_of_key
        means, (shares, share) = self._mean_of(self._values), self._shares()
        apart = shares - share[self._keys]
        parts = self._weights * apart / self._whole[self._keys]
        influence, groups = self._centred(np.add.reduceat(parts, pairs))
        variance = np.add.reduceat(influence * influence, bounds)
        sizes, counts = np.diff(starts, append=len(self._keys)), np.diff(bounds, append=len(pairs))
        simple = np.add.reduceat(parts * apart, starts) / np.maximum(1, sizes - 1)
        deff = np.divide(variance, simple, out=np.ones(len(starts)), where=simple > 0)
        errors = np.where(counts > 1, np.sqrt(variance), math.nan)
        is_weighted = self._lightest != np.maximum.reduceat(self._weights, starts)
        df = np.maximum(1, counts - groups)
        columns = (means, share, is_weighted, errors, df, deff, bounds, bounds + counts)
        facts = zip(self._table.keys, *(column.tolist() for column in columns), strict=True)
        labels, units = [*self._table.units], self._units[pairs]
        return {
            key: ShareMean(mean, share, weighted, se, df, deff, labels, units[at:end], influence[at:end])
            for key, mean, share, weighted, se, df, deff, at, end in facts
        }

    def _weighed(self, weights: Floats) -> Floats:
        if not any(change.factors for change in self._changes):
            return weights
        factors = np.array(
            [
                [change.factors.get(name, 0.0) if change.factors else 1.0 for name in self._table.strata]
                for change in self._changes
            ]
        )
        heavier: Floats = weights * factors[self._keys, self._strata]
        return heavier

    def _shares(self) -> tuple[Floats, Floats]:
        """The values as changed, and their mean by key."""
        changes = self._changes
        low = np.array([change.low for change in changes])
        size = np.array([change.high for change in changes]) - low
        values = self._values
        if any(change.absolute for change in changes):
            values = np.where(self._which(change.absolute for change in changes), np.abs(values), values)
        shares = (values - low[self._keys]) / size[self._keys]
        if any(change.cut for change in changes):
            shares = np.where(
                self._which(change.cut for change in changes), np.clip(shares, 0.0, 1.0), shares
            )
        return shares, self._mean_of(shares)

    def _which(self, of_keys: Iterable[bool]) -> NDArray[np.bool_]:
        return np.array(list(of_keys))[self._keys]

    def _mean_of(self, values: Floats) -> Floats:
        """Σw·v / Σw by key; the value itself where all are alike."""
        starts = self._runs.starts
        low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
        means = np.add.reduceat(self._weights * values, starts) / self._whole
        return np.where((low == high) & ~np.isnan(means), low, means)

    def _centred(self, influence: Floats) -> tuple[Floats, Codes]:
        """√(m/(m - 1))·(u - ū) inside each stratum of m > 1 units, and how many strata each key has.

        All units of a key are one stratum when one of them lies in several.
        """
        pairs, bounds, size = self._runs.pairs, self._runs.pairs_of_key, len(self._table.strata)
        least, most = np.minimum.reduceat(self._strata, pairs), np.maximum.reduceat(self._strata, pairs)
        mixed = np.logical_or.reduceat(least != most, bounds)
        key = self._keys[pairs]
        group = key * size + np.where(mixed[key], 0, least)
        counts = np.bincount(group, minlength=len(bounds) * size)
        sums = np.bincount(group, influence, len(bounds) * size)
        number = counts[group]
        centred = np.sqrt(number / np.maximum(1, number - 1)) * (influence - sums[group] / number)
        alone = np.where(number > 1, centred, influence)
        return alone, np.count_nonzero(counts.reshape(-1, size), axis=1)


def _numbered(earlier: Mapping[str, int], labels: Iterable[str]) -> dict[str, int]:
    """The number of each label; those of before keep theirs."""
    return {name: at for at, name in enumerate(dict.fromkeys(chain(earlier, labels)))}


def _coded(numbers: Mapping[str, int], labels: Sequence[str]) -> Codes:
    return np.fromiter(map(numbers.__getitem__, labels), np.intp, len(labels))


_AS_IT_IS = Change()
_NO_CODES = np.empty(0, np.intp)
_NO_NUMBERS = np.empty(0, np.float64)
_EMPTY = ValueTable({}, {}, {}, (_NO_CODES, _NO_CODES, _NO_CODES), (_NO_NUMBERS, _NO_NUMBERS))
