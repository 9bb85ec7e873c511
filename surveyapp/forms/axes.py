"""The axes and node tests of XPath 1.0 over the light tree, each in the order of its axis."""

from collections.abc import Callable, Iterable, Mapping

from surveyapp.forms.nodes import (
    ATTRIBUTE,
    COMMENT,
    ELEMENT,
    INSTRUCTION,
    NAMESPACE,
    TEXT,
    XML_NAMESPACE,
    Node,
    descendants,
)

REVERSE = {"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"}


def _ancestors(node: Node) -> list[Node]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def _siblings(node: Node, forward: bool) -> list[Node]:
    if node.parent is None or node.kind in (ATTRIBUTE, NAMESPACE):
        return []
    children = node.parent.children
    at = next(index for index, child in enumerate(children) if child is node)
    return children[at + 1 :] if forward else children[:at][::-1]


def _following(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None:
        found.extend(descendants(node.parent))
        node = node.parent
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, True):
            found.append(sibling)
            found.extend(descendants(sibling))
    return found


def _preceding(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind in (ATTRIBUTE, NAMESPACE) and node.parent is not None:
        node = node.parent
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, False):
            found.extend(reversed(list(descendants(sibling))))
            found.append(sibling)
    return found


def _namespaces(node: Node) -> list[Node]:
    """The namespaces in use at an element: those of its own and its ancestors' names, and xml."""
    if node.kind != ELEMENT:
        return []
    known = {"xml": XML_NAMESPACE}
    for element in reversed([node, *_ancestors(node)]):
        for part in [element, *element.attributes]:
            if part.namespace and (":" in part.name or part.kind == ELEMENT):
                known[part.name.partition(":")[0] if ":" in part.name else ""] = part.namespace
    return [Node(NAMESPACE, prefix, uri, node) for prefix, uri in known.items()]


AXES: Mapping[str, Callable[[Node], Iterable[Node]]] = {
    "child": lambda node: node.children,
    "parent": lambda node: [node.parent] if node.parent is not None else [],
    "self": lambda node: [node],
    "attribute": lambda node: node.attributes,
    "descendant": descendants,
    "descendant-or-self": lambda node: [node, *descendants(node)],
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "following-sibling": lambda node: _siblings(node, True),
    "preceding-sibling": lambda node: _siblings(node, False),
    "following": _following,
    "preceding": _preceding,
    "namespace": _namespaces,
}
_TYPES = {"text()": TEXT, "comment()": COMMENT}


def node_test(axis: str, test: str, namespaces: Mapping[str, str]) -> Callable[[Node], bool]:
    """Whether a node passes the test; '*' and names ask for the axis's own kind of node."""
    kind = {"attribute": ATTRIBUTE, "namespace": NAMESPACE}.get(axis, ELEMENT)
    if test == "node()":
        return lambda node: True
    if test in _TYPES:
        wanted = _TYPES[test]
        return lambda node: node.kind == wanted
    if test.startswith("processing-instruction("):
        target = test[len("processing-instruction(") : -1]
        return lambda node: node.kind == INSTRUCTION and (not target or node.name == target)
    if test == "*":
        return lambda node: node.kind == kind
    prefix, colon, local = test.partition(":")
    if colon and prefix in namespaces:
        uri = namespaces[prefix]
        return lambda node: (
            node.kind == kind and node.namespace == uri and local in ("*", node.name.rpartition(":")[2])
        )
    if colon and local == "*":
        return lambda node: node.kind == kind and node.name.startswith(f"{prefix}:")
    return lambda node: node.kind == kind and node.name == test
