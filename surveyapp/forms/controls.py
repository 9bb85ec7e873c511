"""Reads the body of an XForm: which control asks a question, with its texts and options."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from surveyapp.forms.closures import compiled
from surveyapp.forms.definition import Choice, Itemset
from surveyapp.forms.expression import Expression, Path, expression
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.problem import BadExpression, Problem
from surveyapp.forms.texts import XF, Translations
from surveyapp.forms.tokens import bad_expression

_ODK = "{http://www.opendatakit.org/xforms}"
_CONTROLS = {
    f"{XF}input": "input", f"{XF}secret": "input", f"{XF}select1": "select_one",
    f"{XF}select": "select_multiple", f"{_ODK}rank": "rank", f"{XF}rank": "rank",
    f"{XF}trigger": "acknowledge", f"{XF}upload": "upload", f"{XF}range": "range",
}  # fmt: skip
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_PARAMETERS = {
    "start": "start", "end": "end", "step": "step", "rows": "rows", "accuracyThreshold": "capture-accuracy",
    "unacceptableAccuracyThreshold": "warning-accuracy",
}  # fmt: skip


def qualified(element: etree._Element) -> str:
    """The name of an element with its prefix, as expressions name it."""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def full_path(reference: str, home: Path) -> Path:
    """The names from the root element on of a ref or nodeset attribute."""
    reference = reference.strip()
    if reference.startswith("/"):
        return tuple(reference.strip("/").split("/"))
    return (*home, *reference.removeprefix("./").split("/"))


class Controls:
    """The controls of a body by the path of the node they fill."""

    def __init__(
        self,
        document: etree._Element,
        translations: Translations,
        instances: dict[str, Node],
        root_name: str,
        problems: list[Problem],
    ) -> None:
        self.translations = translations
        self.instances = instances
        self.problems = problems
        self.repeats: dict[Path, etree._Element] = {}
        self.groups: dict[Path, etree._Element] = {}
        self.asked: dict[Path, etree._Element] = {}
        self.lists: dict[tuple[str, ...], tuple[Choice, ...]] = {}
        body = document.find("{http://www.w3.org/1999/xhtml}body")
        if body is not None:
            self._walk(body, (root_name,))

    def _walk(self, element: etree._Element, home: Path) -> None:
        for child in element:
            reference = child.get("ref") or child.get("nodeset") or ""
            if child.tag == f"{XF}group":
                path = full_path(reference, home) if reference else home
                if reference:
                    self.groups.setdefault(path, child)
                self._walk(child, path)
            elif child.tag == f"{XF}repeat":
                path = full_path(reference, home)
                self.repeats[path] = child
                self._walk(child, path)
            elif child.tag in _CONTROLS and reference:
                self.asked.setdefault(full_path(reference, home), child)

    def group(self, path: Path) -> dict[str, Any]:
        """The fields of a Group that the body decides; {} when the body has no group there."""
        found: dict[str, Any] = {}
        element, repeat = self.groups.get(path), self.repeats.get(path)
        if element is not None:
            label = element.find(f"{XF}label")
            found["labels"] = self.translations.of(label, path)
            found["media"] = self.translations.media_of(label)
        shapes = [_appearance(one) for one in (element, repeat) if one is not None]
        return found | {"appearance": frozenset().union(*shapes)} if shapes else found

    def question(self, path: Path) -> dict[str, Any]:
        """The fields of a Question that its control decides; {} when no control asks it."""
        element = self.asked.get(path)
        if element is None:
            return {}
        kind = _CONTROLS[element.tag]
        if kind == "upload":
            kind = {"image": "image", "audio": "audio", "video": "video"}.get(
                (element.get("mediatype") or "").partition("/")[0], "file"
            )
        label, hint = element.find(f"{XF}label"), element.find(f"{XF}hint")
        try:
            if kind == "range":
                _check_range(element)
            return {
                "type": kind,
                "labels": self.translations.of(label, path),
                "hints": self.translations.of(hint, path),
                "media": self.translations.media_of(label),
                "guidance": self.translations.guidance(hint),
                "appearance": _appearance(element),
                "parameters": {
                    name: element.get(written)
                    for written, name in _PARAMETERS.items()
                    if element.get(written)
                },
                "itemset": self._itemset(element, path),
            }
        except BadExpression as error:
            place = "/".join(path[1:])
            self.problems.append(Problem(error.problem.code, place, error.problem.sentence))
            return {"type": "input" if kind == "range" else kind}

    def _itemset(self, element: etree._Element, home: Path) -> Itemset | None:
        source = element.find(f"{XF}itemset")
        if source is not None:
            return self._from_nodes(source, home)
        items = element.findall(f"{XF}item")
        if not items:
            return None
        choices = tuple(
            Choice(
                (item.findtext(f"{XF}value") or "").strip(),
                self.translations.of(item.find(f"{XF}label"), home),
                media=self.translations.media_of(item.find(f"{XF}label")),
            )
            for item in items
        )
        return Itemset(choices, _by_value(choices))

    def _from_nodes(self, source: etree._Element, home: Path) -> Itemset | None:
        try:
            nodeset = expression(source.get("nodeset") or "", home)
        except BadExpression as error:
            place = "/".join(home[1:]) + "@choice_filter"
            self.problems.append(Problem(error.problem.code, place, error.problem.sentence))
            return None
        value, label = source.find(f"{XF}value"), source.find(f"{XF}label")
        value_ref = (value.get("ref") if value is not None else "") or "name"
        label_ref = (label.get("ref") if label is not None else "") or value_ref
        listed = _listed(nodeset.tree)
        if listed is None or listed[0] not in self.instances:
            return Itemset((), {}, source=nodeset, value_ref=value_ref, label_ref=label_ref)
        identifier, names, predicates, shuffled = listed
        seed = _seed(nodeset) if shuffled else None
        choices = self._choices(identifier, names, value_ref, label_ref)
        return Itemset(
            choices,
            _by_value(choices),
            tuple(predicates),
            None,
            value_ref,
            label_ref,
            identifier,
            tuple(names),
            shuffled,
            seed,
        )

    def _choices(self, identifier: str, names: list[str], value: str, label: str) -> tuple[Choice, ...]:
        key = (identifier, *names, value, label)
        if key not in self.lists:
            nodes = [self.instances[identifier]]
            for name in names:
                nodes = [child for node in nodes for child in node.elements() if child.name == name]
            self.lists[key] = tuple(self._choice(node, value, label) for node in nodes)
        return self.lists[key]

    def _choice(self, node: Node, value: str, label: str) -> Choice:
        label_name = label.removeprefix("jr:itext(").removesuffix(")").strip()
        text = _child_text(node, label_name)
        translated = label.startswith("jr:itext(")
        return Choice(
            _child_text(node, value),
            self.translations.texts.get(text, {}) if translated else {"": (text,)},
            _child_text(node, "apart") == "yes",
            _child_text(node, "exclusive") == "yes",
            self.translations.media.get(text, {}) if translated else {},
            node,
        )


def _check_range(element: etree._Element) -> None:
    """Refuse a range whose start, end or step is no number, or whose step is 0."""
    texts = [element.get(name) for name in ("start", "end", "step") if element.get(name) is not None]
    if not all(_NUMBER.fullmatch(text or "") for text in texts) or float(element.get("step") or 1) == 0:
        zh, en = (
            "range 的 start、end、step 应是数，step 不能为 0。",
            "A range needs numbers and a step that is not 0.",
        )
        raise bad_expression("range_wrong", "", zh, en)


def _child_text(node: Node, name: str) -> str:
    child = node.child(name)
    return text_of(child) if child is not None else ""


def _by_value(choices: tuple[Choice, ...]) -> dict[str, tuple[Choice, ...]]:
    found: dict[str, tuple[Choice, ...]] = {}
    for choice in choices:
        found[choice.value] = (*found.get(choice.value, ()), choice)
    return found


def _appearance(element: etree._Element) -> frozenset[str]:
    return frozenset((element.get("appearance") or "").split())


def _listed(tree: Any) -> tuple[str, list[str], list[Any], bool] | None:
    """Instance id, names, last predicates of `instance('x')/root/item[...]`, and whether it is shuffled."""
    if tree[0] == "f" and tree[1] == "randomize" and tree[2]:
        inner = _listed(tree[2][0])
        return (*inner[:3], True) if inner else None
    if tree[0] != "p" or not isinstance(tree[1], list) or tree[1][:2] != ["f", "instance"]:
        return None
    argument = tree[1][2][0]
    plain = all(step[0] == "child" and not step[1].endswith((")", "*")) for step in tree[2])
    if argument[0] != "s" or not plain or any(step[2] for step in tree[2][:-1]):
        return None
    return argument[1], [step[1] for step in tree[2]], tree[2][-1][2] if tree[2] else [], False


def _seed(nodeset: Expression) -> Expression | None:
    """The seed of randomize(list, seed) as an expression of its own; None without one."""
    arguments = nodeset.tree[2]
    if len(arguments) < 2:
        return None
    return Expression("", arguments[1], nodeset.home, nodeset.references, compiled(arguments[1]))
