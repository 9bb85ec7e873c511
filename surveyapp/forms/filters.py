"""Filtered lists looked up instead of gone through: options indexed by the columns a filter compares.

A filter such as `city = ${city} and open = 'yes'` becomes a look-up by (city, open); only what it asks beyond
such comparisons is tried on the options found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from surveyapp.forms.closures import Closure, compiled, matches
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.values import Context, Value

if TYPE_CHECKING:
    from surveyapp.forms.definition import Choice

_HOME = ["f", "current", []]


class ListFilter:
    """The predicates of one list of options. Equal to trying every predicate on every option."""

    def __init__(self, choices: Sequence[Choice], predicates: Sequence[Any]) -> None:
        """Split the predicates; the index itself is made at the first look-up."""
        self.choices = choices
        self.columns: list[str] = []
        self.wanted: list[Closure] = []
        self.rest: list[Closure] = []
        self.table: dict[tuple[str, ...], list[tuple[int, Choice]]] | None = None
        for tree in predicates if not any(_counts(tree) for tree in predicates) else ():
            for part in _conjuncts(tree):
                self._take(part)
        self.positional = (
            [compiled(tree) for tree in predicates] if not self.columns and not self.rest else []
        )

    def _take(self, part: Any) -> None:
        compared = _comparison(part)
        if compared is None:
            self.rest.append(compiled(part))
        else:
            self.columns.append(compared[0])
            self.wanted.append(compiled(compared[1]))

    def offered(self, context: Context) -> list[Choice]:
        """The options that pass at a context, in the order of the list."""
        if self.positional:
            return _one_after_another(self.choices, self.positional, context)
        if not self.columns:
            return [choice for choice in self.choices if self._passes(choice, context)]
        keys: list[tuple[str, ...]] = [()]
        for closure in self.wanted:
            texts = _texts(closure(context))
            keys = [(*key, text) for key in keys for text in texts]
        if self.table is None:
            self.table = self._indexed()
        found = [entry for key in keys for entry in self.table.get(key, ())]
        if len(keys) > 1:
            found.sort(key=lambda entry: entry[0])
        return [choice for _, choice in found if self._passes(choice, context)]

    def holds(self, choice: Choice, context: Context) -> bool:
        """Whether one option passes; the list is not gone through unless a filter counts positions."""
        if choice.node is None:
            return True
        if self.positional:
            return any(one is choice for one in self.offered(context))
        for column, closure in zip(self.columns, self.wanted, strict=True):
            cell = choice.node.child(column)
            if cell is None or text_of(cell) not in _texts(closure(context)):
                return False
        return self._passes(choice, context)

    def _passes(self, choice: Choice, context: Context) -> bool:
        return not self.rest or choice.node is None or matches(choice.node, self.rest, context)

    def _indexed(self) -> dict[tuple[str, ...], list[tuple[int, Choice]]]:
        found: dict[tuple[str, ...], list[tuple[int, Choice]]] = {}
        for number, choice in enumerate(self.choices):
            cells = [choice.node.child(column) if choice.node else None for column in self.columns]
            key = tuple(text_of(cell) for cell in cells if cell is not None)
            if len(key) == len(cells):
                found.setdefault(key, []).append((number, choice))
        return found


def _one_after_another(choices: Iterable[Choice], closures: list[Closure], context: Context) -> list[Choice]:
    """Predicates that count positions, each over what the one before it left."""
    left = list(choices)
    for closure in closures:
        size, kept = len(left), []
        for position, choice in enumerate(left, 1):
            node = choice.node or context.node
            inner = Context(node, context.environment, context.current, context.root, position, size)
            value = closure(inner)
            if (value == position) if isinstance(value, float) else bool(value):
                kept.append(choice)
        left = kept
    return left


def _texts(value: Value) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(dict.fromkeys(text_of(node) for node in value if isinstance(node, Node)))
    return (value,) if isinstance(value, str) else ()


def _conjuncts(tree: Any) -> list[Any]:
    if tree[0] == "and":
        return [part for inner in tree[1:] for part in _conjuncts(inner)]
    return [tree]


def _comparison(tree: Any) -> tuple[str, Any] | None:
    """The column and the tree it is compared with, when that is text or an answer outside the list."""
    if tree[0] != "=":
        return None
    for column, other in ((tree[1], tree[2]), (tree[2], tree[1])):
        name = _column(column)
        if name and (other[0] == "s" or _answer(other)):
            return name, other
    return None


def _column(tree: Any) -> str:
    if tree[0] != "p" or tree[1] != 0:
        return ""
    plain = [step for step in tree[2] if step != ["self", "node()", []]]
    if len(plain) != 1 or plain[0][0] != "child" or plain[0][2] or plain[0][1].endswith((")", "*")):
        return ""
    return str(plain[0][1])


def _answer(tree: Any) -> bool:
    """Whether a path starts from the record or the question, not from the option, without predicates."""
    return tree[0] == "p" and tree[1] in (1, _HOME) and not any(step[2] for step in tree[2])


def _counts(tree: Any) -> bool:
    """Whether a predicate may ask for positions: a number, or position() and last() anywhere."""
    if tree[0] in ("n", "+", "-", "*", "div", "mod", "neg"):
        return True
    return _mentions(tree, {"position", "last"}) or (tree[0] == "f" and tree[1] not in _TRUTHS)


def _mentions(tree: Any, names: set[str]) -> bool:
    if not isinstance(tree, list):
        return False
    if tree[:1] == ["f"] and tree[1] in names:
        return True
    return any(_mentions(part, names) for part in tree)


_TRUTHS = {
    "true", "false", "not", "boolean", "boolean-from-string", "selected", "is-selected", "contains", "regex",
    "starts-with", "ends-with", "checklist", "weighted-checklist", "lang",
}  # fmt: skip
