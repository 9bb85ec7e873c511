"""The command for questionnaires as files: what it writes, says and refuses."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.config import resource
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from surveyapp.services import authoring, authoring_sets, authoring_versions
from surveyapp.services.authoring_workbooks import workbook_of
from tests.data.rounds import citizen_submission, make_round, received

LOOSE = "|survey|\n| |type|name|\n"


def run(*words):
    return CliRunner().invoke(main, ["questionnaire", *map(str, words)])


@pytest.fixture
def loose(tmp_path):
    path = tmp_path / "loose.md"
    path.write_text(LOOSE, encoding="utf-8")
    return path


def test_fmt_rewrites_a_file_in_place_once(loose):
    first, second = run("fmt", loose), run("fmt", loose)
    assert (first.exit_code, second.exit_code, second.output) == (0, 0, "")
    assert "loose.md" in first.output
    assert loose.read_text(encoding="utf-8") == "| survey |\n| | type | name |\n"


def test_fmt_check_names_the_file_and_changes_nothing(loose):
    outcome = run("fmt", "--check", loose.parent)
    assert outcome.exit_code == 1
    assert "loose.md" in outcome.output
    assert loose.read_text(encoding="utf-8") == LOOSE


def test_fmt_refuses_a_file_that_is_not_utf8_and_leaves_it(loose):
    loose.write_bytes("|survey|问卷".encode("gb18030"))
    outcome = run("fmt", loose)
    assert outcome.exit_code == 1
    assert "UTF-8" in outcome.output
    assert loose.read_bytes() == "|survey|问卷".encode("gb18030")


GOOD = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant |
| | integer | age | 年龄 | Age | |
| settings |
| | form_title | form_id | version | default_language |
| | 例 | example | 1 | 中文 (zh) |
"""


def test_check_names_file_sheet_line_and_column_of_every_problem(loose):
    loose.write_text(
        GOOD.replace("| Age | |", "| Age | ${ag} = 1 |").replace("| 1 |", "| |"), encoding="utf-8"
    )
    outcome = run("check", loose)
    assert outcome.exit_code == 1
    assert f"错误 {loose}:settings:6:version: settings 表第 6 行 version 列：" in outcome.output
    loose.write_text(GOOD.replace("| Age | |", "| Age | 1 + |"), encoding="utf-8")
    outcome = run("check", loose)
    assert outcome.exit_code == 1
    assert f"{loose}:survey:3:relevant" in outcome.output
    assert "sheet survey, line 3, column relevant" in outcome.output


def test_check_passes_a_right_questionnaire(loose):
    loose.write_text(GOOD, encoding="utf-8")
    outcome = run("check", loose)
    assert outcome.exit_code == 0, outcome.output


def test_check_misses_a_list_only_when_told_where_the_files_are(loose, tmp_path):
    listed = GOOD.replace("| integer | age |", "| select_one_from_file towns.csv | age |")
    loose.write_text(listed, encoding="utf-8")
    beside = tmp_path / "beside"
    beside.mkdir()
    assert run("check", loose).exit_code == 0
    assert run("check", loose, "--files", beside).exit_code == 1
    (beside / "towns.csv").write_text("name,label\na,A\n", encoding="utf-8")
    assert run("check", loose, "--files", beside).exit_code == 0
    (beside / "bad name.exe").write_bytes(b"x")
    assert "bad name.exe" in run("check", loose, "--files", beside).output


def test_diff_of_files_is_told_in_words_and_as_json(loose):
    loose.write_text(GOOD, encoding="utf-8")
    other = loose.with_name("other.md")
    other.write_text(GOOD.replace("| age |", "| years |"), encoding="utf-8")
    words, data = run("diff", loose, other), run("diff", loose, other, "--json")
    assert (words.exit_code, data.exit_code) == (0, 0)
    assert "新题“years”" in words.output and "Question age (integer) is removed" in words.output
    assert [(one["kind"], one["records"]) for one in json.loads(data.output)] == [
        ("added", None),
        ("removed", None),
    ]
    assert "没有差别" in run("diff", loose, loose).output


