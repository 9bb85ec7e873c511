"""Turns the fields of a posted HTML form into nested answers. Judges shape only; `fill` judges content.

A field is named by its path below the root, repeats with an index from 1: 'sec/q1', 'members[2]/age'.
Positions come in parts: 'sec/pos#lat', 'sec/pos#lon', 'sec/pos#accuracy'. Names that begin with '_' belong
to the page and are passed over.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from surveyapp.forms.building import MOST_INSTANCES, MOST_PROBLEMS
from surveyapp.forms.definition import Form, Group, Item, Question, Repeat
from surveyapp.forms.problem import Problem
from surveyapp.forms.wording import problem

MOST_FIELDS = 5_000
PAGE_FIELDS = frozenset({"csrf_token", "submission_id"})
_PART = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?")
_POSITION = ("lat", "lon", "accuracy")
_MANY = {"select_one", "select_multiple", "rank"}


def answers_from_fields(
    form: Form, fields: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The nested answers of a posted form and what could not be placed.

    A question with a default that was shown and came back without a field is blank, not its default.
    """
    problems: list[Problem] = []
    if len(fields) > MOST_FIELDS:
        return {}, (problem("too_many_fields", ""),)
    answers: dict[str, Any] = {}
    positions: dict[str, dict[str, str]] = {}
    for name, values in fields.items():
        if name.startswith("_") or name in PAGE_FIELDS or not values:
            continue
        path, _, part = name.partition("#")
        question = form.item(path)
        if not isinstance(question, Question) or (part and part not in _POSITION):
            problems.append(_unknown(name))
        elif part:
            positions.setdefault(path, {})[part] = values[0].strip()
        else:
            found = _joined(question, path, values, problems)
            _place(form, answers, path, found, problems)
    for path, parts in positions.items():
        _place(form, answers, path, _position(parts), problems)
    _blank_defaults(form.children, answers)
    return answers, tuple(problems[:MOST_PROBLEMS])


def _unknown(name: str) -> Problem:
    shown = re.sub(r"[\x00-\x1f]", "�", name[:80])
    return problem("field_unknown", shown, name=shown)


def _joined(question: Question, path: str, values: Sequence[str], problems: list[Problem]) -> str:
    if question.type in _MANY:
        return " ".join(value for value in values if value)
    given = [value for value in values if value]
    if len(given) > 1:
        problems.append(problem("one_answer", path))
    text = given[0] if given else ""
    return text.replace("\r\n", "\n") if question.type == "text" else text


def _position(parts: Mapping[str, str]) -> str:
    """'lat lon 0 accuracy' of the parts; what is incomplete stays visibly so for the check to refuse."""
    lat, lon, accuracy = (parts.get(name, "") for name in _POSITION)
    if not lat and not lon:
        return ""
    return f"{lat} {lon} 0 {accuracy}" if accuracy else f"{lat} {lon}"


def _place(form: Form, answers: dict[str, Any], path: str, text: str, problems: list[Problem]) -> None:
    """Put the text at its path, making groups and instances of repeats on the way."""
    here: dict[str, Any] = answers
    items: Sequence[Item] = form.children
    parts = path.split("/")
    for place, part in enumerate(parts):
        match = _PART.fullmatch(part)
        item = next((one for one in items if match and one.name == match[1]), None)
        if match is None or item is None:
            problems.append(_unknown(path))
            return
        if place == len(parts) - 1:
            here[item.name] = text
        elif isinstance(item, Repeat):
            inner = _instance(here, item, int(match[2] or 1))
            if inner is None:
                problems.append(problem("too_many_instances", path, most=MOST_INSTANCES))
                return
            here, items = inner, item.children
        elif isinstance(item, Group):
            here, items = here.setdefault(item.name, {}), item.children


def _instance(here: dict[str, Any], item: Repeat, index: int) -> dict[str, Any] | None:
    instances: list[dict[str, Any]] = here.setdefault(item.name, [])
    if not 1 <= index <= MOST_INSTANCES:
        return None
    while len(instances) < index:
        instances.append({})
    return instances[index - 1]


def _blank_defaults(items: Sequence[Item], answers: dict[str, Any]) -> None:
    for item in items:
        if isinstance(item, Repeat):
            for instance in answers.get(item.name, []):
                _blank_defaults(item.children, instance)
        elif isinstance(item, Group):
            inner = answers.get(item.name, {})
            _blank_defaults(item.children, inner)
            if inner:
                answers[item.name] = inner
        elif isinstance(item, Question) and item.default and item.shown and not item.readonly:
            answers.setdefault(item.name, "")
