"""What each step of calculation reads, so that the browser repeats only the steps a change touches.

A reading is near when an answer is read from the same instance of every repeat around both places, and wide
when other instances may be read too. What cannot be told is taken for wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from surveyapp.forms.expression import Expression, Path

if TYPE_CHECKING:
    from surveyapp.forms.definition import Form, Item, Unit

_CLOCKS = frozenset({"now", "today"})
_HOME = ["f", "current", []]


def steps(form: Form) -> list[list[Any]]:
    """[kind, path, near readings, wide readings, 1 when it reads the clock] of each step, in order.

    Paths are below the root; 'a/*' stands for a and all below it. Blanks at the end are left out.
    """
    return [_trimmed(_step(form, unit)) for unit in form.order if _browser_works(form, unit)]


def _browser_works(form: Form, unit: Unit) -> bool:
    """Whether the browser has anything to do; preloads and first values are the server's business."""
    return unit.kind != "value" or getattr(form.items[unit.path], "calculate", None) is not None


def _trimmed(step: list[Any]) -> list[Any]:
    while not step[-1]:
        step.pop()
    return step


def _step(form: Form, unit: Unit) -> list[Any]:
    item = form.items[unit.path]
    near, wide = set(_around(unit)), set[str]()
    clock = False
    for expression in _expressions(item, unit.kind):
        clock = clock or bool(_CLOCKS.intersection(_called(expression.tree)))
        everywhere = _wide_paths(expression, form.items)
        for reference in expression.references:
            path = "/".join(reference.path[1:])
            if reference.path[:1] != (form.root_name,) or (path and path not in form.items):
                continue
            broad = not reference.exact or not path or hasattr(form.items[path], "children")
            read = f"{path}/*".removeprefix("/") if broad else path
            (wide if everywhere is None or reference.path in everywhere else near).add(read)
    return [unit.kind[0], unit.path, sorted(near - wide), sorted(wide), int(clock)]


def _around(unit: Unit) -> Iterator[str]:
    """The places whose relevance the step reads."""
    parent = unit.path.rpartition("/")[0]
    if unit.kind == "value":
        yield unit.path
    elif parent:
        yield parent


def _expressions(item: Item, kind: str) -> list[Expression]:
    names = {"relevant": ("relevant",), "count": ("count",), "value": ("calculate",)}[kind]
    return [found for name in names if (found := getattr(item, name, None)) is not None]


def _called(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        if tree[:1] == ["f"]:
            yield tree[1]
        for part in tree:
            yield from _called(part)


def _wide_paths(expression: Expression, items: Mapping[str, Item]) -> set[Path] | None:
    """The paths read from other instances; None when any path is more than steps up and down."""
    repeats = [
        expression.home[:end]
        for end in range(2, len(expression.home) + 1)
        if hasattr(items.get("/".join(expression.home[1:end])), "count")
    ]
    found: set[Path] = set()
    for tree in _paths(expression.tree):
        walked = _walked(tree, expression.home)
        if walked is None:
            return None
        path, lowest = walked
        if any(len(repeat) > lowest and path[: len(repeat)] == repeat for repeat in repeats):
            found.add(path)
    return found


def _paths(tree: Any) -> Iterator[Any]:
    if not isinstance(tree, list):
        return
    if tree[:1] == ["p"]:
        yield tree
        return
    for part in tree:
        yield from _paths(part)


def _walked(tree: Any, home: Path) -> tuple[Path, int] | None:
    """Where a path of plain steps leads and the fewest names it went through; None for any other path."""
    if tree[1] == 1:
        place: Path = ()
    elif tree[1] in (0, _HOME):
        place = home
    else:
        return None
    lowest = len(place)
    for axis, test, predicates in tree[2]:
        if predicates:
            return None
        if axis == "parent":
            place = place[:-1]
        elif axis == "child" and not test.endswith((")", "*")):
            place = (*place, test)
        elif axis != "self":
            return None
        lowest = min(lowest, len(place))
    return place, lowest


def lists_read(tree: Any) -> Iterator[str]:
    """The ids that instance() and pulldata() are called with as plain text."""
    if not isinstance(tree, list):
        return
    if tree[:1] == ["f"] and tree[1] in ("instance", "pulldata") and tree[2] and tree[2][0][0] == "s":
        yield tree[2][0][1]
    for part in tree:
        yield from lists_read(part)
