"""What an expression reads within its form: many answers where one is wanted, groups for answers, columns of
a list that are not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.forms.definition import Form, Group, Item, Question, Repeat
from surveyapp.forms.expression import Expression, Path, place_of
from surveyapp.forms.functions.registry import FUNCTIONS
from surveyapp.forms.grammar import Tree, parts_of
from surveyapp.forms.problem import Problem

_OPERATORS = {"+", "-", "*", "div", "mod", "neg", "=", "!=", "<", "<=", ">", ">="}
_SINGLE = {"text", "number", "date"}


def reach_problems(form: Form, expression: Expression) -> Iterator[Problem]:
    """A problem for each place where one answer is wanted and a group or a repeated question is named."""
    yield from _within(form, expression.tree, expression.home)


def _within(form: Form, tree: Tree, home: Path) -> Iterator[Problem]:
    for operand in _single_wanted(tree):
        if operand[0] == "p" and not any(step[2] for step in operand[2]):
            place = place_of(operand, home)
            if place:
                yield from _one_answer(form, place, home)
    if tree[0] not in ("p", "i"):
        for part in parts_of(tree):
            yield from _within(form, part, home)


def _single_wanted(tree: Tree) -> list[Tree]:
    """The parts of a tree that must give a single value."""
    if tree[0] in _OPERATORS:
        return list(tree[1:])
    if tree[0] != "f" or tree[1] not in FUNCTIONS:
        return []
    known = FUNCTIONS[tree[1]]
    return [argument for place, argument in enumerate(tree[2]) if known.kind_at(place) in _SINGLE]


def _one_answer(form: Form, place: Path, home: Path) -> Iterator[Problem]:
    item = form.items.get("/".join(place[1:]))
    if isinstance(item, Group):
        zh = f"“{item.name}”是一组题，不是一个答案；请引用组里的题。"
        en = f"{item.name!r} is a group, not an answer; refer to a question inside it."
        yield Problem("group_as_value", item.name, {"zh": zh, "en": en})
        return
    for length in range(2, len(place)):
        repeat = form.items.get("/".join(place[1:length]))
        if isinstance(repeat, Repeat) and home[:length] != place[:length] and item is not None:
            zh = f"“{item.name}”在循环组“{repeat.name}”里，会有多个答案；请用 sum()、count()、join() 等，"
            en = f"{item.name!r} is in the repeat {repeat.name!r} and has many answers; use sum(), count()"
            yield Problem(
                "many_values",
                item.name,
                {"zh": f"{zh}或用 indexed-repeat() 指定第几个。", "en": f"{en} or indexed-repeat()."},
            )
            return


def column_problems(item: Item) -> Iterator[Problem]:
    """A problem for each name in a filter that is no column of the list it filters."""
    itemset = item.itemset if isinstance(item, Question) else None
    nodes = [choice.node for choice in itemset.choices if choice.node is not None] if itemset else []
    if itemset is None or not nodes:
        return
    columns = {child.name for node in nodes for child in node.elements()}
    for name in dict.fromkeys(name for tree in itemset.predicate_trees for name in _columns_read(tree)):
        if name not in columns:
            zh = f"名单里没有“{name}”这一列，请核对列名（选项值要加引号）。"
            en = f"The list has no column {name!r}; check its name (a value needs quotes)."
            yield Problem("column_unknown", name, {"zh": zh, "en": en})


def _columns_read(tree: Tree) -> Iterator[str]:
    if tree[0] == "p" and tree[1] == 0 and len(tree[2]) == 1:
        axis, test, _ = tree[2][0]
        if axis == "child" and not test.endswith((")", "*")):
            yield test
    if tree[0] not in ("p", "i"):
        for part in parts_of(tree):
            yield from _columns_read(part)
