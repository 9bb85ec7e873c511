"""Puts answers into the light tree of a form, one node per question, and says what does not fit.

Nothing from outside is trusted here: unknown names, wrong shapes, control characters and far too much of
anything become problems, never exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.forms.definition import Form, Group, Item, Question, Repeat, generic
from surveyapp.forms.nodes import ATTRIBUTE, DOCUMENT, ELEMENT, Node
from surveyapp.forms.problem import Problem
from surveyapp.forms.signs import holds_forbidden, without_forbidden
from surveyapp.forms.wording import problem

LONGEST_TEXT = 100_000
MOST_INSTANCES = 1_000
MOST_NODES = 20_000  # questions and groups of one record, instances counted; static/js/growth.js has it too
MOST_PROBLEMS = 100


@dataclass
class Built:
    """The tree of one record. `places` maps a path without indices to (path with indices, node) pairs,
    `at` a path with indices to its node. `settled` are the places whose answers
    have the form of their type."""

    root: Node
    places: dict[str, list[tuple[str, Node]]] = field(default_factory=dict)
    at: dict[str, Node] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def add(self, found: Problem) -> None:
        """Keep the problem unless there are already more than anybody would read."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(found)

    def is_full(self, path: str) -> bool:
        """Whether no further instance fits, which is then a problem of the repeat at the path, once."""
        if len(self.at) < MOST_NODES:
            return False
        if not any(one.code == "nodes_many" for one in self.problems):
            self.problems.insert(0, problem("nodes_many", path, most=MOST_NODES))
        return True

    def node(self, path: str) -> Node | None:
        """The node at a path; a repeat without index means its first instance."""
        found = self.at.get(path)
        if found is None:
            pairs = self.places.get(generic(path), [])
            found = pairs[0][1] if pairs else None
        return found

    def keep(self, path: str, place: str, node: Node) -> None:
        """Remember the node of a path at its place."""
        self.places.setdefault(path, []).append((place, node))
        self.at[place] = node


def build(form: Form, answers: Mapping[str, Any]) -> Built:
    """The tree of a record with these answers."""
    document = Node(DOCUMENT)
    root = document.append(Node(ELEMENT, form.root_name))
    root.attributes = [
        Node(ATTRIBUTE, "id", form.form_id, root),
        Node(ATTRIBUTE, "version", form.version, root),
    ]
    built = Built(document)
    _fill(built, root, form.children, answers, "")
    return built


def _fill(built: Built, parent: Node, items: Sequence[Item], answers: Any, below: str) -> None:
    if not isinstance(answers, Mapping):
        built.add(problem("group_expected", below))
        answers = {}
    for item in items:
        path = f"{below}/{item.name}" if below else item.name
        if isinstance(item, Question):
            _leaf(built, parent, item, answers.get(item.name), path)
        elif isinstance(item, Repeat):
            _instances(built, parent, item, answers.get(item.name), path)
        else:
            _group(built, parent, item, answers.get(item.name, {}), path)
    known = {item.name for item in items}
    for name in answers:
        if name not in known and not _kept(parent, name, answers[name]):
            built.add(
                problem("field_unknown", _shortened(f"{below}/{name}".strip("/")), name=_shortened(name))
            )


def _kept(parent: Node, name: Any, answer: Any) -> bool:
    """Keep what an edited record says about the one it replaces; no form has a question for it."""
    wanted = parent.name in ("meta", "orx:meta") and name in ("deprecatedID", "orx:deprecatedID")
    if wanted and isinstance(answer, str) and not holds_forbidden(answer):
        parent.append(Node(ELEMENT, name)).set_text(answer)
        return True
    return False


def _shortened(name: object) -> str:
    text = without_forbidden(str(name))
    return text if len(text) <= 80 else f"{text[:80]}…"


def _group(built: Built, parent: Node, item: Group, answers: Any, path: str) -> None:
    node = parent.append(Node(ELEMENT, item.name))
    built.keep(item.path, path, node)
    _fill(built, node, item.children, answers, path)


def _instances(built: Built, parent: Node, item: Repeat, answers: Any, path: str) -> None:
    built.places.setdefault(item.path, [])
    if answers is None:
        answers = [{}] * item.initial
    if not isinstance(answers, list | tuple):
        built.add(problem("list_expected", path))
        answers = [{}] * item.initial
    if len(answers) > MOST_INSTANCES:
        built.add(problem("too_many_instances", path, most=MOST_INSTANCES))
        answers = answers[:MOST_INSTANCES]
    for index, one in enumerate(answers, 1):
        if built.is_full(path):
            return
        _group(built, parent, item, one, f"{path}[{index}]")


def add_instances(
    built: Built, parent: Node, siblings: Sequence[Item], item: Repeat, path: str, wanted: int
) -> None:
    """Add empty instances of a repeat until there are `wanted`, after its others or where the form puts it
    among `siblings`."""
    order = {sibling.name: place for place, sibling in enumerate(siblings)}
    places = [order.get(child.name, len(order)) for child in parent.children]
    split = next((at for at, place in enumerate(places) if place > order[item.name]), len(places))
    after = parent.children[split:]
    del parent.children[split:]
    present = places.count(order[item.name])
    for index in range(present + 1, wanted + 1):
        if built.is_full(path):
            break
        _group(built, parent, item, {}, f"{path}[{index}]")
    parent.children += after


def _leaf(built: Built, parent: Node, item: Question, answer: Any, path: str) -> None:
    node = parent.append(Node(ELEMENT, item.name))
    if item.attributes:
        node.attributes = [Node(ATTRIBUTE, name, value, node) for name, value in item.attributes.items()]
    built.keep(item.path, path, node)
    if answer is None:
        node.set_text(item.default)
        return
    built.given.add(path)
    if not isinstance(answer, str):
        built.add(problem("text_expected", path))
    elif len(answer) > LONGEST_TEXT:
        built.add(problem("text_too_long", path, most=LONGEST_TEXT))
    elif holds_forbidden(answer):
        built.add(problem("sign_forbidden", path))
    else:
        node.set_text(answer)
