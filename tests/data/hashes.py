"""Cheap password hashes, for tests that need many accounts; the real cost has its own test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from surveyapp.gateways import passwords

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def cheap() -> Iterator[None]:
    """Hash cheaply for the length of a block; hashes made either way verify either way."""
    kept = passwords._HASHER
    passwords._HASHER = _CHEAP
    try:
        yield
    finally:
        passwords._HASHER = kept
