"""What pyxform lets pass is refused at publishing with sheet, line, column and advice in both languages."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from surveyapp.forms.advice import Wording, advise
from surveyapp.forms.cautions import cautions
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import load_form
from surveyapp.forms.problem import Problem
from surveyapp.forms.tables import read_sheets

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


def questionnaire(*rows: str, choices: str = "", measures: str = "") -> str:
    """Rows of (type, name, label, calculation, constraint, required)."""
    text = "| survey |\n| | type | name | label::中文 (zh) | calculation | constraint | required |\n"
    text += "".join(f"| | {held} |\n" for held in rows)
    text += f"| choices |\n| | list_name | name | label::中文 (zh) |\n{choices}" if choices else ""
    text += f"| measures |\n| | name | value |\n{measures}" if measures else ""
    return text + "| settings |\n| | form_id | version | default_language |\n| | t | 1 | 中文 (zh) |\n"


N, T = "integer | n | 数 | | | ", "text | t | 文 | | | "
COUNTED = "integer | n | 数 | | | yes"
TRAPS = {
    "unbalanced parentheses": ((N, "calculate | c | | (${n} + 1 | | "), "expression_unfinished"),
    "an unknown function": ((N, "calculate | c | | counts(${n}) | | "), "function_unknown"),
    "too few arguments": ((N, "calculate | c | | if(${n} > 1, 1) | | "), "arguments_wrong"),
    "===": ((N, "calculate | c | | ${n} === 1 | | "), "sign_foreign"),
    "a cycle": (("calculate | a | | ${b} + 1 | | ", "calculate | b | | ${a} + 1 | | "), "cycle"),
    "full-width brackets": ((N, "calculate | c | | if（${n} > 1, 1, 2) | | "), "full_width"),
    "a Chinese question name": (("integer | 年龄 | 数 | | | ",), "name_wrong"),
    "a name that begins with a digit": (("integer | 1n | 数 | | | ",), "name_wrong"),
    "a missing list of pulldata()": (
        (N, "calculate | c | | pulldata('no', 'a', 'b', ${n}) | | "), "file_missing",
    ),
    "or_other": (("select_one c or_other | s | 选 | | | ",), "or_other"),
    "a comma as the decimal sign": ((N, "calculate | c | | ${n} + 1,5 | | "), "expression_unreadable"),
    "a pattern that is no text": ((T, "text | u | 文 | | regex(., ${t}) | "), "pattern_not_literal"),
    "a pattern that takes for ever": (("text | t | 文 | | regex(., '(a+)+$') | ",), "pattern_risky"),
    "a pattern clients read differently": (("text | t | 文 | | regex(., '(?<=a)b') | ",), "pattern_risky"),
    "a date that is none": (("calculate | c | | date('2018-02-30') | | ",), "date_wrong"),
    "a pipe that was not escaped": (("text | t | 甲 | | | yes | 乙",), "cells_many"),
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_that_the_converter_accepts_is_refused_at_its_place(trap: str) -> None:
    rows, code = TRAPS[trap]
    found = convert_markdown(questionnaire(*rows, choices="| | c | a | 甲 |\n"), {}).problems
    assert code in [one.code for one in found], found
    for one in found:
        assert one.sentence["zh"] and one.sentence["en"] and one.path


CAUTIONS = {
    "sum() over a question that may be blank": (
        (N, "calculate | c | | sum(${n}) | | "), "", "sum_blank", "survey:4:calculation",
    ),
    "a pattern without ^ and $": (
        ("text | t | 文 | | regex(., 'a+') | ",), "", "pattern_open", "survey:3:constraint",
    ),
    "a value of chance that is scored": (
        ("calculate | c | | once(random()) | | ", "calculate | d | | ${c} * 2 | | "),
        "| | m | ${d} |\n", "chance_scored", "measures:7:value",
    ),
    "runs of blanks": (("text | t | 两  个 | | | ",), "", "blanks_many", "survey:3:label::中文 (zh)"),
}  # fmt: skip


@pytest.mark.parametrize("trap", CAUTIONS)
def test_every_trap_that_clients_read_differently_is_warned_of_at_its_place(trap: str) -> None:
    rows, measures, code, place = CAUTIONS[trap]
    text = questionnaire(*rows, measures=measures)
    assert convert_markdown(text).problems == ()
    [found] = cautions(read_sheets(text))
    assert (found.code, found.path) == (code, place)
    assert found.sentence["zh"] and found.sentence["en"]


@pytest.mark.parametrize(
    "rows",
    [
        (COUNTED, "calculate | c | | sum(${n}) | | "),
        (N, "calculate | c | | sum(coalesce(${n}, 0)) | | "),
        ("text | t | 文 | | regex(., '^a+$') | ",),
        ("text | t | 一 个 | | | ",),
    ],
)
def test_what_every_client_reads_alike_is_not_warned_of(rows: tuple[str, ...]) -> None:
    text = questionnaire(*rows, measures="| | m | 1 |\n")
    assert list(cautions(read_sheets(text))) == []


def answered(text: str, now: datetime | None = None, **answers: str) -> dict[str, object]:
    converted = convert_markdown(text)
    assert converted.problems == ()
    at = now or datetime(2018, 11, 20, 6, tzinfo=UTC)
    return dict(fill(load_form(converted.xform), answers, now=at).answers)


def test_curly_quotes_survive_the_converter() -> None:
    form = load_form(convert_markdown(questionnaire("text | t | “甲”和‘乙’ | | | ")).xform)
    assert form.find_by_name("t").labels["zh"] == ("“甲”和‘乙’",)  # type: ignore[union-attr]


def test_an_escaped_pipe_is_a_pipe() -> None:
    form = load_form(convert_markdown(questionnaire(r"text | t | 甲\|乙 | | | ")).xform)
    assert form.find_by_name("t").labels["zh"] == ("甲|乙",)  # type: ignore[union-attr]


def test_the_length_of_a_text_counts_utf_16_units() -> None:
    assert answered(questionnaire(T, "calculate | c | | string-length(${t}) | | "), t="😀")["c"] == "2"


def test_a_date_as_a_number_is_whole_days_and_dates_take_differences() -> None:
    text = questionnaire("calculate | c | | date('2018-11-05') - date('2018-11-01') | | ",
                         "calculate | d | | number(date('1970-01-02')) | | ")  # fmt: skip
    found = answered(text)
    assert (found["c"], found["d"]) == ("4", "1")


def test_today_is_that_of_the_moment_in_its_own_zone() -> None:
    china = timezone(timedelta(hours=8))
    late = datetime(2018, 11, 20, 20, tzinfo=UTC).astimezone(china)
    assert answered(questionnaire("calculate | c | | today() | | "), late)["c"] == "2018-11-21"


def test_an_answer_that_is_not_asked_any_more_is_not_kept_and_counts_as_nothing() -> None:
    text = HEAD.replace("| | integer | n | N | |", "| | integer | n | N | ${c} = 'cc' |")
    text += row("calculation", "if(${n} = '', 'none', ${n})", "calculate") + TAIL
    found = [answered(text, c=town, n="7") for town in ("jl", "cc")]
    assert [(one.get("n"), one["q"]) for one in found] == [(None, "none"), ("7", "7")]


def test_a_required_note_and_a_question_without_a_way_out_are_warned_of() -> None:
    text = questionnaire(
        "note | x | 说明 | | | yes", "select_one c | s | 选 | | | yes", choices="| | c | a | 甲 |\n"
    )
    assert [one.code for one in advise(read_sheets(text), Wording())] == ["note_required", "no_way_out"]
