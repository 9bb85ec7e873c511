"""Many weighted values at once, by key, each in a primary unit and a stratum: columns instead of objects.

The same mean and error as complex_samples.design_mean up to rounding, for tables too large to go through
value by value. Arrays stay inside this module.
"""

from __future__ import annotations

import math
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = Sequence[Any]
"""Key, primary unit, stratum, weight, value."""
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
class ValueMean:
    """A mean by design, as complex_samples.DesignMean, with the influence of each of the numbered units."""

    mean: float
    se: float
    df: int
    deff: float
    units: Codes
    influence: Floats


@dataclass(frozen=True)
class Values:
    """The values of one key, at least one. `units` and `strata` are codes; `labels` names every unit of the
    table and `names` every stratum.

    The numbers are what is asked for most: the ends of values and weights, Σ value, Σw and Σw·value, whether
    every value is 0 or 1, how many primary units there are, and the one stratum (-1: several).
    """

    labels: Sequence[str]
    names: Sequence[str]
    units: Codes
    strata: Codes
    weights: Floats
    values: Floats
    low: float
    high: float
    lightest: float
    heaviest: float
    total: float
    whole: float
    weighted: float
    is_binary: bool
    unit_count: int
    stratum: int

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """Σw·value / Σw."""
        return self.weighted / self.whole

    @property
    def stratum_sums(self) -> dict[str, float]:
        """Σw by stratum."""
        if self.stratum >= 0:
            return {self.names[self.stratum]: self.whole}
        sums = np.bincount(self.strata, self.weights, len(self.names))
        seen = np.bincount(self.strata, minlength=len(self.names))
        return {name: float(sums[at]) for at, name in enumerate(self.names) if seen[at]}

    def only(self, owner: str, influence: float) -> Column:
        """That influence for the unit of the first value."""
        return Column(owner, self.labels, self.units[:1], np.array([influence]))

    def column(self, owner: str, found: ValueMean) -> Column:
        """The influence of the units on the mean that was found, as a mapping."""
        return Column(owner, self.labels, found.units, found.influence)

    def weighed(self, factors: Mapping[str, float]) -> Values:
        """The same with the weights of each stratum times its factor."""
        by_code = np.array([factors.get(name, 0.0) for name in self.names])
        weights = self.weights * by_code[self.strata]
        return replace(
            self,
            weights=weights,
            lightest=float(weights.min()),
            heaviest=float(weights.max()),
            whole=float(weights.sum()),
            weighted=float(weights @ self.values),
        )

    def rescaled(self, low: float, high: float, absolute: bool, cut: bool) -> Values:
        """The same with values (v - low)/(high - low), of |v| if `absolute`, cut to 0..1 if `cut`."""
        if absolute or cut:
            shares = ((np.abs(self.values) if absolute else self.values) - low) / (high - low)
            shares = np.clip(shares, 0.0, 1.0) if cut else shares
            ends, weighted = (float(shares.min()), float(shares.max())), float(self.weights @ shares)
        elif (low, high) == (0.0, 1.0):
            return self
        else:
            shares, size = (self.values - low) / (high - low), high - low
            ends = (self.low - low) / size, (self.high - low) / size
            weighted = (self.weighted - low * self.whole) / size
        return replace(
            self, values=shares, low=min(ends), high=max(ends), total=float(shares.sum()), weighted=weighted
        )

    def design_mean(self) -> ValueMean:
        """Mean with its linearised error; same formula and errors as complex_samples.design_mean."""
        if self.whole <= 0 or self.lightest < 0:
            raise ValueError("needs observations with non-negative weights that are not all zero")
        if self.unit_count < 2:
            raise ValueError("one primary unit has no variance")
        mean = float(self.values[0]) if self.low == self.high else self.mean
        apart = self.values - mean
        parts = self.weights * apart / self.whole
        influence: Floats = np.bincount(self.units, parts, len(self.labels)).astype(np.float64, copy=False)
        inside = self._by_stratum()
        for units in inside:
            if len(units) > 1:
                mine = influence[units]
                influence[units] = math.sqrt(len(units) / (len(units) - 1)) * (mine - mine.sum() / len(units))
        present = inside[0] if len(inside) == 1 else np.concatenate(inside)
        influence = influence[present]
        variance = float(influence @ influence)
        simple = float(parts @ apart) / (self.n - 1)
        deff = variance / simple if simple > 0 else 1.0
        df = max(1, self.unit_count - len(inside))
        return ValueMean(mean, math.sqrt(variance), df, deff, present, influence)

    def _by_stratum(self) -> list[Codes]:
        """The units of each stratum; all together when one unit lies in several."""
        if self.stratum < 0:
            place = np.full(len(self.labels), -1, dtype=np.intp)
            place[self.units] = self.strata
            if (place[self.units] == self.strata).all():
                return [np.flatnonzero(place == code) for code in np.unique(self.strata)]
        return [np.flatnonzero(np.bincount(self.units))]


