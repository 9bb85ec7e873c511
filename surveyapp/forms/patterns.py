"""Regular expressions a questionnaire may use: the part that Python, JavaScript and Java read alike, and
that cannot be made slow by what somebody answers.
"""

import re
from functools import lru_cache
from typing import Any

from surveyapp.forms.problem import BadExpression
from surveyapp.forms.tokens import bad_expression

LONGEST = 500
_NOT_PORTABLE = re.compile(r"\\[1-9kbBAZz]|\(\?(?!:)|[*+?}]\+")
_SLOW = re.compile(r"\((?:[^()\\]|\\.)*[|*+{](?:[^()\\]|\\.)*\)[*+{]|\)\)[*+{]")


@lru_cache(maxsize=512)
def compiled_pattern(expression: str) -> re.Pattern[str] | None:
    """The compiled pattern, or None when it is not a regular expression."""
    try:
        return re.compile(expression, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        return None


def check_pattern(tree: Any) -> None:
    """Refuse a pattern that comes from data, is no pattern, is not portable or may be slow.

    A repeated group that itself holds a repetition or an alternative is what makes matching explode.
    """
    if tree[0] != "s":
        raise _refused(
            "pattern_not_literal", "应直接写成文字，不能取自回答", "must be written out, not taken from data"
        )
    if len(tree[1]) > LONGEST or compiled_pattern(tree[1]) is None:
        raise _refused("pattern_wrong", "写法有误或过长", "is not valid or is too long")
    if _NOT_PORTABLE.search(tree[1]) or _SLOW.search(tree[1]):
        raise _refused(
            "pattern_risky",
            "用了不可移植或可能很慢的写法，请简化",
            "is not portable or may be slow; simplify it",
        )


def _refused(code: str, zh: str, en: str) -> BadExpression:
    return bad_expression(code, "regex", f"regex() 的正则表达式{zh}。", f"The pattern of regex() {en}.")
