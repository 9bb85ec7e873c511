"""Conditions of a form in words, naming questions by their number on paper. What has no plain words is shown
as the expression, with the numbers in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from surveyapp.forms.definition import Form, Question, Texts
from surveyapp.forms.expression import Expression
from surveyapp.forms.grammar import Tree

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "question": "第 {0} 题", "aside": "“{0}”（由组织者事先确定）", "chosen": "{0}选{1}",
        "not_chosen": "{0}没有选{1}", "written": "{0}为“{1}”", "not_written": "{0}不为“{1}”",
        "any": "{0}已作答", "none": "{0}未作答", "ticked": "{0}已勾选", ">": "{0}大于 {1}",
        "<": "{0}小于 {1}", ">=": "{0}不小于 {1}", "<=": "{0}不大于 {1}", "=": "{0}等于 {1}",
        "!=": "{0}不等于 {1}", "quote": "“{0}”", "or": "或", "and": "，并且", "else": "，或者",
        "not": "不符合“{0}”", "text": "条件“{0}”成立", "bracket": "（{0}）",
    },
    "en": {
        "question": "question {0}", "aside": "“{0}” (set by the organiser)", "chosen": "{0} is {1}",
        "not_chosen": "{0} is not {1}", "written": "{0} is “{1}”", "not_written": "{0} is not “{1}”",
        "any": "{0} is answered", "none": "{0} is not answered", "ticked": "{0} is ticked",
        ">": "{0} is more than {1}", "<": "{0} is less than {1}", ">=": "{0} is at least {1}",
        "<=": "{0} is at most {1}", "=": "{0} is {1}", "!=": "{0} is not {1}", "quote": "“{0}”",
        "or": " or ", "and": ", and ", "else": ", or ", "not": "it is not so that {0}",
        "text": "“{0}” holds", "bracket": "({0})",
    },
}  # fmt: skip
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


class ConditionWords:
    """Puts conditions of one form into words of one language; `numbers` are the question numbers by path."""

    def __init__(self, form: Form, numbers: Mapping[str, int], language: str) -> None:
        """Words other than Chinese are English."""
        self.form, self.numbers, self.language = form, numbers, language
        self.words = _WORDS["zh" if language == "zh" else "en"]

    def condition(self, found: Expression) -> str:
        """The condition in words."""
        return self._tree(found.tree, found)

    def _tree(self, tree: Tree, whole: Expression) -> str:
        kind = tree[0]
        if kind in ("and", "or"):
            return self._joined(tree, whole)
        if kind == "f" and tree[1] == "not" and len(tree[2]) == 1:
            return self.words["not"].format(self._tree(tree[2][0], whole))
        if kind == "f" and tree[1] == "selected" and len(tree[2]) == 2:
            return self._selected(tree[2][0], tree[2][1]) or self._as_written(whole)
        if kind in _TURNED:
            left, right = tree[1], tree[2]
            return (
                self._compared(kind, left, right)
                or self._compared(_TURNED[kind], right, left)
                or self._as_written(whole)
            )
        return self._as_written(whole)

    def _joined(self, tree: Tree, whole: Expression) -> str:
        if tree[0] == "or" and (same := self._one_of(tree[1:])):
            return same
        parts = []
        for part in tree[1:]:
            said = self._tree(part, whole)
            is_mixed = part[0] in ("and", "or") and part[0] != tree[0] and not self._one_of(part[1:])
            parts.append(self.words["bracket"].format(said) if is_mixed else said)
        return self.words["and" if tree[0] == "and" else "else"].join(dict.fromkeys(parts))

    def _one_of(self, parts: Sequence[Tree]) -> str:
        """'question 3 is A or B' when every part compares the same question with a code; '' otherwise."""
        if any(part[0] != "=" or part[2][0] != "s" or not part[2][1] for part in parts):
            return ""
        paths = {self._path(part[1]) for part in parts}
        path = next(iter(paths)) if len(paths) == 1 else ""
        return self._choice(path, [part[2][1] for part in parts], "chosen") if path else ""

    def _selected(self, first: Tree, second: Tree) -> str:
        if second[0] == "s" and (path := self._path(first)):
            return self._choice(path, [second[1]], "chosen")
        if first[0] == "s" and (path := self._path(second)):
            return self._choice(path, str(first[1]).split(), "chosen")
        return ""

    def _compared(self, sign: str, left: Tree, right: Tree) -> str:
        path = self._path(left)
        if not path or right[0] not in ("n", "s"):
            return ""
        if right[0] == "s" and sign in ("=", "!="):
            if right[1] == "":
                return self.words["none" if sign == "=" else "any"].format(self._name(path))
            return self._choice(path, [right[1]], "chosen" if sign == "=" else "not_chosen")
        value = f"{right[1]:g}" if right[0] == "n" else str(right[1])
        return self.words[sign].format(self._name(path), value)

    def _choice(self, path: str, codes: Sequence[str], how: str) -> str:
        item = self.form.items[path]
        is_tick = isinstance(item, Question) and item.type == "acknowledge" and list(codes) == ["OK"]
        if is_tick and how == "chosen":
            return self.words["ticked"].format(self._name(path))
        held = item.itemset.by_value if isinstance(item, Question) and item.itemset else {}
        if not all(code in held for code in codes):
            way = "written" if how == "chosen" else "not_written"
            return self.words["or"].join(self.words[way].format(self._name(path), code) for code in codes)
        labels = [plain(held[code][0].labels, self.form, self.language, self.says) or code for code in codes]
        quoted = self.words["or"].join(self.words["quote"].format(label) for label in labels)
        return self.words[how].format(self._name(path), quoted)

    def _path(self, tree: Tree) -> str:
        """The question that a path from the root names; '' for anything else."""
        if tree[0] != "p" or tree[1] != 1:
            return ""
        if any(axis != "child" or predicates for axis, _test, predicates in tree[2]):
            return ""
        path = "/".join(test for _axis, test, _predicates in tree[2][1:])
        return path if isinstance(self.form.items.get(path), Question) else ""

    def _name(self, path: str) -> str:
        if path in self.numbers:
            return self.words["question"].format(self.numbers[path])
        return self.words["aside"].format(path.rpartition("/")[2])

    def says(self, part: Expression) -> str:
        """An output inside a label: the question it repeats, in square brackets."""
        path = self._path(part.tree)
        return f"[{self._name(path)}]" if path else "[…]"

    def _as_written(self, whole: Expression) -> str:
        def named(match: re.Match[str]) -> str:
            path = match[0].strip().partition("/")[2].partition("/")[2]
            return self._name(path) if path in self.form.items else match[0]

        said = re.sub(rf"/{self.form.root_name}(?:/[\w.-]+)+", named, whole.text)
        return self.words["text"].format(" ".join(said.split()))


def plain(texts: Texts, form: Form, language: str, says: Callable[[Expression], str]) -> str:
    """A text without styles in a language, else in the form's own; `says` gives the words for an output."""
    found = texts.get(language) or texts.get(form.default_language) or next(iter(texts.values()), ())
    return "".join(part if isinstance(part, str) else says(part) for part in found)
