"""One record of a form: answers in, clean answers and problems out.

The clock arrives as `now`, the moment the record ended; today() and now() read it in UTC+8, the time of
the whole country. `record_moment` says which moment that is for a record that arrived late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from surveyapp.forms.building import MOST_PROBLEMS, Built, build
from surveyapp.forms.calculating import calculate, fire_triggers, value_at
from surveyapp.forms.checking import normal
from surveyapp.forms.choosing import choice_label, choice_problem, offered
from surveyapp.forms.confirming import confirmation, consents
from surveyapp.forms.dates import Moment, moment_text
from surveyapp.forms.definition import Choice, Form, Group, Question, Repeat, Text, Texts
from surveyapp.forms.expression import Expression
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.problem import Problem
from surveyapp.forms.texts import text_in
from surveyapp.forms.values import Environment, to_boolean, to_text
from surveyapp.forms.wording import problem

OFFSET = 480
EARLIEST, LATEST = timedelta(days=90), timedelta(minutes=5)


def record_moment(ended_at: datetime | None, received_at: datetime) -> tuple[datetime, bool]:
    """The moment a record counts for, and whether its device's clock was out of bounds.

    Bounds: from 90 days before receipt to 5 minutes after it. Both arguments are aware.
    """
    if ended_at is None:
        return received_at, False
    clamped = min(max(ended_at, received_at - EARLIEST), received_at + LATEST)
    return clamped, clamped != ended_at


@dataclass(eq=False)
class Filling:
    """A filled form. Paths are below the root, repeats with an index from 1: 'members[2]/age'."""

    form: Form
    built: Built
    environment: Environment
    language: str
    problems: tuple[Problem, ...] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)

    @property
    def consents(self) -> tuple[dict[str, Any], ...]:
        """What a record keeps of each consent given: its text as shown, version, language and time."""
        return consents(self.form, self.built, self.environment, self.resolved)

    @property
    def root(self) -> Node:
        """The document node over the record's tree."""
        return self.built.root

    @property
    def answers(self) -> dict[str, Any]:
        """The clean nested answers: relevant, known, calculated; blanks only where a default would return."""
        return _clean(self.form.children, self.root.children[0])

    def node(self, path: str) -> Node | None:
        """The node at a path, None when there is none."""
        return self.built.node(path)

    def relevant(self, path: str) -> bool:
        """Whether the question or group applies, its surroundings included. False for an unknown path."""
        node = self.built.node(path)
        return node is not None and node.relevant

    def value(self, path: str) -> str:
        """The answer; '' when blank, not relevant or unknown."""
        node = self.built.node(path)
        return text_of(node) if node is not None and self.relevant(path) else ""

    def evaluate(self, expression: Expression, path: str = "") -> str | float | bool:
        """The value of an expression at the root, or at the node at `path`."""
        node = self.built.node(path) if path else self.root.children[0]
        value = value_at(expression, node or self.root.children[0], self.root, self.environment)
        if isinstance(value, list):
            return text_of(value[0]) if value else ""
        return moment_text(value, self.environment.offset) if isinstance(value, Moment) else value

    def label(self, path: str, language: str | None = None) -> str:
        """The label of a question or group with its outputs filled in; its name when it has none."""
        item = self.form.item(path)
        if item is None:
            return ""
        return self.resolved(item.labels, path, language) or item.name

    def resolved(self, texts: Texts, path: str, language: str | None = None) -> str:
        """A label, hint or message with its outputs filled in."""
        node = self.built.node(path) or self.root.children[0]
        return self._said(text_in(texts, language or self.language, self.form.default_language), node)

    def _said(self, text: Text, node: Node) -> str:
        parts = []
        for part in text:
            if isinstance(part, str):
                parts.append(part)
            else:
                parts.append(to_text(value_at(part, node, self.root, self.environment), self.environment))
        return "".join(parts)

    def choices(self, path: str) -> list[Choice]:
        """The options offered now, filters applied; [] for a question without options."""
        item, node = self.form.item(path), self.built.node(path)
        if not isinstance(item, Question) or node is None:
            return []
        return offered(item, node, self.root, self.environment)

    def required(self, path: str) -> bool:
        """Whether the question must be answered now."""
        item, node = self.form.item(path), self.built.node(path)
        if not isinstance(item, Question) or item.required is None or node is None:
            return False
        return to_boolean(value_at(item.required, node, self.root, self.environment))

    def problems_at(self, path: str) -> tuple[Problem, ...]:
        """The problems of one question."""
        return tuple(found for found in self.problems if found.path == path)


