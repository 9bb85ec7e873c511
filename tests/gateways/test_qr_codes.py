"""QR codes, read back by Chromium-free means: their modules against each other and against the standard."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import pytest
import qrcode
from PIL import Image

from surveyapp.gateways import qr_codes

ADDRESS = "https://survey.example.org/q/7KQ2M9XD"


def dark_in_svg(text: str) -> list[list[bool]]:
    """The modules that the path of the SVG covers."""
    root = ET.fromstring(qr_codes.svg(text))
    size = int(root.attrib["viewBox"].split()[2])
    square = [[False] * size for _ in range(size)]
    path = root.findall("{http://www.w3.org/2000/svg}path")[1].attrib["d"]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(width)):
            square[int(y)][column] = True
    return square


def test_the_svg_covers_exactly_the_dark_modules() -> None:
    assert dark_in_svg(ADDRESS) == qr_codes.modules(ADDRESS)


def test_the_png_shows_exactly_the_dark_modules() -> None:
    image = Image.open(io.BytesIO(qr_codes.png(ADDRESS, scale=5)))
    size = len(qr_codes.modules(ADDRESS))
    assert image.size == (size * 5, size * 5)
    shown = [[not image.getpixel((x * 5 + 2, y * 5 + 2)) for x in range(size)] for y in range(size)]
    assert shown == qr_codes.modules(ADDRESS)


def test_the_terminal_shows_exactly_the_dark_modules() -> None:
    halves = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    square = qr_codes.modules(ADDRESS)
    shown: list[list[bool]] = []
    for line in qr_codes.terminal(ADDRESS).split("\n"):
        pairs = [halves[sign] for sign in line]
        shown += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    assert shown[: len(square)] == square


def test_the_code_has_level_q_and_four_quiet_modules_around() -> None:
    square = qr_codes.modules(ADDRESS)
    assert not any(any(row) for row in square[:4] + square[-4:])
    assert not any(any(row[:4] + row[-4:]) for row in square)
    core = [row[4:-4] for row in square[4:-4]]
    assert [core[8][0], core[8][1]] == [False, True]  # 11, the sign of level Q, under the mask 10
    assert core[0][:7] == [True] * 7


def test_the_version_is_the_smallest_that_holds_the_text() -> None:
    smallest = qrcode.util.BIT_LIMIT_TABLE[qrcode.constants.ERROR_CORRECT_Q]
    version = (len(qr_codes.modules(ADDRESS)) - 8 - 17) // 4
    assert smallest[version - 1] < 8 * len(ADDRESS) + 4 + 8 <= smallest[version]


def test_a_label_is_spoken_and_its_signs_are_escaped() -> None:
    root = ET.fromstring(qr_codes.svg(ADDRESS, label='甲厅 <"1号窗口">'))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '甲厅 <"1号窗口">'
    assert "style" not in qr_codes.svg(ADDRESS)


@pytest.mark.parametrize("text", ["", "x" * 1700])
def test_a_text_that_fits_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="QR code"):
        qr_codes.modules(text)


def test_chinese_text_makes_a_code() -> None:
    assert len(qr_codes.modules("吉林省政务服务")) > 21
