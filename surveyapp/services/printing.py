"""What is printed or drawn for people: the QR code of an address as SVG, PNG or terminal text."""

from __future__ import annotations

from surveyapp.gateways import qr_codes


def qr_svg(address: str, label: str = "") -> str:
    """SVG, level Q, quiet zone of four modules; `label` is for screen readers."""
    return qr_codes.svg(address, label)


def qr_png(address: str) -> bytes:
    """PNG of the same code, sharp enough for A4."""
    return qr_codes.png(address)


def qr_terminal(address: str) -> str:
    """The same code in block characters."""
    return qr_codes.terminal(address)
