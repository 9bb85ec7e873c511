"""The page of a questionnaire as plain values for the templates in templates/questions/.

Joins a form, a filling and its problems; decides nothing about answers. Works for filling in and for
looking at a finished record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from surveyapp.forms.browser import short
from surveyapp.forms.expression import Expression
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Choice, Form, Group, Item, Question, Repeat
from surveyapp.forms.problem import Problem
from surveyapp.forms.scripts import expression_scripts
from surveyapp.forms.texts import text_in
from surveyapp.forms.values import number_text
from surveyapp.web.page_views import (
    ChoiceView,
    ErrorView,
    FormPage,
    GroupView,
    QuestionView,
    Said,
    questions_of,
)

__all__ = ["FormPage", "GroupView", "QuestionView", "build_page", "html_id", "reading_page"]

TEMPLATES = {
    "note": "note", "text": "text", "barcode": "text", "integer": "number", "decimal": "number",
    "date": "date",
    "time": "time", "datetime": "text", "select_one": "select_one", "select_multiple": "select_multiple",
    "image": "file", "audio": "file", "video": "file", "file": "file", "geopoint": "geopoint",
    "range": "range", "acknowledge": "acknowledge",
}  # fmt: skip
_MOST_STEPS = 11


def html_id(path: str) -> str:
    """An id for HTML made from a path."""
    return "q-" + re.sub(r"[^A-Za-z0-9_-]+", "-", path).strip("-")


def build_page(
    form: Form,
    filling: Filling,
    problems: Sequence[Problem] = (),
    *,
    language: str = "zh",
    links: Mapping[str, str] | None = None,
    numbered: bool = True,
) -> FormPage:
    """The page of a form. `links` maps a stored file's name to its address, for finished records."""
    builder = _Builder(form, filling, problems, language, links or {}, numbered)
    sections = tuple(_renumbered(builder.sections(form.children)))
    return FormPage(
        form.form_id,
        form.version,
        form.titles.get(language) or form.title,
        language,
        sections,
        builder.errors(sections),
        builder.logic(),
        builder.hidden(),
        builder.scripts(),
    )


