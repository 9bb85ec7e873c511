"""How alike answers and texts are: shares of equal answers, shingles of a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CHUNK = 200


def most_alike(
    rows: Sequence[Sequence[str]], least: int, asked: Sequence[int] | None = None
) -> list[tuple[float, int]]:
    """For each row the largest share of columns in which another row gives the same, with that row's index.

    With `asked` only for the rows of these indices, in their order, still against all. Columns in which
    either is '' are left out; pairs with fewer than `least` columns left count as 0, and (0.0, -1) means
    that there is no other. Rows of unequal length are a ValueError.
    Source: N. Kuriakose, M. Robbins, Stat. J. IAOS 32 (2016) 283-291.
    """
    if len({len(row) for row in rows}) > 1:
        raise ValueError("rows of unequal length")
    wanted = np.arange(len(rows)) if asked is None else np.array(asked, dtype=int)
    if len(rows) < 2 or not rows[0]:
        return [(0.0, -1)] * len(wanted)
    codes: dict[str, int] = {"": 0}
    table = np.array([[codes.setdefault(cell, len(codes)) for cell in row] for row in rows])
    given = table != 0
    found: list[tuple[float, int]] = []
    for start in range(0, len(wanted), CHUNK):
        own = wanted[start : start + CHUNK]
        part, here = table[own], given[own]
        both = here.astype(float) @ given.T.astype(float)
        equal = np.zeros_like(both)
        for column in range(table.shape[1]):
            same = part[:, column : column + 1] == table[:, column]
            equal += same & here[:, column : column + 1]
        share = np.where(both >= least, equal / np.maximum(both, 1), 0.0)
        share[np.arange(len(part)), own] = -1.0
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


def alike_pairs(texts: Sequence[frozenset[str]], above: float) -> dict[tuple[int, int], float]:
    """The pairs of texts whose shared shingles are more than this share of all shingles of both, by index.

    Counted through the shingles they share, `above` is at least 0. Source: A. Z. Broder (1997).
    """
    number: dict[str, int] = {}
    rows = [np.array([number.setdefault(one, len(number)) for one in text], dtype=int) for text in texts]
    holders: list[list[int]] = [[] for _ in number]
    for at, row in enumerate(rows):
        for one in row.tolist():
            holders[one].append(at)
    held = [np.array(mine) for mine in holders]
    sizes = np.array([len(row) for row in rows])
    found: dict[tuple[int, int], float] = {}
    for at, row in enumerate(rows):
        if len(row):
            shared = np.bincount(np.concatenate([held[one] for one in row]), minlength=len(rows))
            share = (shared / (sizes[at] + sizes - shared))[at + 1 :]
            found |= {(at, at + 1 + int(to)): float(share[to]) for to in np.flatnonzero(share > above)}
    return found


def near_pairs(prints: Sequence[int], most: int) -> dict[tuple[int, int], int]:
    """The pairs of 64-bit prints that differ in at most so many bits, by index, with the number of bits."""
    bits = np.array(prints, dtype=np.uint64)
    found: dict[tuple[int, int], int] = {}
    for at in range(len(bits)):
        apart = np.bitwise_count(bits[at + 1 :] ^ bits[at])
        found |= {(at, at + 1 + int(to)): int(apart[to]) for to in np.flatnonzero(apart <= most)}
    return found
