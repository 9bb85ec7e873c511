"""Organised filling is found among honest clusters; what is measured is printed where it falls short."""

from __future__ import annotations

import bisect
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from statistics import fmean

import pytest

from surveyapp.evaluation.quality import RULES, Filed
from surveyapp.evaluation.quality.organised import Organised, organised, organised_findings
from surveyapp.evaluation.quality.surveys import rating
from tests.data.red_team import ATTACKS, BLAME, PRAISED, START, Hall, mixed

LIMIT = RULES["organised"].limits["score"]
SHARES = (0.05, 0.15, 0.30)
SEEDS = range(100, 104)


def area(scores: Mapping[str, float], bad: frozenset[str]) -> float:
    """AUC: the chance that a made record scores above an honest one, ties counted half."""
    honest = sorted(score for root, score in scores.items() if root not in bad)
    return fmean(
        (bisect.bisect_left(honest, scores[root]) + bisect.bisect_right(honest, scores[root]))
        / (2 * len(honest))
        for root in bad
    )


def flagged(found: Organised) -> set[str]:
    return {root for root, score in found.scores.items() if score >= LIMIT}


def mean(records: list[Filed]) -> float:
    return fmean(rating(one, "overall") for one in records)


@pytest.mark.parametrize("attack", [*ATTACKS, *BLAME])
def test_made_records_score_above_honest_ones(attack: str) -> None:
    for share in SHARES:
        areas = []
        for seed in SEEDS:
            records, bad = mixed(attack, share, seed)
            areas.append(area(organised(records).scores, bad))
        assert fmean(areas) >= 0.9 and min(areas) >= 0.8, (attack, share, areas)


def test_at_most_two_in_a_hundred_honest_records_are_flagged() -> None:
    shares = []
    for seed in range(12):
        honest = Hall(random.Random(seed)).honest(600)
        shares.append(len(flagged(organised(honest))) / len(honest))
    assert fmean(shares) <= 0.02 and max(shares) <= 0.06, shares


def test_screening_leaves_at_most_a_third_of_the_shift_over_all_attacks() -> None:
    left = []
    for attack in (*ATTACKS, *BLAME):
        for share in SHARES:
            left.append(shift_left(attack, share, SEEDS[0]))
    assert fmean(left) <= 1 / 3, left


def test_people_who_are_told_what_to_tick_move_the_mean_by_a_third_at_most() -> None:
    left = [shift_left("coached", 0.15, seed) for seed in range(100, 104)]
    assert fmean(left) <= 1 / 3, left


def shift_left(attack: str, share: float, seed: int) -> float:
    """How much of what an attack does to the mean is left without the named records."""
    records, bad = mixed(attack, share, seed)
    out = flagged(organised(records))
    clean = mean([one for one in records if one.root_id not in bad])
    kept = mean([one for one in records if one.root_id not in out])
    return abs(kept - clean) / abs(mean(records) - clean)


def test_blame_is_called_blame_and_praise_praise() -> None:
    for attack, words in (("one_phone", "评分高于其他人"), ("blame_one_phone", "评分低于其他人")):
        records, bad = mixed(attack, 0.15, 3, n=300)
        found = [one for one in organised_findings(records, {}) if len(set(one.records) & bad) > len(bad) / 4]
        assert found and all(words in one.sentence["zh"] for one in found), attack


def test_honest_people_are_no_blamers_because_others_were_told_to_praise() -> None:
    records, bad = mixed("coached", 0.30, 1)
    blamers = {root for group in organised(records).groups if group.blames for root in group.records}
    named = flagged(organised(records)) & blamers
    assert len(named - bad) <= 0.1 * (len(records) - len(bad))


def test_a_hall_that_is_simply_good_is_left_alone() -> None:
    shares = []
    for seed in range(4):
        hall = Hall(random.Random(seed))
        praised = dict.fromkeys(PRAISED, "5") | {"hard_to_follow": "1"}
        honest = [
            replace(one, leaf={**one.leaf, **praised}) if hall.rng.random() < 0.95 else one
            for one in hall.honest(400)
        ]
        shares.append(len(flagged(organised(honest))) / len(honest))
    assert fmean(shares) <= 0.02, shares


def test_a_crowd_that_is_less_content_is_no_campaign() -> None:
    hall = Hall(random.Random(11))
    honest = hall.honest(400)
    crowd = [
        hall.record(
            START + timedelta(days=3, hours=hall.rng.uniform(9, 10.5)),
            "1",
            hall.person(-0.9),
            hall.sender(),
            120.0,
        )
        for _ in range(40)
    ]
    named = flagged(organised(honest + crowd)) & {one.root_id for one in crowd}
    assert len(named) <= 0.1 * len(crowd)


def test_the_order_of_the_records_changes_nothing() -> None:
    records, _bad = mixed("one_phone", 0.15, 7, n=200)
    turned = records[::-1]
    assert organised(records).scores == pytest.approx(organised(turned).scores)


def test_a_finding_says_why_and_names_only_doubtful_records() -> None:
    records, bad = mixed("one_phone", 0.15, 3, n=300)
    found = list(organised_findings(records, {}))
    named = {root for one in found for root in one.records}
    assert len(named & bad) > len(bad) / 2
    assert any("网络标识" in one.sentence["zh"] and "keyed sender" in one.sentence["en"] for one in found)


def test_a_large_honest_sender_with_usual_marks_is_left_alone() -> None:
    hall = Hall(random.Random(5))
    honest = hall.honest(400)
    wifi = [one.root_id for one in honest if one.sender.startswith("wifi")]
    assert len(wifi) > 60
    assert len(flagged(organised(honest)) & set(wifi)) <= 0.05 * len(wifi)
