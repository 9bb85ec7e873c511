"""Photos: what is taken in, what is left of it, what is refused."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

from surveyapp.gateways import pictures
from surveyapp.gateways.pictures import Picture, bits_apart, difference_hash, read_picture
from surveyapp.gateways.refusal import Refusal


def drawing(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A picture with a recognisable red corner at the top left."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill="red" if mode != "L" else 255)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(offset: str = "", orientation: int = 1, **place: Any) -> Image.Exif:
    facts = Image.Exif()
    facts[ExifTags.Base.Orientation] = orientation
    facts[ExifTags.Base.Make] = "secret-camera"
    camera = facts.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = "2018:11:02 09:30:00"
    if offset:
        camera[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = facts.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = place.get("north", "N")
    gps[ExifTags.GPS.GPSLatitude] = place.get("latitude", (43.0, 53.0, 6.0))
    gps[ExifTags.GPS.GPSLongitudeRef] = place.get("east", "E")
    gps[ExifTags.GPS.GPSLongitude] = place.get("longitude", (125.0, 19.0, 30.0))
    return facts


def taken(content: bytes) -> Picture:
    picture = read_picture(content)
    assert isinstance(picture, Picture), picture
    return picture


def code_of(content: bytes) -> str:
    refusal = read_picture(content)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.sentence["zh"] and refusal.sentence["en"]
    return refusal.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_clean_jpeg(kind: str) -> None:
    content = encoded(drawing(), kind)
    picture = taken(content)
    assert picture.media_type == f"image/{kind.lower()}"
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    with Image.open(io.BytesIO(picture.jpeg)) as clean:
        assert clean.format == "JPEG"
        assert clean.size == (picture.width, picture.height) == (640, 480)


def test_the_longest_side_is_1920_pixels_at_most() -> None:
    picture = taken(encoded(drawing(4000, 3000)))
    assert (picture.width, picture.height) == (1920, 1440)


def test_nothing_of_the_metadata_is_left_in_the_clean_copy() -> None:
    content = encoded(drawing(), exif=exif(), comment=b"secret-comment", icc_profile=b"secret-profile" * 20)
    for secret in (b"secret-camera", b"secret-comment", b"secret-profile"):
        assert secret in content
    clean = taken(content).jpeg
    assert b"secret" not in clean
    assert b"Exif" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


def test_time_and_place_are_read_before_they_are_removed() -> None:
    picture = taken(encoded(drawing(), exif=exif()))
    assert picture.taken_at == datetime(2018, 11, 2, 9, 30)  # noqa: DTZ001  # the camera wrote no zone
    assert (picture.latitude, picture.longitude) == (43.885, 125.325)


def test_the_offset_of_the_camera_is_kept() -> None:
    taken_at = taken(encoded(drawing(), exif=exif(offset="+08:00"))).taken_at
    assert taken_at == datetime(2018, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def test_south_and_west_are_negative() -> None:
    picture = taken(encoded(drawing(), exif=exif(north="S", east="W")))
    assert (picture.latitude, picture.longitude) == (-43.885, -125.325)


@pytest.mark.parametrize(
    "latitude", [(430.0, 0.0, 0.0), (IFDRational(1, 0), 0.0, 0.0), (43.0, 53.0), (91.0, 0.0, 0.0)]
)
def test_a_position_that_cannot_be_is_no_position(latitude: Any) -> None:
    picture = taken(encoded(drawing(), exif=exif(latitude=latitude)))
    assert (picture.latitude, picture.longitude) == (None, None)


def test_a_photo_without_facts_is_taken_in_without_facts() -> None:
    picture = taken(encoded(drawing()))
    assert (picture.taken_at, picture.latitude, picture.longitude) == (None, None, None)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of the damage
def test_a_photo_with_damaged_metadata_is_taken_in_without_facts() -> None:
    content = encoded(drawing(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert taken(content).taken_at is None


def test_a_photo_that_lies_on_its_side_is_stood_upright() -> None:
    picture = taken(encoded(drawing(640, 480), exif=exif(orientation=6)))
    assert (picture.width, picture.height) == (480, 640)
    with Image.open(io.BytesIO(picture.jpeg)) as clean:
        red, green, _ = clean.getpixel((clean.width - 20, 20))
        assert red > 200 and green < 60


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "I;16"])
def test_every_colour_mode_becomes_colour(mode: str) -> None:
    image = Image.new(mode, (40, 30)) if mode in ("1", "I;16") else drawing(40, 30).convert(mode)
    assert taken(encoded(image, "PNG")).width == 40


def test_transparent_parts_become_white() -> None:
    with Image.open(
        io.BytesIO(taken(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")).jpeg)
    ) as clean:
        assert clean.getpixel((10, 10)) == (255, 255, 255)


def test_a_photo_in_print_colours_is_taken_in() -> None:
    assert taken(encoded(drawing().convert("CMYK"))).width == 640


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><script>1</script>",
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypheic",
    ],
)
def test_what_is_no_photo_is_refused_by_its_first_bytes(content: bytes) -> None:
    assert code_of(content) == "picture-kind"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused_as_damaged(kind: str) -> None:
    content = encoded(drawing(), kind)
    assert code_of(content[: len(content) // 2]) == "picture-damaged"


def png_of(width: int, height: int, body: bytes) -> bytes:
    """A PNG file that declares a size, whatever its body holds."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7800, 9400, 16000, 60000])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("the picture was decoded")

    monkeypatch.setattr(Image.Image, "convert", decoded)
    monkeypatch.setattr(Image.Image, "thumbnail", decoded)
    assert code_of(png_of(side, side, zlib.compress(b"\0" * 1000))) == "picture-pixels"


def test_a_file_with_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 1000)
    assert code_of(encoded(drawing())) == "picture-too-large"


def test_the_hash_is_that_of_the_brighter_neighbours() -> None:
    falling = Image.new("L", (9, 8))
    falling.putdata([250 - 10 * x for _ in range(8) for x in range(9)])
    assert difference_hash(falling) == "f" * 16
    assert difference_hash(falling.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == "0" * 16
    falling.putpixel((0, 0), 0)
    assert difference_hash(falling) == "7" + "f" * 15


def test_copies_have_near_hashes_and_other_photos_far_ones() -> None:
    patches = Image.new("L", (9, 8))
    patches.putdata([(x * 37 + y * 91) % 251 for y in range(8) for x in range(9)])
    original = patches.resize((1600, 1200), Image.Resampling.BICUBIC)
    other = original.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    known = taken(encoded(original)).dhash
    assert bits_apart(known, taken(encoded(original.resize((800, 600)), quality=40)).dhash) <= 4
    assert bits_apart(known, taken(encoded(other)).dhash) > 10


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of the damage
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_damage_makes_the_reader_fail(noise: bytes, start: int) -> None:
    whole = encoded(drawing(32, 24), "PNG")
    assert isinstance(read_picture(whole[:start] + noise + whole[start + len(noise) :]), Picture | Refusal)
    whole = encoded(drawing(32, 24), exif=exif())
    assert isinstance(read_picture(whole[:start] + noise + whole[start + len(noise) :]), Picture | Refusal)
