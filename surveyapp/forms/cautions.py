"""Warnings about expressions and texts that every client takes, and not all of them read alike.

A sum over questions that may be blank, a pattern that only looks like a part, a measure that chance decides,
blanks that fall together. Never a reason to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from surveyapp.forms.grammar import Tree, parts_of
from surveyapp.forms.problem import Problem, sheet_problem
from surveyapp.forms.tables import Sheet
from surveyapp.forms.unreachable import question_in, tree_of

Rows = Sequence[tuple[int, Mapping[str, str]]]
_EXPRESSIONS = ("relevant", "required", "constraint", "calculation", "soft_constraint", "repeat_count")
_MEASURES = ("value", "filter", "cluster", "stratum")
_CHANCE = frozenset({"once", "random", "uuid"})
_NO = ("", "no", "false", "false()", "0")
_ASKED = re.compile(r"integer|decimal|range|text|select_one|date|time")
_BLANKS = re.compile(r"\S[ \t\u3000]{2,}\S")


def cautions(sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """Every such warning, with sheet, line and column."""
    survey = sheets.get("survey", Sheet("survey")).records()
    optional = {row.get("name", "") for _, row in survey if _may_be_blank(row)}
    for line, row in survey:
        for column in _EXPRESSIONS:
            yield from _of_expression("survey", line, column, row.get(column, ""), optional)
    measures = sheets.get("measures", Sheet("measures")).records()
    chance = _by_chance(survey)
    for line, row in measures:
        for column in _MEASURES:
            yield from _of_measure(line, column, row.get(column, ""), chance)
    for name, rows in (("survey", survey), ("choices", sheets.get("choices", Sheet("choices")).records())):
        yield from _blanks(name, rows)


def _may_be_blank(row: Mapping[str, str]) -> bool:
    return bool(_ASKED.match(row.get("type", ""))) and row.get("required", "").strip().lower() in _NO


def _of_expression(sheet: str, line: int, column: str, text: str, optional: set[str]) -> Iterator[Problem]:
    tree = tree_of(text) if "sum" in text or "regex" in text else None
    for call in _calls(tree):
        if call[1] == "sum":
            blank = [name for name in map(question_in, call[2]) if name in optional]
            if blank:
                zh = (
                    f"sum() 里的 {'、'.join(blank)} 可以不答，没有答案时各种客户端算出的和不同；"
                    "请改为必答，或写成 sum(coalesce(${题名}, 0))。"
                )
                en = (
                    f"{', '.join(blank)} in sum() may be left blank, and clients differ in what the sum is "
                    "then; make it required or write sum(coalesce(${name}, 0))."
                )
                yield sheet_problem("sum_blank", sheet, line, column, zh, en)
        elif call[1] == "regex" and len(call[2]) == 2 and call[2][1][0] == "s":
            pattern = str(call[2][1][1])
            if not (pattern.startswith("^") and pattern.endswith("$")):
                whole = f"^{pattern.strip('^$')}$"
                zh = f"regex() 要整个答案都符合才算；请写成 '{whole}'，免得被当成只含其中一段。"
                en = f"regex() must match the whole answer; write '{whole}' to say so."
                yield sheet_problem("pattern_open", sheet, line, column, zh, en)


def _calls(tree: Tree | None) -> Iterator[Tree]:
    """The calls in a tree, outermost first."""
    waiting = [] if tree is None else [tree]
    while waiting:
        one = waiting.pop()
        if one[0] == "f":
            yield one
        waiting.extend(parts_of(one))


def _names(tree: Tree | None) -> Iterator[str]:
    waiting = [] if tree is None else [tree]
    while waiting:
        one = waiting.pop()
        if name := question_in(one):
            yield name
        waiting.extend(parts_of(one))


def _by_chance(survey: Rows) -> set[str]:
    """Questions whose value comes from once(), random() or uuid(), directly or through others."""
    trees = {
        row.get("name", ""): tree_of(text)
        for _, row in survey
        if (text := row.get("calculation", "") or row.get("default", ""))
    }
    found = {name for name, tree in trees.items() if any(call[1] in _CHANCE for call in _calls(tree))}
    reads = {name: set(_names(tree)) for name, tree in trees.items()}
    while more := {name for name, read in reads.items() if read & found} - found:
        found |= more
    return found


def _of_measure(line: int, column: str, text: str, chance: set[str]) -> Iterator[Problem]:
    tree = tree_of(text) if text else None
    if any(call[1] in _CHANCE for call in _calls(tree)) or chance & set(_names(tree)):
        zh = "度量用到 once()、random() 或 uuid() 的值，得分会由偶然决定；请改用答案。"
        en = "The measure reads a value of once(), random() or uuid(): chance would score. Use answers."
        yield sheet_problem("chance_scored", "measures", line, column, zh, en)


def _blanks(sheet: str, rows: Rows) -> Iterator[Problem]:
    for line, row in rows:
        for column, text in row.items():
            if _BLANKS.search(text):
                zh, en = (
                    "连续的空格会并成一个，请只留一个。",
                    "Several blanks in a row fall together; leave one.",
                )
                yield sheet_problem("blanks_many", sheet, line, column, zh, en)
