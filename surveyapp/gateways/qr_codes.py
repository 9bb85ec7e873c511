"""QR codes of a short text: for the poster (SVG), for a document (PNG), for the terminal.

Level Q stands a quarter of the modules damaged, and the quiet zone is the four modules of ISO/IEC 18004.
"""

from __future__ import annotations

import io
from html import escape
from itertools import groupby

import qrcode
from PIL import Image
from qrcode.exceptions import DataOverflowError

QUIET_ZONE = 4
_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


def modules(text: str) -> list[list[bool]]:
    """The square of modules, row by row, quiet zone included; True is dark.

    ValueError for an empty text and for one too long for any code.
    """
    if not text:
        raise ValueError("a QR code needs a text")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        raise ValueError("the text is too long for a QR code") from None
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg(text: str, label: str = "") -> str:
    """An SVG picture without style attributes; `label` is what a screen reader says."""
    square = modules(text)
    size = len(square)
    path = "".join(_runs(row, y) for y, row in enumerate(square))
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    frame = f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges" {role}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def _runs(row: list[bool], y: int) -> str:
    """The path of one row: a rectangle for each run of dark modules."""
    path, x = "", 0
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path


def png(text: str, scale: int = 12) -> bytes:
    """A PNG picture, black and white, `scale` pixels for a module."""
    square = modules(text)
    size = len(square)
    picture = Image.new("1", (size, size), 1)
    picture.putdata([0 if dark else 1 for row in square for dark in row])
    buffer = io.BytesIO()
    picture.resize((size * scale, size * scale), Image.Resampling.NEAREST).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def terminal(text: str) -> str:
    """Lines of half blocks; the light modules are drawn, so that a dark terminal shows dark on light."""
    square = modules(text)
    light = [False] * len(square)
    pairs = zip(square[::2], [*square[1::2], light], strict=False)
    return "\n".join(
        "".join(_HALVES[both] for both in zip(upper, lower, strict=True)) for upper, lower in pairs
    )
