"""Scores remembered by content: never an old one, never more than there is room for."""

from __future__ import annotations

import dataclasses

import pytest

from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services import folding, scoring
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.remembering import Remembered
from surveyapp.services.scoring.units import computed, stored_observations
from tests.data.rounds import Round, call_submission, confirmed, fill_round, make_round


@pytest.fixture
def made(platform: Platform) -> Round:
    return make_round(platform)


def test_the_score_of_a_page_is_the_computed_one_after_every_change(platform: Platform, made: Round) -> None:
    fill_round(platform, made)
    for seconds in ("5", "45"):
        on = scoring.basis(platform, made.id, made.unit_id)
        fresh = computed(on, stored_observations(platform, made.id, made.unit_id))
        assert scoring.scored(platform, on) == fresh == scoring.scored(platform, on)
        confirmed(platform, made, call_submission(made, "A1", seconds))
        folding.fold_round(platform, made.id)
    assert scoring.scored(platform, on) != fresh


def test_the_same_observations_are_computed_once_and_others_anew(platform: Platform, made: Round) -> None:
    fill_round(platform, made)
    on = scoring.basis(platform, made.id, made.unit_id)
    rows = stored_observations(platform, made.id, made.unit_id)
    counted = []

    def compute() -> UnitScore:
        counted.append(1)
        return computed(on, rows)

    remembered = Remembered()
    assert remembered.score(on, rows, compute) is remembered.score(on, rows, compute)
    remembered.score(on, rows[1:], compute)
    remembered.score(on, [dataclasses.replace(rows[0], weight=0.5), *rows[1:]], compute)
    weights = {**on.profile.weights, "2.2.1": {"文件梳理": 1.0}}
    other = dataclasses.replace(on, profile=dataclasses.replace(on.profile, weights=weights))
    remembered.score(other, rows, compute)
    assert len(counted) == 4


def test_what_was_asked_longest_ago_makes_room(platform: Platform, made: Round) -> None:
    fill_round(platform, made)
    on = scoring.basis(platform, made.id, made.unit_id)
    rows = stored_observations(platform, made.id, made.unit_id)
    score = computed(on, rows)
    counted = []
    remembered = Remembered(most=2 * len(rows))

    def ask(some: int) -> None:
        remembered.score(on, rows[some:], lambda: counted.append(some) or score)

    for some in (0, 1, 1, 0):
        ask(some)
    assert counted == [0, 1, 0]
