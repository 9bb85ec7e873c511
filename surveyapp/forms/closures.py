"""Turns the tree of an expression into Python closures, once; running them reads a Context.

The same shapes are turned into closures in the browser by static/js/xpath.js: a change here is a change
there, and the conformance vectors run through both.
"""

import math
from collections.abc import Callable
from difflib import get_close_matches

from surveyapp.forms.axes import AXES, REVERSE, node_test
from surveyapp.forms.functions.registry import FUNCTIONS, NODES_WANTED
from surveyapp.forms.grammar import Tree
from surveyapp.forms.nodes import Node, order_of
from surveyapp.forms.patterns import check_pattern
from surveyapp.forms.tokens import bad_expression
from surveyapp.forms.values import Context, Nodes, Value, compare, to_boolean, to_number

Closure = Callable[[Context], Value]
Step = Callable[[Nodes, bool, Context], Nodes]
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}


def compiled(tree: Tree) -> Closure:
    """The closure of a tree. Raises BadExpression for unknown functions and wrong numbers of arguments."""
    kind = tree[0]
    if kind in ("n", "s"):
        constant: Value = tree[1]
        return lambda context: constant
    if kind == "f":
        return _call(tree[1], tree[2])
    if kind == "p":
        return _path(tree[1], tree[2])
    if kind == "i":
        return _filtered(tree[1], tree[2])
    if kind in ("or", "and"):
        return _logic(kind == "or", [compiled(part) for part in tree[1:]])
    if kind == "neg":
        operand = compiled(tree[1])
        return lambda context: -to_number(operand(context), context.environment)
    left, right = compiled(tree[1]), compiled(tree[2])
    if kind in _COMPARISONS:
        return lambda context: compare(kind, left(context), right(context), context.environment)
    return _union(left, right) if kind == "|" else _arithmetic(kind, left, right)


def _logic(one_is_enough: bool, parts: list[Closure]) -> Closure:
    def run(context: Context) -> Value:
        for part in parts:
            if to_boolean(part(context)) is one_is_enough:
                return one_is_enough
        return not one_is_enough

    return run


def divided(left: float, right: float) -> float:
    """Division of IEEE 754: by zero gives an infinity or NaN."""
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """mod of XPath 1.0: the remainder of a truncating division, with the sign of the dividend."""
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "div": divided,
    "mod": remainder,
}


def _arithmetic(operator: str, left: Closure, right: Closure) -> Closure:
    operation = _OPERATIONS[operator]

    def run(context: Context) -> Value:
        environment = context.environment
        return operation(to_number(left(context), environment), to_number(right(context), environment))

    return run


def _union(left: Closure, right: Closure) -> Closure:
    def run(context: Context) -> Value:
        first, second = left(context), right(context)
        if not isinstance(first, list) or not isinstance(second, list):
            return []
        return in_order([*first, *second])

    return run


def in_order(nodes: Nodes) -> Nodes:
    """The nodes in document order, each once."""
    unique = list({id(node): node for node in nodes}.values())
    return sorted(unique, key=order_of) if len(unique) > 1 else unique


def _call(name: str, arguments: list[Tree]) -> Closure:
    known = FUNCTIONS.get(name)
    if known is None:
        near = get_close_matches(name, FUNCTIONS, 1)
        hint = (f"，您是否想写 {near[0]}()", f"; did you mean {near[0]}()?") if near else ("", "")
        raise bad_expression(
            "function_unknown",
            name,
            f"没有函数 {name}(){hint[0]}。",
            f"There is no function {name}(){hint[1]}.",
        )
    if not known.least <= len(arguments) <= known.most:
        raise bad_expression(
            "arguments_wrong",
            name,
            f"函数 {name}() 的参数个数不对：写了 {len(arguments)} 个。",
            f"{name}() was given {len(arguments)} arguments, which is not how many it takes.",
        )
    _check_nodes(name, arguments)
    if name == "regex":
        check_pattern(arguments[1])
    parts = [compiled(part) for part in arguments]
    if name == "if":
        test, then, other = parts
        return lambda context: then(context) if to_boolean(test(context)) else other(context)
    run = known.run
    if len(parts) == 1:
        only = parts[0]
        return lambda context: run(context, [only(context)])
    return lambda context: run(context, [part(context) for part in parts])


