"""Functions that make or read codes: digests, base64, unique identifiers."""

import base64
import binascii
import hashlib
import math

from surveyapp.forms.values import Context, Value, to_number, to_text

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(context: Context, arguments: list[Value]) -> Value:
    """digest(text, algorithm, encoding?): base64 unless 'hex'; '' for an unknown algorithm."""
    words = [to_text(argument, context.environment) for argument in arguments]
    algorithm = _ALGORITHMS.get(words[1].upper())
    if algorithm is None:
        return ""
    data = words[0].encode("utf-8", "replace")
    context.environment.spend(sum(map(len, words)) // 64 + len(data) // 16)
    raw = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return raw.hex() if words[2:] == ["hex"] else base64.b64encode(raw).decode()


def base64_decode(context: Context, arguments: list[Value]) -> Value:
    """base64-decode(text): the UTF-8 text of the bytes, '' when it is not base64."""
    try:
        raw = base64.b64decode(to_text(arguments[0], context.environment), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.decode("utf-8", "replace")


def uuid(context: Context, arguments: list[Value]) -> Value:
    """uuid(): a version 4 identifier; uuid(n): n random signs; '' without a random generator."""
    source = context.environment.randomness
    if source is None:
        return ""
    if arguments:
        length = to_number(arguments[0], context.environment)
        count = 0 if math.isnan(length) else int(max(0, min(1000, length)))
        return "".join(_SIGNS[int(source() * 62)] for _ in range(count))
    digits = [f"{int(source() * 16):x}" for _ in range(32)]
    digits[12], digits[16] = "4", f"{8 + int(source() * 4):x}"
    text = "".join(digits)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
