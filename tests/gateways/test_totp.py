"""The second factor, against the vectors of RFC 6238."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from surveyapp.gateways import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 24, 9, 0, 10, tzinfo=UTC)


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(RFC_SECRET).at(moment)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_the_standard_are_accepted(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.accepted_step(RFC_SECRET, code, moment) == seconds // 30


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_clock_one_step_off_is_accepted_and_the_step_is_told(drift: int) -> None:
    code = code_at(NOW + timedelta(seconds=30 * drift))
    assert totp.accepted_step(RFC_SECRET, code, NOW) == int(NOW.timestamp()) // 30 + drift


@pytest.mark.parametrize("drift", [-2, 2])
def test_a_clock_two_steps_off_is_not_accepted(drift: int) -> None:
    assert totp.accepted_step(RFC_SECRET, code_at(NOW + timedelta(seconds=30 * drift)), NOW) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    code = code_at(NOW)
    assert totp.accepted_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", NOW) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345\0"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp.accepted_step(RFC_SECRET, code, NOW) is None


@pytest.mark.parametrize("secret", ["", "not base32 at all!", "1"])
def test_a_secret_that_is_none_accepts_nothing(secret: str) -> None:
    assert totp.accepted_step(secret, "123456", NOW) is None


def test_a_new_secret_is_enrolled_by_its_address() -> None:
    secret = totp.new_secret()
    assert len(base64.b32decode(secret)) == 20
    parts = urlsplit(totp.enrolment_uri(secret, "lead", "政务服务评估"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["政务服务评估"]}
