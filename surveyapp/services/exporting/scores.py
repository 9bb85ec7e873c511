"""The scores of a round as a table: unit × leaf under every profile, each with its interval and bounds.

Never a bare league table: every line carries the total's interval of ranks and the tier of its unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from surveyapp.evaluation.scoring import LeafScore, Placed, UnitScore, ranked
from surveyapp.gateways.spreadsheets import Cell, Table
from surveyapp.services.exporting.records import Reading
from surveyapp.services.scoring import RoundBasis
from surveyapp.services.scoring.basis import Basis, bases_in, round_basis_in
from surveyapp.services.scoring.units import computed
from surveyapp.services.scoring.weighing import Weighed, weighed_all
from surveyapp.storage.queries.rounds import list_units
from surveyapp.storage.tables import UnitRow

HEADER = (
    *("unit_code", "unit_name", "profile", "rule_version", "indicator", "label", "group", "available"),
    *("status", "points", "se", "low", "high", "bound_low", "bound_high", "achievement", "coverage"),
    *("n", "lost", "points_all_flagged_counted", "points_all_flagged_left_out"),
    *("total", "total_se", "total_low_bound", "total_high_bound", "rank_first", "rank_last"),
    *("rank_worst_first", "rank_worst_last", "tier", "ranked_among"),
)


def score_table(reading: Reading) -> Table:
    """One line per profile, unit and leaf, computed in the reading's session while it is written.

    Raises (when the rows are read) Blocked, BadMeasures.
    """
    return Table("scores", HEADER, _rows(reading))


def _rows(reading: Reading) -> Iterator[Sequence[Cell]]:
    session, round_id = reading.session, reading.round_id
    units = list_units(session, round_id, reading.tops)
    ids = [unit.id for unit in units]
    first = round_basis_in(session, round_id)
    for _code, profile in sorted(first.loaded.profiles.items()):
        on = replace(first, profile=profile)
        weights = weighed_all(session, round_id, ids)
        found = [_weighed(*one) for one in zip(bases_in(session, on, ids), weights, strict=True)]
        places = {placed.unit: placed for placed in ranked([score for score, _flagged in found])}
        for unit, (score, flagged) in zip(units, found, strict=True):
            place = _place(places[score.unit], len(units))
            yield from ([*_row(on, unit, leaf), *flagged[leaf.code], *place] for leaf in score.leaves)


def _weighed(on: Basis, weight: Weighed) -> tuple[UnitScore, dict[str, tuple[float | None, float | None]]]:
    """A unit's score as decided; and the points of each leaf with all flagged records counted in full, and
    with all of them left out."""
    score = computed(on, weight.decided)
    return score, {figure.code: (figure.counted, figure.dropped) for figure in weight.figures(on, score)}


def _place(placed: Placed, among: int) -> list[Cell]:
    """Where the unit stands among the units of the table; the tier is empty when a total is missing."""
    return [
        placed.points,
        placed.se,
        placed.bound_low,
        placed.bound_high,
        placed.first,
        placed.last,
        placed.worst_first,
        placed.worst_last,
        placed.tier,
        among,
    ]


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
