"""What was registered can be read back, and every rule that changed afterwards is named."""

import dataclasses
import json

import pytest

from surveyapp.evaluation.registration import (
    deviations,
    measures_as_registered,
    profile_as_registered,
    registered_rules,
)
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
MEASURES = (
    jilin.measure("talk", "2.2.1", "内部访谈", "T5"),
    jilin.measure("hall", "2.2.1", "政务大厅调研", "T1", stratum="1", stratum_weights={"A": 1.0}),
)


def rules(profile=STRICT, measures=MEASURES, framework=FRAMEWORK):
    return json.loads(json.dumps(registered_rules(framework, profile, measures)))


def places(found):
    return [(one.kind, one.place) for one in found]


def test_what_was_registered_reads_back_the_same():
    assert profile_as_registered(rules(), STRICT) == STRICT
    assert measures_as_registered(rules(), ()) == tuple(sorted(MEASURES, key=lambda one: one.key))


def test_the_same_rules_in_another_order_and_other_labels_deviate_in_nothing():
    worded = tuple(dataclasses.replace(one, label={"zh": "新", "en": "new"}) for one in reversed(MEASURES))
    assert deviations(rules(), rules(measures=worded)) == ()


def test_changed_weights_name_the_leaf_and_both_values():
    weights = dict(STRICT.weights) | {"2.2.1": {"文件梳理": 0.5, "内部访谈": 0.25, "政务大厅调研": 0.25}}
    (found,) = deviations(rules(), rules(dataclasses.replace(STRICT, weights=weights)))
    assert (found.kind, found.place) == ("weights", "2.2.1")
    assert "文件梳理 0.33" in found.sentence["zh"] and "文件梳理 0.50" in found.sentence["zh"]


def test_another_treatment_of_missing_evidence_is_a_deviation():
    missing = dataclasses.replace(STRICT.missing, c_min=0.9)
    assert places(deviations(rules(), rules(dataclasses.replace(STRICT, missing=missing)))) == [
        ("missing", "")
    ]


@pytest.mark.parametrize(
    ("measures", "words"),
    [
        (MEASURES[:1], "撤去"),
        ((*MEASURES, jilin.measure("more", "2.2.1", "文件梳理")), "后加"),
        ((MEASURES[0], dataclasses.replace(MEASURES[1], min_n=9)), "min_n 已变"),
    ],
)
def test_measures_taken_away_added_or_changed_are_named(measures, words):
    (found,) = deviations(rules(), rules(measures=measures))
    assert found.kind == "measure" and words in found.sentence["zh"]


def test_another_profile_or_other_points_are_deviations():
    assert places(deviations(rules(), rules(jilin.profile("R")))) == [("profile", "R")]
    changed = rules()
    changed["leaves"][0]["points"] = 99
    assert places(deviations(rules(), changed)) == [("leaf", changed["leaves"][0]["code"])]


def test_a_plan_made_later_is_a_deviation():
    before, after = rules() | {"plan": {"calls": []}}, rules() | {"plan": {"calls": ["seed 1"]}}
    assert places(deviations(before, after)) == [("plan", "calls")]
