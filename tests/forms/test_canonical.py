"""Canonical Markdown: one way to write a questionnaire, and nothing lost on the way there."""

from pathlib import Path

import pytest

from surveyapp.forms.canonical import canonical
from surveyapp.forms.tables import read_sheets
from tests.evaluation import jilin

TEN = [path for path in sorted(jilin.FOLDER.glob("*.md")) if path.name != "README.md"]
LOOSE = (
    "\ufeff# Title\r\n\r\n  |survey|\r\n|   |type  | name|label | |\r\n|---|---|---|---|---|\r\n"
    "| | text | a | Say “yes” \\| no | | |\r\n\r\nA remark |  with pipes\r\n| | note | b |\r\n| | | | |\r\n"
    "|settings |\r\n| | form_id | version |\r\n| | f | 1 | stray |\r\n\r\n\r\n"
)
TIDY = (
    "# Title\n\n| survey |\n| | type | name | label |\n"
    "| | text | a | Say “yes” \\| no |\n\nA remark |  with pipes\n| | note | b | |\n"
    "| settings |\n| | form_id | version |\n| | f | 1 | stray |\n"
)


def test_there_are_ten_questionnaires():
    assert len(TEN) == 10


@pytest.mark.parametrize("path", TEN, ids=lambda path: path.stem)
def test_every_shipped_questionnaire_is_canonical(path: Path):
    text = path.read_bytes().decode()
    assert canonical(text) == text


def test_loose_markdown_becomes_canonical_and_keeps_remarks_pipes_quotes_and_stray_cells():
    assert canonical(LOOSE) == TIDY


def test_canonical_markdown_is_not_changed_again():
    assert canonical(TIDY) == TIDY


def test_the_cells_are_the_same_before_and_after():
    def cells(text):
        return {name: [record for _, record in sheet.records()] for name, sheet in read_sheets(text).items()}

    assert cells(LOOSE) == cells(TIDY)


def test_a_cell_may_hold_a_backslash_before_a_pipe_and_a_unicode_line_separator():
    text = "| survey |\n| | type | name | label |\n| | note | a | b\\\\| c\u2028d \\ |\n"
    assert canonical(text) == text
    assert read_sheets(text)["survey"].records()[0][1]["label"] == "b\\| c\u2028d \\"


def test_a_text_without_a_survey_is_left_alone():
    readme = "| a | b |\n|---|---|\n|  c |d|\n"
    assert canonical(readme) == readme
