"""From Markdown to XForm to Form: what survives and what is refused, with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from surveyapp.forms.problem import BadForm
from surveyapp.forms.rendering import APPEARANCES, SETS_POSITION
from surveyapp.forms.tables import read_sheets
from tests.forms.examples import HALL, SETTINGS, hall, markdown_of

MEASURES = """| measures |
| | name | label::中文 (zh) | value | filter | cluster |
| | share | 比例 | ${waited} = 'no' | ${times} > 0 | ${site} |
"""


def problem_codes(text: str) -> list[str]:
    return [problem.code for problem in convert_markdown(text).problems]


def test_curly_quotes_survive_the_conversion() -> None:
    xform = convert_markdown(HALL + SETTINGS).xform
    assert "您到现场“几次”" in xform
    assert "\ue201" not in xform


def test_the_title_is_kept_in_every_language() -> None:
    assert hall().titles == {"zh": "办事体验", "en": "Service"}
    assert hall().languages == ("zh", "en")
    assert (hall().form_id, hall().version, hall().default_language) == ("example", "2018110501", "zh")


def test_the_measures_sheet_is_handed_on_as_it_is() -> None:
    [row] = convert_markdown(HALL + SETTINGS + MEASURES).measures
    assert row["name"] == "share"
    assert row["value"] == "${waited} = 'no'"


def test_a_measure_that_names_no_question_is_refused_at_its_cell() -> None:
    [problem] = convert_markdown(HALL + SETTINGS + MEASURES.replace("${times}", "${visits}")).problems
    line = len((HALL + SETTINGS).splitlines()) + 3
    assert (problem.code, problem.path) == ("question_unknown", f"measures:{line}:filter")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("integer | a | A | foo(1) | | | |", "function_unknown", "relevant"),
        ("integer | a | A | | | (. > 1 | |", "expression_unfinished", "constraint"),
        ("integer | a | A | | | . === 1 | |", "sign_foreign", "constraint"),
        ("integer | a | A | 1 ＞ 0 | | | |", "full_width", "relevant"),
        ("integer | 年龄 | A | | | | |", "name_wrong", "name"),
        ("geowalk | a | A | | | | |", "type_unknown", "type"),
        ("calculate | a | | | | | ${a2} |", "questionnaire_refused", None),
        ("text | a | A | | | regex(., '(a+)+b') | |", "pattern_risky", "constraint"),
        ("calculate | a | | | | | pulldata('x') |", "arguments_wrong", "calculation"),
    ],
)
def test_what_pyxform_lets_pass_is_refused_with_its_place(row: str, code: str, column: str | None) -> None:
    [problem] = convert_markdown(markdown_of(row)).problems
    assert problem.code == code
    assert column is None or problem.path == f"survey:3:{column}"


def test_questions_that_depend_on_each_other_are_refused_with_their_path() -> None:
    rows = "calculate | a | | | | | ${b} + 1 |\ncalculate | b | | | | | ${a} + 1 |"
    [problem] = convert_markdown(markdown_of(rows)).problems
    assert problem.code == "cycle"
    assert "a → b → a" in problem.sentence["zh"]


def test_or_other_is_refused() -> None:
    text = markdown_of("select_one yn or_other | a | A | | | | |", "| | yn | y | Yes |\n")
    assert problem_codes(text) == ["or_other"]


def test_a_trigger_that_names_no_question_is_refused() -> None:
    text = markdown_of("calculate | a | | | | | 1 |").replace("repeat_count |", "trigger |", 1)
    assert problem_codes(text.replace("| 1 | |", "| 1 | ${b} |")) == ["questionnaire_refused"]


def test_a_name_used_twice_is_refused() -> None:
    assert "name_twice" in problem_codes(markdown_of("text | a | A | | | | |\ntext | a | A | | | | |"))


def test_settings_without_a_version_are_refused() -> None:
    assert problem_codes(HALL + SETTINGS.replace("2018110501", "")) == ["setting_missing"]


def test_a_row_longer_than_its_header_is_refused() -> None:
    assert problem_codes(markdown_of("text | a | A | | | | | | extra |")) == ["cells_many"]


def test_a_control_character_is_refused() -> None:
    assert problem_codes(markdown_of("text | a | A\x00 | | | | |")) == ["sign_forbidden"]


def test_a_range_without_numbers_is_refused() -> None:
    xform = convert_markdown(HALL + SETTINGS).xform.replace('step="1"', 'step="0"')
    with pytest.raises(BadForm) as caught:
        load_form(xform)
    assert [problem.code for problem in caught.value.problems] == ["range_wrong"]


def test_a_column_given_twice_is_refused() -> None:
    assert problem_codes(markdown_of("text | a | A | | | | |").replace("| label |", "| name |")) == [
        "column_twice"
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(HALL)), st.integers(0, 40), st.text(max_size=6))
def test_a_damaged_questionnaire_gives_problems_and_no_exception(place: int, cut: int, put: str) -> None:
    converted = convert_markdown(HALL[:place] + put + HALL[place + cut :] + SETTINGS)
    assert converted.xform or converted.problems
    assert all(problem.sentence["zh"] and problem.sentence["en"] for problem in converted.problems)


def test_a_text_without_tables_is_refused() -> None:
    assert problem_codes("Just words") == ["sheet_missing"]


def test_a_cell_may_hold_an_escaped_pipe() -> None:
    assert read_sheets("| a |\n| | x | y |\n| | 1\\|2 | 3 |")["a"].records() == [(3, {"x": "1|2", "y": "3"})]


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<a>",
        "<a/>",
        "not xml",
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        "<a>" * 100_000,
    ],
)
def test_an_unusable_xform_is_refused_with_a_sentence(xml: str) -> None:
    with pytest.raises(BadForm) as caught:
        load_form(xml)
    assert caught.value.problems[0].sentence["zh"]


def sheet_of(kind: str, appearance: str = "", parameters: str = "", clients: str = "") -> str:
    return (
        "| survey |\n| | type | name | label | appearance | parameters |\n"
        f"| | {kind} | a | A | {appearance} | {parameters} |\n"
        "| choices |\n| | list_name | name | label |\n| | yn | y | Yes |\n"
        "| settings |\n| | form_title | form_id | version | clients |\n"
        f"| | T | t | 1 | {clients} |\n"
    )


@pytest.mark.parametrize(
    ("kind", "appearance", "parameters", "code", "column"),
    [
        ("text", "multi-line", "", "appearance_unknown", "appearance"),
        ("select_one yn", "spinner", "", "appearance_unknown", "appearance"),
        ("integer", "bearing", "", "appearance_unknown", "appearance"),
        ("image", "", "max-pixel=100", "parameter_unknown", "parameters"),
        ("range", "", "start 1", "parameters_unreadable", "parameters"),
        ("background-audio", "", "", "type_odk_only", "type"),
        ("select_one_external yn", "", "", "type_unknown", "type"),
    ],
)
def test_what_the_page_does_not_render_is_refused_with_what_it_does(
    kind: str, appearance: str, parameters: str, code: str, column: str
) -> None:
    [problem] = convert_markdown(sheet_of(kind, appearance, parameters)).problems
    assert (problem.code, problem.path) == (code, f"survey:3:{column}")


def test_an_unknown_appearance_is_told_the_nearest_one() -> None:
    [problem] = convert_markdown(sheet_of("text", "multi-line")).problems
    assert "multiline" in problem.sentence["zh"]
    assert "Did you mean multiline?" in problem.sentence["en"]


def test_a_form_for_odk_clients_alone_may_use_what_the_page_cannot() -> None:
    assert problem_codes(sheet_of("background-audio", clients="odk")) == []
    assert problem_codes(sheet_of("integer", "bearing", clients="odk")) == []
    assert problem_codes(sheet_of("text", "ex:org.example.app(a='b c')", clients="odk")) == []
    assert problem_codes(sheet_of("integer", "bearing", clients="phones")) == [
        "appearance_unknown",
        "clients_wrong",
    ]


@pytest.mark.parametrize("clients", ["odk", "all"])
def test_a_real_mistake_is_one_for_odk_clients_too(clients: str) -> None:
    assert problem_codes(sheet_of("text", "mulitline", clients=clients)) == ["appearance_unknown"]
    assert problem_codes(sheet_of("image", "bearings", clients=clients)) == ["appearance_unknown"]
    assert problem_codes(sheet_of("select_multiple yn", "signature", clients=clients)) == [
        "appearance_unknown"
    ]


def test_a_position_taken_by_itself_is_for_odk_clients_alone() -> None:
    for kind in SETS_POSITION:
        assert problem_codes(sheet_of(kind)) == ["setgeopoint_odk_only"]
    assert problem_codes(sheet_of("start-geopoint", clients="odk")) == []


def test_every_appearance_and_parameter_we_render_passes() -> None:
    for kind, known in APPEARANCES.items():
        if kind.startswith(("begin", "end", "xml", "csv", "audit", "calculate")) or kind == "end":
            continue
        listed = f"{kind} yn" if kind in ("select_one", "select_multiple", "rank") else kind
        listed = f"{kind} x.csv" if kind.endswith("from_file") else listed
        for appearance in known:
            assert problem_codes(sheet_of(listed, appearance)) == [], (kind, appearance)


def test_a_sheet_that_comes_twice_is_refused_where_it_comes_again() -> None:
    text = sheet_of("text") + "| survey |\n| | type | name |\n| | text | b |\n"
    assert [one.path for one in convert_markdown(text).problems if one.code == "sheet_twice"] == [
        "survey:10:"
    ]


def test_a_questionnaire_of_more_than_2500_rows_is_refused_at_once() -> None:
    rows = "".join(f"| | text | q{n} | Q |\n" for n in range(2_501))
    text = (
        f"| survey |\n| | type | name | label |\n{rows}| settings |\n| | form_id | version |\n| | t | 1 |\n"
    )
    [problem] = convert_markdown(text).problems
    assert (problem.code, problem.path) == ("rows_many", "survey:2503:")


def test_an_xform_of_more_than_ten_thousand_questions_is_refused() -> None:
    xform = convert_markdown(sheet_of("text")).xform
    with pytest.raises(BadForm) as refused:
        load_form(xform.replace("<a/>", "".join(f"<q{n}/>" for n in range(10_001))))
    assert [one.code for one in refused.value.problems] == ["questions_many"]
