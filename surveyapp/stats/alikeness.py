"""How alike answers and texts are: shares of equal answers, shingles of a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CHUNK = 200


def most_alike(rows: Sequence[Sequence[str]], least: int) -> list[tuple[float, int]]:
    """For each row the largest share of columns in which another row gives the same, with that row's index.

    Columns in which either is '' are left out; pairs with fewer than `least` columns left count as 0, and
    (0.0, -1) means that there is no other. Rows of unequal length are a ValueError.
    Source: N. Kuriakose, M. Robbins, Stat. J. IAOS 32 (2016) 283-291.
    """
    if len({len(row) for row in rows}) > 1:
        raise ValueError("rows of unequal length")
    if len(rows) < 2 or not rows[0]:
        return [(0.0, -1)] * len(rows)
    codes: dict[str, int] = {"": 0}
    table = np.array([[codes.setdefault(cell, len(codes)) for cell in row] for row in rows])
    given = table != 0
    found: list[tuple[float, int]] = []
    for start in range(0, len(table), CHUNK):
        part, here = table[start : start + CHUNK], given[start : start + CHUNK]
        both = here.astype(float) @ given.T.astype(float)
        equal = np.zeros_like(both)
        for column in range(table.shape[1]):
            same = part[:, column : column + 1] == table[:, column]
            equal += same & here[:, column : column + 1]
        share = np.where(both >= least, equal / np.maximum(both, 1), 0.0)
        share[np.arange(len(part)), start + np.arange(len(part))] = -1.0
        best = share.argmax(axis=1)
        top = share[np.arange(len(part)), best]
        found += [
            (float(max(0.0, value)), int(at) if value > 0 else -1)
            for value, at in zip(top, best, strict=True)
        ]
    return found


def shingles(text: str, length: int) -> frozenset[str]:
    """Every run of `length` characters of a text without its blanks and punctuation."""
    plain = "".join(letter for letter in text.lower() if letter.isalnum())
    return frozenset(plain[at : at + length] for at in range(len(plain) - length + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared shingles over all shingles of both; 0 when there are none. Source: A. Z. Broder (1997)."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0
