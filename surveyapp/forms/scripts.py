"""Which scripts of the evaluator a form's expressions need in the browser; most need the common one alone."""

from typing import Any

_COMMON_AXES = {"child", "parent", "self", "attribute"}
_COMMON = {
    "if", "true", "false", "not", "boolean", "position", "last", "count", "count-non-empty", "sum", "current",
    "instance", "string", "concat", "coalesce", "starts-with", "contains", "string-length", "regex",
    "selected", "is-selected", "count-selected", "number", "int", "round",
}  # fmt: skip


_CODES = {"digest", "base64-decode", "extract-signed"}


def expression_scripts(trees: Any) -> list[str]:
    """The scripts beyond static/js/xpath.js that expressions need. `trees` may lie in lists and dicts."""
    rare = ["js/xpath-rare.js"] if _needs_rare(trees) else []
    return [*rare, "js/xpath-codes.js"] if _calls(trees, _CODES) else rare


def _calls(tree: Any, names: set[str]) -> bool:
    """Whether any tree inside calls one of the functions."""
    if isinstance(tree, dict):
        return any(_calls(part, names) for part in tree.values())
    if not isinstance(tree, list | tuple):
        return False
    called = len(tree) == 3 and tree[0] == "f" and isinstance(tree[2], list) and tree[1] in names
    return called or any(_calls(part, names) for part in tree)


def _needs_rare(tree: Any) -> bool:
    """Whether any tree inside needs a function, an axis or an order that static/js/xpath.js leaves out."""
    if isinstance(tree, dict):
        return any(_needs_rare(part) for part in tree.values())
    if not isinstance(tree, list | tuple):
        return False
    if len(tree) == 3 and tree[0] == "f" and isinstance(tree[2], list) and tree[1] not in _COMMON:
        return True
    if len(tree) == 3 and tree[0] == "p" and isinstance(tree[2], list) and _rare_steps(tree[1], tree[2]):
        return True
    return tree[:1] == ["|"] or any(_needs_rare(part) for part in tree)


def _rare_steps(start: Any, steps: list[Any]) -> bool:
    """Whether a path walks a rare axis, asks for other than plain names, or goes up from many nodes."""
    single = start in (0, ["f", "current", []], ["."])
    for step in steps:
        if not isinstance(step, list) or len(step) != 3:
            return False
        axis, test, _ = step
        plain = test == "node()" or not (":" in test or test.endswith(")"))
        if axis not in _COMMON_AXES or not plain or (axis == "parent" and not single):
            return True
        single = single and axis in ("parent", "self")
    return False
