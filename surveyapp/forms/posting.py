"""Turns the fields of a posted HTML form into nested answers. Judges shape only; `fill` judges content.

A field is named by its path below the root, repeats with an index from 1: 'sec/q1', 'members[2]/age'.
Positions come in parts: 'sec/pos#lat', 'sec/pos#lon', 'sec/pos#accuracy'; a ranking comes as the place of
each option, 'sec/order#option', or already in order. Names that begin with '_' belong to the page and are
passed over.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from surveyapp.forms.building import MOST_INSTANCES, MOST_PROBLEMS
from surveyapp.forms.definition import Form, Group, Item, Question, Repeat
from surveyapp.forms.problem import Problem
from surveyapp.forms.wording import problem

MOST_FIELDS = 5_000
CONFIRM = "_confirm:"
PAGE_FIELDS = frozenset({"csrf_token", "submission_id"})
_PART = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?")
_POSITION = ("lat", "lon", "accuracy")
_PLACE = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_PART_OF_DATE = re.compile(r"\d{4}(?:-\d{2})?", re.ASCII)  # what inputs for a year or a month send
_REST_OF_DATE = {4: "-01-01", 7: "-01"}
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
    in_parts: dict[str, dict[str, str]] = {}
    for name, values in fields.items():
        if name.startswith("_") or name in PAGE_FIELDS or not values:
            continue
        path, _, part = name.partition("#")
        question = form.item(path)
        if not isinstance(question, Question) or (part and not _is_part(question, part)):
            problems.append(_unknown(name))
        elif part:
            in_parts.setdefault(path, {})[part] = values[0].strip()
        else:
            found = _joined(question, path, values, problems)
            _place(form, answers, path, found, problems)
    for path, parts in in_parts.items():
        ranking = isinstance(question := form.item(path), Question) and question.type == "rank"
        text = _ranking(parts, path, problems) if ranking else _position(parts)
        _place(form, answers, path, text, problems)
    _blank_defaults(form.children, answers)
    return answers, tuple(problems[:MOST_PROBLEMS])


def _is_part(question: Question, part: str) -> bool:
    """Whether the question has such a part."""
    if question.type == "rank" and question.itemset is not None:
        return part in question.itemset.by_value or question.itemset.source is not None
    return question.type == "geopoint" and part in _POSITION


def _ranking(places: Mapping[str, str], path: str, problems: list[Problem]) -> str:
    """The options in the order of their places; two at one place, or no number, is a problem."""
    given = {value: place for value, place in places.items() if place}
    if len(set(given.values())) < len(given) or not all(_PLACE.fullmatch(one) for one in given.values()):
        problems.append(problem("rank_places", path))
    return " ".join(sorted(given, key=lambda value: (len(given[value]), given[value])))


def with_answers(form: Form, answers: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The answers with each value put at its path (with indices); paths the form lacks are left out."""
    found: dict[str, Any] = deepcopy(dict(answers))
    for path, value in values.items():
        _place(form, found, path, value, [])
    return found


def confirmed_from_fields(form: Form, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The reasons given for unusual answers, by path: fields named '_confirm:sec/q1'. Blank ones are none."""
    return {
        name.removeprefix(CONFIRM): values[0].strip()
        for name, values in list(fields.items())[:MOST_FIELDS]
        if name.startswith(CONFIRM)
        and values
        and values[0].strip()
        and form.item(name.removeprefix(CONFIRM)) is not None
    }


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
    if question.type in ("geotrace", "geoshape"):
        return ";".join(line.strip() for line in text.splitlines() if line.strip())
    if question.type == "date":
        return text + _REST_OF_DATE[len(text)] if _PART_OF_DATE.fullmatch(text) else text
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
