"""Whether everything a form refers to is there: questions, lists, files. Each lack with its place."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from surveyapp.forms.attached_lists import register_of
from surveyapp.forms.bindings import SA
from surveyapp.forms.definition import Form, Item, Question, unknown_question
from surveyapp.forms.dependencies import lists_read
from surveyapp.forms.expression import Expression, Path
from surveyapp.forms.problem import Problem
from surveyapp.forms.reach import column_problems, reach_problems

_EXPRESSIONS = ("relevant", "required", "constraint", "calculate", "count", "first_load", "soft")


def reference_problems(form: Form) -> Iterator[Problem]:
    """A problem for every question and every list an expression names that the form has not."""
    for item in form.items.values():
        for attribute in _EXPRESSIONS:
            found = getattr(item, attribute, None)
            if isinstance(found, Expression):
                yield from _lacks(form, found, item, attribute)
        itemset = item.itemset if isinstance(item, Question) else None
        for tree in itemset.predicate_trees if itemset else ():
            yield from _lacking_lists(form, tree, item, "choice_filter")
        for problem in column_problems(item):
            yield placed(problem, (form.root_name, item.path), "choice_filter")
    for action in form.actions:
        target = form.items.get(action.target)
        if target is None:
            yield unknown_question("/" + action.target)
        elif action.event == "value-changed":
            yield from _lacks(form, action.value, target, "trigger")


def _lacks(form: Form, expression: Expression, item: Item, attribute: str) -> Iterator[Problem]:
    for reference in expression.references:
        if reference.exact and not form.has(reference.path):
            yield placed(
                unknown_question("/" + "/".join(reference.path)), (form.root_name, item.path), attribute
            )
    for problem in reach_problems(form, expression):
        yield placed(problem, (form.root_name, item.path), attribute)
    yield from _lacking_lists(form, expression.tree, item, attribute)


def _lacking_lists(form: Form, tree: Any, item: Item, attribute: str) -> Iterator[Problem]:
    for name in dict.fromkeys(lists_read(tree)):
        if name not in form.instances:
            zh = f"没有名为“{name}”的名单，请附上文件或核对名称。"
            en = f"There is no list {name!r}; attach its file or check the name."
            yield placed(
                Problem("list_unknown", name, {"zh": zh, "en": en}), (form.root_name, item.path), attribute
            )


def files_wanted(form: Form) -> tuple[str, ...]:
    """The names of the files an author attaches to a form: those beside it, our own registers aside."""
    registers = {name for name in form.external.values() if register_of(name)}
    return tuple(name for name in files_beside(form) if name not in registers)


def files_beside(form: Form) -> tuple[str, ...]:
    """The names of all files a form needs, once each: lists, registers among them, then media of labels."""
    names = list(form.external.values())
    for item in form.items.values():
        media = [item.media]
        if isinstance(item, Question) and item.itemset is not None:
            media.extend(choice.media for choice in item.itemset.choices)
        names.extend(name for one in media for by_language in one.values() for name in by_language.values())
    return tuple(dict.fromkeys(names))


def missing_files(form: Form, files: Container[str]) -> Iterator[Problem]:
    """A problem for each wanted file that is not among `files`."""
    for name in files_wanted(form):
        if name not in files:
            zh, en = f"缺少文件 {name}，请与问卷一起上传。", f"The file {name} is missing; attach it."
            yield Problem("file_missing", name, {"zh": zh, "en": en})


def placed(problem: Problem, home: Path, attribute: str) -> Problem:
    """The problem of an expression at the item it belongs to: 'sec/q1@constraint'."""
    attribute = attribute.replace(SA, "")
    path = "/".join(home[1:]) + f"@{attribute}"
    sentence = {
        "zh": f"{home[-1]} 的 {attribute}：{problem.sentence['zh']}",
        "en": f"{attribute} of {home[-1]}: {problem.sentence['en']}",
    }
    return Problem(problem.code, path, sentence)
