"""The axes and node tests of XPath 1.0 over the light tree, each in the order of its axis.

The namespace axis is empty, as in browsers: no questionnaire asks for it.
"""

from collections.abc import Callable, Mapping, Sequence

from surveyapp.forms.nodes import (
    ATTRIBUTE,
    COMMENT,
    ELEMENT,
    INSTRUCTION,
    TEXT,
    Node,
    descendants,
)

DOWNWARD = {"descendant", "descendant-or-self"}
REVERSE = {"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"}


def _ancestors(node: Node) -> list[Node]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def _siblings(node: Node, forward: bool) -> list[Node]:
    if node.parent is None or node.kind == ATTRIBUTE:
        return []
    children = node.parent.children
    at = next(index for index, child in enumerate(children) if child is node)
    return children[at + 1 :] if forward else children[:at][::-1]


def _following(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind == ATTRIBUTE and node.parent is not None:
        found.extend(descendants(node.parent))
        node = node.parent
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, True):
            found.append(sibling)
            found.extend(descendants(sibling))
    return found


def _preceding(node: Node) -> list[Node]:
    found: list[Node] = []
    if node.kind == ATTRIBUTE and node.parent is not None:
        node = node.parent
    for start in [node, *_ancestors(node)]:
        for sibling in _siblings(start, False):
            found.extend(reversed(list(descendants(sibling))))
            found.append(sibling)
    return found


AXES: Mapping[str, Callable[[Node], Sequence[Node]]] = {
    "child": lambda node: node.children,
    "parent": lambda node: [node.parent] if node.parent is not None else [],
    "self": lambda node: [node],
    "attribute": lambda node: node.attributes,
    "descendant": lambda node: list(descendants(node)),
    "descendant-or-self": lambda node: [node, *descendants(node)],
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "following-sibling": lambda node: _siblings(node, True),
    "preceding-sibling": lambda node: _siblings(node, False),
    "following": _following,
    "preceding": _preceding,
    "namespace": lambda node: (),
}
_TYPES = {"text()": TEXT, "comment()": COMMENT}


def node_test(axis: str, test: str, namespaces: Mapping[str, str]) -> Callable[[Node], bool]:
    """Whether a node passes the test; '*' and names ask for the axis's own kind of node.

    A name without a prefix finds elements of any namespace unless `namespaces` says which '' stands for.
    """
    kind = ATTRIBUTE if axis == "attribute" else ELEMENT
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
    if "" in namespaces and not colon and axis != "attribute":
        uri = namespaces[""]
        return lambda node: (
            node.kind == kind and node.namespace == uri and node.name.rpartition(":")[2] == test
        )
    return lambda node: node.kind == kind and node.name == test
