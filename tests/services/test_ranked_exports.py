"""No bare league table is exported: where scores of several units leave, ranks are intervals with tiers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from surveyapp.evaluation.scoring import ranked
from surveyapp.services import exporting, releasing, scoring
from surveyapp.services.exporting import Order
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, fill_round, make_round

PLACE = ("rank_first", "rank_last", "rank_worst_first", "rank_worst_last", "tier", "ranked_among")


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made, calls=4, surveys=2)
    return made


def csv_rows(platform: Platform, order: Order) -> list[dict[str, str]]:
    text = b"".join(exporting.csv_pieces(platform, order)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_line_of_exported_scores_carries_the_interval_of_ranks(platform: Platform, made: Round) -> None:
    rows = csv_rows(platform, Order("scores", made.id, ("/",)))
    units = [made.unit_id, made.other_unit_id]
    for profile in ("S", "R"):
        scores = [scoring.unit_score(platform, made.id, unit, profile) for unit in units]
        expected = {placed.unit: placed for placed in ranked(scores)}
        mine = [row for row in rows if row["profile"] == profile]
        codes = {"hall-a": str(made.unit_id), "hall-b": str(made.other_unit_id)}
        for row in mine:
            placed = expected[codes[row["unit_code"]]]
            assert [row[name] for name in PLACE] == [
                str(placed.first),
                str(placed.last),
                str(placed.worst_first),
                str(placed.worst_last),
                "" if placed.tier is None else str(placed.tier),
                "2",
            ]


def test_ranks_are_among_the_units_the_reader_may_see(platform: Platform, made: Round) -> None:
    rows = csv_rows(platform, Order("scores", made.id, (f"/1/{made.unit_id}/",)))
    assert {row["unit_code"] for row in rows} == {"hall-a"}
    assert {(row["rank_first"], row["rank_last"], row["ranked_among"]) for row in rows} == {("1", "1", "1")}


def test_no_export_has_a_column_of_bare_ranks(platform: Platform, made: Round) -> None:
    for subject in exporting.SUBJECTS:
        rows = csv_rows(platform, Order(subject, made.id, ("/",)))
        names = {name for row in rows for name in row}
        assert not names & {"rank", "place", "position", "名次", "排名"}, subject


def test_a_release_gives_ranks_as_intervals_with_tiers(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    folder = releasing.release_round(platform, "r1", None, tmp_path / "out")
    published: dict[str, Any] = json.loads((folder / "published.json").read_text("utf-8"))
    assert len(published["ranks"]) == 2
    for placed in published["ranks"]:
        assert {"first", "last", "worst_first", "worst_last", "tier"} <= set(placed)
        assert "rank" not in placed