def reading_page(
    form: Form,
    answers: Mapping[str, Any],
    *,
    language: str = "zh",
    links: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> FormPage:
    """The page of a finished record, for looking at it. `at` is when it ended, for today() and now()."""
    filling = fill(form, answers, now=at or datetime.now(UTC), language=language)
    return build_page(form, filling, language=language, links=links)


def _renumbered(sections: Iterable[GroupView]) -> Iterable[GroupView]:
    """The sections that have something in them, those with a title numbered from 1."""
    number = 0
    for section in sections:
        if section.items:
            number += bool(section.title)
            yield replace(section, number=number if section.title else 0)


class _Builder:
    """Builds the views of one page; counts questions and outputs on its way."""

    def __init__(
        self,
        form: Form,
        filling: Filling,
        problems: Sequence[Problem],
        language: str,
        links: Mapping[str, str],
        numbered: bool,
    ) -> None:
        self.form, self.filling, self.language, self.links = form, filling, language, links
        self.problems = {problem.path: problem for problem in reversed(problems)}
        self.numbered = numbered
        self.count = 0
        self.outputs: list[Any] = []

    def sections(self, items: Sequence[Item]) -> Iterable[GroupView]:
        """The top-level groups; questions outside any group make a section without a title."""
        loose: list[QuestionView | GroupView] = []
        for item in items:
            if isinstance(item, Question):
                if item.shown and item.type in TEMPLATES:
                    loose.append(self.question(item, item.path))
                continue
            if loose:
                yield GroupView("", "", "", False, True, tuple(loose))
                loose = []
            yield from self.groups(item, "")
        if loose:
            yield GroupView("", "", "", False, True, tuple(loose))

    def groups(self, item: Group, below: str) -> Iterable[GroupView]:
        path = f"{below}/{item.name}" if below else item.name
        if not isinstance(item, Repeat):
            yield self.group(item, path)
            return
        places = [
            place for place, _ in self.filling.built.places.get(item.path, []) if place.startswith(f"{path}[")
        ]
        for place in places:
            yield self.group(item, place)

    def group(self, item: Group, path: str) -> GroupView:
        views: list[QuestionView | GroupView] = []
        for child in item.children:
            if not isinstance(child, Question):
                views.extend(group for group in self.groups(child, path) if group.items)
            elif child.shown and child.type in TEMPLATES:
                views.append(self.question(child, f"{path}/{child.name}"))
        title = self.filling.resolved(item.labels, path, self.language)
        conditional = item.relevant is not None
        return GroupView(path, html_id(path), title, conditional, self.filling.relevant(path), tuple(views))

    def question(self, item: Question, path: str) -> QuestionView:
        """The view of one question at its path with indices."""
        number = None
        if item.type != "note" and self.numbered:
            self.count += 1
            number = self.count
        node = self.filling.node(path)
        value = node.children[0].value if node is not None and node.children else ""
        problem = self.problems.get(path)
        return QuestionView(
            path=path,
            name=item.name,
            id=html_id(path),
            type=item.type,
            template=TEMPLATES[item.type],
            number=number,
            label=self.said(item.labels, path) or (Said(item.name),),
            hint=self.said(item.hints, path),
            value=value,
            required=self.filling.required(path),
            conditional=item.relevant is not None,
            relevant=self.filling.relevant(path),
            error=self.sentence(problem) if problem else "",
            choices=self.choices(item, path, value),
            appearance=item.appearance,
            parameters=item.parameters,
            parts=_parts(item, value),
            attributes=_attributes(item),
            link=self.links.get(value, ""),
        )

    def sentence(self, problem: Problem) -> str:
        return problem.sentence.get(self.language) or problem.sentence["zh"]

    def said(self, texts: Mapping[str, Any], path: str) -> tuple[Said, ...]:
        found = []
        for part in text_in(texts, self.language, self.form.default_language):
            if isinstance(part, Expression):
                self.outputs.append([path, short(part.tree)])
                value = self.filling.resolved({"": (part,)}, path)
                found.append(Said(value, len(self.outputs) - 1))
            else:
                found.append(Said(part))
        return tuple(found)

    def choices(self, item: Question, path: str, value: str) -> tuple[ChoiceView, ...]:
        """All options, so that the page works without a script; filters mark those not offered now."""
        if item.type == "range":
            return _scale(item, path, value)
        if item.itemset is None:
            return ()
        offered = self.filling.choices(path)
        now = {id(choice) for choice in offered}
        everything = offered if item.itemset.source is not None else item.itemset.choices
        chosen = set(value.split())
        views = []
        for place, choice in enumerate(everything):
            label = self.choice_label(choice, path)
            views.append(
                ChoiceView(
                    choice.value,
                    label or choice.value,
                    f"{html_id(path)}-{place}",
                    choice.value in chosen,
                    choice.apart,
                    choice.exclusive,
                    id(choice) in now,
                )
            )
        return tuple(views)

    def choice_label(self, choice: Choice, path: str) -> str:
        return self.filling.resolved(choice.labels, path, self.language)

    def errors(self, sections: Sequence[GroupView]) -> tuple[ErrorView, ...]:
        """The summary: problems in the order of the questions, then those that belong to none."""
        found, met = [], set()
        for view in (view for section in sections for view in questions_of(section)):
            if view.error:
                met.add(view.path)
                label = f"{view.number}. {view.plain_label}" if view.number else view.plain_label
                found.append(ErrorView(view.first_control, label, view.error))
        for path, problem in self.problems.items():
            if path not in met:
                found.append(ErrorView("main", "", self.sentence(problem)))
        return tuple(found)

    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Hidden questions with their values, for hidden fields of the page."""
        found = []
        for question in self.form.questions():
            if question.type == "hidden" and not question.preload:
                for place, _ in self.filling.built.places.get(question.path, []):
                    found.append((place, self.filling.value(place)))
        return tuple(found)

    def logic(self) -> str:
        """The form's logic with this page's outputs and messages, escaped for a data block."""
        logic = self.form.browser_json()
        logic["outputs"] = self.outputs
        logic["said"] = self.messages()
        text = json.dumps(logic, ensure_ascii=False, separators=(",", ":"))
        return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")

    def scripts(self) -> tuple[str, ...]:
        """The scripts beyond the common two that this form needs."""
        logic = self.form.browser_json()
        found = expression_scripts([logic["rules"], self.outputs])
        if logic["instances"]:
            found.append("js/lists.js")
        if "grows" in logic:
            found.append("js/growth.js")
        asks_position = any(question.type == "geopoint" for question in self.form.questions())
        return (*found, "js/position.js") if asks_position else tuple(found)

    def messages(self) -> dict[str, list[str]]:
        """[constraint message, required message] of the questions that have their own."""
        found = {}
        for question in self.form.questions():
            if question.constraint_messages or question.required_messages:
                texts = (question.constraint_messages, question.required_messages)
                found[question.path] = [
                    self.filling.resolved(one, question.path, self.language) for one in texts
                ]
        return found


def _parts(item: Question, value: str) -> Mapping[str, str]:
    """Latitude, longitude and accuracy of a position."""
    if item.type != "geopoint":
        return {}
    words = [*value.split(), "", "", "", ""]
    return {"lat": words[0], "lon": words[1], "accuracy": words[3]}


def _attributes(item: Question) -> Mapping[str, str]:
    """Attributes of the input that help typing."""
    if item.type == "integer" or "numbers" in item.appearance:
        return {"inputmode": "numeric"}
    if item.type == "decimal":
        return {"inputmode": "decimal"}
    if item.name.endswith("phone"):
        return {"inputmode": "tel", "autocomplete": "tel"}
    return {"accept": f"{item.type}/*"} if item.type in ("image", "audio", "video") else {}


def _scale(item: Question, path: str, value: str) -> tuple[ChoiceView, ...]:
    """The steps of a short range as options; () when there are more than can be shown."""
    start, end, step = (float(item.parameters.get(name, text)) for name, text in _RANGE)
    count = round((end - start) / step) + 1 if step else 0
    if not 1 <= count <= _MOST_STEPS:
        return ()
    views = []
    for place in range(count):
        text = number_text(round(start + place * step, 9))
        chosen = text == value
        views.append(ChoiceView(text, text, f"{html_id(path)}-{place}", chosen, False, False, True))
    return tuple(views)


_RANGE = (("start", "1"), ("end", "10"), ("step", "1"))
