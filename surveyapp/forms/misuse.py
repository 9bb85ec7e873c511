"""Finds what is surely wrong in an expression before anybody answers: calls, arguments, literals.

Knows the tree alone, not the form it belongs to. Everything here is refused at publishing; the evaluator
itself breaks only where it reaches what cannot be called.
"""

import math
from collections.abc import Iterator
from difflib import get_close_matches

from surveyapp.forms.dates import parse_moment
from surveyapp.forms.functions.registry import FUNCTIONS, Function
from surveyapp.forms.grammar import Tree, parts_of
from surveyapp.forms.patterns import check_pattern
from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.values import Environment, number_text, text_number

_ARITHMETIC = {"+", "-", "*", "div", "mod", "neg"}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}
_LITERAL_KINDS = {"path", "name"}


def check_tree(tree: Tree) -> None:
    """Raises BadExpression for the first misuse in a tree."""
    for wrong in misuses(tree):
        raise BadExpression(wrong)


def misuses(tree: Tree) -> Iterator[Problem]:
    """Every misuse in a tree, from left to right."""
    kind = tree[0]
    if kind == "f":
        yield from _in_call(tree[1], tree[2])
    elif kind in _ARITHMETIC:
        for operand in tree[1:]:
            yield from _no_number(kind, operand)
    elif kind in _COMPARISONS:
        yield from _compared(tree[1], tree[2])
    elif kind in ("or", "and"):
        for operand in tree[1:]:
            yield from _constant_condition(kind, operand)
    elif kind == "|":
        for operand in tree[1:]:
            if not gives_nodes(operand):
                yield _nodes_wanted("|", 0)
    for part in parts_of(tree):
        yield from misuses(part)


def gives_nodes(tree: Tree) -> bool:
    """Whether the tree can give a list of nodes."""
    if tree[0] == "f":
        return tree[1] in FUNCTIONS and FUNCTIONS[tree[1]].gives in ("nodes", "any")
    return tree[0] in ("p", "i", "|")


def misuse_of_call(name: str, arguments: list[Tree]) -> Problem | None:
    """Why a function cannot be called like this at all, None when it can."""
    known = FUNCTIONS.get(name)
    if known is None:
        return _unknown(name)
    if not known.least <= len(arguments) <= known.most:
        return _arguments_wrong(name, known, len(arguments))
    for place, argument in enumerate(arguments):
        if known.kind_at(place) == "nodes" and not gives_nodes(argument):
            return _nodes_wanted(f"{name}()", place)
    return None


def _unknown(name: str) -> Problem:
    near = get_close_matches(name.lower(), FUNCTIONS, 1) or _ELSEWHERE.get(name.lower(), [])
    hint = (f"，您是否想写 {near[0]}()？", f"; did you mean {near[0]}()?") if near else ("。", ".")
    return Problem(
        "function_unknown",
        name,
        {"zh": f"没有函数 {name}(){hint[0]}", "en": f"There is no function {name}(){hint[1]}"},
    )


# What people know from spreadsheets and programming languages, with what it is called here.
_ELSEWHERE = {
    "iif": ["if"], "len": ["string-length"], "length": ["string-length"], "left": ["substr"],
    "right": ["substr"], "mid": ["substr"], "average": ["sum"], "avg": ["sum"], "isblank": ["string-length"],
    "trim": ["normalize-space"], "concatenate": ["concat"], "power": ["pow"], "and": ["checklist"],
    "or": ["checklist"], "countif": ["count"], "iferror": ["coalesce"], "ifnull": ["coalesce"],
    "vlookup": ["pulldata"], "match": ["regex"], "matches": ["regex"], "now_date": ["today"],
    "year": ["format-date"], "month": ["format-date"], "day": ["format-date"], "ceil": ["ceiling"],
    "rand": ["random"], "index": ["position"], "isnull": ["string-length"], "split": ["selected-at"],
    "includes": ["contains"], "find": ["contains"], "replace": ["translate"], "md5": ["digest"],
    "sha1": ["digest"], "sha256": ["digest"], "guid": ["uuid"], "str": ["string"], "float": ["number"],
}  # fmt: skip


