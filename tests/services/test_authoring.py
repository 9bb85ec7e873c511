"""The command for questionnaires as files: what it writes, says and refuses."""

import pytest
from click.testing import CliRunner

from surveyapp.cli import main

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
