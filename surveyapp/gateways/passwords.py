"""Password hashes (argon2id, RFC 9106) and passwords drawn at random.

How long a password must be and what happens after a wrong one is decided where people sign in.
"""

from __future__ import annotations

import secrets
import unicodedata

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

MAXIMUM = 1024  # characters; a longer text costs time and protects nothing
ALPHABET = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ234679"  # no letter taken for another one
_HASHER = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
# The hash of a password nobody has: an unknown login costs the same time as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_bytes(32))


def hash_password(password: str) -> str:
    """The argon2id hash to store, parameters and salt included. ValueError above 1,024 characters."""
    if len(password) > MAXIMUM:
        raise ValueError(f"a password has at most {MAXIMUM} characters")
    return _HASHER.hash(_bytes(password))


def verify_password(hashed: str | None, password: str) -> bool:
    """Whether `password` belongs to `hashed`; None (no such account) takes as long and is never right.

    A stored text that is no argon2 hash is never right either.
    """
    if len(password) > MAXIMUM:
        return False
    try:
        right = _HASHER.verify(hashed or _NOBODY, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and hashed is not None


def needs_rehash(hashed: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def random_password(length: int = 20) -> str:
    """A password from the system's random source: `length` signs of about 5.7 bits, in groups of five."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(letters[start : start + 5] for start in range(0, length, 5))


def _bytes(password: str) -> bytes:
    """One text typed on different keyboards gives the same bytes (NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
