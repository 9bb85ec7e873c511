"""Reads XML that strangers wrote: no DOCTYPE, no entities, no network, bounded depth and size."""

from lxml import etree

from surveyapp.forms.problem import BadForm, Problem

_LARGEST = 20_000_000


def parse_xml(text: str | bytes) -> etree._Element:
    """The root element. Raises BadForm with one problem when it is not acceptable XML."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) > _LARGEST:
        raise BadForm((_problem("文件超过 20 MB。请拆分后再试。", "The file exceeds 20 MB. Split it."),))
    if b"<!DOCTYPE" in data[:100_000]:
        raise BadForm((_doctype(),))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise BadForm(
            (_problem(f"第 {line} 行不是合格的 XML，请检查。", f"Line {line} is not well-formed XML."),)
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:  # in another encoding, or behind much else
        raise BadForm((_doctype(),))
    return root


def _doctype() -> Problem:
    return _problem("文件里不允许有 DOCTYPE，请去掉。", "A DOCTYPE is not allowed; remove it.")


def _problem(zh: str, en: str) -> Problem:
    return Problem("xml_unreadable", "", {"zh": zh, "en": en})
