"""The page of a questionnaire as plain values for the templates in templates/questions/.

Joins a form, a filling and its problems; decides nothing about answers. Works for filling in and for
looking at a finished record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from surveyapp.forms.definition import Media
from surveyapp.forms.expression import Expression
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, Group, Item, Question, Repeat
from surveyapp.forms.nodes import Node
from surveyapp.forms.problem import Problem
from surveyapp.forms.shortening import short
from surveyapp.forms.texts import text_in
from surveyapp.web.page_logic import logic_of, scripts_of
from surveyapp.web.page_steps import Mode, stepped
from surveyapp.web.page_views import (
    ChoiceView,
    ConfirmView,
    ErrorView,
    FormPage,
    GroupView,
    ItemView,
    MediaView,
    QuestionView,
    RepeatView,
    Said,
    questions_of,
)
from surveyapp.web.question_views import (
    attributes_of,
    html_id,
    options_of,
    parts_of,
    ranked,
    scale_of,
    template_of,
)
from surveyapp.web.said import said_parts

__all__ = ["FormPage", "GroupView", "Mode", "QuestionView", "build_page", "html_id", "reading_page"]

ALL_AT_ONCE = Mode()


def build_page(
    form: Form,
    filling: Filling,
    problems: Sequence[Problem] = (),
    *,
    language: str = "zh",
    links: Mapping[str, str] | None = None,
    numbered: bool = True,
    mode: Mode = ALL_AT_ONCE,
    move: int = 0,
    staff: bool = False,
    media_at: str = "",
    reasons: Mapping[str, str] | None = None,
    lost: Collection[str] = (),
) -> FormPage:
    """The page of a form. `links`: a stored file's address by name, for finished records. `move`: how many
    steps to go on from the mode's. `staff` see notes for interviewers. `media_at`: where the files beside the
    form lie; '' leaves them out. `reasons` by path; `lost`: the paths of files not kept.
    """
    at = links or {}, numbered, mode.narrow, staff, media_at
    builder = _Builder(form, filling, problems, language, *at)
    builder.reasons, builder.lost = reasons or {}, lost
    sections = tuple(_renumbered(builder.sections(form.children)))
    sections, step = stepped(sections, mode, move) if mode.one else (sections, None)
    return FormPage(
        form.form_id,
        form.version,
        form.titles.get(language) or form.title,
        language,
        sections,
        builder.errors(sections),
        logic_of(form, filling, builder.outputs, language),
        builder.hidden(),
        scripts_of(form, builder.outputs, mode),
        step,
        builder.known,
        any(item.relevant is not None for item in form.items.values()),
        any(question.type in ("image", "audio", "video", "file") for question in form.questions),
        filling.environment.stopped,
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
    """Builds the views of one page; counts questions and outputs on its way.

    `known`: only questions that apply get a number. `blank`: what is built now is no instance of the
    record but the pattern for new ones.
    """

    def __init__(
        self,
        form: Form,
        filling: Filling,
        problems: Sequence[Problem],
        language: str,
        links: Mapping[str, str],
        numbered: bool,
        known: bool,
        staff: bool,
        media_at: str,
    ) -> None:
        self.form, self.filling, self.language, self.links = form, filling, language, links
        self.problems = {problem.path: problem for problem in reversed(problems)}
        self.numbered, self.known, self.blank = numbered, known, False
        self.staff, self.media_at = staff, media_at
        self.reasons: Mapping[str, str] = {}
        self.lost: Collection[str] = ()
        self.count = 0
        self.outputs: list[Any] = []
        self.output_numbers: dict[int, int] = {}

    def sections(self, items: Sequence[Item]) -> Iterator[GroupView]:
        """The top-level groups; questions outside any group make a section without a title."""
        loose: list[ItemView] = []
        for item in items:
            if isinstance(item, Question):
                loose.extend(self.questions(item, item.path))
                continue
            if loose:
                yield GroupView("", "", (), False, True, tuple(loose))
                loose = []
            if isinstance(item, Repeat):
                repeat = self.repeat(item, item.path)
                title = self.said(item.labels, item.path)
                yield GroupView("", repeat.id, title, repeat.conditional, repeat.relevant, (repeat,))
            else:
                yield self.group(item, item.path)
        if loose:
            yield GroupView("", "", (), False, True, tuple(loose))

    def items(self, items: Sequence[Item], path: str) -> Iterator[ItemView]:
        """The views of what is in the group at `path`."""
        for item in items:
            here = f"{path}/{item.name}"
            if isinstance(item, Question):
                yield from self.questions(item, here)
            elif isinstance(item, Repeat):
                yield self.repeat(item, here)
            else:
                group = self.group(item, here)
                if group.items:
                    yield group

    def group(self, item: Group, path: str, index: int = 0) -> GroupView:
        """A group, or the instance of a repeat with this number."""
        return GroupView(
            path,
            html_id(path),
            self.said(item.labels, path),
            item.relevant is not None,
            self.blank or self.filling.relevant(path),
            tuple(self.items(item.children, path)),
            index=index,
            removable=isinstance(item, Repeat) and item.count is None,
            together=bool(item.appearance & {"field-list", "table-list"}),
            media=self.media(item.media),
            interviewer=self.said(item.interviewer, path) if self.staff else (),
        )

    def repeat(self, item: Repeat, path: str) -> RepeatView:
        """The instances there are, and a blank one."""
        places = [] if self.blank else self.filling.built.places.get(item.path, [])
        mine = [place for place, _ in places if place.startswith(f"{path}[")]
        instances = [self.group(item, place, number) for number, place in enumerate(mine, 1)]
        was, self.blank = self.blank, True
        blank = self.group(item, f"{path}[1]", 1)
        self.blank = was
        relevant = any(one.relevant for one in instances) or not instances
        conditional = item.relevant is not None
        return RepeatView(
            path, html_id(path), tuple(instances), blank, item.count is None, conditional, relevant
        )

    def questions(self, item: Question, path: str) -> Iterator[QuestionView]:
        """The view of one question at its path with indices; none for what no page shows."""
        template = template_of(item)
        if template is None:
            return
        relevant = self.blank or self.filling.relevant(path)
        node = None if self.blank else self.filling.node(path)
        value = self.shown(item, path, node)
        problem = None if self.blank else self.problems.get(path)
        yield QuestionView(
            path=path,
            name=item.name,
            id=html_id(path),
            type=item.type,
            template=template,
            number=None if template == "fixed" else self.number(item, relevant),
            label=self.said(item.labels, path) or (Said(item.name),),
            hint=self.said(item.hints, path),
            value=value,
            required=not self.blank and self.filling.required(path),
            conditional=item.relevant is not None,
            relevant=relevant,
            error=self.sentence(problem) if problem else "",
            choices=self.choices(item, path, value),
            appearance=item.appearance,
            parameters=item.parameters,
            parts=parts_of(item, value),
            attributes=attributes_of(item),
            link=self.links.get(value, ""),
            media=self.media(item.media),
            guidance=self.said(item.guidance, path),
            interviewer=self.said(item.interviewer, path) if self.staff else (),
            confirm=self.confirm(item, path, problem),
            lost=path in self.lost,
        )

    def shown(self, item: Question, path: str, node: Node | None) -> str:
        """The answer the page shows; none for a file that did not come with the page."""
        if path in self.lost:
            return ""
        if node is not None and node.children:
            return node.children[0].value
        return item.default if self.blank else ""

    def confirm(self, item: Question, path: str, problem: Problem | None) -> ConfirmView | None:
        """The field for the reason of an unusual answer, where the form knows of any."""
        if item.soft is None:
            return None
        reason = "" if self.blank else self.reasons.get(path, "")
        asked = bool(reason) or (problem is not None and problem.soft)
        return ConfirmView(self.said(item.soft_messages, path), reason, asked)

    def number(self, item: Question, relevant: bool) -> int | None:
        """The next number; 0 where the page's script will count."""
        if item.type == "note" or not self.numbered:
            return None
        if self.blank or (self.known and not relevant):
            return 0
        self.count += 1
        return self.count

    def sentence(self, problem: Problem) -> str:
        return problem.sentence.get(self.language) or problem.sentence["zh"]

    def said(self, texts: Mapping[str, Any], path: str) -> tuple[Said, ...]:
        """A text in the reader's language with its outputs worked out at `path`."""

        def show(part: Expression) -> Said:
            value = "" if self.blank else self.filling.resolved({"": (part,)}, path)
            return Said(value, self.output(part))

        return said_parts(text_in(texts, self.language, self.form.default_language), show)

    def media(self, files: Media) -> tuple[MediaView, ...]:
        """The files beside a label in the reader's language, else in the default one."""
        found = []
        for kind in ("image", "audio", "video") if self.media_at else ():
            names = files.get(kind, {})
            name = names.get(self.language) or names.get(self.form.default_language) or names.get("", "")
            if name:
                found.append(MediaView(kind, f"{self.media_at}{quote(name)}"))
        return tuple(found)

    def output(self, part: Expression) -> int:
        """The number under which the page's script finds an output."""
        if id(part) not in self.output_numbers:
            self.output_numbers[id(part)] = len(self.outputs)
            self.outputs.append(short(part.tree))
        return self.output_numbers[id(part)]

    def choices(self, item: Question, path: str, value: str) -> tuple[ChoiceView, ...]:
        """All options, so that the page works without a script; filters mark those not offered now."""
        if item.type == "range":
            return scale_of(item, path, value)
        if item.itemset is None:
            return ()
        offered = list(item.itemset.choices) if self.blank else self.filling.choices(path)
        now = {id(choice) for choice in offered}
        everything = list(item.itemset.choices) if item.itemset.source is None else offered
        if item.itemset.randomized:
            everything = [*offered, *(choice for choice in everything if id(choice) not in now)]
        views = options_of(
            everything,
            now,
            path,
            value,
            lambda choice: self.said(choice.labels, path),
            lambda choice: self.media(choice.media),
        )
        return ranked(views) if item.type == "rank" else views

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
        for question in self.form.questions:
            if question.type == "hidden" and not question.preload:
                for place, _ in self.filling.built.places.get(question.path, []):
                    found.append((place, self.filling.value(place)))
        return tuple(found)
