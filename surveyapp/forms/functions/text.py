"""Functions on text. Lengths and places count UTF-16 units, as JavaScript and Java do."""

import math
import re

from surveyapp.forms.patterns import LONGEST_MATCHED, matches_whole
from surveyapp.forms.values import Context, Value, text_at, to_number, to_text


def _texts(context: Context, arguments: list[Value]) -> list[str]:
    """The texts of the arguments; going through long ones is work."""
    found = [to_text(argument, context.environment) for argument in arguments]
    context.environment.spend(sum(map(len, found)) // 64)
    return found


def string(context: Context, arguments: list[Value]) -> Value:
    """string(x?)."""
    return _own(context, arguments)


def _own(context: Context, arguments: list[Value]) -> str:
    """The text of the argument, else of the context node."""
    return _texts(context, arguments[:1] or [[context.node]])[0]


def _spread(context: Context, arguments: list[Value]) -> list[str]:
    found: list[str] = []
    for argument in arguments:
        if isinstance(argument, list):
            context.environment.spend(len(argument))
            found.extend(text_at(node, context.environment) for node in argument)
        else:
            found.append(to_text(argument, context.environment))
    return found


def concat(context: Context, arguments: list[Value]) -> Value:
    """concat(x, ...): every text, and every node of a list."""
    return _joined_texts(context, "", _spread(context, arguments))


def join(context: Context, arguments: list[Value]) -> Value:
    """join(separator, x, ...)."""
    separator = to_text(arguments[0], context.environment)
    return _joined_texts(context, separator, _spread(context, arguments[1:]))


def _joined_texts(context: Context, separator: str, texts: list[str]) -> str:
    length = sum(map(len, texts)) + len(separator) * len(texts)
    context.environment.make(length)
    return separator.join(texts)


def coalesce(context: Context, arguments: list[Value]) -> Value:
    """coalesce(x, y): x unless it is blank or not a number."""
    first, second = _texts(context, arguments)
    return second if first in ("", "NaN") else first


def starts_with(context: Context, arguments: list[Value]) -> Value:
    """starts-with(text, start)."""
    text, start = _texts(context, arguments)
    return text.startswith(start)


def ends_with(context: Context, arguments: list[Value]) -> Value:
    """ends-with(text, end)."""
    text, end = _texts(context, arguments)
    return text.endswith(end)


def contains(context: Context, arguments: list[Value]) -> Value:
    """contains(text, part)."""
    text, part = _texts(context, arguments)
    return part in text


def substring_before(context: Context, arguments: list[Value]) -> Value:
    """substring-before(text, mark): '' when the mark is missing."""
    text, mark = _texts(context, arguments)
    return text.partition(mark)[0] if mark and mark in text else ""


def substring_after(context: Context, arguments: list[Value]) -> Value:
    """substring-after(text, mark): '' when the mark is missing."""
    text, mark = _texts(context, arguments)
    return text if not mark else text.partition(mark)[2]


def units(text: str) -> list[str]:
    """The text as UTF-16 units; a sign outside the basic plane gives two."""
    if text.isascii():
        return list(text)
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(data), 2)]


def _joined(parts: list[str]) -> str:
    data = "".join(parts).encode("utf-16-le", "surrogatepass")
    return data.decode("utf-16-le", "replace")


def _half_up(value: float) -> float:
    return math.floor(value + 0.5) if math.isfinite(value) else value


def substring(context: Context, arguments: list[Value]) -> Value:
    """substring(text, from, length?): places count from 1 and are rounded, as in XPath 1.0."""
    parts = units(_own(context, arguments))
    first = _half_up(to_number(arguments[1], context.environment))
    length = _half_up(to_number(arguments[2], context.environment)) if len(arguments) > 2 else math.inf
    end = math.inf if len(arguments) == 2 else first + length
    if math.isnan(first) or math.isnan(end):
        return ""
    begin = int(max(first, 1)) if first < len(parts) + 1 else len(parts) + 1
    stop = len(parts) + 1 if end > len(parts) else int(max(end, 1))
    return _joined(parts[begin - 1 : stop - 1])


def substr(context: Context, arguments: list[Value]) -> Value:
    """substr(text, from, to?): places count from 0, the end is excluded, negative counts from the end."""
    parts = units(_own(context, arguments))
    places = [to_number(argument, context.environment) for argument in arguments[1:]]
    bounds = [0 if math.isnan(place) else int(max(-(2**31), min(2**31, place))) for place in places]
    return _joined(parts[slice(bounds[0], bounds[1] if len(bounds) > 1 else None)])


def string_length(context: Context, arguments: list[Value]) -> Value:
    """string-length(text?) in UTF-16 units."""
    text = _own(context, arguments)
    return float(len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2)


def normalize_space(context: Context, arguments: list[Value]) -> Value:
    """normalize-space(text?): XML white space trimmed and collapsed."""
    text = _own(context, arguments)
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def translate(context: Context, arguments: list[Value]) -> Value:
    """translate(text, from, to): each sign of `from` becomes its partner in `to` or disappears."""
    text, source, target = _texts(context, arguments)
    context.environment.make(len(text))
    context.environment.spend(len(text) * len(source) // 64)
    table: dict[int, str] = {}
    for place, sign in enumerate(source):
        table.setdefault(ord(sign), target[place] if place < len(target) else "")
    return text.translate(table)


def regex(context: Context, arguments: list[Value]) -> Value:
    """regex(text, pattern): whether the whole text matches; a text longer than the pattern bears never does.

    The third argument, written in when the expression is read, is how long a text the pattern bears.
    """
    text, expression = _texts(context, arguments[:2])
    longest = to_number(arguments[2], context.environment) if len(arguments) > 2 else LONGEST_MATCHED
    parts = text if text.isascii() else "".join(units(text))
    return len(parts) <= longest and matches_whole(expression, parts)


def selected(context: Context, arguments: list[Value]) -> Value:
    """selected(list, choice): whether the choice is one of the chosen words."""
    chosen, choice = _texts(context, arguments)
    return choice.strip() in chosen.split(" ") if choice.strip() else chosen.strip() == ""


def selected_at(context: Context, arguments: list[Value]) -> Value:
    """selected-at(list, place): the chosen word at the place counted from 0, '' outside."""
    words = to_text(arguments[0], context.environment).split()
    place = to_number(arguments[1], context.environment)
    return words[int(place)] if 0 <= place < len(words) else ""


def count_selected(context: Context, arguments: list[Value]) -> Value:
    """count-selected(list): how many words are chosen."""
    return float(len(to_text(arguments[0], context.environment).split()))
