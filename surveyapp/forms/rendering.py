"""What our own page can ask: question types, appearances and parameters. Anything else is for ODK clients.

A table, not a rule: a type added to the page is added here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from surveyapp.forms.problem import Problem, sheet_problem

_EVERYWHERE = frozenset({f"w{width}" for width in range(1, 15)} | {"field-list", "no-ticks"})
_CHOICES = frozenset(
    {
        "minimal", "quick", "autocomplete", "search", "likert", "columns", "columns-pack", "compact", "label",
        "list-nolabel", "list", "no-buttons", "map", "horizontal", "horizontal-compact",
    }
    | {f"columns-{count}" for count in range(1, 11)}
    | {f"compact-{count}" for count in range(1, 11)}
)  # fmt: skip
_PICTURE = frozenset({"signature", "draw", "annotate", "new", "new-front"})
_PLACE = frozenset({"placement-map", "maps", "hide-input"})
_NUMBERS = frozenset({"thousands-sep", "counter", "masked"})
_GROUP = frozenset({"table-list", "minimal", "compact"})
_NONE: frozenset[str] = frozenset()
APPEARANCES: Mapping[str, frozenset[str]] = {
    "note": frozenset({"thousands-sep", "url"}),
    "text": frozenset({"multiline", "numbers", "thousands-sep", "masked", "url"}),
    "integer": _NUMBERS, "decimal": _NUMBERS, "range": frozenset({"picker", "vertical", "rating"}),
    "date": frozenset({"no-calendar", "month-year", "year"}), "time": _NONE,
    "dateTime": frozenset({"no-calendar"}), "datetime": frozenset({"no-calendar"}),
    "select_one": _CHOICES, "select_multiple": _CHOICES, "select_one_from_file": _CHOICES,
    "select_multiple_from_file": _CHOICES, "rank": _NONE, "acknowledge": _NONE, "trigger": _NONE,
    "consent": _CHOICES, "image": _PICTURE, "audio": frozenset({"new"}),
    "video": frozenset({"new", "new-front"}), "file": _NONE, "geopoint": _PLACE, "geotrace": _PLACE,
    "geoshape": _PLACE, "barcode": frozenset({"front"}), "calculate": _NONE, "hidden": _NONE, "start": _NONE,
    "end": _NONE, "today": _NONE, "deviceid": _NONE, "username": _NONE, "audit": _NONE,
    "xml-external": _NONE, "csv-external": _NONE, "begin_group": _GROUP, "begin group": _GROUP,
    "begin_repeat": _GROUP, "begin repeat": _GROUP, "end_group": _NONE, "end group": _NONE,
    "end_repeat": _NONE, "end repeat": _NONE,
}  # fmt: skip
ODK_ONLY = frozenset(
    {
        "background-audio", "background-geopoint", "start-geopoint", "phonenumber", "email", "simserial",
        "subscriberid",
    }
)  # fmt: skip
SETS_POSITION = frozenset({"start-geopoint", "background-geopoint"})
"""What becomes odk:setgeopoint: the position is taken without the person doing anything, as no page may."""
ODK_APPEARANCES = frozenset(
    {
        "bearing", "printer", "selfie", "new-rear", "textarea", "image-map", "columns-flex", "quickcompact",
        "ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian", "buddhist", "hidden-answer",
        "no-labels", "analog-scale", "distress", "show_formatted", "comment", "hide", "summary", "streets",
        "satellite", "terrain", "dynamic", "swipe",
    }
)  # fmt: skip
"""Appearances of Collect, KoboCollect and Enketo that our page lacks, whatever the type."""
ODK_PARAMETERS = frozenset({"incremental", "placeholder", "tick-interval", "tick-labelset", "noise-cancel"})
_APPLICATION = re.compile(r"(?:ex|printer|app):\S+")
_RANDOM = frozenset({"randomize", "seed"})
_PLACED = frozenset({"capture-accuracy", "warning-accuracy", "allow-mock-accuracy"})
PARAMETERS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"rows"}), "range": frozenset({"start", "end", "step"}),
    "select_one": _RANDOM, "select_multiple": _RANDOM, "rank": _RANDOM,
    "select_one_from_file": _RANDOM | {"value", "label"},
    "select_multiple_from_file": _RANDOM | {"value", "label"}, "consent": _RANDOM,
    "image": frozenset({"max-pixels", "app"}), "audio": frozenset({"quality"}),
    "video": frozenset({"quality"}), "geopoint": _PLACED, "geotrace": _PLACED, "geoshape": _PLACED,
    "audit": frozenset(
        {"location-priority", "location-min-interval", "location-max-age", "track-changes", "identify-user"}
    ) | {"track-changes-reasons"},
}  # fmt: skip
_PAIR = re.compile(r"\s*([A-Za-z][\w-]*)\s*=\s*([^\s;,=]+)\s*[;,]?")


def type_word(kind: str) -> str:
    """The type a cell names, without its list: 'select_one' of 'select_one yn'; 'begin group' stays whole."""
    if kind in APPEARANCES or kind in ODK_ONLY:
        return kind
    return kind.split()[0] if kind.split() else ""


def rendering_problems(line: int, row: Mapping[str, str], odk_only: bool) -> Iterator[Problem]:
    """What our page does not render in a row of the survey sheet; for a form of ODK clients alone, what they
    do not know either."""
    word = type_word(row.get("type", ""))
    if word in ODK_ONLY:
        if not odk_only:
            yield (_position if word in SETS_POSITION else _unrendered)(line, "type", word)
        return
    if word not in APPEARANCES:
        yield _unknown(line, "type", word or "''", [*APPEARANCES], "type_unknown", "题型", "type")
        return
    known = APPEARANCES[word] | _EVERYWHERE | (ODK_APPEARANCES if odk_only else _NONE)
    for name in _appearances(row.get("appearance", ""), odk_only):
        if name not in known:
            yield _unknown(
                line,
                "appearance",
                name,
                sorted(APPEARANCES[word] | (ODK_APPEARANCES if odk_only else _NONE)),
                "appearance_unknown",
                "外观",
                "appearance",
            )
    known = PARAMETERS.get(word, _NONE) | (ODK_PARAMETERS if odk_only else _NONE)
    yield from _parameter_problems(line, row.get("parameters", ""), known)


def _appearances(text: str, odk_only: bool) -> list[str]:
    """The words of the cell; those that start another application belong to ODK clients."""
    bare = _APPLICATION.sub("", re.sub(r"\([^()]*\)", "", text)) if odk_only else text
    return bare.split()


def _parameter_problems(line: int, text: str, known: frozenset[str]) -> Iterator[Problem]:
    left = _PAIR.sub("", text).strip()
    if left:
        zh, en = (
            f"“{left[:40]}”应写成 名称=值，以空格隔开。",
            f"{left[:40]!r} must be name=value, parted by spaces.",
        )
        yield sheet_problem("parameters_unreadable", "survey", line, "parameters", zh, en)
        return
    for name, _ in _PAIR.findall(text):
        if name not in known:
            yield _unknown(line, "parameters", name, sorted(known), "parameter_unknown", "参数", "parameter")


def _unrendered(line: int, column: str, word: str) -> Problem:
    zh = f"网页不支持题型“{word}”；只用 ODK 客户端时，请在 settings 表写 clients = odk。"
    en = f"Our page has no {word!r}; for ODK clients alone, write clients = odk in the settings sheet."
    return sheet_problem("type_odk_only", "survey", line, column, zh, en)


def _position(line: int, column: str, word: str) -> Problem:
    zh = (
        f"“{word}”会自动取位置，网页不能这样做；请改用 geopoint，由填写人自己点取，"
        "只用 ODK 客户端时在 settings 表写 clients = odk。"
    )
    en = (
        f"{word!r} takes the position by itself, which a page must not; use geopoint, which people press, "
        "or for ODK clients alone write clients = odk in the settings sheet."
    )
    return sheet_problem("setgeopoint_odk_only", "survey", line, column, zh, en)


def _unknown(line: int, column: str, name: str, known: list[str], code: str, zh: str, en: str) -> Problem:
    near = get_close_matches(name, known, 1)
    hint = (f"您是否想写 {near[0]}？", f"Did you mean {near[0]}? ") if near else ("", "")
    listed = ", ".join(known) or "—"
    return sheet_problem(
        code,
        "survey",
        line,
        column,
        f"不支持的{zh}“{name[:40]}”。{hint[0]}可用：{listed}。",
        f"The {en} {name[:40]!r} is not supported. {hint[1]}Known: {listed}.",
    )
