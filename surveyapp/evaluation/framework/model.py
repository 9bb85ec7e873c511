"""The tree of indicators and what was found in the table it came from.

Plain values; the reading of a table is in table.py, the findings are computed in findings.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from surveyapp.evaluation.problem import Problem

SEVERITIES = {"E": "error", "W": "warning", "I": "information"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row. `points` is what scoring uses, `points_stated` what the table prints (None: nothing).

    `name` is the table's own text and may be empty; `proposed_label` is then ours and must be shown as
    such. `methods` are the resolved method names; `methods_stated` and `methods_in_name` are as printed.
    `level` counts from 1 along the code. `row` is the row of the imported file; `source_line` and
    `source_column` say where the row stood in the original document (None: not told).
    """

    code: str
    parent: str
    level: int
    name: str
    points: float
    points_stated: float | None
    methods: tuple[str, ...]
    group: str
    row: int
    proposed_label: str = ""
    methods_stated: tuple[str, ...] = ()
    methods_in_name: tuple[str, ...] = ()
    notes: str = ""
    origins: tuple[str, ...] = ()
    source_line: int | None = None
    source_column: int | None = None
    cell_text: str = ""

    @property
    def label(self) -> str:
        """The name, else the proposed label, else the code."""
        return self.name or self.proposed_label or self.code

    @property
    def is_label_proposed(self) -> bool:
        """True when the label is ours and the sponsor has still to confirm it (名称待委托方确认)."""
        return not self.name


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """One way to read an irregular place, with its consequence."""

    id: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """An irregularity of the table. E blocks scoring until decided, W is shown, I is information.

    `node` is an indicator code or ''; `source_line` the line of the original document or None; `row` the
    row of the imported file (0: none); `column` the column it was seen in.
    """

    id: str
    node: str
    row: int
    source_line: int | None
    column: str
    found: str
    expected: str
    sentence: Mapping[str, str]
    readings: tuple[ReadingChoice, ...] = ()

    @property
    def severity(self) -> str:
        """'E', 'W' or 'I', the first letter of the id."""
        return self.id[0]

    @property
    def seed_line(self) -> int | None:
        """The line of the original document, under the name the table itself uses."""
        return self.source_line


@dataclass(frozen=True)
class Framework:
    """An ordered tree of indicators. Order: by code, numbers by value (1.2 before 1.10)."""

    source: str
    indicators: Mapping[str, Indicator] = field(default_factory=dict)

    @cached_property
    def _children(self) -> Mapping[str, tuple[Indicator, ...]]:
        lists: dict[str, list[Indicator]] = {}
        for indicator in self.indicators.values():
            lists.setdefault(indicator.parent, []).append(indicator)
        return {code: tuple(found) for code, found in lists.items()}

    @property
    def roots(self) -> tuple[Indicator, ...]:
        """The headings of the first level, in order."""
        return self._children.get("", ())

    def children(self, code: str) -> tuple[Indicator, ...]:
        """Direct children in order; empty for a leaf. An unknown code is a KeyError."""
        self.get(code)
        return self._children.get(code, ())

    def get(self, code: str) -> Indicator:
        """The indicator of that code; KeyError when there is none."""
        return self.indicators[code]

    def is_leaf(self, code: str) -> bool:
        """Whether points are given at this row itself."""
        return not self.children(code)

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The scored rows, in order."""
        return tuple(i for i in self.indicators.values() if i.code not in self._children)

    def leaves_below(self, code: str) -> tuple[Indicator, ...]:
        """The leaves at or below a node, in order."""
        if self.is_leaf(code):
            return (self.get(code),)
        return tuple(leaf for child in self.children(code) for leaf in self.leaves_below(child.code))

    def ancestors(self, code: str) -> tuple[Indicator, ...]:
        """From the first level down to the parent of `code`."""
        parent = self.get(code).parent
        return (*self.ancestors(parent), self.get(parent)) if parent else ()

    @cached_property
    def blocks(self) -> tuple[Indicator, ...]:
        """The nodes a report groups by: second level, or a leaf standing higher."""
        return tuple(
            i for i in self.indicators.values() if i.level == 2 or (i.level == 1 and self.is_leaf(i.code))
        )

    def points_of(self, group: str) -> float:
        """Sum of the leaf points of 'base' or 'bonus'."""
        return math.fsum(leaf.points for leaf in self.leaves if leaf.group == group)

    @property
    def base_points(self) -> float:
        """Points of all leaves that are not a bonus."""
        return self.points_of("base")

    @property
    def bonus_points(self) -> float:
        """Points of the bonus leaves, counted apart."""
        return self.points_of("bonus")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of a table: a framework with its findings, or problems and no framework at all."""

    framework: Framework | None
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
