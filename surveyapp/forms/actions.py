"""Reads the actions of an XForm: values set when a record begins, an instance is added, an answer changes.

`setgeopoint` and `recordaudio` are the business of ODK clients and passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from surveyapp.forms.closures import compiled
from surveyapp.forms.definition import SetValue
from surveyapp.forms.expression import Expression, Path, expression
from surveyapp.forms.grammar import Tree
from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.texts import XF

_EVENTS = {
    "odk-instance-first-load": "first-load", "odk-instance-load": "first-load", "xforms-ready": "first-load",
    "odk-new-repeat": "new-repeat", "xforms-value-changed": "value-changed",
}  # fmt: skip
_XML_EVENT = "{http://www.w3.org/2001/xml-events}event"


def read_actions(document: etree._Element, problems: list[Problem]) -> tuple[SetValue, ...]:
    """Every setvalue action in document order; an expression that cannot be read becomes a problem."""
    found: list[SetValue] = []
    for element in document.iter(f"{XF}setvalue"):
        target = _path(element)
        try:
            value = _value(element, target)
        except BadExpression as error:
            problems.append(Problem(error.problem.code, _below(target) + "@trigger", error.problem.sentence))
            continue
        found.extend(
            SetValue(event, _below(target), value, _source(element) if event == "value-changed" else "")
            for event in _events(element)
        )
    return tuple(found)


def _events(element: etree._Element) -> Iterator[str]:
    written = element.get("event") or element.get(_XML_EVENT) or ""
    yield from dict.fromkeys(_EVENTS[word] for word in written.split() if word in _EVENTS)


def _value(element: etree._Element, target: Path) -> Expression:
    text = element.get("value")
    if text is not None and text.strip():
        return expression(text, target)
    return literal("".join(element.itertext()).strip(), target)


def literal(text: str, home: Path) -> Expression:
    """The expression that is always this text."""
    tree: Tree = ["s", text]
    return Expression(text, tree, home, (), compiled(tree))


def _source(element: etree._Element) -> str:
    """The path of the question whose change the action waits for: the control around it."""
    around = element.getparent()
    return _below(_path(around)) if around is not None else ""


def _path(element: etree._Element) -> Path:
    return tuple((element.get("ref") or element.get("nodeset") or "").strip().strip("/").split("/"))


def _below(path: Path) -> str:
    return "/".join(path[1:])
