"""Gzip for what is text and holds no secret: pages opened without a cookie, and files under static/.

A page that belongs to a session is sent as it is, since compressing a secret beside reflected input
lets an eavesdropper measure it.
"""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache

from flask import Flask, Response, request

from surveyapp.web.scripts import content_of

LEVEL = 6
SMALLEST = 1024
TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LARGEST_STORED = 65_535


def install_compression(app: Flask) -> None:
    """Compress fitting responses for askers who say that they can read it."""
    app.after_request(_compress)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header names gzip (with a quality above 0)."""
    for part in header.split(","):
        name, _, parameter = part.strip().partition(";")
        if name.strip() == "gzip":
            return parameter.replace(" ", "") not in ("q=0", "q=0.0")
    return False


def _compress(response: Response) -> Response:
    if not (response.mimetype or "").startswith(TEXTS) or response.headers.get("Content-Encoding"):
        return response
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "Accept-Encoding"]))
    if response.status_code != 200 or not accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    if request.endpoint == "static":
        body = _static(str((request.view_args or {}).get("filename")), response.headers.get("ETag", ""))
    elif request.cookies or response.is_streamed:
        return response
    else:
        body = gzip.compress(response.get_data(), LEVEL, mtime=0)
    if len(body) < SMALLEST // 2:
        return response
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.response.close()  # type: ignore[union-attr]  # the file itself is not sent
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=200)
def _static(name: str, _tag: str) -> bytes:
    """A file under static/, compressed once for each of its versions."""
    return gzip.compress(content_of(name), 9, mtime=0)


class CutGzip:
    """A gzip stream with a gap: both ends are compressed once, the middle is put in as it is.

    The deflate blocks before the gap end on a byte (full flush), the middle is a stored block, and only
    the checksum runs over everything again (RFC 1951, RFC 1952).
    """

    def __init__(self, before: bytes, after: bytes) -> None:
        """Compress both ends."""
        self._plain = before, after
        first = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        last = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        self._before = _HEAD + first.compress(before) + first.flush(zlib.Z_FULL_FLUSH)
        self._after = last.compress(after) + last.flush(zlib.Z_FINISH)
        self._sum = zlib.crc32(before)

    def with_middle(self, middle: bytes) -> bytes:
        """The whole stream; ValueError for a middle that does not fit into one stored block."""
        size = len(middle)
        if size > _LARGEST_STORED:
            raise ValueError("the middle is too long")
        stored = b"\x00" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + middle
        checksum = zlib.crc32(self._plain[1], zlib.crc32(middle, self._sum))
        total = len(self._plain[0]) + size + len(self._plain[1])
        tail = checksum.to_bytes(4, "little") + (total & 0xFFFFFFFF).to_bytes(4, "little")
        return b"".join((self._before, stored, self._after, tail))
