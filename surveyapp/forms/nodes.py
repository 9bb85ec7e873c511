"""The light tree that expressions are evaluated over: documents, elements, attributes and text.

Not an XML library: lxml reads the XML, this keeps only what paths and values need. The browser keeps the
same tree in static/js/xpath.js.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

DOCUMENT, ELEMENT, ATTRIBUTE, TEXT, COMMENT, INSTRUCTION = range(1, 7)
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


class Node:
    """One node. `name` is written as in the document, prefix included; `value` is for all but elements.

    `relevant` is false for an answer that does not apply: its value reads as ''.
    """

    __slots__ = ("attributes", "children", "kind", "name", "namespace", "parent", "relevant", "value")

    def __init__(
        self, kind: int, name: str = "", value: str = "", parent: Node | None = None, namespace: str = ""
    ) -> None:
        self.kind = kind
        self.name = name
        self.value = value
        self.parent = parent
        self.namespace = namespace
        self.children: list[Node] = []
        self.attributes: list[Node] = []
        self.relevant = True

    def append(self, child: Node) -> Node:
        """Add a child at the end and return it."""
        child.parent = self
        self.children.append(child)
        return child

    def set_text(self, text: str) -> None:
        """Make `text` the whole content of this element."""
        self.children = [Node(TEXT, "", text, self)] if text else []

    def child(self, name: str) -> Node | None:
        """The first child element of this name, or None."""
        for child in self.children:
            if child.kind == ELEMENT and child.name == name:
                return child
        return None

    def elements(self) -> list[Node]:
        """The child elements in document order."""
        return [child for child in self.children if child.kind == ELEMENT]

    def attribute(self, name: str) -> str:
        """The value of the attribute, '' when there is none."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        return ""


def text_of(node: Node) -> str:
    """The string value of a node in the sense of XPath 1.0; '' for an element that is not relevant."""
    if node.kind > ELEMENT:
        return node.value
    children = node.children
    if not node.relevant or not children:
        return ""
    if len(children) == 1 and children[0].kind == TEXT:
        return children[0].value
    return "".join(text_of(child) for child in children if child.kind in (TEXT, ELEMENT))


def sorted_nodes(nodes: list[Node]) -> list[Node]:
    """The nodes of one tree in document order: attributes before children."""
    places: dict[int, dict[int, int]] = {}
    return sorted(nodes, key=lambda node: _order(node, places))


def _order(node: Node, places: dict[int, dict[int, int]]) -> tuple[int, ...]:
    """Where a node lies: its place at each level. `places` remembers the families already counted."""
    key: list[int] = []
    while node.parent is not None:
        parent = node.parent
        counted = places.get(id(parent))
        if counted is None:
            family = (*parent.attributes, *parent.children)
            counted = places[id(parent)] = {id(one): at for at, one in enumerate(family)}
        key.append(counted[id(node)])
        node = parent
    key.reverse()
    return tuple(key)


def descendants(node: Node) -> Iterator[Node]:
    """Every node below, in document order, without attributes."""
    for child in node.children:
        yield child
        if child.children:
            yield from descendants(child)


def root_of(node: Node) -> Node:
    """The topmost node of the tree."""
    while node.parent is not None:
        node = node.parent
    return node


def from_lxml(source: etree._Element) -> Node:
    """The tree below an lxml element as light nodes, under a document node."""
    document = Node(DOCUMENT)
    for sibling in (*reversed(list(source.itersiblings(preceding=True))), source, *source.itersiblings()):
        _copy(sibling, document)
    return document


def _qualified(source: etree._Element, tag: str) -> tuple[str, str]:
    """The name as written and its namespace."""
    name = etree.QName(tag)
    namespace = name.namespace or ""
    if not namespace:
        return name.localname, ""
    if namespace == XML_NAMESPACE:
        return f"xml:{name.localname}", namespace
    prefix = source.prefix if source.tag == tag else None
    if source.tag != tag:
        prefix = next((key for key, uri in source.nsmap.items() if uri == namespace and key), None)
    return (f"{prefix}:{name.localname}" if prefix else name.localname), namespace


def _copy(source: etree._Element, parent: Node) -> None:
    if source.tag is etree.Comment:
        parent.append(Node(COMMENT, "", source.text or ""))
    elif source.tag is etree.ProcessingInstruction:
        parent.append(Node(INSTRUCTION, source.target or "", source.text or ""))
    elif isinstance(source.tag, str):
        _copy_element(source, parent)


def _copy_element(source: etree._Element, parent: Node) -> None:
    name, namespace = _qualified(source, source.tag)
    element = parent.append(Node(ELEMENT, name, "", None, namespace))
    for tag, value in source.attrib.items():
        written, uri = _qualified(source, tag)
        element.attributes.append(Node(ATTRIBUTE, written, value, element, uri))
    if source.text:
        element.append(Node(TEXT, "", source.text))
    for child in source:
        _copy(child, element)
        if child.tail:
            element.append(Node(TEXT, "", child.tail))
