"""What pyxform lets pass is refused at publishing with sheet, line, column and advice in both languages."""

import pytest

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.problem import Problem

HEAD = """| survey |
| | type | name | label | relevant | required | constraint | calculation | choice_filter | repeat_count |
| | integer | n | N | | | | | | |
| | text | t | T | | | | | | |
| | select_one city | c | C | | | | | | |
| | begin_repeat | rep | R | | | | | | |
| | integer | m | M | | | | | | |
| | end_repeat | | | | | | | | |
| | begin_group | grp | G | | | | | | |
| | text | inside | I | | | | | | |
| | end_group | | | | | | | | |
"""
TAIL = """| choices |
| | list_name | name | label | region |
| | city | cc | Changchun | a |
| | city | jl | Jilin | b |
| settings |
| | form_title | form_id | version |
| | T | t | 1 |
"""
COLUMNS = ("relevant", "required", "constraint", "calculation", "choice_filter", "repeat_count")
LINE = HEAD.count("\n") + 1


def row(column: str, expression: str, kind: str) -> str:
    cells = [expression.replace("|", "\\|") if name == column else "" for name in COLUMNS]
    label = "" if kind == "calculate" else "Q"
    return f"| | {kind} | q | {label} | {' | '.join(cells)} |\n"


def problems(column: str, expression: str, kind: str = "calculate") -> tuple[Problem, ...]:
    return convert_markdown(HEAD + row(column, expression, kind) + TAIL).problems


@pytest.mark.parametrize(
    ("expression", "code", "advice"),
    [
        ("counts(${n})", "function_unknown", "count()"),
        ("SUM(${m})", "function_unknown", "sum()"),
        ("iif(${n} > 1, 1, 2)", "function_unknown", "if()"),
        ("vlookup(${n})", "function_unknown", "pulldata()"),
        ("if(${n} > 1, 1)", "arguments_wrong", "3"),
        ("substr(${t})", "arguments_wrong", "2 到 3"),
        ("join()", "arguments_wrong", "至少 1"),
        ("regex(${t}, 'a', 5)", "arguments_wrong", "2 个"),
        ("(${n} + 1", "expression_unfinished", "括号"),
        ("${n} + 1)", "expression_unreadable", ")"),
        ("concat('a', 'b' 'c')", "expression_unreadable", "c"),
        ("'a", "quote_not_closed", "引号"),
        ("${n} === 1", "sign_foreign", "只写一个 ="),
        ("${n} == 1", "sign_foreign", "只写一个 ="),
        ("${n} => 1", "sign_foreign", ">="),
        ("${n} =< 1", "sign_foreign", "<="),
        ("${n} <> 1", "sign_foreign", "!="),
        ("${n} > 1 && ${n} < 3", "sign_foreign", "and"),
        ("${n} > 1 || ${n} < 3", "sign_foreign", "or"),
        ("!(${n} > 1)", "sign_foreign", "not( )"),
        ("${n} % 2", "sign_foreign", "mod"),
        ("${n} ^ 2", "sign_foreign", "pow"),
        ("${n} > 1 ? 2 : 3", "sign_foreign", "if("),
        ("if(${n} > 1; 2; 3)", "sign_foreign", "逗号"),
        ("${n} ≥ 1", "sign_foreign", ">="),
        ("${n} × 2", "sign_foreign", "*"),
        ("${n} > 1 AND ${n} < 3", "expression_unreadable", "小写：and"),
        ("${n} is 1", "expression_unreadable", "="),
        ("concat(“a”, 'b')", "sign_foreign", "直引号"),
        ("if（${n} > 1, 1, 2)", "full_width", "（"),
        ("${n} ＞ 1", "full_width", "＞"),
        ("if(${n} > 1，1, 2)", "full_width", "，"),
        ("regex(${t}, ${t})", "pattern_not_literal", "文字"),
        ("regex(${t}, '[a-')", "pattern_wrong", "写法有误"),
        ("regex(${t}, '(a+)+$')", "pattern_risky", "慢"),
        ("regex(${t}, '(?<=a)b')", "pattern_risky", "(?<"),
        (r"regex(${t}, '\bword')", "pattern_risky", r"\b"),
        ("date('2018-02-30')", "date_wrong", "2018-02-30"),
        ("format-date('tomorrow', '%Y')", "date_wrong", "tomorrow"),
        ("today() > '2018/11/05'", "date_wrong", "2018/11/05"),
        ("'abc' + 1", "number_wanted", "concat()"),
        ("${n} * 'x'", "number_wanted", "x"),
        ("round('many')", "number_wanted", "many"),
        ("count('text')", "nodes_wanted", "${题名}"),
        ("sum(${n} + 1)", "nodes_wanted", "${题名}"),
        ("${n} = 1 or 2", "condition_constant", "完整的比较"),
        ("${t} = 'a' or 'b'", "condition_constant", "完整的比较"),
        ("not('yes')", "condition_constant", "完整的比较"),
        ("${m} + 1", "many_values", "sum()"),
        ("string-length(${m})", "many_values", "indexed-repeat()"),
        ("${m} > 3", "many_values", "rep"),
        ("${grp} = 'a'", "group_as_value", "grp"),
        ("jr:choice-name(${c}, ${c})", "literal_wanted", "引号"),
        ("instance(${t})/root/item", "literal_wanted", "引号"),
        ("instance('nowhere')/root/item", "list_unknown", "nowhere"),
        ("/data/nothing + 1", "question_unknown", "nothing"),
        ("(" * 10_000 + "1" + ")" * 10_000, "expression_too_deep", "嵌套过深"),
        ("1 + " * 12_000 + "1", "expression_too_long", "过长"),
        ("1 + " * 4_000 + "1", "expression_too_deep", "嵌套过深"),
        ("not(" * 500 + "1" + ")" * 500, "expression_too_deep", "嵌套过深"),
        (" | ".join(["${m}"] * 1_000), "expression_too_deep", "嵌套过深"),
        ("9" * 400, "number_too_large", "太大"),
    ],
)
def test_a_trap_is_refused_at_its_cell_with_advice(expression: str, code: str, advice: str) -> None:
    [problem] = problems("calculation", expression)
    assert (problem.code, problem.path) == (code, f"survey:{LINE}:calculation")
    assert advice in problem.sentence["zh"]
    assert problem.sentence["zh"].startswith(f"survey 表第 {LINE} 行 calculation 列：")
    assert problem.sentence["en"].startswith(f"sheet survey, line {LINE}, column calculation: ")