def test_diff_and_preview_read_workbooks_too(loose, tmp_path):
    loose.write_text(GOOD, encoding="utf-8")
    workbook = tmp_path / "other.xlsx"
    workbook.write_bytes(workbook_of(GOOD.replace("| age |", "| years |"))[0])
    outcome = run("diff", loose, workbook)
    assert outcome.exit_code == 0 and "新题“years”" in outcome.output
    workbook.write_bytes(b"PK\x03\x04")
    refused = run("diff", loose, workbook)
    assert refused.exit_code == 1 and "工作簿已损坏" in refused.output


def test_diff_refuses_what_is_neither_file_nor_version(loose):
    loose.write_text(GOOD, encoding="utf-8")
    outcome = run("diff", loose, "example@2")
    assert outcome.exit_code == 1
    assert "--data" in outcome.output


def test_diff_counts_the_records_of_an_installation(platform):
    made = make_round(platform)
    received(platform, citizen_submission(made, comment="很好", channel="onsite"))
    old = authoring_versions.version_named("jilin2018-citizen", platform)
    text = (resource("questionnaires") / "jilin-2018" / "citizen.md").read_text(encoding="utf-8")
    newer = text.replace("| text | comment |", "| text | remark |")
    newer = newer.replace("| channel | onsite |", "| channel | in_person |")
    converted = convert_markdown(newer)
    new = authoring_versions.Version(load_form(converted.xform), converted.measures)
    found = authoring_versions.differences(old, new, platform)
    counts = {(one.change.kind, one.change.option or one.change.path): one.records for one in found}
    assert counts == {
        ("added", "opinion/remark"): 0,
        ("removed", "opinion/comment"): 1,
        ("option_recoded", "onsite"): 1,
    }
    with pytest.raises(authoring.Unreadable):
        authoring_versions.form_named("jilin2018-citizen@none", platform)


def test_warnings_do_not_make_check_fail(loose):
    loose.write_text(GOOD.replace("| Age |", "| |"), encoding="utf-8")
    outcome = run("check", loose)
    assert outcome.exit_code == 0
    assert f"提醒 {loose}:survey:3:label::English (en):" in outcome.output
    assert "problems: 0, warnings: 1" in outcome.output


def test_the_shipped_questionnaires_have_no_problem_and_only_reviewed_warnings():
    outcome = run("check", resource("questionnaires") / "jilin-2018")
    assert outcome.exit_code == 0
    found = set(re.findall(r"\[(\w+)\]$", outcome.output, flags=re.MULTILINE))
    assert found == {"no_way_out", "options_many", "double", "leading"}


@pytest.fixture
def whole_set(tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(resource("questionnaires") / "jilin-2018", folder)
    return folder


def test_a_measure_without_indicator_is_named_by_its_line_in_a_folder(whole_set):
    path = whole_set / "visit.md"
    text = path.read_text(encoding="utf-8").split("| measures |")
    number = re.search(r"\| (\d\.\d\.\d) \|", text[1])[1]
    path.write_text(
        "| measures |".join((text[0], text[1].replace(f"| {number} |", "| 9.9.9 |", 1))), encoding="utf-8"
    )
    found = [(one.name, problem.path) for one, problem in authoring_sets.look_at_set(whole_set)]
    line = path.read_text(encoding="utf-8").split("| 9.9.9 |")[0].count("\n") + 1
    assert found == [("visit.md", f"measures:{line}:indicator")]


def test_a_cell_without_any_question_is_named_in_a_folder(whole_set):
    assert list(authoring_sets.look_at_set(whole_set)) == []
    (whole_set / "visit.md").unlink()
    found = [problem for _, problem in authoring_sets.look_at_set(whole_set)]
    assert found and {problem.code for problem in found} == {"cell_empty"}
    assert "cell_empty" in run("check", whole_set).output
