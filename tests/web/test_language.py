"""Every sentence of the interface exists in English too, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from surveyapp.config import ROOT
from surveyapp.web.language import catalogue

PACKAGE = ROOT / "surveyapp"
CALL = re.compile(
    r"""(?<![\w.])_\(\s*((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))*)"""
)
PIECE = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""")
PLACE = re.compile(r"%\((\w+)\)[sd]")


def sentences() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every _('...') in templates and Python."""
    for path in sorted([*PACKAGE.rglob("*.html"), *(PACKAGE / "web").rglob("*.py")]):
        for call in CALL.finditer(path.read_text(encoding="utf-8")):
            text = "".join(a or b for a, b in PIECE.findall(call.group(1)))
            yield str(path.relative_to(ROOT)), text.replace("\\'", "'").replace('\\"', '"')


def test_every_sentence_has_an_english_one() -> None:
    english = catalogue("en")
    missing = sorted({f"{file}: {text}" for file, text in sentences() if text not in english})
    assert missing == []


def test_translations_keep_their_placeholders() -> None:
    wrong = [
        (chinese, english)
        for chinese, english in catalogue("en").items()
        if set(PLACE.findall(chinese)) != set(PLACE.findall(english))
    ]
    assert wrong == []


@pytest.mark.parametrize("mark", ["TODO", "fuzzy"])
def test_no_translation_is_unfinished(mark: str) -> None:
    files = sorted((PACKAGE / "translations" / "en").glob("*.po"))
    assert files
    assert [file.name for file in files if mark in file.read_text(encoding="utf-8")] == []


def test_no_translation_is_left_over() -> None:
    used = {text for _file, text in sentences()}
    assert sorted(set(catalogue("en")) - used) == []
