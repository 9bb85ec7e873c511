"""The measures sheet: what is read and what is refused."""

import pytest

from surveyapp.evaluation.measures import parse_measures
from tests.evaluation import jilin

ROW = {
    "name": "tel",
    "label::中文 (zh)": "接通",
    "label::English (en)": "Reached",
    "value": "if(${a} = 'yes', 1, 0)",
    "filter": "",
    "indicator": "2.2.3",
    "method": "政务大厅调研",
    "transform": "T1",
    "parameters": "low=0.5 high=1 tau=30",
    "weight": "2",
    "min_n": "30",
    "cluster": "${line}",
    "profile": "S",
}


def read(*changes):
    return parse_measures([ROW | change for change in changes], jilin.framework())


def test_a_row_becomes_a_measure():
    (found,), problems = read({})
    assert problems == ()
    assert (found.key, found.weight, found.min_n, found.cluster) == ("tel", 2, 30, "${line}")
    assert found.parameters == {"low": 0.5, "high": 1, "tau": 30}
    assert found.counts_in("S")
    assert not found.counts_in("R")


def test_blank_weight_minimum_and_profile_have_plain_defaults():
    (found,), _ = read({"weight": "", "min_n": "", "profile": ""})
    assert (found.weight, found.min_n, found.profile) == (1, 1, "SR")


def test_a_method_the_leaf_does_not_list_may_only_count_in_profile_r():
    assert read({"method": "电话征询"})[1][0].code == "unlisted_method"
    assert read({"method": "电话征询", "profile": "R"})[1] == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "2x"}, "bad_name"),
        ({"label::English (en)": ""}, "missing"),
        ({"value": ""}, "missing"),
        ({"indicator": "9.9"}, "unknown_indicator"),
        ({"indicator": "2.2"}, "not_a_leaf"),
        ({"method": "占卜"}, "unknown_method"),
        ({"method": "文件梳理、内部访谈"}, "unknown_method"),
        ({"transform": "T9"}, "unknown_transform"),
        ({"profile": "X"}, "unknown_profile"),
        ({"parameters": "speed=3"}, "bad_parameter"),
        ({"parameters": "low=1 high=1"}, "bad_parameter"),
        ({"parameters": "low=1e9"}, "bad_parameter"),
        ({"transform": "T7", "parameters": "full=1"}, "bad_parameter"),
        ({"transform": "T8", "parameters": "tol=0"}, "bad_parameter"),
        ({"weight": "0"}, "bad_number"),
        ({"min_n": "many"}, "bad_number"),
    ],
)
def test_a_bad_row_is_refused_with_its_number(change, code):
    measures, problems = read({"name": "good"}, change)
    assert measures == ()
    assert (code, 3) in {(p.code, p.row) for p in problems}


def test_a_name_may_occur_once():
    assert [(p.code, p.row) for p in read({}, {})[1]] == [("duplicate_name", 3)]