def fill(
    form: Form,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    registers: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    language: str | None = None,
    keep_random: bool = True,
    triggers: bool = True,
    ended: bool = True,
    confirmed: Mapping[str, str] | None = None,
    randomness: Callable[[], float] | None = None,
    offset: int = OFFSET,
    record_id: str = "",
) -> Filling:
    """Calculate, then check relevance, types, choices, required and constraints of one record.

    `now` is aware, `offset` the zone in minutes east of UTC. Registers are rows for pulldata(), `randomness`
    gives random() numbers in [0, 1). With `keep_random`, values of once(), random() and uuid() sent by the
    client stay; with `triggers`, blank answers that others set are written, as a page without a script needs.
    `ended`: the record has its end time. `confirmed`: the reasons for unusual answers by path. Lists without
    a seed are shuffled by `record_id`.
    """
    environment = _environment(form, now, offset, language or form.default_language)
    environment.registers, environment.randomness = registers or {}, randomness
    environment.record_id = record_id
    built = build(form, answers)
    environment.places = built.places
    filling = Filling(form, built, environment, environment.language)
    _normalise(form, built, environment)
    calculate(form, built, environment, keep_random, ended)
    if triggers:
        fire_triggers(form, built, environment, keep_random)
    _check(filling, confirmed or {})
    return filling


def _environment(form: Form, now: datetime, offset: int, language: str) -> Environment:
    """What expressions may read beside the answers: the moment, the form's lists, texts and labels."""
    return Environment(
        now_ms=float(round(now.timestamp() * 1000)),
        offset=offset,
        language=language,
        instances=form.instances,
        lookups=form.lookups,
        text=lambda identifier, code: _static(form, identifier, code),
        choice_label=lambda path, value, code: choice_label(form, path, value, code),
    )


def _static(form: Form, identifier: str, language: str) -> str:
    text = text_in(form.texts.get(identifier, {}), language, form.default_language)
    return "".join(part for part in text if isinstance(part, str))


def _normalise(form: Form, built: Built, environment: Environment) -> None:
    """Write every given answer in the lexical form of its type; keep the raw text where that fails."""
    for question in form.questions:
        for place, node in built.places.get(question.path, ()):
            if place in built.given and node.children and question.calculate is None:
                found = normal(question, node.children[0].value, place, environment.offset)
                if isinstance(found, str):
                    built.settled.add(place)
                    if found != node.children[0].value:
                        node.set_text(found)


def _check(filling: Filling, confirmed: Mapping[str, str]) -> None:
    """Find the problems of every answer, then the unusual ones nobody confirmed."""
    built = filling.built
    reported = {found.path for found in built.problems}
    for question in filling.form.questions:
        for place, node in built.places.get(question.path, ()):
            if place not in reported and node.relevant:
                found = _problem_of(filling, question, place, node)
                if found is not None:
                    built.add(found)
    outcome = confirmation(filling.form, built, filling.environment, confirmed, filling.resolved)
    filling.confirmed = outcome.reasons
    filling.problems = (*built.problems, *outcome.problems)[:MOST_PROBLEMS]


def _problem_of(filling: Filling, question: Question, place: str, node: Node) -> Problem | None:
    """The first thing wrong with one answer, None when it is right."""
    text = text_of(node)
    environment, root = filling.environment, filling.root
    if not text.strip():
        if question.required is None or question.type == "note":
            return None
        if not to_boolean(value_at(question.required, node, root, environment)):
            return None
        return _message(filling, question, place, "required")
    if question.calculate is None and place not in filling.built.settled:
        found = normal(question, text, place, environment.offset)
        if isinstance(found, Problem):
            return found
    if question.itemset is not None and question.calculate is None:
        wrong = choice_problem(question, node, root, environment, place)
        if wrong is not None:
            return wrong
    if question.constraint is None:
        return None
    if to_boolean(value_at(question.constraint, node, root, environment)):
        return None
    return _message(filling, question, place, "constraint")


def _message(filling: Filling, question: Question, place: str, code: str) -> Problem:
    """The form's own message where it has one, else the engine's sentence."""
    texts = question.required_messages if code == "required" else question.constraint_messages
    standard = problem(code, place)
    if not texts:
        return standard
    own = {key: filling.resolved(texts, place, key) for key in ("zh", "en")}
    return Problem(code, place, {key: own[key] or standard.sentence[key] for key in own})


def _clean(items: Sequence[Any], parent: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.name in ("meta", "orx:meta"):
            continue
        nodes = [child for child in parent.children if child.name == item.name and child.relevant]
        if isinstance(item, Repeat):
            instances = [_clean(item.children, node) for node in nodes]
            if instances:
                found[item.name] = instances
        elif isinstance(item, Group):
            inner = _clean(item.children, nodes[0]) if nodes else {}
            if inner:
                found[item.name] = inner
        elif nodes:
            text = text_of(nodes[0])
            if text or item.default:
                found[item.name] = text
    return found
