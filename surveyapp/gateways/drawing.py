"""Draws the pictures of the demonstration: a hall that exists nowhere, with what a camera would write."""

from __future__ import annotations

import io
import random
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw

SIZE = (1280, 960)
SKIES = ("#b9d3ea", "#cfd9e2", "#a9c6e0", "#d8dde2")
WALLS = ("#e9e3d5", "#dfe5e6", "#efe8da", "#e3dccb")


def hall_photo(seed: int, taken_at: datetime, position: tuple[float, float] | None) -> bytes:
    """A JPEG of a made-up hall; equal arguments draw the same one. `position` in WGS-84 degrees or None."""
    rng = random.Random(seed)  # noqa: S311  # decides colours, not secrets
    image = Image.new("RGB", SIZE, rng.choice(SKIES))
    draw = ImageDraw.Draw(image)
    top = rng.randint(260, 340)
    draw.rectangle((120, top, 1160, 800), fill=rng.choice(WALLS), outline="#8b8f94", width=4)
    draw.rectangle((120, top, 1160, top + 70), fill="#0b5cad")
    columns, rows = rng.randint(6, 9), rng.randint(2, 3)
    for column in range(columns):
        for row in range(rows):
            left, upper = 160 + column * 960 // columns, top + 110 + row * 130
            draw.rectangle((left, upper, left + 70, upper + 90), fill="#6f8fae", outline="#ffffff", width=5)
    draw.rectangle((560, 620, 720, 800), fill="#445a70", outline="#ffffff", width=6)
    draw.rectangle((0, 800, *SIZE), fill="#9aa19f")
    for _ in range(1500):  # grain, so that no two photos are alike bit by bit
        x, y = rng.randrange(SIZE[0]), rng.randrange(SIZE[1])
        draw.point((x, y), fill=(rng.randrange(256), rng.randrange(256), rng.randrange(256)))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82, exif=_facts(taken_at, position))
    return buffer.getvalue()


def _facts(taken_at: datetime, position: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    camera[ExifTags.Base.OffsetTimeOriginal] = taken_at.strftime("%z")[:3] + ":" + taken_at.strftime("%z")[3:]
    if position is not None:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", _degrees(position[0])
        place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", _degrees(position[1])
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 3)
