"""The second factor: six digits that change every 30 seconds (RFC 6238, SHA-1, as the phone apps expect).

Which step was used last is remembered by the caller, who refuses a step that is not newer.
"""

from __future__ import annotations

import binascii
import hmac
from datetime import datetime

import pyotp

PERIOD = 30  # seconds
DRIFT = 1  # steps a phone's clock may be off, either way


def new_secret() -> str:
    """A new secret of 160 bits in Base32."""
    return pyotp.random_base32(32)


def enrolment_uri(secret: str, login: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def accepted_step(secret: str, code: str, now: datetime) -> int | None:
    """The number of the time step `code` belongs to (at most one step from `now`), None when it is wrong.

    Blanks in the code are ignored; `now` is aware. A secret that is not Base32 accepts nothing.
    """
    digits = "".join(code.split())
    if not secret or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    current = int(now.timestamp()) // PERIOD
    found = None
    try:
        generator = pyotp.TOTP(secret, interval=PERIOD)
        for step in range(current - DRIFT, current + DRIFT + 1):  # all of them, so that time says nothing
            if hmac.compare_digest(generator.generate_otp(step), digits):
                found = step
    except (binascii.Error, ValueError):
        return None
    return found
