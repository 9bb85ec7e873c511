"""Splits an XPath expression into tokens. Knows the words of the language, not its grammar."""

import re
from dataclasses import dataclass

from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.slips import Slip, sign_slip

_NAME = r"[^\W\d][\w.\-·]*"
_PATTERN = re.compile(
    rf"""[ \t\r\n]*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    | (?P<mark>::|//|\.\.|!=|<=|>=|[()\[\]@,|/.+\-=<>*])
    )""",
    re.VERBOSE,
)
_OPERATOR_WORD = re.compile(r"[ \t\r\n]*(or|and|div|mod)")
_OPEN = {"@", "::", "(", "[", ",", "|", "/", "//", "+", "-", "=", "!=", "<", "<=", ">", ">=", "*op"}
OPERATOR_WORDS = {"or", "and", "div", "mod"}
_LENGTH = 32_000
_BLANK = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Token:
    """`kind` is number, text, name, mark or word (an operator word); `place` counts characters from 1."""

    kind: str
    text: str
    place: int


def bad_expression(code: str, place: str, zh: str, en: str) -> BadExpression:
    """The exception for an expression that cannot be used."""
    return BadExpression(Problem(code, place, {"zh": zh, "en": en}))


def tokens(expression: str) -> list[Token]:
    """The tokens of an expression. Raises BadExpression with the place of what cannot be read."""
    if len(expression) > _LENGTH:
        raise bad_expression(
            "expression_too_long",
            "",
            "表达式过长，请拆成几个计算题。",
            "The expression is too long; split it.",
        )
    found: list[Token] = []
    at, end = 0, len(expression.rstrip())
    while at < end:
        token, at = _next(expression, at, found)
        found.append(token)
    return found


def _next(expression: str, at: int, found: list[Token]) -> tuple[Token, int]:
    if _operator_expected(found):
        word = _OPERATOR_WORD.match(expression, at)
        if word:
            return Token("word", word[1], word.start(1) + 1), word.end()
    blank = _BLANK.match(expression, at)
    start = blank.end() if blank else at
    slip = sign_slip(expression, start)
    if slip is not None:
        raise _foreign(slip, start + 1)
    match = _PATTERN.match(expression, at)
    if match is None:
        raise _unreadable(expression, at)
    kind = match.lastgroup or ""
    text = match[kind]
    if kind == "mark" and text == "*" and _operator_expected(found):
        text = "*op"
    return Token(kind, text, match.start(kind) + 1), match.end()


def _operator_expected(found: list[Token]) -> bool:
    """The rule of XPath 1.0, section 3.7: an operand has just ended, so `*` and words are operators."""
    if not found:
        return False
    last = found[-1]
    return not (last.kind == "word" or (last.kind == "mark" and last.text in _OPEN))


def _foreign(slip: Slip, place: int) -> BadExpression:
    return bad_expression(
        slip.code,
        str(place),
        f"第 {place} 个字符处的“{slip.text}”不能用：{slip.zh}。",
        f"{slip.text!r} at character {place} cannot be used: {slip.en}.",
    )


def _unreadable(expression: str, at: int) -> BadExpression:
    rest = expression[at:].lstrip()
    sign, place = rest[0], len(expression) - len(rest) + 1
    if sign in "\"'":
        return bad_expression(
            "quote_not_closed",
            str(place),
            f"第 {place} 个字符处的引号没有配对，请补上另一半引号。",
            f"The quotation mark at character {place} is not closed; add the closing one.",
        )
    return bad_expression(
        "sign_unknown",
        str(place),
        f"第 {place} 个字符“{sign}”不能用在表达式里，请改用半角符号。",
        f"The character {sign!r} at {place} cannot stand in an expression; use half-width signs.",
    )
