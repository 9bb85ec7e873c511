"""Codes that people read and type: QR link codes and receipt codes.

Receipt: ten symbols of a 31-letter alphabet without 0 O 1 I L, the last one a check symbol
(weighted sum modulo the prime 31: finds every wrong symbol and every swap of neighbours);
nine random symbols are 44.6 bits. QR code: eight symbols without the further pairs 2/Z 5/S 8/B.
"""

from __future__ import annotations

import secrets

RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LINK_ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
LINK_LENGTH = 8
_LOOK_ALIKE = str.maketrans({"S": "5", "Z": "2", "B": "8"})
_JOINERS = str.maketrans("", "", " -\u2010\u2013\u3000")


def new_receipt() -> str:
    """A random receipt code, without dashes."""
    body = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(9))
    return body + _check_symbol(body)


def _check_symbol(body: str) -> str:
    total = sum((place + 2) * RECEIPT_ALPHABET.index(symbol) for place, symbol in enumerate(body))
    return RECEIPT_ALPHABET[total % 31]


def receipt_from(typed: str) -> str | None:
    """The receipt code somebody typed, in its stored form; None when it cannot be one."""
    code = typed.translate(_JOINERS).upper()
    if len(code) != 10 or any(symbol not in RECEIPT_ALPHABET for symbol in code):
        return None
    return code if _check_symbol(code[:9]) == code[9] else None


def receipt_shown(code: str) -> str:
    """'K7Q4M9XCDA' as 'K7Q-4M9-XCDA', easier to read out."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def new_link_code() -> str:
    """A random, opaque QR link code."""
    return "".join(secrets.choice(LINK_ALPHABET) for _ in range(LINK_LENGTH))


def link_code_from(typed: str) -> str | None:
    """The link code somebody typed (any case, look-alike letters mapped); None when it cannot be one."""
    code = typed.translate(_JOINERS).upper().translate(_LOOK_ALIKE)
    if len(code) != LINK_LENGTH or any(symbol not in LINK_ALPHABET for symbol in code):
        return None
    return code
