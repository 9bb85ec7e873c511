"""The table of every function an expression may call: its arguments, what it gives, how it is run.

A signature reads 'kind kind? kind* -> kind': `?` may be left out, `*` is any number, `+` at least one.
Kinds: nodes (answers, as a list), text, number, date, truth, any, path (a question's path written out),
pattern (a regular expression written out) and name (the name of an instance or column, written out).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveyapp.forms.functions import arithmetic, digests, geometry, lists, lookups, moments, signed, text
from surveyapp.forms.values import Context, Value

Run = Callable[[Context, list[Value]], Value]


@dataclass(frozen=True)
class Function:
    """How a function is run, how many arguments it takes, the kind of each (the last repeats), its own."""

    run: Run
    least: int
    most: float
    takes: tuple[str, ...]
    gives: str

    def kind_at(self, place: int) -> str:
        """The kind wanted at a place counted from 0."""
        return self.takes[min(place, len(self.takes) - 1)] if self.takes else "any"


def _function(run: Run, signature: str) -> Function:
    arguments, _, gives = signature.partition("->")
    words = arguments.split()
    least = sum(not word.endswith(("?", "*")) for word in words)
    most = math.inf if words and words[-1].endswith(("*", "+")) else len(words)
    return Function(run, least, most, tuple(word.rstrip("?*+") for word in words), gives.strip())


_TABLE: tuple[tuple[str, Run, str], ...] = (
    ("if", lists.chosen, "truth any any -> any"),
    ("true", lists.true, "-> truth"),
    ("false", lists.false, "-> truth"),
    ("not", lists.negation, "truth -> truth"),
    ("boolean", lists.boolean, "any -> truth"),
    ("boolean-from-string", lists.boolean_from_string, "text -> truth"),
    ("position", lists.position, "nodes? -> number"),
    ("last", lists.last, "-> number"),
    ("count", lists.count, "nodes -> number"),
    ("count-non-empty", lists.count_non_empty, "nodes -> number"),
    ("sum", lists.total, "nodes -> number"),
    ("min", lists.smallest, "any+ -> number"),
    ("max", lists.largest, "any+ -> number"),
    ("checklist", lists.checklist, "number number any* -> truth"),
    ("weighted-checklist", lists.weighted_checklist, "number number any* -> truth"),
    ("randomize", lists.randomize, "nodes number? -> nodes"),
    ("depend", lists.depend, "any+ -> any"),
    ("once", lookups.once, "any -> any"),
    ("current", lookups.current, "-> nodes"),
    ("instance", lookups.instance, "name -> nodes"),
    ("id", lookups.by_id, "any -> nodes"),
    ("lang", lookups.lang, "text -> truth"),
    ("name", lookups.name, "nodes? -> text"),
    ("local-name", lookups.local_name, "nodes? -> text"),
    ("namespace-uri", lookups.namespace_uri, "nodes? -> text"),
    ("indexed-repeat", lookups.indexed_repeat, "nodes nodes number nodes? number? nodes? number? -> nodes"),
    ("jr:itext", lookups.itext, "text -> text"),
    ("itext", lookups.itext, "text -> text"),
    ("jr:choice-name", lookups.choice_name, "text path -> text"),
    ("pulldata", lookups.pulldata, "name name name text -> text"),
    ("version", lookups.version, "-> text"),
    ("property", lookups.device_property, "text -> text"),
    ("string", text.string, "text? -> text"),
    ("concat", text.concat, "any* -> text"),
    ("join", text.join, "text any* -> text"),
    ("coalesce", text.coalesce, "text text -> text"),
    ("starts-with", text.starts_with, "text text -> truth"),
    ("ends-with", text.ends_with, "text text -> truth"),
    ("contains", text.contains, "text text -> truth"),
    ("substring-before", text.substring_before, "text text -> text"),
    ("substring-after", text.substring_after, "text text -> text"),
    ("substring", text.substring, "text number number? -> text"),
    ("substr", text.substr, "text number number? -> text"),
    ("string-length", text.string_length, "text? -> number"),
    ("normalize-space", text.normalize_space, "text? -> text"),
    ("translate", text.translate, "text text text -> text"),
    ("regex", text.regex, "text pattern number? -> truth"),
    ("selected", text.selected, "text text -> truth"),
    ("is-selected", text.selected, "text text -> truth"),
    ("selected-at", text.selected_at, "text number -> text"),
    ("count-selected", text.count_selected, "text -> number"),
    ("uuid", digests.uuid, "number? -> text"),
    ("digest", digests.digest, "text text text? -> text"),
    ("base64-decode", digests.base64_decode, "text -> text"),
    ("extract-signed", signed.extract_signed, "text text -> text"),
    ("number", arithmetic.number, "any? -> number"),
    ("int", arithmetic.whole, "number -> number"),
    ("floor", arithmetic.floor, "number -> number"),
    ("ceiling", arithmetic.ceiling, "number -> number"),
    ("round", arithmetic.rounded, "number number? -> number"),
    ("random", arithmetic.random_number, "-> number"),
    ("pow", arithmetic.power, "number number -> number"),
    ("atan2", arithmetic.atan2, "number number -> number"),
    ("pi", arithmetic.pi, "-> number"),
    *((name, arithmetic.of_one(run), "number -> number") for name, run in arithmetic.OF_ONE.items()),
    ("today", moments.today, "-> date"),
    ("now", moments.now, "-> date"),
    ("date", moments.date, "date -> date"),
    ("date-time", moments.date, "date -> date"),
    ("format-date", moments.format_date, "date text -> text"),
    ("format-date-time", moments.format_date, "date text -> text"),
    ("decimal-date-time", moments.decimal_date_time, "date -> number"),
    ("decimal-time", moments.decimal_time, "text -> number"),
    ("area", geometry.area, "any -> number"),
    ("enclosed-area", geometry.area, "any -> number"),
    ("distance", geometry.distance, "any+ -> number"),
    ("geofence", geometry.geofence, "text text -> truth"),
    ("intersects", geometry.intersects, "text -> truth"),
)
FUNCTIONS: Mapping[str, Function] = {name: _function(run, signature) for name, run, signature in _TABLE}
