"""How a question's type and appearance become a template, attributes, options and parts of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from surveyapp.forms.form import Choice, Question
from surveyapp.forms.values import number_text
from surveyapp.web.page_views import ChoiceView, MediaView, Said

_TEMPLATES = {
    "note": "note", "text": "text", "barcode": "text", "integer": "number", "decimal": "number",
    "date": "date", "time": "time", "datetime": "datetime", "select_one": "select_one",
    "select_multiple": "select_multiple", "rank": "rank", "image": "file", "audio": "file", "video": "file",
    "file": "file", "geopoint": "geopoint", "geotrace": "points", "geoshape": "points", "range": "range",
    "acknowledge": "acknowledge", "consent": "acknowledge",
}  # fmt: skip
DRAWN = frozenset({"signature", "draw", "annotate"})
_MOST_STEPS = 11
_RANGE = (("start", "1"), ("end", "10"), ("step", "1"))


def html_id(path: str) -> str:
    """An id for HTML made from a path."""
    return "q-" + re.sub(r"[^A-Za-z0-9_-]+", "-", path).strip("-")


def template_of(item: Question) -> str | None:
    """The template a question is shown with; None for one that no page shows."""
    template = _TEMPLATES.get(item.type) if item.shown else None
    is_fixed = item.calculate is not None or item.readonly
    return "fixed" if is_fixed and template not in (None, "note") else template


def parts_of(item: Question, value: str) -> Mapping[str, str]:
    """Latitude, longitude and accuracy of a position; the points of a line, one a line of text."""
    if item.type == "geopoint":
        words = [*value.split(), "", "", "", ""]
        return {"lat": words[0], "lon": words[1], "accuracy": words[3]}
    if item.type in ("geotrace", "geoshape"):
        return {"lines": "\n".join(point.strip() for point in value.split(";") if point.strip())}
    return {}


def attributes_of(item: Question) -> Mapping[str, str]:
    """Attributes of the input that help typing."""
    if item.type == "integer" or "numbers" in item.appearance:
        return {"inputmode": "numeric"}
    if item.type == "decimal":
        return {"inputmode": "decimal"}
    if "url" in item.appearance:
        return {"inputmode": "url"}
    if item.name.endswith("phone"):
        return {"inputmode": "tel", "autocomplete": "tel"}
    if item.type in ("image", "audio", "video"):
        return {"accept": f"{item.type}/*"}
    return {"accept": item.parameters["accept"]} if "accept" in item.parameters else {}


def scale_of(item: Question, path: str, value: str) -> tuple[ChoiceView, ...]:
    """The steps of a short range as options; () when there are more than can be shown."""
    start, end, step = (float(item.parameters.get(name, text)) for name, text in _RANGE)
    step = abs(step) if end >= start else -abs(step)
    count = int(round((end - start) / step, 9)) + 1 if step else 0
    if not 1 <= count <= _MOST_STEPS and "picker" not in item.appearance:
        return ()
    views = []
    for place in range(min(count, 1_000)):
        text = number_text(round(start + place * step, 9))
        chosen = text == value
        parts = (Said(text),)
        views.append(ChoiceView(text, text, f"{html_id(path)}-{place}", chosen, False, False, True, 0, parts))
    return tuple(views)


def options_of(
    everything: Sequence[Choice],
    now: set[int],
    path: str,
    value: str,
    said: Callable[[Choice], tuple[Said, ...]],
    media: Callable[[Choice], tuple[MediaView, ...]],
) -> tuple[ChoiceView, ...]:
    """All options, those filtered out marked; `now` are the ids of the choice objects offered."""
    chosen = value.split()
    views = []
    for place, choice in enumerate(everything):
        parts = said(choice) or (Said(choice.value),)
        views.append(
            ChoiceView(
                choice.value,
                "".join(part.text for part in parts),
                f"{html_id(path)}-{place}",
                choice.value in chosen,
                choice.apart,
                choice.exclusive,
                id(choice) in now,
                chosen.index(choice.value) + 1 if choice.value in chosen else 0,
                parts,
                media(choice),
            )
        )
    return tuple(views)


def ranked(choices: Sequence[ChoiceView]) -> tuple[ChoiceView, ...]:
    """The options of a ranking in the order chosen so far, those without a place after them."""
    return tuple(sorted(choices, key=lambda choice: choice.place or len(choices) + 1))
