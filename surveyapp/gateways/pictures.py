"""Takes in a photo: proves that it is one, makes a clean JPEG of it, reads when and where it was taken.

The clean copy carries no EXIF, comment or profile. Keeping the original and its hash is the store's work.
Whatever cannot be taken is answered with a refusal that a person can read.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from PIL import ExifTags, Image, ImageOps

from surveyapp.gateways.refusal import Refusal

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 60_000_000  # three bytes each once decoded
LONGEST_SIDE = 1920  # pixels of the clean copy
QUALITY = 85
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Decoders of damaged files raise all of these.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Picture:
    """A photo that was taken in.

    `jpeg` is the clean copy and `width`, `height` its size in pixels; `media_type` and `sha256` belong to the
    original. `taken_at` is the camera's clock, naive when the camera wrote no offset from UTC. Degrees are
    WGS-84. What the camera did not write is None. `dhash` has 16 hexadecimal digits.
    """

    jpeg: bytes
    width: int
    height: int
    media_type: str
    sha256: str
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    dhash: str


def read_picture(content: bytes) -> Picture | Refusal:
    """The picture in `content`, or why it is refused: size, kind, number of pixels, damage."""
    if len(content) > MAX_BYTES:
        return _too_large()
    kind = _kind(content)
    if kind is None:
        return _not_a_picture()
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                return _too_many_pixels()
            return _taken_in(image, content, FORMATS[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _too_many_pixels()
    except _DAMAGE:
        return _damaged()


def _kind(content: bytes) -> str | None:
    """The format by its first bytes; a file's name and declared type are not asked."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _taken_in(image: Image.Image, content: bytes, media_type: str) -> Picture:
    taken_at, position = _facts(image)
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # lets the JPEG decoder skip what is thrown away
    clean = _clean(image)
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Picture(
        jpeg=buffer.getvalue(),
        width=clean.width,
        height=clean.height,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        taken_at=taken_at,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        dhash=difference_hash(clean),
    )


def _clean(image: Image.Image) -> Image.Image:
    """The pixels alone: upright, at most 1,920 a side, on white, in an image without any metadata."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layered = upright.convert("RGBA")
        clean.paste(layered, mask=layered.getchannel("A"))
    else:
        clean.paste(upright.convert("RGB"))
    return clean


def difference_hash(image: Image.Image) -> str:
    """The 64-bit difference hash: which of two neighbours is brighter, in 8 rows of 9 grey pixels.

    Copies that were scaled or compressed anew differ in few bits. 16 hexadecimal digits.
    """
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    rows = [grey[start : start + 9] for start in range(0, 72, 9)]
    bits = [left > right for row in rows for left, right in pairwise(row)]
    return f"{sum(bit << place for place, bit in enumerate(reversed(bits))):016x}"


def bits_apart(one: str, other: str) -> int:
    """In how many of the 64 bits two difference hashes differ; up to about 10 suggests the same photo."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _facts(image: Image.Image) -> tuple[datetime | None, tuple[float, float] | None]:
    try:
        exif = image.getexif()
        camera, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _DAMAGE:
        return None, None  # damaged metadata are no reason to refuse a photo
    return _taken_at(camera), _position(place)


def _taken_at(camera: Mapping[int, Any]) -> datetime | None:
    written = str(camera.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(camera.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    for text, pattern in ((written + offset, "%Y:%m:%d %H:%M:%S%z"), (written, "%Y:%m:%d %H:%M:%S")):
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  # the camera may not know its zone
        except ValueError:
            continue
    return None


def _position(place: Mapping[int, Any]) -> tuple[float, float] | None:
    latitude = _degrees(place, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(place, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _degrees(place: Mapping[int, Any], tag: int, side_tag: int, negative: str, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[tag])
    except _DAMAGE:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if str(place.get(side_tag, "")).strip("\0 ") == negative else value, 7)


def _too_large() -> Refusal:
    return Refusal.of(
        "picture-too-large",
        f"照片超过 {MAX_BYTES // 2**20} MB，请用较低的分辨率重新拍摄。",
        f"The photo is larger than {MAX_BYTES // 2**20} MB. Take it again at a lower resolution.",
    )


def _not_a_picture() -> Refusal:
    return Refusal.of(
        "picture-kind",
        "这个文件不是 JPEG、PNG 或 WebP 照片，请换一张照片；苹果手机请在相机设置中选“兼容性最佳”。",
        "This file is not a JPEG, PNG or WebP photo. Choose another one; "
        "on an iPhone set the camera format to Most Compatible.",
    )


def _too_many_pixels() -> Refusal:
    return Refusal.of(
        "picture-pixels",
        f"照片超过 {MAX_PIXELS // 1_000_000} 百万像素，请用较低的分辨率重新拍摄。",
        f"The photo has more than {MAX_PIXELS // 1_000_000} megapixels. Take it again at a lower resolution.",
    )


def _damaged() -> Refusal:
    return Refusal.of(
        "picture-damaged",
        "照片文件不完整或已损坏，请重新上传或重新拍摄。",
        "The photo is incomplete or damaged. Upload it again or take it again.",
    )
