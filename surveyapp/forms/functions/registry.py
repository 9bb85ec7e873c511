"""The table of every function an expression may call, with how many arguments it takes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveyapp.forms.functions import arithmetic, digests, geometry, lists, lookups, moments, text
from surveyapp.forms.values import Context, Value

Run = Callable[[Context, list[Value]], Value]


@dataclass(frozen=True)
class Function:
    """How a function is run and the least and most arguments it takes."""

    run: Run
    least: int
    most: float


def _table(*entries: tuple[str, Run, int, float]) -> Mapping[str, Function]:
    return {name: Function(run, least, most) for name, run, least, most in entries}


MANY = math.inf
FUNCTIONS: Mapping[str, Function] = _table(
    ("if", lists.position, 3, 3),
    ("true", lists.true, 0, 0),
    ("false", lists.false, 0, 0),
    ("not", lists.negation, 1, 1),
    ("boolean", lists.boolean, 1, 1),
    ("boolean-from-string", lists.boolean_from_string, 1, 1),
    ("position", lists.position, 0, 1),
    ("last", lists.last, 0, 0),
    ("count", lists.count, 1, 1),
    ("count-non-empty", lists.count_non_empty, 1, 1),
    ("sum", lists.total, 1, 1),
    ("min", lists.smallest, 1, MANY),
    ("max", lists.largest, 1, MANY),
    ("checklist", lists.checklist, 2, MANY),
    ("weighted-checklist", lists.weighted_checklist, 2, MANY),
    ("randomize", lists.randomize, 1, 2),
    ("once", lookups.once, 1, 1),
    ("current", lookups.current, 0, 0),
    ("instance", lookups.instance, 1, 1),
    ("id", lookups.by_id, 1, 1),
    ("lang", lookups.lang, 1, 1),
    ("name", lookups.name, 0, 1),
    ("local-name", lookups.local_name, 0, 1),
    ("namespace-uri", lookups.namespace_uri, 0, 1),
    ("indexed-repeat", lookups.indexed_repeat, 3, 7),
    ("jr:itext", lookups.itext, 1, 1),
    ("itext", lookups.itext, 1, 1),
    ("jr:choice-name", lookups.choice_name, 2, 2),
    ("pulldata", lookups.pulldata, 4, 4),
    ("version", lookups.version, 0, 0),
    ("string", text.string, 0, 1),
    ("concat", text.concat, 0, MANY),
    ("join", text.join, 1, MANY),
    ("coalesce", text.coalesce, 2, 2),
    ("starts-with", text.starts_with, 2, 2),
    ("ends-with", text.ends_with, 2, 2),
    ("contains", text.contains, 2, 2),
    ("substring-before", text.substring_before, 2, 2),
    ("substring-after", text.substring_after, 2, 2),
    ("substring", text.substring, 2, 3),
    ("substr", text.substr, 2, 3),
    ("string-length", text.string_length, 0, 1),
    ("normalize-space", text.normalize_space, 0, 1),
    ("translate", text.translate, 3, 3),
    ("regex", text.regex, 2, 2),
    ("selected", text.selected, 2, 2),
    ("is-selected", text.selected, 2, 2),
    ("selected-at", text.selected_at, 2, 2),
    ("count-selected", text.count_selected, 1, 1),
    ("uuid", digests.uuid, 0, 1),
    ("digest", digests.digest, 2, 3),
    ("base64-decode", digests.base64_decode, 1, 1),
    ("number", arithmetic.number, 0, 1),
    ("int", arithmetic.whole, 1, 1),
    ("floor", arithmetic.floor, 1, 1),
    ("ceiling", arithmetic.ceiling, 1, 1),
    ("round", arithmetic.rounded, 1, 2),
    ("random", arithmetic.random_number, 0, 0),
    ("pow", arithmetic.power, 2, 2),
    ("atan2", arithmetic.atan2, 2, 2),
    ("pi", arithmetic.pi, 0, 0),
    *((name, arithmetic.of_one(run), 1, 1) for name, run in arithmetic.OF_ONE.items()),
    ("today", moments.today, 0, 0),
    ("now", moments.now, 0, 0),
    ("date", moments.date, 1, 1),
    ("date-time", moments.date, 1, 1),
    ("format-date", moments.format_date, 2, 2),
    ("format-date-time", moments.format_date, 2, 2),
    ("decimal-date-time", moments.decimal_date_time, 1, 1),
    ("decimal-time", moments.decimal_time, 1, 1),
    ("area", geometry.area, 1, 1),
    ("distance", geometry.distance, 1, MANY),
    ("geofence", geometry.geofence, 2, 2),
)
NODES_WANTED: Mapping[str, tuple[int, ...]] = {
    "count": (0,), "count-non-empty": (0,), "sum": (0,), "position": (0,), "randomize": (0,), "name": (0,),
    "local-name": (0,), "namespace-uri": (0,), "indexed-repeat": (0, 1, 3, 5),
}  # fmt: skip