@dataclass(frozen=True)
class ValueTable:
    """Rows by key, sorted by it: the number of each key, unit and stratum, and the columns as numbers.

    `ends[k]`..`ends[k + 1]` are the rows of key number k.
    """

    keys: Mapping[str, int]
    units: Mapping[str, int]
    strata: Mapping[str, int]
    codes: tuple[Codes, Codes, Codes]
    numbers: tuple[Floats, Floats]
    ends: Codes

    @cached_property
    def labels(self) -> list[str]:
        """The units in the order of their numbers."""
        return [*self.units]

    @cached_property
    def names(self) -> list[str]:
        """The strata in the order of their numbers."""
        return [*self.strata]

    def __len__(self) -> int:
        return len(self.numbers[0])

    def of(self, key: str) -> Values | None:
        """The values of a key; None when there is none."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[str, Values]:
        """All keys at once: sums of runs are faster than a sum for each."""
        if not len(self):
            return {}
        keys, units, strata = self.codes
        weights, values = self.numbers
        starts = self.ends[:-1]
        ends = (
            np.minimum.reduceat(values, starts),
            np.maximum.reduceat(values, starts),
            np.minimum.reduceat(weights, starts),
            np.maximum.reduceat(weights, starts),
            np.add.reduceat(values, starts),
            np.add.reduceat(weights, starts),
            np.add.reduceat(weights * values, starts),
            np.logical_and.reduceat((values == 0) | (values == 1), starts),
        )
        pairs = np.bincount(keys * len(self.units) + units, minlength=len(self.keys) * len(self.units))
        counts = np.count_nonzero(pairs.reshape(len(self.keys), -1), axis=1)
        first, last = np.minimum.reduceat(strata, starts), np.maximum.reduceat(strata, starts)
        one = np.where(first == last, first, -1)
        numbers = zip(*(column.tolist() for column in (*ends, counts, one)), strict=True)
        found = {}
        for key, begin, end, facts in zip(self.keys, starts, self.ends[1:], numbers, strict=True):
            part = slice(begin, end)
            columns = (units[part], strata[part], weights[part], values[part])
            found[key] = Values(self.labels, self.names, *columns, *facts)
        return found

    def extended(self, rows: Sequence[Row]) -> ValueTable:
        """These rows and more."""
        if not rows:
            return self
        keys, units, strata, weights, values = zip(*rows, strict=True)
        olds, news = (self.keys, self.units, self.strata), (keys, units, strata)
        one, two, three = (_numbered(old, new) for old, new in zip(olds, news, strict=True))
        codes = [
            np.concatenate((old, _coded(numbers, labels)))
            for old, numbers, labels in zip(self.codes, (one, two, three), news, strict=True)
        ]
        columns = [
            np.concatenate((old, np.array(new, np.float64)))
            for old, new in zip(self.numbers, (weights, values), strict=True)
        ]
        order = np.argsort(codes[0].astype(np.int32), kind="stable")
        first, second, third = (column[order] for column in codes)
        ends = np.searchsorted(first, np.arange(len(one) + 1)).astype(np.intp)
        heavy, worth = (column[order] for column in columns)
        return ValueTable(one, two, three, (first, second, third), (heavy, worth), ends)


def value_table(rows: Sequence[Row]) -> ValueTable:
    """A table of rows in any order."""
    return _EMPTY.extended(rows)


def _numbered(earlier: Mapping[str, int], labels: Iterable[str]) -> dict[str, int]:
    """The number of each label; those of before keep theirs."""
    return {name: at for at, name in enumerate(dict.fromkeys([*earlier, *labels]))}


def _coded(numbers: Mapping[str, int], labels: Sequence[str]) -> Codes:
    return np.fromiter(map(numbers.__getitem__, labels), np.intp, len(labels))


_NO_CODES = np.empty(0, np.intp)
_NO_NUMBERS = np.empty(0, np.float64)
_EMPTY = ValueTable(
    {}, {}, {}, (_NO_CODES, _NO_CODES, _NO_CODES), (_NO_NUMBERS, _NO_NUMBERS), np.zeros(1, np.intp)
)
