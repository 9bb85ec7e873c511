"""Functions over lists of nodes and truth values."""

import math
import re
from collections.abc import Sequence
from typing import TypeVar

from surveyapp.forms.tokens import bad_expression
from surveyapp.forms.values import (
    NAN,
    Context,
    Nodes,
    Value,
    text_at,
    text_number,
    to_boolean,
    to_number,
    to_text,
)

Thing = TypeVar("Thing")


def chosen(context: Context, arguments: list[Value]) -> Value:
    """if(test, then, else); the evaluator itself works out only the branch it needs."""
    return arguments[1] if to_boolean(arguments[0]) else arguments[2]


def depend(context: Context, arguments: list[Value]) -> Value:
    """depend(x, y, ...): x; the others only say what else x hangs on."""
    return arguments[0]


def true(context: Context, arguments: list[Value]) -> Value:
    """true()."""
    return True


def false(context: Context, arguments: list[Value]) -> Value:
    """false()."""
    return False


def negation(context: Context, arguments: list[Value]) -> Value:
    """not(x)."""
    return not to_boolean(arguments[0])


def boolean(context: Context, arguments: list[Value]) -> Value:
    """boolean(x)."""
    return to_boolean(arguments[0])


def boolean_from_string(context: Context, arguments: list[Value]) -> Value:
    """boolean-from-string(x): only 'true' and '1' are true."""
    return to_text(arguments[0], context.environment) in ("true", "1")


def position(context: Context, arguments: list[Value]) -> Value:
    """position(): the place in the current list; position(node): its place among siblings of its name."""
    if not arguments:
        return float(context.position)
    nodes = arguments[0]
    if not isinstance(nodes, list) or not nodes:
        return NAN
    node = nodes[0]
    place = 0
    context.environment.spend(len(node.parent.children) if node.parent else 1)
    for sibling in node.parent.children if node.parent else [node]:
        if sibling.kind == node.kind and sibling.name == node.name:
            place += 1
        if sibling is node:
            break
    return float(place or 1)


def last(context: Context, arguments: list[Value]) -> Value:
    """last(): the size of the current list."""
    return float(context.size)


def _nodes(value: Value) -> Nodes:
    return value if isinstance(value, list) else []


def count(context: Context, arguments: list[Value]) -> Value:
    """count(nodes): how many nodes; answers that do not apply are not counted."""
    return float(sum(1 for node in _nodes(arguments[0]) if node.relevant))


def count_non_empty(context: Context, arguments: list[Value]) -> Value:
    """count-non-empty(nodes): how many have a value."""
    return float(sum(1 for node in _nodes(arguments[0]) if text_at(node, context.environment) != ""))


def total(context: Context, arguments: list[Value]) -> Value:
    """sum(nodes): blanks are skipped when the list comes from answers; other text gives NaN."""
    nodes = _nodes(arguments[0])
    texts = [text_at(node, context.environment) for node in nodes]
    if context.environment.whole_days:
        texts = [text for text in texts if text]
    return float(sum(text_number(text, context.environment) for text in texts))


def _numbers(context: Context, arguments: list[Value]) -> list[float]:
    """Every number of the arguments, lists spread out; blanks in lists are skipped for answers."""
    found: list[float] = []
    for argument in arguments:
        if isinstance(argument, list):
            texts = [text_at(node, context.environment) for node in argument]
            if context.environment.whole_days:
                texts = [text for text in texts if text]
            found.extend(text_number(text, context.environment) for text in texts)
        else:
            found.append(to_number(argument, context.environment))
    return found


def smallest(context: Context, arguments: list[Value]) -> Value:
    """min(x, ...): NaN for nothing or when anything is no number."""
    numbers = _numbers(context, arguments)
    return NAN if not numbers or any(map(math.isnan, numbers)) else min(numbers)


def largest(context: Context, arguments: list[Value]) -> Value:
    """max(x, ...): NaN for nothing or when anything is no number."""
    numbers = _numbers(context, arguments)
    return NAN if not numbers or any(map(math.isnan, numbers)) else max(numbers)


def _truths(value: Value, context: Context) -> list[bool]:
    """What a value adds to a checklist: a node is true when it has a text."""
    if isinstance(value, list):
        return [text_at(node, context.environment) != "" for node in value]
    if isinstance(value, str):
        number = text_number(value, context.environment)
        return [to_boolean(number) if not math.isnan(number) else value not in ("", "false")]
    return [to_boolean(value)]


def _weights(value: Value, context: Context) -> list[float]:
    if isinstance(value, list):
        return [text_number(text_at(node, context.environment), context.environment) for node in value]
    return [to_number(value, context.environment)]


def _within(value: float, least: float, most: float) -> bool:
    return (least < 0 or value >= least) and (most < 0 or value <= most)


def checklist(context: Context, arguments: list[Value]) -> Value:
    """checklist(least, most, x, ...): whether the number of true x lies between; -1 means no bound."""
    least, most = (to_number(argument, context.environment) for argument in arguments[:2])
    truths = sum(sum(_truths(value, context)) for value in arguments[2:])
    return _within(truths, least, most)


def weighted_checklist(context: Context, arguments: list[Value]) -> Value:
    """weighted-checklist(least, most, x, weight, ...): the same with the sum of the weights of true x."""
    least, most = (to_number(argument, context.environment) for argument in arguments[:2])
    score = 0.0
    pairs = arguments[2:]
    for values, weights in zip(pairs[::2], pairs[1::2], strict=False):
        both = zip(_truths(values, context), _weights(weights, context), strict=False)
        score += sum(weight for truth, weight in both if truth)
    return _within(score, least, most)


def randomize(context: Context, arguments: list[Value]) -> Value:
    """randomize(nodes, seed?): shuffled by Fisher-Yates with the Park-Miller generator, as ODK does."""
    nodes = list(_nodes(arguments[0]))
    if len(arguments) < 2:
        source = context.environment.randomness
        seed = float(int(source() * 2**31)) if source else 1.0
    else:
        seed = to_number(arguments[1], context.environment)
    if not math.isfinite(seed):
        raise bad_expression(
            "seed_wrong",
            "randomize",
            "randomize() 的种子应是数。",
            "The seed of randomize() must be a number.",
        )
    return shuffled(nodes, seed)


def seed_of_record(record_id: str, path: str) -> float:
    """The seed of a list that has none of its own: from the record's id and the question's path, so that it
    differs from record to record and stays for one. NaN without an id of at least eight hexadecimal digits.

    The same number as static/js/lists.js gives.
    """
    digits = re.sub(r"[^0-9a-f]", "", record_id.lower())[-8:]
    if len(digits) < 8:
        return NAN
    seed = int(digits, 16) % 2147483647
    for sign in path:
        seed = (seed * 31 + ord(sign)) % 2147483647
    return float(seed)


def shuffled(things: Sequence[Thing], seed: float) -> list[Thing]:
    """Fisher-Yates with the Park-Miller generator; the same order as static/js/lists.js gives."""
    found = list(things)
    state = int(seed) % 2147483647
    state = state + 2147483646 if state <= 0 else state
    for place in range(len(found) - 1, 0, -1):
        state = state * 16807 % 2147483647
        other = math.floor((state - 1) / 2147483646 * (place + 1))
        found[place], found[other] = found[other], found[place]
    return found
