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
