"""An expression of a form: its text, its tree for the browser, its closure, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from surveyapp.forms.closures import Closure, compiled
from surveyapp.forms.grammar import Tree, parse, parts_of
from surveyapp.forms.misuse import check_tree
from surveyapp.forms.patterns import with_bounded_patterns
from surveyapp.forms.values import Context, Value

Path = tuple[str, ...]
_KEEPERS = {"once", "random", "uuid"}


@dataclass(frozen=True)
class Reference:
    """A place an expression reads: names from the root element on. `exact` is false when all below may be."""

    path: Path
    exact: bool


@dataclass(frozen=True)
class Expression:
    """A parsed expression. `home` is the path of the node it belongs to, root element first."""

    text: str
    tree: Tree
    home: Path
    references: tuple[Reference, ...]
    run: Closure = field(compare=False, repr=False)

    def value(self, context: Context) -> Value:
        """The value at a context."""
        return self.run(context)

    @property
    def is_always_true(self) -> bool:
        """Whether it is the constant true()."""
        return self.tree == ["f", "true", []]

    @property
    def is_always_false(self) -> bool:
        """Whether it is the constant false()."""
        return self.tree == ["f", "false", []]

    @property
    def keeps_value(self) -> bool:
        """Whether it makes a value that must not be made anew: once(), random() or uuid()."""
        return any(name in _KEEPERS for name in _called(self.tree))


def expression(text: str, home: Path = ()) -> Expression:
    """Parse an expression belonging to the node at `home`. Raises BadExpression for syntax and misuse."""
    tree = parse(text)
    check_tree(tree)
    tree = with_bounded_patterns(tree)
    references = tuple(dict.fromkeys(_references(tree, home, home)))
    return Expression(text.strip(), tree, home, references, compiled(tree))


def _called(tree: Tree) -> Iterator[str]:
    if tree[0] == "f":
        yield tree[1]
    for part in parts_of(tree):
        yield from _called(part)


def _references(tree: Any, here: Path | None, home: Path) -> Iterator[Reference]:
    """What a tree reads when evaluated at `here` (None: inside a secondary instance)."""
    kind = tree[0]
    if kind == "p":
        yield from _path_references(tree[1], tree[2], here, home)
    elif kind == "f":
        for argument in tree[2]:
            yield from _references(argument, here, home)
    elif kind == "i":
        yield from _references(tree[1], here, home)
        inside = _place(tree[1], here, home)
        for predicate in tree[2]:
            yield from _references(predicate, inside, home)
    elif kind not in ("n", "s"):
        for part in tree[1:]:
            yield from _references(part, here, home)


def place_of(tree: Tree, home: Path) -> Path | None:
    """The names from the root element on of what a path finds, None when the names alone do not tell."""
    return _place(tree, home, home)


def _place(start: Any, here: Path | None, home: Path) -> Path | None:
    """The place a path starts from: a constant path, current(), or unknown (None)."""
    if start == 0:
        return here
    if start == 1:
        return ()
    if start == ["f", "current", []]:
        return home
    if isinstance(start, list) and start[0] == "p":
        return _walk(start, here, home)
    return None


def _walk(tree: Tree, here: Path | None, home: Path) -> Path | None:
    place = _place(tree[1], here, home)
    for axis, test, _ in tree[2]:
        place = _moved(place, axis, test)
    return place


def _moved(place: Path | None, axis: str, test: str) -> Path | None:
    if place is None or axis == "self":
        return place
    if axis == "child" and not test.endswith((")", "*")):
        return (*place, test)
    if axis == "parent" and place:
        return place[:-1]
    return None


def _path_references(start: Any, steps: list[Tree], here: Path | None, home: Path) -> Iterator[Reference]:
    if isinstance(start, list):
        yield from _references(start, here, home)
    place = _place(start, here, home)
    for axis, test, predicates in steps:
        moved = _moved(place, axis, test)
        if moved is None and place is not None and axis != "attribute":
            yield Reference(place[:-1] if axis.endswith("sibling") else place, False)
        place = moved
        for predicate in predicates:
            yield from _references(predicate, place, home)
    if place is not None:
        yield Reference(place, True)
