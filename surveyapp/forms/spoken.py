"""The labels and texts that expressions speak in the browser: jr:choice-name() and jr:itext()."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surveyapp.forms.definition import Form, Question, Text

Words = dict[str, str]
_CHOICE_NAME = frozenset({"jr:choice-name"})
_ITEXT = frozenset({"jr:itext", "itext"})


def spoken(form: Form) -> dict[str, Any]:
    """{'labels': {path: {value: {language: label}}}, 'texts': {id: {language: text}}}, only what is called.

    A path or id that is worked out while filling in cannot be told beforehand; all labels go along then.
    """
    trees = [part.tree for part in _expressions(form)]
    named = [arguments[1] for arguments in _calls(trees, _CHOICE_NAME) if len(arguments) == 2]
    wanted = {tree[1].strip().strip("/").partition("/")[2] for tree in named if tree[0] == "s"}
    everything = any(tree[0] != "s" for tree in named)
    labels = {
        question.path: _labels(question)
        for question in form.questions
        if question.itemset is not None and (everything or question.path in wanted)
    }
    ids = [arguments[0] for arguments in _calls(trees, _ITEXT) if arguments]
    told = form.texts if any(tree[0] != "s" for tree in ids) else {tree[1] for tree in ids}
    texts = {one: _words(form.texts[one]) for one in told if one in form.texts}
    found = {"labels": labels if named else {}, "texts": texts}
    return {name: value for name, value in found.items() if value}


def _labels(question: Question) -> dict[str, Words]:
    choices = question.itemset.choices if question.itemset else ()
    return {choice.value: _words(choice.labels) for choice in reversed(choices)}


def _words(texts: Mapping[str, Text]) -> Words:
    return {
        code: "".join(part for part in text if isinstance(part, str)) for code, text in texts.items() if text
    }


def _expressions(form: Form) -> Iterator[Any]:
    """Every expression of the form: rules, actions, outputs in its texts."""
    for item in form.items.values():
        for value in vars(item).values():
            if hasattr(value, "tree"):
                yield value
            elif isinstance(value, Mapping):
                yield from _outputs(value)
    for action in form.actions:
        yield action.value
    for texts in form.texts.values():
        yield from _outputs(texts)


def _outputs(texts: Mapping[str, Any]) -> Iterator[Any]:
    for parts in texts.values():
        if isinstance(parts, tuple):
            yield from (part for part in parts if hasattr(part, "tree"))


def _calls(tree: Any, names: frozenset[str]) -> Iterator[list[Any]]:
    """The arguments of every call of these functions."""
    if not isinstance(tree, list):
        return
    if len(tree) == 3 and tree[0] == "f" and tree[1] in names:
        yield tree[2]
    for part in tree:
        yield from _calls(part, names)
