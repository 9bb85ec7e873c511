"""Limits on guessing: a few tries a minute for one login and one sender. Halls share addresses, so
public answers are never limited by address."""

from __future__ import annotations

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

DEVICE_RATE = "300/minute"
STRANGER_RATE = "20/minute"
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def login_typed() -> str:
    """The login of the attempt, so that one account cannot be guessed from many addresses."""
    return "login:" + request.form.get("login", "").strip().lower()[:64]


def stranger_rate() -> str:
    """How many unknown secrets one address may try, as at the web's sign-in."""
    return STRANGER_RATE


def device_rate() -> str:
    """How often one device may ask: two requests a record leave room for a full tablet."""
    return DEVICE_RATE
