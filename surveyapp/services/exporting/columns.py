"""The columns of a questionnaire's answers over all its versions: union by path, in a stable order.

A question inside a repeat has a column per instance, `members[2]/age`; a position has four numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from surveyapp.forms.definition import Text
from surveyapp.forms.form import Form, Question, Repeat
from surveyapp.forms.texts import text_in
from surveyapp.gateways.spreadsheets import Cell
from surveyapp.services.callbacks import CALLBACK

NOT_ANSWERS = ("note",)
FORM_META = "meta/"
POSITION = ("latitude", "longitude", "altitude", "accuracy")
INTEGER = re.compile(r"[+-]?\d{1,300}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)


@dataclass(frozen=True)
class Column:
    """A column: its title, its label per language, the way to its value, and the value's type.

    `steps` are (name, index) pairs, index None outside repeats. `part` picks a number of a position.
    """

    title: str
    labels: Mapping[str, str]
    steps: tuple[tuple[str, int | None], ...]
    type: str
    part: int | None = None

    def cell(self, answers: Mapping[str, Any], typed: bool) -> Cell:
        """The value for a sheet; with `typed` numbers and dates as such, else the text as it was given."""
        text = self._text(answers)
        if self.part is not None:
            words = text.split()
            text = words[self.part] if self.part < len(words) else ""
        return _typed(text, self.type) if typed else text or None

    def _text(self, answers: Mapping[str, Any]) -> str:
        here: Any = answers
        for name, index in self.steps:
            here = here.get(name) if isinstance(here, Mapping) else None
            if index is not None:
                here = here[index - 1] if isinstance(here, Sequence) and len(here) >= index else None
        return here if isinstance(here, str) else ""


def _typed(text: str, kind: str) -> Cell:
    if kind == "int" and INTEGER.match(text):
        return int(text)
    if kind in ("decimal", "number") and DECIMAL.match(text):
        return float(text)
    if kind == "date":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text or None
    return text or None


def has_repeats(forms: Iterable[Form]) -> bool:
    """Whether any of the forms asks something repeatedly."""
    return any(isinstance(item, Repeat) for form in forms for item in form.items.values())


def count_repeats(answers: Mapping[str, Any], counts: dict[str, int], before: str = "") -> None:
    """Raise `counts` (generic path of a repeat -> most instances seen) by one record's answers."""
    for name, value in answers.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            count_repeats(value, counts, f"{path}/")
        elif isinstance(value, list):
            counts[path] = max(counts.get(path, 0), len(value))
            for instance in value:
                if isinstance(instance, Mapping):
                    count_repeats(instance, counts, f"{path}/")


def answer_columns(
    forms: Sequence[Form], counts: Mapping[str, int], taken: Collection[str] = ()
) -> list[Column]:
    """Columns of the forms, oldest version first: a path keeps its place, new ones follow.

    Labels are those of the newest version that has the path. A title that is `taken` by a column of another
    kind is written as a path from the root: '/window'.
    """
    found: dict[str, Column] = {}
    for form in forms:
        for question in form.questions:
            if _is_answer(question):
                found |= {column.title: column for column in _of(form, question, counts)}
    return [replace(c, title=f"/{c.title}") if c.title in taken else c for c in found.values()]


def _is_answer(question: Question) -> bool:
    return (
        question.type not in NOT_ANSWERS
        and question.name != CALLBACK
        and not question.path.startswith(FORM_META)
    )


def _of(form: Form, question: Question, counts: Mapping[str, int]) -> list[Column]:
    names = question.path.split("/")
    paths = ["/".join(names[: depth + 1]) for depth in range(len(names))]
    places = [
        range(1, counts.get(path, 0) + 1) if isinstance(form.items.get(path), Repeat) else (None,)
        for path in paths
    ]
    labels = {language: _plain(question, language, form) for language in ("zh", "en")}
    columns = []
    for indices in product(*places):
        steps = tuple(zip(names, indices, strict=True))
        title = "/".join(name if index is None else f"{name}[{index}]" for name, index in steps)
        if question.type == "geopoint":
            columns += [
                Column(f"{title}:{name}", labels, steps, "number", part) for part, name in enumerate(POSITION)
            ]
        else:
            columns.append(Column(title, labels, steps, _kind(question)))
    return columns


def _kind(question: Question) -> str:
    return "decimal" if question.type == "range" else question.bind_type


def _plain(question: Question, language: str, form: Form) -> str:
    text: Text = text_in(question.labels, language, form.default_language)
    words = "".join(part if isinstance(part, str) else "…" for part in text)
    return " ".join(words.split()) or question.name