def _arguments_wrong(name: str, known: Function, given: int) -> Problem:
    least, most = known.least, known.most
    if name == "regex":
        most = 2
    if most == math.inf:
        takes = (f"至少 {least} 个", f"at least {least}")
    elif least == most:
        takes = (f"{least} 个", str(least))
    else:
        takes = (f"{least} 到 {most} 个", f"{least} to {most}")
    return Problem(
        "arguments_wrong",
        name,
        {
            "zh": f"函数 {name}() 的参数个数不对：应为 {takes[0]}，写了 {given} 个。",
            "en": f"{name}() takes {takes[1]} arguments and was given {given}.",
        },
    )


def _nodes_wanted(name: str, place: int) -> Problem:
    return Problem(
        "nodes_wanted",
        name,
        {
            "zh": f"{name} 的第 {place + 1} 个参数应是题目引用，如 ${{题名}}。",
            "en": f"Argument {place + 1} of {name} must refer to questions, such as ${{name}}.",
        },
    )


def _in_call(name: str, arguments: list[Tree]) -> Iterator[Problem]:
    wrong = misuse_of_call(name, arguments)
    if wrong is None and name == "regex" and len(arguments) > 2:
        wrong = _arguments_wrong(name, FUNCTIONS[name], len(arguments))
    if wrong is not None:
        yield wrong
        return
    known = FUNCTIONS[name]
    for place, argument in enumerate(arguments):
        kind = known.kind_at(place)
        if kind == "number":
            yield from _no_number(f"{name}()", argument)
        elif kind == "date":
            yield from _no_date(f"{name}()", argument)
        elif kind == "truth":
            yield from _constant_condition(f"{name}()", argument)
        elif kind == "pattern":
            yield from _pattern(argument)
        elif kind in _LITERAL_KINDS and argument[0] != "s":
            yield _literal_wanted(name, place)


def _pattern(argument: Tree) -> Iterator[Problem]:
    try:
        check_pattern(argument)
    except BadExpression as error:
        yield error.problem


def _literal_wanted(name: str, place: int) -> Problem:
    return Problem(
        "literal_wanted",
        name,
        {
            "zh": f"{name}() 的第 {place + 1} 个参数要用引号写成文字，例如 '${{题名}}' 或 '表名'。",
            "en": f"Argument {place + 1} of {name}() must be written in quotes, such as '${{name}}'.",
        },
    )


def _is_number(text: str) -> bool:
    return not math.isnan(text_number(text, Environment()))


def _no_number(user: str, operand: Tree) -> Iterator[Problem]:
    if operand[0] == "s" and not _is_number(operand[1]):
        user = "-" if user == "neg" else user
        yield Problem(
            "number_wanted",
            user,
            {
                "zh": f"{user} 要用数来算，“{operand[1]}”是文字，不是数；拼接文字请用 concat()。",
                "en": f"{user} works on numbers; {operand[1]!r} is text. Use concat() to join texts.",
            },
        )


def _no_date(user: str, operand: Tree) -> Iterator[Problem]:
    if operand[0] != "s" or not operand[1].strip():
        return
    text = operand[1].strip()
    if parse_moment(text, 0) is None and not _is_number(text):
        yield Problem(
            "date_wrong",
            user,
            {
                "zh": f"{user} 里的“{text}”不是日期，请写成 '2018-11-05' 的样子并确认当月有这一天。",
                "en": f"{text!r} in {user} is no date; write it like '2018-11-05' and check the day exists.",
            },
        )


def _compared(left: Tree, right: Tree) -> Iterator[Problem]:
    """A date compared with a text that is no date never matches."""
    for one, other in ((left, right), (right, left)):
        if one[0] == "f" and one[1] in FUNCTIONS and FUNCTIONS[one[1]].gives == "date":
            yield from _no_date(f"{one[1]}()", other)


def _constant_condition(user: str, operand: Tree) -> Iterator[Problem]:
    if operand[0] in ("s", "n"):
        written = number_text(operand[1]) if operand[0] == "n" else operand[1]
        yield Problem(
            "condition_constant",
            user,
            {
                "zh": f"{user} 的一侧只写了“{written}”，结果永远不变；"
                f"请写成完整的比较，如 ${{题名}} = '{written}'。",
                "en": f"One side of {user} is only {written!r}, which never changes; "
                f"write a whole comparison such as ${{name}} = '{written}'.",
            },
        )