@pytest.mark.parametrize("column", ["relevant", "required", "constraint", "choice_filter", "repeat_count"])
def test_a_trap_is_found_in_every_column_of_expressions(column: str) -> None:
    kind = {"choice_filter": "select_one city", "repeat_count": "begin_repeat"}.get(column, "text")
    rows = row(column, "counts(${n}) > 1", kind)
    if kind == "begin_repeat":
        rows += "| | text | in_q | Q | | | | | | |\n| | end_repeat | | | | | | | | |\n"
    [problem] = convert_markdown(HEAD + rows + TAIL).problems
    assert (problem.code, problem.path) == ("function_unknown", f"survey:{LINE}:{column}")


def test_a_filter_that_names_no_column_of_its_list_is_refused() -> None:
    [problem] = problems("choice_filter", "regoin = 'a'", "select_one city")
    assert (problem.code, problem.path) == ("column_unknown", f"survey:{LINE}:choice_filter")


@pytest.mark.parametrize(
    "expression",
    [
        "${n} = 'a'",
        "'5' + 1",
        "date('2018-02-28') + 1",
        "sum(${m})",
        "count(${rep})",
        "join(',', ${m})",
        "indexed-repeat(${m}, ${rep}, 1) + 1",
        "jr:choice-name(${c}, '${c}')",
        "concat('&& == （）', ${t})",
        "regex(${t}, '^[^@ ]+@[^@ ]+$')",
        "selected(${c}, 'cc') and ${t} != ''",
    ],
)
def test_what_is_sound_is_not_refused(expression: str) -> None:
    assert problems("calculation", expression) == ()
