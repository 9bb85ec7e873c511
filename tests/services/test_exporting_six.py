"""Records of the six kinds of assigned work in exports: a table each, every answer under its own name."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from surveyapp.gateways.spreadsheets import read_sheets
from surveyapp.services import exporting
from surveyapp.services.collecting import Accepted
from surveyapp.services.exporting import Order
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, make_round
from tests.data.work import assigned, publish_six, rated
from tests.questionnaires.test_reach import BASE, BEST, record

PEOPLE = {
    "callback": "interviewer", "hall": "evaluator", "document": "evaluator", "panel": "expert",
    "publication": "evaluator", "self": "unit",
}  # fmt: skip
EXPECTED = {
    "callback": {"contact_result": "refused", "case_ref": "1"},
    "hall": {"site": "hall-a-1", "item[1]/item_code": "a", "item[1]/item_depth": "4", "tickets_done": "4"},
    "document": {"subject": "unit", "evidence[1]/ev_verdict": "proved", "findings_known": "4"},
    "panel": {"round": "1", "rubric_111_tasks": "3", "reasons/reason": "依据方案第三页。"},
    "publication": {"check_no": "1", "found": "yes", "delay_days": "20"},
    "self": {"claimed_1_1_1": "3.5", "proof[1]/proof_leaf": "several"},
}


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


def answers_of(kind: str) -> dict[str, Any]:
    if kind == "callback":
        contact = {"source": "list", "attempt_no": "1", "contact_result": "refused"}
        return {"contact": contact}
    if kind == "panel":
        return rated("3")
    if kind == "self":
        proof = {"proof_leaf": "several", "proof_sha256": "ab" * 32, "proof_what": "总结"}
        return {
            "about": {
                "office": "改革办",
                "period_to": "2018-10-31",
                "approved": "head",
                "not_applicable": "none",
            },
            "policy": {"claimed_1_1_1": "3.5"},
            "files": {"files_n": "1", "proof": [proof]},
            "total": {"declared": "OK"},
        }
    more = {"document": {"subject": "unit"}, "publication": {"found": "yes"}}.get(kind, {})
    answers = record(kind, True, {**BASE[kind], **BEST.get(kind, {}), **more})
    assert isinstance(answers, dict)
    return answers


@pytest.fixture
def filed(platform: Platform, made: Round) -> Round:
    for kind, role in PEOPLE.items():
        outcome = file_work(
            platform, made.people[role], assigned(platform, made, kind, role), Work(answers_of(kind))
        )
        assert isinstance(outcome, Accepted), (kind, outcome)
    return made


def test_the_one_table_holds_a_row_a_record_with_its_answers(platform: Platform, filed: Round) -> None:
    text = b"".join(exporting.csv_pieces(platform, Order("records", filed.id, ("/",)))).decode("utf-8-sig")
    rows = {row["kind"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == set(PEOPLE)
    for kind, wanted in EXPECTED.items():
        for name, value in wanted.items():
            column = name if name in rows[kind] else next(c for c in rows[kind] if c.endswith(f"/{name}"))
            assert rows[kind][column] == value, (kind, name)
        assert rows[kind]["unit_code"] == "hall-a" and rows[kind]["collector"] == PEOPLE[kind]


def test_the_workbook_has_a_sheet_an_instrument_and_says_its_questions_in_words(
    platform: Platform, filed: Round
) -> None:
    with exporting.xlsx_file(platform, Order("records", filed.id, ("/",), "zh")) as file:
        found = read_sheets(file.read())
    assert isinstance(found, tuple)
    sheets = {sheet.name: sheet.rows for sheet in found}
    assert set(sheets) == {f"jilin2018-{kind}" for kind in PEOPLE}
    assert all(len(rows) == 3 for rows in sheets.values())
    words = sheets["jilin2018-document"][1]
    assert any("第三方查出的问题共几个？" in cell for cell in words)
