"""A record as OpenRosa XML, and back: what ODK clients send and exports hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from surveyapp.forms.definition import Form, Group, Item, Repeat
from surveyapp.forms.secure_xml import parse_xml

ORX = "http://openrosa.org/xforms"
_META = ("meta", "orx:meta")


def to_xml(form: Form, answers: Mapping[str, Any], *, instance_id: str) -> str:
    """The record as XML. `instance_id` is written as given, such as 'uuid:...'; blanks are empty elements."""
    root = etree.Element(form.root_name, nsmap={"orx": ORX})
    root.set("id", form.form_id)
    if form.version:
        root.set("version", form.version)
    _write(root, form.children, answers)
    meta = etree.SubElement(root, f"{{{ORX}}}meta")
    etree.SubElement(meta, f"{{{ORX}}}instanceID").text = instance_id
    return str(etree.tostring(root, encoding="unicode"))


def _write(parent: etree._Element, items: Sequence[Item], answers: Mapping[str, Any]) -> None:
    for item in items:
        if item.name in _META:
            continue
        answer = answers.get(item.name)
        if isinstance(item, Repeat):
            for instance in answer or []:
                _write(etree.SubElement(parent, item.name), item.children, instance)
        elif isinstance(item, Group):
            _write(etree.SubElement(parent, item.name), item.children, answer or {})
        else:
            etree.SubElement(parent, item.name).text = str(answer) if answer else None


def from_xml(form: Form, xml: str | bytes) -> dict[str, Any]:
    """The nested answers of a record. Raises BadForm when it is not acceptable XML.

    Elements the form does not have are kept, so that `fill` reports them.
    """
    return _read(parse_xml(xml), form.children)


def _read(element: etree._Element, items: Sequence[Item]) -> dict[str, Any]:
    known = {item.name: item for item in items}
    found: dict[str, Any] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        name = f"{child.prefix}:{name}" if child.prefix else name
        item = known.get(name)
        if name in _META and item is None:
            continue
        if isinstance(item, Repeat):
            found.setdefault(name, []).append(_read(child, item.children))
        elif isinstance(item, Group):
            found[name] = _read(child, item.children)
        else:
            found[name] = "".join(child.itertext())
    return found
