"""The scores of a round as a table: unit × leaf under every profile, each with its interval and bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveyapp.evaluation.scoring import LeafScore
from surveyapp.gateways.spreadsheets import Cell, Table
from surveyapp.services import scoring
from surveyapp.services.exporting.records import Reading
from surveyapp.services.scoring import RoundBasis
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.tables import UnitRow

HEADER = (
    *("unit_code", "unit_name", "profile", "rule_version", "indicator", "label", "group", "available"),
    *("status", "points", "se", "low", "high", "bound_low", "bound_high", "achievement", "coverage"),
    *("n", "lost"),
)


def score_table(reading: Reading) -> Table:
    """One line per profile, unit and leaf, computed from confirmed records while it is written.

    Raises (when the rows are read) Blocked, BadMeasures.
    """
    return Table("scores", HEADER, _rows(reading))


def _rows(reading: Reading) -> Iterator[Sequence[Cell]]:
    first = scoring.round_basis(reading.platform, reading.round_id)
    units = list_units(reading.session, reading.round_id, reading.tops)
    for code in sorted(first.loaded.profiles):
        on = scoring.round_basis(reading.platform, reading.round_id, code)
        for unit in units:
            score = scoring.scored(reading.platform, scoring.for_unit(reading.platform, on, unit.id))
            yield from (_row(on, unit, leaf) for leaf in score.leaves)


def _row(on: RoundBasis, unit: UnitRow, leaf: LeafScore) -> list[Cell]:
    return [
        unit.code,
        unit.name,
        on.profile.code,
        on.rule_version,
        leaf.code,
        leaf.label,
        leaf.group,
        leaf.available,
        leaf.status,
        leaf.points,
        leaf.se,
        leaf.low,
        leaf.high,
        leaf.bound_low,
        leaf.bound_high,
        leaf.achievement,
        leaf.coverage,
        leaf.n,
        leaf.lost,
    ]
