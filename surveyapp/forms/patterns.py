"""Regular expressions a questionnaire may use: the part that Python, JavaScript and Java read alike, and
that cannot be made slow by what somebody answers.

A pattern's work grows with the ways its repetitions can share out a text among them. How long a text it is
tried on follows from that: longer texts never match, and a pattern that would bear too little is refused.
"""

import math
import re
from functools import lru_cache
from typing import Any

from surveyapp.forms.problem import BadExpression
from surveyapp.forms.regexes import BadPattern, Shape, shape_of
from surveyapp.forms.tokens import bad_expression

LONGEST_MATCHED = 10_000
_LONGEST, _SHORTEST_MATCHED = 500, 100
_TRIES = 2_000_000


@lru_cache(maxsize=512)
def _compiled(expression: str) -> re.Pattern[str] | None:
    """The compiled pattern, or None when it is not a regular expression."""
    try:
        return re.compile(expression, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def matches_whole(expression: str, text: str) -> bool:
    """Whether the whole text matches; never for what is no pattern. `text` has UTF-16 units as signs."""
    found = _compiled(expression)
    return found is not None and found.fullmatch(text) is not None


def check_pattern(tree: Any) -> None:
    """Refuse a pattern that comes from data, is no pattern, is not portable or may be slow."""
    if tree[0] != "s":
        raise _refused(
            "pattern_not_literal", "应直接写成文字，不能取自回答", "must be written out, not taken from data"
        )
    shape = _shape(tree[1])
    if longest(shape) < _SHORTEST_MATCHED:
        raise _refused(
            "pattern_risky",
            "里可变的重复太多，可能很慢：请减少 * + ? {m,n}，或让相邻两段用不同的字符",
            "repeats too much in too many ways and may be slow: use fewer * + ? {m,n}",
        )


def longest(shape: Shape) -> int:
    """How long a text the pattern is tried on: ways × length ^ loops / loops! stays within two million."""
    if shape.ways > _TRIES:
        return 0
    if shape.open == 0:
        return LONGEST_MATCHED if shape.ways <= _TRIES // LONGEST_MATCHED else _TRIES // shape.ways
    loops = min(shape.open + shape.after, 10)
    bound = (_TRIES * math.factorial(loops) / shape.ways) ** (1 / loops)
    return min(LONGEST_MATCHED, int(bound))


def with_bounded_patterns(tree: Any) -> Any:
    """The tree with each regex() told how long a text it bears, its pattern written for all languages."""
    if not isinstance(tree, list):
        return tree
    if tree[:2] == ["f", "regex"]:
        text, pattern = tree[2]
        shape = _shape(pattern[1])
        bound = ["n", float(longest(shape))]
        return ["f", "regex", [with_bounded_patterns(text), ["s", shape.portable], bound]]
    return [with_bounded_patterns(part) for part in tree]


def _shape(expression: str) -> Shape:
    if len(expression) > _LONGEST:
        raise _refused("pattern_wrong", "太长", "is too long")
    try:
        shape = shape_of(expression)
    except BadPattern as error:
        raise _refused(error.code, error.zh, error.en) from None
    if _compiled(shape.portable) is None:
        raise _refused("pattern_wrong", "写法有误", "is not valid")
    return shape


def _refused(code: str, zh: str, en: str) -> BadExpression:
    return bad_expression(code, "regex", f"regex() 的正则表达式{zh}。", f"The pattern of regex() {en}.")
