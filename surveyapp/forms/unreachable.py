"""Finds questions that can never appear: conditions are split into alternatives, each looked at literally.

Only comparisons of a question with a literal and constants are understood; everything else may hold, so
that nothing is called unreachable which is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from surveyapp.forms.grammar import Tree, parse
from surveyapp.forms.problem import BadExpression

Atom = tuple[str, str, str]
"""(question, '=' or '!=' or 'has', literal)."""
Alternative = frozenset[Atom]
_REFERENCE = re.compile(r"\$\{\s*([\w.-]+)\s*\}")
_MOST, _DEEPEST = 64, 3
_ALWAYS: tuple[Alternative, ...] = (frozenset(),)


@dataclass
class _Survey:
    """What is known of each question by name: its conditions with those of its groups, and its options.

    `many` are those that may have several values at once: of many choices, or in a repeat.
    """

    conditions: dict[str, tuple[Alternative, ...]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    many: set[str] = field(default_factory=set)


def unreachable_rows(
    rows: Sequence[tuple[int, Mapping[str, str]]], options: Mapping[str, set[str]]
) -> Iterator[int]:
    """The lines of questions and groups that never appear; what lies in such a group is not named again."""
    survey, groups, repeats = _Survey(), [_ALWAYS], 0
    placed: list[tuple[int, tuple[Alternative, ...], tuple[Alternative, ...]]] = []
    for line, row in rows:
        kind, name = row.get("type", ""), row.get("name", "")
        if re.match(r"end[ _]", kind):
            if len(groups) > 1:
                groups.pop()
                repeats -= kind.endswith("repeat")
            continue
        own = _alternatives_of(row.get("relevant", ""))
        all_of_it = _both(groups[-1], own)
        placed.append((line, groups[-1], all_of_it))
        if re.match(r"begin[ _]", kind):
            groups.append(all_of_it)
            repeats += kind.endswith("repeat")
            continue
        survey.conditions[name] = all_of_it
        words = kind.split()
        if len(words) > 1 and words[0] in ("select_one", "select_multiple"):
            survey.lists[name] = words[1]
        if repeats or kind.startswith("select_multiple"):
            survey.many.add(name)
    for line, around, found in placed:
        if not _may_hold(found, survey, options) and _may_hold(around, survey, options):
            yield line


def _alternatives_of(condition: str) -> tuple[Alternative, ...]:
    if not condition.strip():
        return _ALWAYS
    tree = tree_of(condition)
    return _ALWAYS if tree is None else _alternatives(tree)


def tree_of(condition: str) -> Tree | None:
    """The tree of an expression as an author writes it; None for one that cannot be read."""
    try:
        return parse(_REFERENCE.sub(r" /q/\1 ", condition))
    except BadExpression:
        return None


def _alternatives(tree: Tree) -> tuple[Alternative, ...]:
    """The ways in which a condition may hold; () when it never does."""
    kind = tree[0]
    if kind == "or":
        found: tuple[Alternative, ...] = ()
        for part in tree[1:]:
            found += _alternatives(part)
        return found if len(found) <= _MOST else _ALWAYS
    if kind == "and":
        found = _ALWAYS
        for part in tree[1:]:
            found = _both(found, _alternatives(part))
        return found
    if tree == ["f", "false", []] or tree == ["n", 0.0] or tree == ["s", ""]:
        return ()
    atom = _atom(tree)
    if isinstance(atom, bool):
        return _ALWAYS if atom else ()
    return (frozenset({atom}),) if atom else _ALWAYS


def _both(left: tuple[Alternative, ...], right: tuple[Alternative, ...]) -> tuple[Alternative, ...]:
    if len(left) * len(right) > _MOST:
        return left
    return tuple({one | other for one in left for other in right})


def _atom(tree: Tree) -> Atom | bool | None:
    """A comparison of a question with a literal, the truth of one between literals, None for the rest."""
    if tree[0] == "f" and tree[1] == "selected" and len(tree[2]) == 2:
        name, literal = question_in(tree[2][0]), _literal(tree[2][1])
        return (name, "has", literal) if name and literal is not None else None
    if tree[0] not in ("=", "!="):
        return None
    left, right = tree[1], tree[2]
    one, other = _literal(left), _literal(right)
    if one is not None and other is not None:
        return bool((one == other) == (tree[0] == "="))
    name, literal = (question_in(left), other) if other is not None else (question_in(right), one)
    return (name, str(tree[0]), literal) if name and literal is not None else None


def _literal(tree: Tree) -> str | None:
    if tree[0] == "s":
        return str(tree[1])
    return f"{tree[1]:g}" if tree[0] == "n" else None


def question_in(tree: Tree) -> str:
    """The name in a path such as /q/name, which is how `${name}` is read; '' for any other tree."""
    if tree[0] == "p" and tree[1] == 1 and len(tree[2]) == 2 and tree[2][0] == ["child", "q", []]:
        return str(tree[2][1][1]) if not tree[2][1][2] else ""
    return ""


def _may_hold(
    found: tuple[Alternative, ...], survey: _Survey, options: Mapping[str, set[str]], depth: int = 0
) -> bool:
    return any(_is_possible(one, survey, options, depth) for one in found)


def _is_possible(one: Alternative, survey: _Survey, options: Mapping[str, set[str]], depth: int) -> bool:
    values: dict[str, str] = {}
    for name, sign, literal in sorted(one):
        if sign == "!=":
            if name not in survey.many and (name, "=", literal) in one:
                return False
            continue
        if literal == "":
            continue
        held = options.get(survey.lists.get(name, ""))
        if held is not None and literal not in held and not (name in survey.many and sign == "="):
            return False
        if name not in survey.many and values.setdefault(name, literal) != literal:
            return False
    if depth >= _DEEPEST:
        return True
    for name in values:
        wider = _both((one,), survey.conditions.get(name, _ALWAYS))
        if (one,) != wider and not _may_hold(wider, survey, options, depth + 1):
            return False
    return True
