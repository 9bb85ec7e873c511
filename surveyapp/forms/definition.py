"""A questionnaire as the engine knows it: frozen, read from an XForm once, shared by every request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveyapp.forms.browser import browser_logic
from surveyapp.forms.expression import Expression, expression
from surveyapp.forms.filters import ListFilter
from surveyapp.forms.nodes import Node
from surveyapp.forms.problem import BadExpression, Problem

Text = tuple["str | Expression", ...]
Texts = Mapping[str, Text]
Media = Mapping[str, Mapping[str, str]]
"""Files shown with a label: kind ('image', 'audio', 'video', 'big-image') -> language -> file name."""
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
METADATA = frozenset(
    {
        "start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid",
        "audit", "background-audio",
    }
)  # fmt: skip
SHOWN_NEVER = METADATA | {"calculate", "hidden"}


@dataclass(frozen=True)
class Choice:
    """One option. `apart`: a missing code such as 不清楚, set apart; `exclusive`: excludes all others."""

    value: str
    labels: Texts
    apart: bool = False
    exclusive: bool = False
    media: Media = field(default_factory=dict)
    node: Node | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Itemset:
    """Where the options of a question come from.

    `choices` are all options of a list, `predicate_trees` what an option must pass now, `names` the elements
    from the instance down to an option. `source` is set instead
    when the options are answers of the same record, such as the instances of a repeat. `randomized` options
    are shuffled, by the number `seed` gives or, without one, by the record's own id.
    """

    choices: tuple[Choice, ...]
    by_value: Mapping[str, tuple[Choice, ...]]
    predicate_trees: tuple[Any, ...] = ()
    source: Expression | None = None
    value_ref: str = ""
    label_ref: str = ""
    instance: str = ""
    names: tuple[str, ...] = ()
    randomized: bool = False
    seed: Expression | None = None

    @cached_property
    def filter(self) -> ListFilter:
        """The predicates as a look-up over the options."""
        return ListFilter(self.choices, self.predicate_trees)


@dataclass(frozen=True)
class Question:
    """A leaf of the form. `path` is below the root without indices; `type` is one of the types we show.

    `interviewer` is a note never shown on citizen links. `soft` is a condition whose breach the respondent
    must confirm with a reason, told by `soft_messages`. `consent` marks an answer that gives consent; what
    was shown is kept with the record.
    """

    path: str
    name: str
    type: str
    bind_type: str = "string"
    labels: Texts = field(default_factory=dict)
    hints: Texts = field(default_factory=dict)
    required: Expression | None = None
    relevant: Expression | None = None
    constraint: Expression | None = None
    calculate: Expression | None = None
    constraint_messages: Texts = field(default_factory=dict)
    required_messages: Texts = field(default_factory=dict)
    readonly: bool = False
    appearance: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    itemset: Itemset | None = None
    default: str = ""
    first_load: Expression | None = None
    preload: str = ""
    media: Media = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    interviewer: Texts = field(default_factory=dict)
    soft: Expression | None = None
    soft_messages: Texts = field(default_factory=dict)
    consent: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        """Whether a person ever sees it."""
        return self.type not in SHOWN_NEVER


@dataclass(frozen=True)
class Group:
    """A group of questions; a top-level group is a section of the page."""

    path: str
    name: str
    children: tuple[Item, ...]
    labels: Texts = field(default_factory=dict)
    relevant: Expression | None = None
    appearance: frozenset[str] = frozenset()
    media: Media = field(default_factory=dict)
    interviewer: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Repeat(Group):
    """A group that may occur many times. `count` fixes how often; `initial` is how often in a new record."""

    count: Expression | None = None
    initial: int = 1


Item = Question | Group


@dataclass(frozen=True)
class Unit:
    """One step of calculation: the relevance ('relevant'), value ('value') or count of the node at path."""

    kind: str
    path: str


@dataclass(frozen=True)
class SetValue:
    """An action that writes `value` into the question at `target`.

    `event` says when: 'first-load' (a new record begins), 'new-repeat' (an instance of a repeat is added) or
    'value-changed' (the answer of the question at `source` changed, by hand or by calculation).
    """

    event: str
    target: str
    value: Expression
    source: str = ""


@dataclass(frozen=True, eq=False)
class Form:
    """A published questionnaire. `title` maps a language to text; `languages` are codes such as 'zh'.

    `settings` holds what the settings sheet says beyond its name: 'style' ('pages' for one question a page),
    'clients' ('odk' when only ODK clients fill it in), 'public_key' (of an encrypted form). `lookups` fills
    itself: the rows of lists by their key columns, for pulldata().
    """

    form_id: str
    version: str
    root_name: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    default_language: str
    children: tuple[Item, ...]
    items: Mapping[str, Item]
    order: tuple[Unit, ...]
    instances: Mapping[str, Node]
    texts: Mapping[str, Texts]
    actions: tuple[SetValue, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    external: Mapping[str, str] = field(default_factory=dict)
    lookups: dict[tuple[str, str], dict[str, Node]] = field(default_factory=dict, repr=False)

    @property
    def style(self) -> str:
        """'pages' for one question a page, else 'single'."""
        return "pages" if "pages" in self.settings.get("style", "").split() else "single"

    @property
    def clients(self) -> str:
        """'odk' when only ODK clients may fill it in, else 'all'."""
        return self.settings.get("clients") or "all"

    @property
    def public_key(self) -> str:
        """The RSA public key of a form whose records arrive encrypted, '' for others."""
        return self.settings.get("public_key", "")

    @property
    def title(self) -> str:
        """The title in the default language."""
        return self.titles.get(self.default_language) or next(iter(self.titles.values()), self.form_id)

    def item(self, path: str) -> Item | None:
        """The item at a path; indices of repeats are ignored. None when there is none."""
        return self.items.get(generic(path))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in the order of the form."""
        return tuple(item for item in self.items.values() if isinstance(item, Question))

    @cached_property
    def softly_bounded(self) -> tuple[Question, ...]:
        """The questions with a soft constraint."""
        return tuple(question for question in self.questions if question.soft is not None)

    @cached_property
    def consents(self) -> tuple[Question, ...]:
        """The questions that ask for consent."""
        return tuple(question for question in self.questions if question.consent)

    @cached_property
    def shuffles_by_record(self) -> bool:
        """Whether a list stands in another order for every record."""
        lists = (question.itemset for question in self.questions)
        return any(one is not None and one.randomized and one.seed is None for one in lists)

    def find_by_name(self, name: str) -> Item | None:
        """The item with this name, None when there is none; names are unique in forms written as XLSForm."""
        return next((item for item in self.items.values() if item.name == name), None)

    def expression(self, text: str) -> Expression:
        """An expression over this form, `${name}` standing for a question. Raises BadExpression."""

        def path(match: re.Match[str]) -> str:
            item = self.find_by_name(match[1])
            if item is None:
                raise BadExpression(unknown_question(match[1]))
            return f" /{self.root_name}/{item.path} "

        found = expression(_REFERENCE.sub(path, text), (self.root_name,))
        for reference in found.references:
            if reference.exact and not self.has(reference.path):
                raise BadExpression(unknown_question("/" + "/".join(reference.path)))
        return found

    def has(self, path: tuple[str, ...]) -> bool:
        """Whether the names from the root element on lead to something in this form."""
        return not path or (
            path[0] == self.root_name and (len(path) == 1 or "/".join(path[1:]) in self.items)
        )

    def browser_json(self) -> dict[str, Any]:
        """The logic of this form for static/js/form.js: trees of expressions, order, lists."""
        return dict(self._browser_logic)

    @cached_property
    def _browser_logic(self) -> dict[str, Any]:
        return browser_logic(self)


def generic(path: str) -> str:
    """The path without the indices of repeats: 'members[2]/age' gives 'members/age'."""
    return re.sub(r"\[\d+\]", "", path) if "[" in path else path


def unknown_question(name: str) -> Problem:
    """The problem of an expression that names no question of the form."""
    return Problem(
        "question_unknown",
        name,
        {
            "zh": f"问卷里没有名为“{name}”的题，请核对题名。",
            "en": f"There is no question {name!r}; check the name.",
        },
    )
