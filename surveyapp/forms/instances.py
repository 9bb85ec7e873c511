"""Adds and removes instances of a repeat in nested answers: what the buttons of a page ask for.

A place is a path with indices from 1: 'members' or 'halls[2]/windows' for a repeat, 'members[2]' for one
instance of it. Answers are never changed in place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from surveyapp.forms.building import MOST_INSTANCES
from surveyapp.forms.definition import Form, Repeat

_PART = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?")


def with_instance(form: Form, answers: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The answers with one empty instance more at the end of the repeat at `place`.

    Unchanged when the place is no repeat people may add to, or it is full.
    """
    found = deepcopy(dict(answers))
    instances = _instances(form, found, place)
    if instances is not None and len(instances) < MOST_INSTANCES:
        instances.append({})
    return found


def without_instance(form: Form, answers: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The answers without the instance at `place`, those after it moved up. Unchanged for any other place."""
    found = deepcopy(dict(answers))
    repeat, _, index = place.rpartition("[")
    instances = _instances(form, found, repeat)
    position = int(index[:-1]) if index[:-1].isdecimal() and len(index) < 7 else 0
    if instances is not None and 1 <= position <= len(instances):
        del instances[position - 1]
    return found


def _instances(form: Form, answers: dict[str, Any], place: str) -> list[Any] | None:
    """The list of instances at a place, made on the way; None when the place is no open repeat."""
    repeat = form.item(place)
    if not isinstance(repeat, Repeat) or repeat.count is not None:
        return None
    here: Any = answers
    path = ""
    parts = place.split("/")
    for at, part in enumerate(parts):
        match = _PART.fullmatch(part)
        if match is None or not isinstance(here, dict):
            return None
        path = f"{path}/{match[1]}" if path else match[1]
        item = form.item(path)
        if at == len(parts) - 1:
            if match[2]:
                return None
            initial = item.initial if isinstance(item, Repeat) else 0
            found = here.setdefault(match[1], [{} for _ in range(initial)])
            return found if isinstance(found, list) else None
        here = _inside(here, match, item)
    return None


def _inside(here: dict[str, Any], match: re.Match[str], item: Any) -> Any:
    """The answers of the group or instance a part of the path names, made when missing."""
    if not isinstance(item, Repeat):
        return here.setdefault(match[1], {})
    instances = here.setdefault(match[1], [{} for _ in range(item.initial)])
    index = int(match[2] or 1)
    return instances[index - 1] if isinstance(instances, list) and 1 <= index <= len(instances) else None
