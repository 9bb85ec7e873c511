"""Decisions that unblock scoring, and weight profiles with their recorded policies."""

import copy
import math

import pytest

from surveyapp.evaluation.decisions import blocking_findings, decision_for, parse_decisions
from surveyapp.evaluation.profiles import parse_profile, parse_profiles
from tests.evaluation import jilin


def decisions(change=None):
    content = copy.deepcopy(jilin.data("decisions.toml"))
    if change:
        content["decisions"][0] |= change
    return parse_decisions(content, jilin.reading().findings)


def test_without_decisions_the_two_errors_block_scoring():
    blocked = blocking_findings(jilin.reading().findings, ())
    assert [(f.id, f.node) for f in blocked] == [("E-SUM", "1.3"), ("E-METHODS-CONFLICT", "1.3.2.1")]


def test_the_recorded_decisions_unblock_it():
    made, problems = decisions()
    assert problems == ()
    assert blocking_findings(jilin.reading().findings, made) == ()


def test_a_decision_is_found_for_its_finding_and_names_a_role_and_a_date():
    made, _ = decisions()
    broken = jilin.reading().findings[0]
    found = decision_for(broken, made)
    assert (found.reading, found.role, found.decided_on.isoformat()) == ("R1", "项目负责人", "2018-11-05")
    assert decision_for(broken, ()) is None


@pytest.mark.parametrize(
    "change",
    [
        {"reading": "R9"},
        {"why": ""},
        {"role": ""},
        {"decided_on": "yesterday"},
        {"node": "9.9"},
        {"finding": "E-METHODS-CONFLICT", "node": "1.3.2.1", "reading": "union"},
    ],
)
def test_a_broken_decision_is_a_problem(change):
    assert [p.code for p in decisions(change)[1]] == ["bad_decision"]


def test_a_date_may_come_as_iso_text():
    assert decisions({"decided_on": "2018-11-05"})[1] == ()


def test_the_strict_profile_weighs_the_listed_methods_equally():
    weights = jilin.profile("S").weights
    assert weights["1.1.3"] == {"以事项公布情况为准": 1}
    assert set(weights["1.3.2.1"].values()) == {0.25}
    assert {round(math.fsum(cells.values()), 12) for cells in weights.values()} == {1}


def test_the_share_of_each_method_in_the_base_points():
    points = {leaf.code: leaf.points for leaf in jilin.framework().leaves if leaf.group == "base"}
    weights = jilin.profile("S").weights
    share = {
        method: math.fsum(points[code] * weights[code].get(method, 0) for code in points)
        for method in ("内部访谈", "政务大厅调研", "文件梳理", "专家论证", "服务对象抽查")
    }
    assert share == pytest.approx(
        {
            "内部访谈": 34.33,
            "政务大厅调研": 23.67,
            "文件梳理": 16.33,
            "专家论证": 11.67,
            "服务对象抽查": 10.0,
        },
        abs=0.005,
    )


def test_the_recommended_profile_adds_methods_by_recorded_decisions():
    profile = jilin.profile("R")
    assert profile.weights["2.2.3"] == pytest.approx(
        {"文件梳理": 0.15, "内部访谈": 0.05, "政务大厅调研": 0.10, "电话征询": 0.70}
    )
    assert "服务对象抽查" in profile.weights["2.2.6"]
    assert all(a.why["zh"] and a.why["en"] and a.role and a.decided_on for a in profile.additions)
    assert profile.c_min == 0.5


def entry(**change):
    return copy.deepcopy(jilin.data("profiles.toml")["profiles"][1]) | change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"missing": {}}, "bad_missing_policy"),
        ({"code": ""}, "missing"),
        ({"leaves": {"2.2.3": {"文件梳理": 1}}}, "bad_weights"),
        ({"leaves": {"2.2": {"文件梳理": 1}}}, "unknown_leaf"),
        ({"leaves": {"1.1.3": {"以事项公布情况为准": 0}}}, "bad_weights"),
        ({"leaves": {"1.1.3": {"以事项公布情况为准": math.nan}}}, "bad_weights"),
        ({"additions": [{"leaf": "2.2.3", "method": "电话征询"}], "leaves": {}}, "bad_addition"),
    ],
)
def test_a_profile_that_would_have_to_guess_is_refused(change, code):
    profile, problems = parse_profile(entry(**change), jilin.framework())
    assert profile is None
    assert code in {p.code for p in problems}


def test_two_profiles_of_one_code_are_refused():
    content = {"profiles": [entry(), entry()]}
    profiles, problems = parse_profiles(content, jilin.framework())
    assert profiles == {}
    assert [p.code for p in problems] == ["duplicate_profile"]


def profile_with(**change):
    content = copy.deepcopy(jilin.data("profiles.toml"))["profiles"][0] | change
    return parse_profile(content, jilin.framework())


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ({"文件梳理": 0.5, "内部访谈": 0.4}, "weights_sum"),
        ({"文件梳理": 0.6, "内部访谈": 0.6}, "weights_sum"),
        ({"文件梳理": 1.5, "内部访谈": -0.5}, "bad_weights"),
        ({"文件梳理": math.nan, "内部访谈": 1.0}, "bad_weights"),
        ({"文件梳理": math.inf, "内部访谈": 1.0}, "bad_weights"),
        ({"文件梳理": True, "内部访谈": 0.0}, "bad_weights"),
        ({"文件梳理": 1.0}, "bad_weights"),
    ],
)
def test_weights_that_do_not_sum_or_are_no_weights_are_refused_with_their_place(weights, code):
    leaf = next(
        leaf.code for leaf in jilin.framework().leaves if set(leaf.methods) == {"文件梳理", "内部访谈"}
    )
    made, problems = profile_with(leaves={leaf: weights})
    assert made is None and [p.code for p in problems] == [code]
    assert leaf in problems[0].sentence["zh"] and leaf in problems[0].sentence["en"]


CAP = {"points": 105, "why": "办法规定", "role": "项目负责人", "decided_on": "2018-11-05"}


def test_a_cap_of_the_total_is_read_with_its_reason():
    made, problems = profile_with(cap=CAP)
    assert problems == () and made.most == 105 and made.cap.role == "项目负责人"
    assert jilin.profile("S").most is None


@pytest.mark.parametrize(
    "change",
    [
        {"points": 90},
        {"points": 111},
        {"points": "105"},
        {"points": math.nan},
        {"why": ""},
        {"decided_on": "?"},
    ],
)
def test_a_cap_without_reason_or_outside_the_points_is_refused(change):
    made, problems = profile_with(cap=CAP | change)
    assert made is None and [p.code for p in problems] == ["bad_cap"]


def test_a_cap_that_is_no_table_is_refused():
    assert profile_with(cap=105)[0] is None
