"""Ed25519 (RFC 8032), the checking half: the text inside a signed code such as one read from a QR code."""

import base64
import binascii
import hashlib

from surveyapp.forms.values import Context, Value, to_text

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_SIGNATURE, _KEY = 64, 32
Point = tuple[int, int, int, int]


def _x_of(y: int, sign: int) -> int | None:
    """The other coordinate of a point on the curve, None when there is none."""
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = _x_of(y, number >> 255) if y < _P else None
    return None if x is None else (x, y, 1, x * y % _P)


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = _point(_BASE_Y.to_bytes(_KEY, "little")) or (0, 1, 1, 0)


def _sum(first: Point, second: Point) -> Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % _P
    b = (first[1] + first[0]) * (second[1] + second[0]) % _P
    c = 2 * first[3] * second[3] * _D % _P
    d = 2 * first[2] * second[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        number >>= 1
    return total


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether the signature of 64 bytes is the key's for the message."""
    public, nonce = _point(key), _point(signature[:_KEY])
    scalar = int.from_bytes(signature[_KEY:], "little")
    if public is None or nonce is None or scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:_KEY] + key + message).digest()
    left = _times(scalar, _BASE)
    right = _sum(nonce, _times(int.from_bytes(digest, "little"), public))
    return (
        (left[0] * right[2] - right[0] * left[2]) % _P == 0 == (left[1] * right[2] - right[1] * left[2]) % _P
    )


def extract_signed(context: Context, arguments: list[Value]) -> Value:
    """extract-signed(code, key): both base64, the code being signature and text; '' unless it holds."""
    texts = [to_text(argument, context.environment).strip() for argument in arguments]
    try:
        code, key = (base64.b64decode(text, validate=True) for text in texts)
    except (binascii.Error, ValueError):
        return ""
    context.environment.spend(20_000)
    signature, message = code[:_SIGNATURE], code[_SIGNATURE:]
    if len(signature) != _SIGNATURE or len(key) != _KEY or not is_signed(message, signature, key):
        return ""
    return message.decode("utf-8", "replace")
