"""Scores of many units: always those from the records, and read again only when something changed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, update

from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services import folding, scoring
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import together
from surveyapp.services.scoring.units import computed, stored_observations
from surveyapp.stats.value_tables import Row
from surveyapp.storage import holdings
from surveyapp.storage.tables import HoldingRow, ObservationRow
from tests.data.rounds import (
    Round,
    call_submission,
    citizen_submission,
    confirmed,
    correct,
    fill_round,
    make_round,
    step,
)
from tests.services.test_screening import decide


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made)
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The `after` of every read of rows: 0 for all of them, else only what was added."""
    seen: list[int] = []
    whole, added = together.store.rows_of, together.store.rows_added

    def noted(*given):
        seen.append(0)
        return whole(*given)

    def noted_added(session, round_id, unit_ids, is_decided, after, are_few):
        seen.append(after)
        return added(session, round_id, unit_ids, is_decided, after, are_few)

    monkeypatch.setattr(together.store, "rows_of", noted)
    monkeypatch.setattr(together.store, "rows_added", noted_added)
    return seen


def summed(platform: Platform, made: Round, unit_id: int = 0) -> UnitScore:
    on = scoring.round_basis(platform, made.id)
    return scoring.scores_of(platform, on, [unit_id or made.unit_id])[0]


def same(platform: Platform, made: Round) -> UnitScore:
    """The score from columns; it is that from records, and the same when nothing was remembered."""
    on = scoring.basis(platform, made.id, made.unit_id)
    fresh = computed(on, stored_observations(platform, made.id, made.unit_id))
    found = summed(platform, made)
    assert scoring.scored(platform, on) == fresh
    forgetful = dataclasses.replace(platform, memory=type(platform.memory)())
    for other in (found, summed(forgetful, made)):
        for mine, theirs in zip(_numbers(fresh), _numbers(other), strict=True):
            assert (theirs is None) == (mine is None)
            assert math.isclose(theirs or 0.0, mine or 0.0, rel_tol=0, abs_tol=1e-9)
    return found


def _numbers(score: UnitScore) -> list[float | None]:
    parts = ("points", "se", "low", "high", "bound_low", "bound_high", "lost")
    nodes = (score.base, score.bonus, score.total, *score.nodes, *score.leaves)
    measures = [m for leaf in score.leaves for cell in leaf.cells for m in cell.measures]
    return [getattr(one, name) for one in nodes for name in parts] + [
        getattr(one, name)
        for one in measures
        for name in ("mean", "achievement", "low", "high", "se", "deff", "n", "clusters")
    ]


def test_they_follow_new_records_corrections_and_withdrawals(
    platform: Platform, made: Round, reads: list[int]
) -> None:
    before = same(platform, made)
    added = confirmed(platform, made, call_submission(made, "A1", "45"))
    confirmed(platform, made, citizen_submission(made))
    folding.fold_round(platform, made.id)
    reads.clear()
    after = same(platform, made)
    assert after != before and reads[0] > 0  # only what was added was read
    step(platform, made, added, "returned", "秒数写错")
    folding.fold_round(platform, made.id)
    reads.clear()
    withdrawn = same(platform, made)
    assert withdrawn != after and reads[0] == 0  # something was taken away: all was read
    correct(platform, made, added, call_submission(made, "A1", "5"))
    step(platform, made, added, "approved")
    step(platform, made, added, "confirmed")
    folding.fold_round(platform, made.id)
    assert same(platform, made) != withdrawn


def test_they_follow_quality_decisions(platform: Platform, made: Round) -> None:
    before = same(platform, made)
    with platform.database.reading() as session:
        query = select(ObservationRow.root_id).where(ObservationRow.measure == "tel_223_right30_s")
        root = session.scalars(query.order_by(ObservationRow.root_id)).first()
    assert root is not None
    for kind, factor in (("void", ""), ("down_weight", "0.25"), ("keep", "")):
        decide(platform, made, [root], kind, factor)
        found = same(platform, made)
        assert (found.leaf("2.2.3").achievement == before.leaf("2.2.3").achievement) == (kind == "keep")


def test_what_did_not_change_is_not_read_again(platform: Platform, made: Round, reads: list[int]) -> None:
    first = summed(platform, made)
    reads.clear()
    assert summed(platform, made) is first
    assert reads == []


def test_a_count_that_does_not_agree_is_not_trusted(
    platform: Platform, made: Round, reads: list[int]
) -> None:
    """As when two processes fold at once and a lower id arrives after a higher one was read."""
    same(platform, made)
    confirmed(platform, made, call_submission(made, "A1", "45"))
    folding.fold_round(platform, made.id)
    key = next(key for key in platform.memory._values if key[0] == "table")
    kept = platform.memory.get(key)
    platform.memory.put(key, dataclasses.replace(kept, newest=10**9), 1)
    reads.clear()
    same(platform, made)
    assert reads[:2] == [10**9, 0]


@pytest.mark.parametrize("name", ["A1", f"A{holdings.BETWEEN}1", holdings.BETWEEN])
def test_a_name_of_a_primary_unit_may_hold_anything(platform: Platform, made: Round, name: str) -> None:
    before = same(platform, made)
    with platform.database.transaction() as session:
        some = select(ObservationRow.id).where(ObservationRow.measure == "tel_223_right30_s").limit(2)
        session.execute(update(ObservationRow).where(ObservationRow.id.in_(some)).values(cluster=name))
    forgetful = dataclasses.replace(platform, memory=type(platform.memory)())
    assert same(forgetful, made).leaf("2.2.3").se != before.leaf("2.2.3").se


def singles(rows: Sequence[Row]) -> list[tuple[str, str, float, float, str]]:
    """One row for each value, in an order of its own."""
    return sorted((*shared, name) for *shared, names in rows for name in names)


@pytest.mark.parametrize("are_few", [True, False])
def test_what_was_added_is_found_by_id_and_by_unit(platform: Platform, made: Round, are_few: bool) -> None:
    with platform.database.reading() as session:
        newest = holdings.newest_observation(session)
    confirmed(platform, made, call_submission(made, "A1", "45"))
    folding.fold_round(platform, made.id)
    units = [made.unit_id, made.other_unit_id]
    with platform.database.reading() as session:
        added = holdings.rows_added(session, made.id, units, False, newest, are_few)
        assert holdings.rows_added(session, made.id + 1, units, False, newest, are_few) == {}
        whole = holdings.rows_of(session, made.id, made.unit_id, False)
        everything = holdings.rows_added(session, made.id, units, False, 0, are_few)
    assert added.keys() == {made.unit_id} and 0 < len(added[made.unit_id]) < len(whole)
    assert singles(everything[made.unit_id]) == singles(whole)


def test_holdings_are_what_a_recount_finds(platform: Platform, made: Round) -> None:
    moved = confirmed(platform, made, call_submission(made, "A1", "45"))
    folding.fold_round(platform, made.id)
    step(platform, made, moved, "returned", "写错")
    folding.fold_round(platform, made.id)
    with platform.database.reading() as session:
        row = ObservationRow
        counted = session.execute(select(row.unit_id, func.count()).group_by(row.unit_id)).all()
        held = session.execute(select(HoldingRow.unit_id, HoldingRow.held).where(HoldingRow.held > 0)).all()
        taken = session.scalar(select(func.sum(HoldingRow.taken)))
    assert sorted(map(tuple, counted)) == sorted(map(tuple, held))
    assert taken == 1


def test_a_unit_without_records_has_bounds_only(platform: Platform, made: Round) -> None:
    found = summed(platform, made, made.other_unit_id)
    assert found.total.points is None and found.total.bound_low == 0
