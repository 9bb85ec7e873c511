"""Read a JSON body the strict way: no NaN, no bottomless nesting, no five-thousand-digit numbers, no signs
that cannot be stored. What is wrong is said with its place and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn, TypeVar

from flask import request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ValidationError

from surveyapp.forms.signs import holds_forbidden, without_forbidden
from surveyapp.web.language import _

DEPTH = 40
LONGEST = 2 * 1024 * 1024
MOST_MEMBERS = 100_000
"""Brackets and commas in it: as values they take some 20 MB at the worst."""
LONGEST_NUMBER = 18
Model = TypeVar("Model", bound=BaseModel)


class BadBody(ValueError):
    """The body is not what is expected; `code` and the sentence say why. Nothing was stored."""

    def __init__(self, sentence: str, code: str = "bad-json") -> None:
        super().__init__(sentence)
        self.code = code


def instant(text: str) -> datetime | None:
    """An aware instant written in ISO 8601 that every database holds; None for anything else."""
    try:
        value = datetime.fromisoformat(text[:40])
        return value.astimezone(UTC) if value.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _within_years(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


StorableInstant = Annotated[AwareDatetime, AfterValidator(_within_years)]
"""An aware instant that is one in UTC too."""


def checked_body(model: type[Model]) -> Model:
    """The request's JSON object as `model`. Raises BadBody with the place of what does not fit."""
    try:
        return model.model_validate(json_body())
    except ValidationError as error:
        first = error.errors()[0]
        place = without_forbidden(".".join(str(part) for part in first["loc"]))[:80]
        detail = _detail(str(first["type"]), first.get("ctx") or {})
        sentence = _("字段 %(place)s 有误：%(detail)s", place=place, detail=detail)
        raise BadBody(sentence, "bad-body") from None


def _detail(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong with a member and what to do, by the kind of the breach."""
    if kind.startswith(("datetime", "timezone", "value_error")):
        return _("时间应写作 2018-11-20T14:05:00+08:00")
    if kind.startswith(("string_too_long", "too_long")):
        return _("超过 %(most)s 个，请缩短或减少", most=context.get("max_length", ""))
    expected = {
        "missing": _("缺少这一项，请补上"),
        "extra_forbidden": _("没有这一项，请删去"),
        "string_type": _("应为文字"),
        "list_type": _("应为列表"),
        "dict_type": _("应为对象"),
    }
    if kind.startswith(("int", "greater", "less")):
        return _("应为允许范围内的整数")
    return expected.get(kind) or _("内容不符合要求，请对照接口说明修改")


def json_body() -> dict[str, Any]:
    """The request's JSON object. Raises BadBody for anything else."""
    raw = request.get_data(cache=False)
    if len(raw) > LONGEST:
        raise BadBody(_("内容超过 %(most)s MB，请缩短后重新发送", most=LONGEST // 2**20))
    if sum(raw.count(mark) for mark in (b"[", b"{", b",")) > MOST_MEMBERS:
        raise BadBody(_("项目超过 %(most)s 个，请分次发送", most=MOST_MEMBERS))
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_refuse, parse_float=_number, parse_int=_integer
        )
    except BadBody:
        raise
    except UnicodeDecodeError as error:
        raise BadBody(_("第 %(n)s 个字节不是 UTF-8，请改用 UTF-8 编码", n=error.start + 1)) from None
    except json.JSONDecodeError as error:
        place = _("第 %(line)s 行第 %(column)s 列不是有效的 JSON", line=error.lineno, column=error.colno)
        raise BadBody(_("%(place)s，请改正后重新发送", place=place)) from None
    except (ValueError, RecursionError):
        raise BadBody(_too_deep()) from None
    if not isinstance(value, dict):
        raise BadBody(_("应发送一个 JSON 对象，写在花括号里"))
    _walk(value)
    return value


def _too_deep() -> str:
    return _("嵌套超过 %(most)s 层，请减少层数", most=DEPTH)


def _refuse(name: str) -> NoReturn:
    raise BadBody(_("%(value)s 不是数字，请改为数字或去掉", value=name))


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadBody(_("数字 %(value)s 过大，请核对", value=text[:20]))
    return value


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadBody(_("数字 %(value)s… 超过 %(most)s 位，请核对", value=text[:20], most=LONGEST_NUMBER))
    return int(text)


def _walk(value: dict[str, Any]) -> None:
    """Refuse what is too deep or cannot be stored, and say where it stands."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        item, place, level = waiting.pop()
        if level > DEPTH:
            raise BadBody(_too_deep())
        if isinstance(item, str):
            if holds_forbidden(item):
                shown = without_forbidden(place)[:80]
                raise BadBody(_("字段 %(place)s 里有无法保存的字符，请删去", place=shown))
            continue
        waiting += _inner(item, place, level)


def _inner(item: Any, place: str, level: int) -> Iterator[tuple[Any, str, int]]:
    """Names and values of an object, values of a list, each with its place."""
    if isinstance(item, dict):
        for name, value in item.items():
            here = f"{place}.{name}".lstrip(".")
            yield name, here, level
            yield value, here, level + 1
    elif isinstance(item, list):
        for number, value in enumerate(item):
            yield value, f"{place}.{number}".lstrip("."), level + 1
