"""What an OpenRosa record says about itself before anybody knows its form: ids, version, files, encryption.

The answers are read by `record_xml`; here are the names around them, and what was written twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from surveyapp.forms.definition import Form, Group, Item, Repeat
from surveyapp.forms.problem import Problem
from surveyapp.forms.secure_xml import parse_xml
from surveyapp.forms.wording import problem

LONGEST_NAME = 200
_NAMES = ("file", "encryptedXmlFile")


@dataclass(frozen=True)
class Envelope:
    """`form_id` and `version` as the record names them, '' for none; ids from its meta block, '' for none.

    `texts` maps every short text that stands in the record to the place of its first element, repeats with
    an index from 1: a file belongs to the record when its name is one of them. `named` are the texts in
    elements that hold a file's name, as far as the record itself tells: of an encrypted one all of them.
    """

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    is_encrypted: bool
    texts: Mapping[str, str]
    named: tuple[str, ...]
    root: etree._Element = field(compare=False, repr=False)


def read_envelope(xml: bytes) -> Envelope:
    """Read a posted record. Raises BadForm for what is no acceptable XML: broken, too deep, with DOCTYPE."""
    root = parse_xml(xml)
    meta = _meta(root)
    is_encrypted = root.get("encrypted", "") == "yes"
    return Envelope(
        form_id=(root.get("id") or etree.QName(root).namespace or "").strip(),
        version=(root.get("version") or "").strip(),
        instance_id=meta.get("instanceID", "") or (root.get("instanceID") or "").strip(),
        deprecated_id=meta.get("deprecatedID", ""),
        is_encrypted=is_encrypted,
        texts=_texts(root),
        named=tuple(_encrypted_files(root)) if is_encrypted else (),
        root=root,
    )


def _meta(root: etree._Element) -> dict[str, str]:
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).localname == "meta":
            return {
                etree.QName(inner).localname: "".join(inner.itertext()).strip()
                for inner in child
                if isinstance(inner.tag, str)
            }
    return {}


def _texts(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element, place in _leaves(root):
        text = (element.text or "").strip()
        if 0 < len(text) <= LONGEST_NAME:
            found.setdefault(text, place)
    return found


def _leaves(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Every element without elements in it, with its place below the root; same-named ones are numbered."""
    waiting: list[tuple[etree._Element, str]] = [(root, "")]
    while waiting:
        element, place = waiting.pop()
        children = [child for child in element if isinstance(child.tag, str)]
        if not children:
            yield element, place
            continue
        names = [etree.QName(child).localname for child in children]
        numbers: dict[str, int] = {}
        counts = Counter(names)
        inner = []
        for child, name in zip(children, names, strict=True):
            numbers[name] = numbers.get(name, 0) + 1
            index = f"[{numbers[name]}]" if counts[name] > 1 else ""
            inner.append((child, f"{place}/{name}{index}".lstrip("/")))
        waiting += reversed(inner)


def _encrypted_files(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        is_name = isinstance(element.tag, str) and etree.QName(element).localname in _NAMES
        if is_name and (name := (element.text or "").strip()):
            yield name[:LONGEST_NAME]


def written_twice(form: Form, envelope: Envelope) -> tuple[Problem, ...]:
    """A problem for every question or group that stands in the record more often than its form allows."""
    return tuple(_twice(envelope.root, form.children))


def _twice(element: etree._Element, items: Sequence[Item]) -> Iterator[Problem]:
    known = {item.name.rpartition(":")[2]: item for item in items}
    seen: set[str] = set()
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        item = known.get(name)
        if item is None or name == "meta":
            continue
        if name in seen and not isinstance(item, Repeat):
            yield problem("one_answer", item.path)
        seen.add(name)
        if isinstance(item, Group):
            yield from _twice(child, item.children)


def without_text(xml: bytes, envelope: Envelope, name: str) -> bytes:
    """The posted bytes with the text of every element of this name taken out; as they are for none."""
    found = [
        element
        for element in envelope.root.iter()
        if isinstance(element.tag, str) and etree.QName(element).localname == name
    ]
    if not any("".join(element.itertext()).strip() for element in found):
        return xml
    for element in found:
        for inner in list(element):
            element.remove(inner)
        element.text = None
    return bytes(etree.tostring(envelope.root, encoding="utf-8", xml_declaration=True))
