"""Seal and open short texts (telephone numbers) with authenticated encryption."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet


def seal(key: bytes, text: str) -> str:
    """`text` sealed under a 32-byte key."""
    return Fernet(base64.urlsafe_b64encode(key)).encrypt(text.encode()).decode()


def open_sealed(key: bytes, sealed: str) -> str:
    """What was sealed; raises cryptography's InvalidToken when the key is another or the text was changed."""
    return Fernet(base64.urlsafe_b64encode(key)).decrypt(sealed.encode()).decode()
