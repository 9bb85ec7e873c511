"""The indicator table of 2018, and other tables good and bad."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.framework import add_documented, read_table
from surveyapp.evaluation.methods import method_label, split_methods
from tests.evaluation import jilin

HEADER = ["code", "name", "points", "methods"]
SMALL = [
    HEADER,
    ["1", "Access", "60", ""],
    ["1.1", "Opening hours", "20", "hall visit"],
    ["1.2", "Telephone", "40", "test calls, interview"],
    ["2", "Results", "40", ""],
    ["2.1", "Satisfaction", "40", "survey"],
]


def read(rows):
    return read_table(rows, source="small")


def codes(rows):
    return {(p.code, p.row, p.column) for p in read(rows).problems}


def changed(row, column, text):
    rows = [list(r) for r in SMALL]
    rows[row][column] = text
    return rows


def test_the_2018_table_has_28_leaves_75_cells_and_100_plus_10_points():
    framework = jilin.framework()
    assert len(framework.leaves) == 28
    assert framework.base_points == 100
    assert framework.bonus_points == 10
    cells = Counter(method for leaf in framework.leaves for method in leaf.methods)
    assert cells == {
        "内部访谈": 26,
        "政务大厅调研": 17,
        "文件梳理": 14,
        "专家论证": 10,
        "服务对象抽查": 7,
        "以事项公布情况为准": 1,
    }


def test_levels_and_blocks_of_the_2018_table():
    framework = jilin.framework()
    assert Counter(i.level for i in framework.indicators.values()) == {1: 3, 2: 8, 3: 23, 4: 8}
    assert [block.code for block in framework.blocks] == [
        "1.1",
        "1.2",
        "1.3",
        "2.1",
        "2.2",
        "2.3",
        "2.4",
        "3.1",
    ]
    assert [i.code for i in framework.ancestors("1.3.2.1")] == ["1", "1.3", "1.3.2"]
    assert [i.code for i in framework.leaves_below("2.4")] == ["2.4.1", "2.4.2"]
    assert framework.get("1.3.1.1").is_label_proposed


@pytest.mark.parametrize(
    ("finding", "nodes"),
    [
        ("E-SUM", ["1.3"]),
        ("E-METHODS-CONFLICT", ["1.3.2.1"]),
        ("W-POINTS-REVISED", ["1.3.1", "1.3.2"]),
        ("W-POINTS-MISSING", ["2.4.2"]),
        ("W-ROW-ORDER", ["2", "2.2", "2.3"]),
        ("W-LEAF-LEVEL", ["3.1"]),
        ("W-COLUMN-SHIFT", ["2.1", "2.1.1", "2.1.1.1", "2.1.1.2", "2.1.2", "2.1.2.1", "2.1.2.2"]),
        ("W-METHOD-FIT", ["2.2.3", "2.3.5", "2.2.4", "1.1.2"]),
        ("I-BONUS", ["3"]),
        ("W-RULE-AS-METHOD", ["1.1.3"]),
        ("W-RAGGED", [""]),
        ("W-METHOD-VOCABULARY", [""]),
        ("I-SCOPE", [""]),
        ("I-SELF", [""]),
        ("I-TYPO", [""]),
    ],
)
def test_every_irregularity_is_found_where_it_stands(finding, nodes):
    assert [f.node for f in jilin.reading().findings if f.id == finding] == nodes


@pytest.mark.parametrize("finding", ["W-POINTS-IMPLIED", "W-NAME-MISSING", "W-METHODS-IN-NAME"])
def test_the_eight_rows_without_names_are_each_reported(finding):
    found = [f for f in jilin.reading().findings if f.id == finding]
    assert len(found) == 8
    assert {f.node.count(".") for f in found} == {3}


def test_the_broken_sum_is_told_with_its_line_values_and_five_readings():
    broken = next(f for f in jilin.reading().findings if f.id == "E-SUM")
    assert (broken.severity, broken.seed_line, broken.found, broken.expected) == ("E", 95, "16", "8")
    assert [reading.id for reading in broken.readings] == ["R1", "R2", "R3", "R4", "R5"]
    assert "差 8 分" in broken.sentence["zh"]


def test_the_order_of_rows_does_not_matter():
    rows = jilin.rows()
    body = rows[1:]
    random.Random(7).shuffle(body)
    shuffled, straight = read([rows[0], *body]), read(rows)
    assert list(shuffled.framework.indicators) == list(straight.framework.indicators)
    assert [(f.id, f.node) for f in shuffled.findings] == [(f.id, f.node) for f in straight.findings]


def test_a_second_small_framework_is_read():
    framework = read(SMALL).framework
    assert framework.base_points == 100
    assert framework.get("1.2").methods == ("电话征询", "内部访谈")
    assert read(SMALL).findings == ()


def test_chinese_headers_and_parents_by_name_are_read():
    rows = [
        ["编码", "名称", "分值", "评分依据", "上级", "类别"],
        ["A", "总项", "10", "", "", ""],
        ["B", "甲", "4分", "问卷调查", "A", ""],
        ["C", "乙", "6", "暗访", "A", ""],
        ["D", "创新", "5", "专家论证", "", "加分"],
    ]
    framework = read(rows).framework
    assert [i.code for i in framework.children("A")] == ["B", "C"]
    assert (framework.base_points, framework.bonus_points) == (10, 5)


def test_a_parent_without_points_gets_the_sum_of_its_children():
    assert read(changed(1, 2, "")).framework.get("1").points == 60


def test_full_width_digits_are_read_and_reported():
    found = read(changed(2, 2, "２０"))
    assert found.framework.get("1.1").points == 20
    assert [(f.id, f.row, f.column) for f in found.findings] == [("W-FULL-WIDTH", 3, "points")]
    assert read(changed(2, 0, "１．１")).framework.get("1.1").points == 20


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (changed(2, 2, "30"), ("sum", 2, "points")),
        (changed(3, 0, "1.1"), ("duplicate_code", 4, "code")),
        (changed(3, 0, "5.1"), ("orphan", 4, "code")),
        (changed(2, 2, ""), ("missing_points", 3, "points")),
        (changed(2, 3, ""), ("missing_methods", 3, "methods")),
        (changed(2, 3, "占卜"), ("unknown_method", 3, "methods")),
        (changed(2, 2, "twenty"), ("bad_points", 3, "points")),
        (changed(2, 2, "-20"), ("bad_points", 3, "points")),
        (changed(2, 2, "1e3"), ("bad_points", 3, "points")),
        (changed(2, 0, ""), ("bad_code", 3, "code")),
        (changed(0, 2, "marks"), ("missing_column", 1, "points")),
        (changed(0, 1, "code"), ("duplicate_column", 1, "code")),
        ([HEADER, ["1", "短行"]], ("ragged", 2, "")),
        ([HEADER, [*SMALL[2], "多一格"]], ("ragged", 2, "")),
        ([[*HEADER, ""], [*SMALL[2], "多一格"]], ("ragged", 2, "")),
        (
            [HEADER] + [[".".join("1" * n), "x", "1", "survey"] for n in range(1, 1500)],
            ("too_deep", 14, "code"),
        ),
        ([HEADER], ("empty", 0, "")),
        ([], ("empty", 0, "")),
        ([HEADER] + [["1", "x", "1", "专家论证"]] * 2001, ("too_many_rows", 0, "")),
        ([[*HEADER, "parent"], ["A", "", "1", "", "B"], ["B", "", "1", "", "A"]], ("circle", 2, "parent")),
        ([[*HEADER, "group"], ["A", "", "1", "survey", "extra"]], ("unknown_group", 2, "group")),
    ],
)
def test_a_bad_table_is_refused_whole_with_row_and_column(rows, problem):
    assert problem in codes(rows)
    assert read(rows).framework is None
    assert all(p.sentence["zh"] and p.sentence["en"] for p in read(rows).problems)


def test_every_bad_row_is_reported_not_only_the_first():
    rows = changed(2, 2, "x")
    rows[3][3] = "占卜"
    assert {(p.row, p.column) for p in read(rows).problems} >= {(3, "points"), (4, "methods")}


def test_blank_rows_are_skipped_and_rows_keep_their_numbers():
    rows = [[""], *SMALL[:2], ["", "", "", ""], *changed(2, 2, "x")[2:]]
    assert ("bad_points", 5, "points") in codes(rows)


def test_numbers_order_codes_by_value():
    rows = [HEADER, ["1", "", "", ""]] + [[f"1.{n}", "x", "1", "survey"] for n in (10, 9, 2)]
    assert [i.code for i in read(rows).framework.leaves] == ["1.2", "1.9", "1.10"]


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=12))
def test_no_table_however_strange_breaks_the_reader(body):
    found = read_table([HEADER, *body], source="x")
    assert (found.framework is None) == bool(found.problems)


def test_documented_findings_need_known_nodes_and_both_languages():
    good = read(SMALL)
    for entry in (
        {"id": "W-X", "node": "9", "zh": "甲", "en": "x"},
        {"id": "X", "zh": "甲", "en": "x"},
        {"id": "W-X", "zh": "甲"},
    ):
        assert add_documented(good, {"findings": [entry]}).framework is None
    stray = {"readings": [{"finding": "E-SUM", "node": "1", "id": "a", "zh": "甲", "en": "x"}]}
    assert add_documented(good, stray).problems[0].code == "bad_reading"


def test_methods_are_known_by_their_other_words():
    assert split_methods("资料审查；座谈会、个别谈话|占卜") == (("文件梳理", "内部访谈"), ("占卜",))
    assert method_label("电话征询", "en") == "Test calls"
    assert method_label("电话征询", "zh") == "电话征询"
