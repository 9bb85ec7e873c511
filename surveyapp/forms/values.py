"""The values of expressions and how one kind becomes another: text, number, truth, date, nodes.

The rules are those of XPath 1.0 section 3 and 4 with the ODK additions for dates. Reads no clock: the
moment and the offset come with the Environment.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from surveyapp.forms.dates import Moment, moment_text, number_of_moment, parse_moment
from surveyapp.forms.nodes import TEXT, Node, descendants, text_of
from surveyapp.forms.problem import BadExpression, Problem

Nodes = list[Node]
Value = str | float | bool | Moment | Nodes
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
NAN = math.nan
# One step is a quarter to four tenths of a microsecond of work, so an expression is cut off after 50 ms at
# the latest and a record after some 0.8 s. static/js/xpath.js holds the same two numbers.
EXPRESSION_STEPS = 110_000
RECORD_STEPS = 2_000_000
LONGEST_TEXT = 100_000
_LONGEST_NUMBER = 400


def _no_text(identifier: str, language: str) -> str:
    return ""


@dataclass(slots=True)
class Environment:
    """What an expression may read beside the tree.

    `now_ms` is the record's end in milliseconds since 1970, `offset` the zone in minutes east of UTC.
    `instances` maps an id to the node that holds the instance's root. `whole_days` makes the number of a
    date a whole day of the local calendar. `randomness` gives numbers in [0, 1). `steps` is the work the
    expression at hand may still do of what it was `granted`, `record_steps` what the whole record may do.
    `stopped` says that an expression was cut off. `record_id` is what
    lists without a seed are shuffled by. `properties` are what property() reads. `places` are the answers of
    the record by their path below the root element, for finding one without a walk.
    """

    now_ms: float = 0.0
    offset: int = 480
    whole_days: bool = True
    language: str = ""
    instances: Mapping[str, Node] = field(default_factory=dict)
    text: Callable[[str, str], str] = _no_text
    choice_label: Callable[[str, str, str], str | None] | None = None
    randomness: Callable[[], float] | None = None
    registers: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    lookups: dict[tuple[str, str], dict[str, Node]] = field(default_factory=dict)
    steps: int = EXPRESSION_STEPS
    record_steps: int = RECORD_STEPS
    granted: int = EXPRESSION_STEPS
    stopped: bool = False
    record_id: str = ""
    places: Mapping[str, Sequence[tuple[str, Node]]] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Count work before or after it is done. Raises BadExpression when there has been too much."""
        self.steps -= steps
        if self.steps < 0:
            self.stopped = True
            raise BadExpression(_TOO_MUCH)

    def grant(self) -> None:
        """A new expression begins: it has its own steps, as far as the record has any left."""
        left = self.record_steps - (self.granted - self.steps if self.steps > 0 else self.granted)
        self.record_steps = left
        self.steps = self.granted = EXPRESSION_STEPS if left >= EXPRESSION_STEPS else max(0, left)

    def make(self, length: int) -> None:
        """An expression is about to make a text. Raises BadExpression when it is too long for an answer."""
        self.spend(length // 64 if length <= LONGEST_TEXT else self.steps + 1)


_TOO_MUCH = Problem(
    "too_much_work",
    "",
    {
        "zh": "这个表达式的计算量太大，已停止计算。请缩小引用的范围，或拆成几个计算题。",
        "en": "This expression takes too much work and was stopped. Refer to less, or split it.",
    },
)


@dataclass(slots=True)
class Context:
    """Where an expression is evaluated: node, position and size of the current list, starting node."""

    node: Node
    environment: Environment
    current: Node
    root: Node
    position: int = 1
    size: int = 1


def number_text(number: float) -> str:
    """The shortest decimal text of a number, never with an exponent."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == math.floor(number) and abs(number) < 1e15:
        return str(int(number))
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return text.removesuffix(".0")


def text_at(node: Node, environment: Environment) -> str:
    """The text of a node; gathering it from many nodes below is work."""
    children = node.children
    if not children:
        return text_of(node)
    if len(children) == 1 and children[0].kind == TEXT:
        return children[0].value if node.relevant else ""
    environment.spend(sum(1 for _ in descendants(node)))
    return text_of(node)


def text_number(text: str, environment: Environment) -> float:
    """The number a text spells, or the number of the date it spells, else NaN."""
    if len(text) > _LONGEST_NUMBER:
        return NAN
    text = text.strip(" \t\r\n")
    if _NUMBER.fullmatch(text):
        return float(text)
    moment = parse_moment(text, environment.offset) if len(text) < 80 else None
    return NAN if moment is None else number_of_moment(moment, environment.offset, environment.whole_days)


def to_text(value: Value, environment: Environment) -> str:
    """string() of XPath 1.0; the first node of a list speaks for it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return text_at(value[0], environment) if value else ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Moment):
        return moment_text(value, environment.offset)
    return number_text(value)


def to_number(value: Value, environment: Environment) -> float:
    """number() of XPath 1.0; a date counts days since 1970-01-01; blank and nonsense give NaN."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, list):
        return text_number(text_at(value[0], environment), environment) if value else NAN
    if isinstance(value, Moment):
        return number_of_moment(value, environment.offset, environment.whole_days)
    return text_number(value, environment)


def to_boolean(value: Value) -> bool:
    """boolean() of XPath 1.0; a date is true when it is one."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    if isinstance(value, Moment):
        return not math.isnan(value.ms)
    return bool(value)


def to_moment(value: Value, environment: Environment) -> Moment | None:
    """The moment of a date or of a text that spells one, else None."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, list):
        value = text_at(value[0], environment) if value else ""
    return parse_moment(value.strip(), environment.offset) if isinstance(value, str) and value else None


_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def compare(sign: str, left: Value, right: Value, environment: Environment) -> bool:
    """The comparisons of XPath 1.0 section 3.4: a list of nodes is compared if any of its nodes is."""
    if isinstance(left, list):
        if len(left) == 1 and not isinstance(right, bool) and not isinstance(right, list):
            environment.spend(1)
            return _compare_single(sign, text_at(left[0], environment), right, environment)
    elif not isinstance(right, list):
        return _compare_single(sign, left, right, environment)
    if sign in ("=", "!="):
        if isinstance(left, bool) and isinstance(right, list):
            right = bool(right)
        elif isinstance(right, bool) and isinstance(left, list):
            left = bool(left)
    lefts, rights = _sides(left, environment), _sides(right, environment)
    environment.spend(len(lefts) * len(rights))
    return any(_compare_single(sign, one, other, environment) for one in lefts for other in rights)


def _sides(value: Value, environment: Environment) -> Sequence[Value]:
    return [text_at(node, environment) for node in value] if isinstance(value, list) else (value,)


def _compare_single(sign: str, left: Value, right: Value, environment: Environment) -> bool:
    order = _ORDERS.get(sign)
    if order is None:
        return _equal(left, right, environment) is (sign == "=")
    return order(*_comparable(left, right, environment))


def _equal(left: Value, right: Value, environment: Environment) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, float) or isinstance(right, float):
        return to_number(left, environment) == to_number(right, environment)
    first, second = _comparable(left, right, environment)
    return first == second


def _comparable(left: Value, right: Value, environment: Environment) -> tuple[float, float]:
    """Two numbers to compare: instants when both are dates, else the numbers of both."""
    if isinstance(right, float):
        return to_number(left, environment), right
    if not isinstance(left, float | bool) and not isinstance(right, bool):
        first, second = to_moment(left, environment), to_moment(right, environment)
        if first is not None and second is not None:
            return first.ms, second.ms
    return to_number(left, environment), to_number(right, environment)
