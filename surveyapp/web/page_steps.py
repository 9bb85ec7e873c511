"""One question a page: which questions make a step, which step is shown, where the next one is.

All steps are in the page; those that wait are not shown, so that their answers travel along and nothing
needs a session. static/js/steps.js does the same without asking the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveyapp.web.page_views import GroupView, ItemView, QuestionView, RepeatView, StepView


@dataclass(frozen=True)
class Mode:
    """How a page is shown: `one` question at a time, at step `at`; `known`: up to date with its answers."""

    one: bool = False
    at: int = 1
    known: bool = False

    @property
    def narrow(self) -> bool:
        """Whether only what applies is shown."""
        return self.known or self.one


def steps_of(sections: Sequence[GroupView]) -> list[frozenset[str]]:
    """The paths of each step that applies: a question with the notes before it, or a group kept together."""
    found: list[frozenset[str]] = []
    notes: set[str] = set()
    for item in _parts(sections):
        paths = {item.path} if isinstance(item, QuestionView) else {item.path, *_inside(item)}
        if isinstance(item, QuestionView) and item.template == "note":
            notes |= paths
        else:
            found.append(frozenset(notes | paths))
            notes = set()
    return [*found, frozenset(notes)] if notes else found


def stepped(
    sections: Sequence[GroupView], mode: Mode, move: int = 0
) -> tuple[tuple[GroupView, ...], StepView]:
    """The sections with everything but the shown step away, and which step it is.

    A step with a mistake is shown rather than the one asked for: the first of them.
    """
    steps = steps_of(sections) or [frozenset()]
    wrong = {view.path for view in _questions(sections) if view.error}
    at = min(max(mode.at + move, 1), len(steps))
    at = next((place for place, paths in enumerate(steps, 1) if paths & wrong), at)
    shown = steps[at - 1]
    return tuple(_turned_group(section, shown) for section in sections), StepView(at, len(steps))


def _parts(items: Sequence[ItemView]) -> Iterator[ItemView]:
    for item in items:
        if isinstance(item, QuestionView) or (isinstance(item, GroupView) and item.together):
            if item.relevant:
                yield item
        elif isinstance(item, RepeatView) and not item.instances:
            if item.open and item.relevant:
                yield item
        else:
            yield from _parts(item.items)


def _questions(items: Sequence[ItemView]) -> Iterator[QuestionView]:
    for item in items:
        if isinstance(item, QuestionView):
            yield item
        else:
            yield from _questions(item.items)


def _inside(item: ItemView) -> Iterator[str]:
    for question in _questions([item]):
        yield question.path


def _turned(item: ItemView, shown: frozenset[str]) -> ItemView:
    """The item with `away` set on everything that is not of the shown step."""
    if isinstance(item, QuestionView):
        return replace(item, away=item.path not in shown)
    if isinstance(item, GroupView):
        return _turned_group(item, shown)
    instances = tuple(_turned_group(one, shown) for one in item.instances)
    away = all(one.away for one in instances) if instances else item.path not in shown
    return replace(item, instances=instances, away=away)


def _turned_group(group: GroupView, shown: frozenset[str]) -> GroupView:
    items = tuple(_turned(one, shown) for one in group.items)
    return replace(group, items=items, away=all(one.away for one in items))


def of_step(sections: Sequence[GroupView], mode: Mode, paths: Sequence[str]) -> set[str]:
    """Which of the paths belong to the step that is shown."""
    steps = steps_of(sections)
    shown: frozenset[str] = steps[min(mode.at, len(steps)) - 1] if steps else frozenset()
    return set(paths) & shown
