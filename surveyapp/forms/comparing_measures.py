"""Differences between the measures sheets of two versions, and what they do to records and scores.

A record gives its values by the measures of its own version; the rule that turns values into points is
that of the newest version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from surveyapp.forms.changes import NONE, Change, change

Measures = Sequence[Mapping[str, str]]
_TAKEN = ("value", "filter", "cluster", "stratum", "indicator", "method")


def compare_measures(earlier: Measures, later: Measures) -> tuple[Change, ...]:
    """Every difference in the order of the later sheet, what was removed last."""
    before = {row.get("name", ""): row for row in earlier}
    after = {row.get("name", ""): row for row in later}
    found: list[Change] = []
    for name, row in after.items():
        if name in before:
            found += _of_row(name, before[name], row)
        else:
            found.append(_whole("measure_added", name, row))
    found += [_whole("measure_removed", name, row) for name, row in before.items() if name not in after]
    return tuple(found)


def _of_row(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for column in dict.fromkeys((*new, *old)):
        was, now = old.get(column, ""), new.get(column, "")
        if was != now:
            kind = "measure_value" if column in _TAKEN else "measure_rule"
            yield change(kind, "", name=name, column=column, old=was or NONE, new=now or NONE)


def _whole(kind: str, name: str, row: Mapping[str, str]) -> Change:
    return change(kind, "", name=name, indicator=row.get("indicator", ""), method=row.get("method", ""))
