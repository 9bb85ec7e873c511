"""Trees of expressions as they travel to the browser, and how large they are: what running one once costs."""

from __future__ import annotations

from typing import Any

_SELF = ["p", 0, [["self", "node()", []]]]


def short(tree: Any) -> Any:
    """The tree with its commonest shapes written shorter: ['v', 'a/b'] is /a/b and ['.'] is `.`."""
    if not isinstance(tree, list):
        return tree
    if tree == _SELF:
        return ["."]
    if tree[:2] == ["p", 1] and tree[2] and all(_simple(step) for step in tree[2]):
        return ["v", "/".join(step[1] for step in tree[2])]
    return [short(part) for part in tree]


def _simple(step: list[Any]) -> bool:
    return step[0] == "child" and not step[2] and not step[1].endswith((")", "*"))


def size_of(tree: Any) -> int:
    """How many lists the short tree holds; static/js/xpath.js counts the same in what it was sent."""
    return _lists(short(tree))


def _lists(tree: Any) -> int:
    return 1 + sum(_lists(part) for part in tree) if isinstance(tree, list) else 0
