"""Turns the tree of an expression into Python closures, once; running them reads a Context.

Loops count their work in the Environment, which cuts an expression off that does too much. The same shapes
are turned into closures in the browser by static/js/xpath.js: a change here is a change there, and the
conformance vectors run through both.
"""

import math
from collections.abc import Callable

from surveyapp.forms.axes import AXES, DOWNWARD, REVERSE, node_test
from surveyapp.forms.functions.registry import FUNCTIONS
from surveyapp.forms.grammar import Tree
from surveyapp.forms.misuse import misuse_of_call
from surveyapp.forms.nodes import Node, sorted_nodes
from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.shortening import size_of
from surveyapp.forms.values import Context, Environment, Nodes, Value, compare, to_boolean, to_number

Closure = Callable[[Context], Value]
Step = Callable[[Nodes, bool, Context], tuple[Nodes, bool]]
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}


def compiled(tree: Tree) -> Closure:
    """The closure of a tree. What cannot be called breaks only where it is reached."""
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
        return in_order([*first, *second], context.environment)

    return run


def in_order(nodes: Nodes, environment: Environment) -> Nodes:
    """The nodes in document order, each once."""
    unique = list({id(node): node for node in nodes}.values())
    environment.spend(4 * len(unique))
    return sorted_nodes(unique) if len(unique) > 1 else unique


def _call(name: str, arguments: list[Tree]) -> Closure:
    wrong = misuse_of_call(name, arguments)
    if wrong is not None:
        return _refusal(wrong)
    parts = [compiled(part) for part in arguments]
    if name == "if":
        test, then, other = parts
        return lambda context: then(context) if to_boolean(test(context)) else other(context)
    run = FUNCTIONS[name].run
    if len(parts) == 1:
        only = parts[0]
        return lambda context: run(context, [only(context)])
    return lambda context: run(context, [part(context) for part in parts])


def _refusal(problem: Problem) -> Closure:
    """What cannot be called breaks the expression only where it is reached, as XPath 1.0 has it."""

    def run(context: Context) -> Value:
        raise BadExpression(problem)

    return run


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
            nodes, flat = step(nodes, flat, context)
        return nodes

    if start == 0 and steps == [["self", "node()", []]]:
        return _itself
    return _simple_path(start, steps, run) or run


def _itself(context: Context) -> Value:
    """The path '.', the commonest of constraints."""
    context.environment.spend(1)
    return [context.node]


def _simple_path(start: int | Tree, steps: list[Tree], general: Closure) -> Closure | None:
    """A faster closure for the commonest path: absolute, child steps by plain name, no predicates."""
    plain = all(
        axis == "child" and not predicates and not test.endswith((")", "*")) and ":" not in test
        for axis, test, predicates in steps
    )
    if start != 1 or not plain or not steps:
        return None
    names = [step[1] for step in steps]
    place = "/".join(names[1:])

    def run(context: Context) -> Value:
        known = context.environment.places.get(place)
        if known is not None and len(known) == 1:
            return [known[0][1]]
        if context.environment.namespaces:
            return general(context)
        nodes = [context.root]
        for name in names:
            nodes = [
                child for node in nodes for child in node.children if child.name == name and child.kind == 2
            ]
        if len(nodes) > 1:
            context.environment.spend(len(nodes))
        return nodes

    return run


def _step(axis: str, test: str, predicates: list[Tree]) -> Step:
    """One step of a path. `flat` nodes are in document order and none lies within another, so that what is
    right below them is in order and flat too."""
    walk = AXES[axis]
    filters = [_predicate(predicate) for predicate in predicates]
    plain_test = node_test(axis, test, {})
    keeps_flat = axis in ("self", "attribute", "child")

    def run(nodes: Nodes, flat: bool, context: Context) -> tuple[Nodes, bool]:
        environment = context.environment
        spaces = environment.namespaces
        passes = node_test(axis, test, spaces) if spaces else plain_test
        found: Nodes = []
        for node in nodes:
            walked = walk(node)
            environment.spend(len(walked))
            reached = [candidate for candidate in walked if passes(candidate)]
            for keep in filters:
                reached = keep(reached, context)
            found.extend(reached)
        if len(nodes) == 1:
            return (found[::-1] if axis in REVERSE else found), keeps_flat or len(found) < 2
        if flat and (keeps_flat or axis in DOWNWARD):
            return found, keeps_flat
        return (found if axis in ("self", "attribute") else in_order(found, environment)), False

    return run


def _predicate(tree: Tree) -> Callable[[Nodes, Context], Nodes]:
    test = compiled(tree)
    weight = 2 * size_of(tree)

    def keep(nodes: Nodes, context: Context) -> Nodes:
        kept: Nodes = []
        size = len(nodes)
        context.environment.spend(size * weight)
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
    """Whether one node passes all predicates that do not ask for its position; not one that breaks on it."""
    inner = Context(node, context.environment, context.current, context.root)
    context.environment.grant()
    try:
        return all(to_boolean(predicate(inner)) for predicate in predicates)
    except BadExpression:
        return False
