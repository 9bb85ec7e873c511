"""The names of the files an XForm needs beside it: media of labels, lists and tables to choose from."""

from __future__ import annotations

import re
from html import unescape

_ADDRESS = re.compile(r"jr://(?:images|audio|video|file|file-csv)/([^\"<>]+)")


def external_files(xform: str) -> tuple[str, ...]:
    """Every file name behind a jr:// address, once, in the order of the form."""
    return tuple(dict.fromkeys(unescape(name).strip() for name in _ADDRESS.findall(xform)))
