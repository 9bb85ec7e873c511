"""Read a JSON body the strict way: no NaN, no bottomless nesting, no five-thousand-digit numbers."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import request

DEPTH = 40
LONGEST = 2 * 1024 * 1024


class BadBody(ValueError):
    """The body is not what JSON allows; nothing was stored."""


def json_body() -> dict[str, Any]:
    """The request's JSON object. Raises BadBody for anything else."""
    raw = request.get_data(cache=False)
    if len(raw) > LONGEST:
        raise BadBody("the body is too large")
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse, parse_float=_number, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadBody(str(error)[:200]) from None
    if not isinstance(value, dict) or _depth(value) > DEPTH:
        raise BadBody("a JSON object of moderate depth is expected")
    return value


def _refuse(name: str) -> NoReturn:
    raise BadBody(f"{name} is not a number")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadBody("a number is too large")
    return value


def _integer(text: str) -> int:
    if len(text) > 18:
        raise BadBody("a number is too long")
    return int(text)


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, level = waiting.pop()
        deepest = max(deepest, level)
        if level > DEPTH:
            return level
        if isinstance(item, dict):
            waiting += [(inner, level + 1) for inner in item.values()]
        elif isinstance(item, list):
            waiting += [(inner, level + 1) for inner in item]
    return deepest
