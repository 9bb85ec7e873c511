"""Reads the texts of an XForm: translations, labels, hints and messages, with outputs inside them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from surveyapp.forms.definition import Media, Text, Texts
from surveyapp.forms.expression import Expression, Path, expression

TITLE_ID = "form_title"
XF = "{http://www.w3.org/2002/xforms}"
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")
_ITEXT = re.compile(r"\s*jr:itext\(\s*(['\"])(.*?)\1\s*\)\s*")
_STRAIGHT = "-"
_MEDIA = frozenset({"image", "audio", "video", "big-image"})


def language_code(name: str) -> str:
    """'zh' for '中文 (zh)'; the name itself when it carries no code."""
    match = _CODE.search(name)
    return match[1] if match else name


def content(element: etree._Element, home: Path) -> Text:
    """The text of an element with its outputs as expressions, white space collapsed."""
    parts: list[str | Expression] = [_collapsed(element.text)]
    for child in element:
        if child.tag == f"{XF}output":
            parts.append(expression(child.get("value") or child.get("ref") or "''", home))
        elif isinstance(child.tag, str):
            parts.append(_collapsed("".join(child.itertext())))
        parts.append(_collapsed(child.tail))
    return _trimmed(tuple(part for part in parts if part != ""))


def _collapsed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _trimmed(parts: Text) -> Text:
    """The parts without white space at the two ends."""
    found = list(parts)
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip(" ")
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" ")
    return tuple(part for part in found if part != "")


class Translations:
    """The itext of a form: texts by id and language, guidance and media files beside them."""

    def __init__(self, model: etree._Element | None) -> None:
        self.languages: list[str] = []
        self.default = ""
        self.texts: dict[str, dict[str, Text]] = {}
        self.guidances: dict[str, dict[str, Text]] = {}
        self.media: dict[str, dict[str, dict[str, str]]] = {}
        itext = model.find(f"{XF}itext") if model is not None else None
        for translation in itext.findall(f"{XF}translation") if itext is not None else []:
            self._read(translation)
        if not self.default and self.languages:
            self.default = self.languages[0]

    def _read(self, translation: etree._Element) -> None:
        code = language_code(translation.get("lang") or "")
        self.languages.append(code)
        if translation.get("default") is not None:
            self.default = code
        for text in translation.findall(f"{XF}text"):
            for value in text.findall(f"{XF}value"):
                self._read_value(value, text.get("id") or "", code)

    def _read_value(self, value: etree._Element, identifier: str, code: str) -> None:
        kind = value.get("form")
        if kind in _MEDIA:
            name = "".join(value.itertext()).strip().rpartition("/")[2]
            if name and name != _STRAIGHT:
                self.media.setdefault(identifier, {}).setdefault(str(kind), {})[code] = name
        elif kind is None or kind == "guidance":
            parts = content(value, ())
            if parts != (_STRAIGHT,):
                kept = self.texts if kind is None else self.guidances
                kept.setdefault(identifier, {})[code] = parts

    def of(self, element: etree._Element | None, home: Path) -> Texts:
        """The texts of a label or hint: by reference to itext, or its own content for every language."""
        if element is None:
            return {}
        reference = _ITEXT.fullmatch(element.get("ref") or "")
        if reference:
            return self.texts.get(reference[2], {})
        own = content(element, home)
        return {"": own} if own else {}

    def guidance(self, element: etree._Element | None) -> Texts:
        """The guidance beside a hint; {} when there is none."""
        return self.guidances.get(_identifier(element), {})

    def media_of(self, element: etree._Element | None) -> Media:
        """The files shown with a label; {} when there are none."""
        return self.media.get(_identifier(element), {})

    def message(self, attribute: str | None) -> Texts:
        """The texts of a message attribute of a bind."""
        if not attribute:
            return {}
        reference = _ITEXT.fullmatch(attribute)
        return self.texts.get(reference[2], {}) if reference else {"": (attribute,)}


def _identifier(element: etree._Element | None) -> str:
    reference = _ITEXT.fullmatch((element.get("ref") or "") if element is not None else "")
    return reference[2] if reference else ""


def text_in(texts: Mapping[str, Text], language: str | None, default: str) -> Text:
    """The text in the language, else in the default one, else in any."""
    for code in (language, default, ""):
        if code is not None and code in texts:
            return texts[code]
    return next(iter(texts.values()), ())
