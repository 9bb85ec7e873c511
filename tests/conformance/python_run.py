"""Runs the vectors through the Python engine."""

import random
from functools import cache
from typing import Any

from lxml import etree

from surveyapp.forms.closures import compiled
from surveyapp.forms.grammar import parse
from surveyapp.forms.nodes import ATTRIBUTE, Node, descendants, from_lxml, text_of
from surveyapp.forms.problem import BadExpression
from surveyapp.forms.values import Context, Environment, Value, to_boolean, to_number, to_text
from tests.conformance.vectors import Case

PHOENIX = -420
NAMESPACES = {
    "xhtml": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
}


class Documents:
    """The documents of the vectors as light trees, each built once."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.tree = cache(self._tree)

    def _tree(self, index: int) -> Node:
        return from_lxml(etree.fromstring(self.texts[index].encode()))


def node_at(document: Node, path: str) -> Node:
    """The node at a path of child positions such as '/#1/#2' or '/#1/@id'."""
    node = document
    for part in path.strip("/").split("/") if path.strip("/") else []:
        if part.startswith("@"):
            node = next(attribute for attribute in node.attributes if attribute.name == part[1:])
        else:
            node = node.children[int(part[1:]) - 1]
    return node


def path_of(node: Node) -> str:
    """The path of child positions of a node."""
    parts: list[str] = []
    while node.parent is not None:
        if node.kind == ATTRIBUTE:
            parts.append(f"@{node.name}")
        else:
            parts.append(f"#{[child is node for child in node.parent.children].index(True) + 1}")
        node = node.parent
    return "/" + "/".join(reversed(parts))


def environment_of(case: Case, document: Node) -> Environment:
    """What the case's expression may read: its own instances, translations and clock.

    Over a page of XHTML the suites' names without a prefix mean no namespace; over a form, any.
    """
    instances: dict[str, Node] = {}
    texts: dict[tuple[str, str], str] = {}
    for node in descendants(document):
        local = node.name.rpartition(":")[2]
        if local == "instance" and node.attribute("id"):
            instances.setdefault(node.attribute("id"), node)
        if local == "text" and node.parent is not None and node.parent.name.endswith("translation"):
            value = next(iter(node.elements()), None)
            texts[node.attribute("id"), node.parent.attribute("lang")] = text_of(value) if value else ""
    is_page = any(element.name == "html" for element in document.elements())
    return Environment(
        now_ms=case.now_ms,
        offset=PHOENIX,
        whole_days=False,
        language=case.language,
        instances=instances,
        text=lambda identifier, language: texts.get((identifier, language), ""),
        randomness=random.Random(1).random,
        namespaces={**NAMESPACES, "": ""} if is_page else NAMESPACES,
    )


def result_of(case: Case, documents: Documents) -> Any:
    """The case's result in the shape its kind asks for; None when the expression is refused."""
    document = documents.tree(case.document)
    node = node_at(document, case.context)
    root = node_at(document, case.root) if case.root else document
    try:
        closure = compiled(parse(case.expression))
        environment = environment_of(case, document)
        value = closure(Context(node, environment, node, root))
    except BadExpression:
        return None
    return shaped(case.kind, value, environment)


def shaped(kind: str, value: Value, environment: Environment) -> Any:
    """The value in the shape of the kind."""
    if kind == "boolean":
        return to_boolean(value)
    if kind in ("number", "numberRounded"):
        return to_number(value, environment)
    if kind in ("string", "stringMatches"):
        return to_text(value, environment)
    if kind == "stringLength":
        return len(to_text(value, environment).encode("utf-16-le")) // 2
    if not isinstance(value, list):
        return None
    if kind == "count":
        return len(value)
    paths = [path_of(item) for item in value]
    return sorted(paths) if kind == "nodesUnordered" else paths
