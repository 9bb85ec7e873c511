"""What kind of file some bytes are, by their first signs alone; names and declared types are not asked."""

from __future__ import annotations

from collections.abc import Callable

UNKNOWN = "application/octet-stream"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"heic": "image/heic"}


def media_type(content: bytes) -> str:
    """The media type of `content`; 'text/plain' for UTF-8 text, UNKNOWN for what is none of ours."""
    for start, name in _STARTS:
        if content.startswith(start):
            return name
    return next((found for check in _CHECKS if (found := check(content))), UNKNOWN)


def _riff(content: bytes) -> str:
    return _RIFF.get(content[8:12], "") if content.startswith(b"RIFF") else ""


def _boxes(content: bytes) -> str:
    """MPEG-4 and its relatives (ISO/IEC 14496-12): a box 'ftyp' with a brand comes first."""
    if content[4:8] != b"ftyp":
        return ""
    brand = content[8:12]
    return "video/3gpp" if brand.startswith(b"3g") else _BRANDS.get(brand, "video/mp4")


def _text(content: bytes) -> str:
    if not content or b"\0" in content:
        return ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "text/plain"


_CHECKS: tuple[Callable[[bytes], str], ...] = (_riff, _boxes, _text)
