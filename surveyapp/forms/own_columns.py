"""Our own columns and question types, carried through pyxform as marks that other clients pass over.

`interviewer::<language>`, `soft_constraint`, `soft_constraint_message::<language>`, the type `consent` and
the setting `clients` become attributes of a namespace of ours on binds and on the model, with their texts
among the translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from surveyapp.forms.bindings import SA, SA_NAMESPACE
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.tables import Sheet
from surveyapp.forms.texts import TITLE_ID, XF, language_code

_TEXTS = {"interviewer": "interviewer", "soft_constraint_message": "softMsg"}
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_SOFT, _CONSENT = "bind::sa:soft", "bind::sa:consent"


@dataclass(frozen=True)
class OwnColumns:
    """What was taken out of the sheets. `titles` and the texts map a language as written to a text."""

    titles: Mapping[str, str]
    texts: Mapping[tuple[str, str], Mapping[str, str]]
    clients: str


def take_own_columns(sheets: Mapping[str, Sheet]) -> OwnColumns:
    """Take our columns out of the sheets, leaving there what pyxform can carry itself."""
    texts: dict[tuple[str, str], dict[str, str]] = {}
    survey, settings = sheets["survey"], sheets.get("settings")
    for line_cells in survey.rows:
        _row_texts(survey, line_cells[1], texts)
    _consents(survey)
    survey.header = [_renamed(name, at) for at, name in enumerate(survey.header)]
    if settings is None:
        return OwnColumns({}, texts, "")
    _declare(settings)
    row = settings.records()[0][1] if settings.rows else {}
    return OwnColumns(_take_titles(settings), texts, row.get("clients", ""))


def _row_texts(survey: Sheet, cells: list[str], texts: dict[tuple[str, str], dict[str, str]]) -> None:
    name = _cell(survey, cells, "name")
    for at, column in enumerate(survey.header):
        kind, _, language = (part.strip() for part in column.partition("::"))
        if kind in _TEXTS and at < len(cells) and cells[at]:
            texts.setdefault((name, _TEXTS[kind]), {})[language] = cells[at]


def _renamed(name: str, at: int) -> str:
    """A header pyxform carries, or one it passes over."""
    kind = name.partition("::")[0].strip()
    if kind == "soft_constraint":
        return _SOFT
    return f"taken_{at}" if kind in _TEXTS else name


def _cell(sheet: Sheet, cells: list[str], column: str) -> str:
    at = sheet.header.index(column) if column in sheet.header else len(cells)
    return cells[at] if at < len(cells) else ""


def _consents(survey: Sheet) -> None:
    """`consent` becomes acknowledge and `consent list` select_one, both marked."""
    at = survey.header.index("type") if "type" in survey.header else -1
    if not any(at < len(cells) and cells[at].split()[:1] == ["consent"] for _, cells in survey.rows):
        return
    survey.header.append(_CONSENT)
    for number, (line, cells) in enumerate(survey.rows):
        filled = [*cells, *[""] * (len(survey.header) - len(cells))]
        words = filled[at].split()
        if words[:1] == ["consent"]:
            filled[at] = " ".join(["select_one", *words[1:]]) if len(words) > 1 else "acknowledge"
            filled[-1] = "true()"
        survey.rows[number] = (line, filled)


def _declare(settings: Sheet) -> None:
    """Add our namespace to the settings, beside those the questionnaire names itself."""
    if not settings.rows:
        return
    line, cells = settings.rows[0]
    if "namespaces" not in settings.header:
        settings.header.append("namespaces")
    filled = [*cells, *[""] * (len(settings.header) - len(cells))]
    at = settings.header.index("namespaces")
    filled[at] = f'{filled[at]} sa="{SA_NAMESPACE}"'.strip()
    settings.rows[0] = (line, filled)


def _take_titles(settings: Sheet) -> dict[str, str]:
    """Replace translated title columns, which pyxform cannot take, by one; return title by language."""
    titles: dict[str, str] = {}
    for at, name in enumerate(settings.header):
        if name.startswith("form_title::"):
            cells = settings.rows[0][1] if settings.rows else []
            titles[name.removeprefix("form_title::").strip()] = cells[at] if at < len(cells) else ""
            settings.header[at] = f"title_in_{at}"
    if titles:
        default = settings.records()[0][1].get("default_language", "")
        settings.header.append("form_title")
        line, cells = settings.rows[0]
        filled = cells + [""] * (len(settings.header) - 1 - len(cells))
        settings.rows[0] = (line, [*filled, titles.get(default) or next(iter(titles.values()))])
    return titles


def with_own_columns(xform: str, own: OwnColumns) -> str:
    """The XForm with what was taken out put back as marks and translations. Raises BadForm."""
    document = parse_xml(xform)
    model = document.find(f".//{XF}model")
    if model is None:
        return xform
    if own.clients:
        model.set(f"{SA}clients", own.clients)
    if own.titles:
        _translate(model, TITLE_ID, own.titles, {})
    binds = {(bind.get("nodeset") or "").rpartition("/")[2]: bind for bind in model.iter(f"{XF}bind")}
    paths = dict(_paths(model))
    for (name, mark), said in own.texts.items():
        path = paths.get(name)
        if path is None:
            continue
        bind = binds[name] if name in binds else etree.SubElement(model, f"{XF}bind", nodeset=path)
        bind.set(f"{SA}{mark}", f"jr:itext('{path}:sa:{mark}')")
        _translate(model, f"{path}:sa:{mark}", said, paths)
    return str(etree.tostring(document, encoding="unicode"))


def _paths(model: etree._Element) -> Iterator[tuple[str, str]]:
    """The name and absolute path of every node of the record."""
    primary = model.find(f"{XF}instance")
    pending = [(child, "") for child in primary] if primary is not None else []
    while pending:
        element, above = pending.pop()
        if isinstance(element.tag, str):
            name = etree.QName(element).localname
            yield name, f"{above}/{name}"
            pending.extend((child, f"{above}/{name}") for child in element)


def _translate(
    model: etree._Element, identifier: str, texts: Mapping[str, str], paths: Mapping[str, str]
) -> None:
    """Add a text to the translations, `${name}` in it as an output; made when a form has none."""
    itext = model.find(f"{XF}itext")
    if itext is None:
        itext = etree.Element(f"{XF}itext")
        model.insert(0, itext)
    wanted = {language_code(language): text for language, text in texts.items()}
    known = itext.findall(f"{XF}translation")
    if not known:
        known = [etree.SubElement(itext, f"{XF}translation", lang="default", default="true()")]
    for translation in known:
        text = wanted.get(language_code(translation.get("lang") or ""), wanted.get(""))
        if text:
            entry = etree.SubElement(translation, f"{XF}text", id=identifier)
            _write(etree.SubElement(entry, f"{XF}value"), text, paths)


def _write(value: etree._Element, text: str, paths: Mapping[str, str]) -> None:
    parts = _REFERENCE.split(text)
    value.text = parts[0]
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        output = etree.SubElement(value, f"{XF}output", value=paths.get(name, f"/{name}"))
        output.tail = after