def _check_nodes(name: str, arguments: list[Tree]) -> None:
    """Refuse what is surely no list of nodes where a function needs one."""
    for place in NODES_WANTED.get(name, ()):
        if place < len(arguments) and not gives_nodes(arguments[place]):
            raise bad_expression(
                "nodes_wanted",
                name,
                f"函数 {name}() 的第 {place + 1} 个参数应是题目引用。",
                f"Argument {place + 1} of {name}() must refer to questions.",
            )


def gives_nodes(tree: Tree) -> bool:
    """Whether the tree can give a list of nodes."""
    if tree[0] == "f":
        return tree[1] in ("instance", "current", "randomize", "id", "indexed-repeat", "if")
    return tree[0] in ("p", "i", "|")


def _path(start: int | Tree, steps: list[Tree]) -> Closure:
    runs = [_step(axis, test, predicates) for axis, test, predicates in steps]
    base = compiled(start) if isinstance(start, list) else None

    def run(context: Context) -> Value:
        if base is None:
            nodes: Nodes = [context.root if start else context.node]
        else:
            first = base(context)
            if not isinstance(first, list):
                return []
            nodes = first
        flat = len(nodes) < 2
        for step in runs:
            if not nodes:
                return nodes
            nodes, flat = step(nodes, flat, context), False
        return nodes

    return _simple_path(start, steps) or run


def _simple_path(start: int | Tree, steps: list[Tree]) -> Closure | None:
    """A faster closure for the commonest path: absolute, child steps by plain name, no predicates."""
    plain = all(
        axis == "child" and not predicates and not test.endswith((")", "*")) and ":" not in test
        for axis, test, predicates in steps
    )
    if start != 1 or not plain or not steps:
        return None
    names = [step[1] for step in steps]

    def run(context: Context) -> Value:
        nodes = [context.root]
        for name in names:
            nodes = [
                child for node in nodes for child in node.children if child.name == name and child.kind == 2
            ]
        return nodes

    return run


def _step(axis: str, test: str, predicates: list[Tree]) -> Step:
    walk = AXES[axis]
    filters = [_predicate(predicate) for predicate in predicates]
    plain_test = node_test(axis, test, {})
    prefixed = ":" in test

    def run(nodes: Nodes, flat: bool, context: Context) -> Nodes:
        passes = node_test(axis, test, context.environment.namespaces) if prefixed else plain_test
        found: Nodes = []
        for node in nodes:
            reached = [candidate for candidate in walk(node) if passes(candidate)]
            for keep in filters:
                reached = keep(reached, context)
            found.extend(reached)
        if len(nodes) == 1:
            return found[::-1] if axis in REVERSE else found
        return found if axis in ("self", "attribute") else in_order(found)

    return run


def _predicate(tree: Tree) -> Callable[[Nodes, Context], Nodes]:
    test = compiled(tree)

    def keep(nodes: Nodes, context: Context) -> Nodes:
        kept: Nodes = []
        size = len(nodes)
        for position, node in enumerate(nodes, 1):
            inner = Context(node, context.environment, context.current, context.root, position, size)
            value = test(inner)
            if (value == position) if isinstance(value, float) else to_boolean(value):
                kept.append(node)
        return kept

    return keep


def _filtered(tree: Tree, predicates: list[Tree]) -> Closure:
    base = compiled(tree)
    filters = [_predicate(predicate) for predicate in predicates]

    def run(context: Context) -> Value:
        nodes = base(context)
        if not isinstance(nodes, list):
            return []
        for keep in filters:
            nodes = keep(nodes, context)
        return nodes

    return run


def matches(node: Node, predicates: list[Closure], context: Context) -> bool:
    """Whether one node passes all predicates that do not ask for its position."""
    inner = Context(node, context.environment, context.current, context.root)
    return all(to_boolean(predicate(inner)) for predicate in predicates)
