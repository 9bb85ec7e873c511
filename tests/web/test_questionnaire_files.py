"""Questionnaires as files at the desk: up and down as workbooks and Markdown, hostile ones refused."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from surveyapp.cli import main
from surveyapp.services.authoring_workbooks import LONGEST, markdown_from, workbook_of
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import DraftRow, QuestionnaireVersionRow
from tests.services.test_workbooks import book, repacked, rows_of
from tests.web.test_drafts import ONE, SOURCE, app, client, count, picture

__all__ = ["app"]
HEAD = ("type", "name", "label")
GOOD = book(HEAD, ("note", "a", "x"))
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aa">]><sst>&a;</sst>'


@pytest.fixture
def lead(app: Flask, platform: Platform) -> FlaskClient:
    return client(app, platform, "lead")


def sent(who: FlaskClient, name: str, content: bytes, **media: bytes) -> Any:
    beside = [FileStorage(io.BytesIO(held), one.replace("_", ".")) for one, held in media.items()]
    data = {"kind": "survey", "file": FileStorage(io.BytesIO(content), name), "media": beside}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return who.post("/desk/questionnaires", data=body, content_type=kind)


def draft(platform: Platform) -> DraftRow:
    with platform.database.reading() as session:
        return session.scalars(select(DraftRow)).one()


def with_settings(*rows: tuple[Any, ...]) -> bytes:
    """A workbook whose first sheet has these rows below its header, and settings beside it."""

    def settings(written: Any, _page: Any) -> None:
        page = written.add_worksheet("settings")
        for line, row in enumerate((("form_title", "form_id", "version"), ("T", "t", "1"))):
            page.write_row(line, 0, row)

    return book(HEAD, *rows, more=[settings])


def test_a_workbook_becomes_a_draft_and_comes_back_as_markdown_and_workbook(
    lead: FlaskClient, platform: Platform
) -> None:
    content, problems = workbook_of(SOURCE)
    assert problems == ()
    assert sent(lead, "访谈.xlsx", content, way_png=picture()).status_code == 303
    assert draft(platform).source == SOURCE
    assert "没有错误，可以发布" in lead.get(ONE).text
    back = lead.get(f"{ONE}/source.xlsx")
    assert markdown_from(back.data).text == SOURCE
    assert 'filename="trial-1.xlsx"' in back.headers["Content-Disposition"]
    assert lead.get(f"{ONE}/source.md").text == SOURCE


def test_a_published_version_is_downloaded_as_uploaded_and_as_a_workbook(
    app: Flask, lead: FlaskClient, platform: Platform
) -> None:
    assert sent(lead, "q.md", SOURCE.encode(), way_png=picture()).status_code == 303
    assert client(app, platform, "second").post(ONE, data={"note": "第一版"}).status_code == 303
    assert lead.get("/desk/questionnaires/1/source.md").text == SOURCE
    assert markdown_from(lead.get("/desk/questionnaires/1/source.xlsx").data).text == SOURCE
    assert lead.get("/desk/questionnaires/9/source.xlsx").status_code == 404
    page = lead.get("/desk/questionnaires").text
    assert "/desk/questionnaires/1/source.xlsx" in page and "/desk/questionnaires/1/source.md" in page


def test_a_mistake_in_a_workbook_is_named_by_the_row_that_the_person_sees(
    lead: FlaskClient, platform: Platform
) -> None:
    content = with_settings((), ("note", "a", "x"), (), (), ("select_two x", "b", "y"), ("note", "a", "z"))
    assert sent(lead, "q.xlsx", content).status_code == 303
    page = lead.get(ONE).text
    assert "survey 表第 6 行 type 列" in page
    assert "survey 表第 7 行 name 列：题名“a”与第 3 行重复。" in page
    assert "sheet survey, line 7, column name: The name &#39;a&#39; repeats line 3." in (
        lead.get(f"{ONE}?lang=en").text
    )


def test_cells_that_were_turned_into_text_are_listed_for_both_people(
    app: Flask, lead: FlaskClient, platform: Platform
) -> None:
    content = with_settings(("note", "a", dt.date(2018, 1, 2)), ("note", "b", True))
    assert sent(lead, "q.xlsx", content).status_code == 303
    for who in (lead, client(app, platform, "second")):
        page = who.get(ONE).text
        assert "工作簿里有 2 处已换成文字" in page
        assert "survey 表 C2：单元格是日期或时间" in page and "survey 表 C3：单元格是逻辑值" in page


def hidden(written: Any, _page: Any) -> None:
    written.add_worksheet("choices").hide()


def merged(_written: Any, page: Any) -> None:
    page.merge_range("A2:B3", "note")


def twice(written: Any, _page: Any) -> None:
    written.add_worksheet("survey ").write(0, 0, "type")


def archive(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return target.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "a bomb": (
        "a.xlsx",
        lambda: repacked(GOOD, {"xl/bomb.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}),
        ("解压后超过 16 MB", "复制到新工作簿"),
    ),
    "a bomb that says it is Markdown": (
        "a.md",
        lambda: repacked(GOOD, {"xl/bomb.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}),
        ("解压后超过 16 MB",),
    ),
    "a document type": (
        "a.xlsx",
        lambda: repacked(GOOD, {"xl/sharedStrings.xml": DOCTYPE}),
        ("xl/sharedStrings.xml", "DOCTYPE"),
    ),
    "a formula": ("a.xlsx", lambda: book(HEAD, ("note", "a", "=1+1")), ("survey 表 C2", "粘贴为值")),
    "merged cells": ("a.xlsx", lambda: book(HEAD, more=[merged]), ("survey 表 A2:B3", "取消合并")),
    "two sheets of one name": ("a.xlsx", lambda: book(HEAD, more=[twice]), ("survey 表", "合并成一张")),
    "a hidden sheet": ("a.xlsx", lambda: book(HEAD, more=[hidden]), ("“choices”", "取消隐藏")),
    "a million rows": (
        "a.xlsx",
        lambda: repacked(GOOD, {"xl/worksheets/sheet1.xml": rows_of(1_000_000)}),
        ("解压后超过 16 MB",),
    ),
    "too many rows": (
        "a.xlsx",
        lambda: repacked(GOOD, {"xl/worksheets/sheet1.xml": rows_of(400_000)}),
        ("xl/worksheets/sheet1.xml超过 30000 行",),
    ),
    "a line break": ("a.xlsx", lambda: book(HEAD, ("note", "a", "x\ny")), ("survey 表第 2 行 label 列",)),
    "no survey": ("a.xlsx", lambda: book(HEAD, sheet="Sheet1"), ("缺少 survey 表",)),
    "half a workbook": ("a.xlsx", lambda: GOOD[: len(GOOD) // 2], ("已损坏",)),
    "another archive": ("a.xlsx", lambda: archive("content.xml", b"<office/>"), ("已损坏",)),
    "an old workbook": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 90, ("另存为", ".xlsx")),
    "text that says it is a workbook": ("a.xlsx", lambda: b"hello", ("缺少 survey 表",)),
    "a table of one sheet": ("a.csv", lambda: "type,name\n文本,a\n".encode("gb18030"), ("第 1 行 1 列",)),
    "Markdown in GB18030": ("a.md", lambda: SOURCE.encode("gb18030"), ("第 2 行起不是 UTF-8", ".xlsx")),
    "Markdown with a NUL": (
        "a.md",
        lambda: SOURCE.encode() + b"\0",
        (f"第 {SOURCE.count(chr(10)) + 1} 行", "控制字符"),
    ),
    "long Markdown": ("a.md", lambda: b"x" * (LONGEST + 1), ("超过 2 MB",)),
    "nothing": ("a.md", lambda: b" \n", ("文件是空的",)),
}


@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_a_hostile_or_broken_file_is_refused_at_its_place_and_nothing_is_kept(
    lead: FlaskClient, platform: Platform, case: str
) -> None:
    name, made, said = HOSTILE[case]
    answer = sent(lead, name, made())
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    for words in said:
        assert words in answer.text
    assert count(platform, DraftRow) == count(platform, QuestionnaireVersionRow) == 0
    assert sent(lead, "good.xlsx", with_settings(("note", "a", "x"))).status_code == 303


def test_a_list_in_gb18030_is_a_problem_of_the_draft_with_its_line_and_advice(
    lead: FlaskClient, platform: Platform
) -> None:
    source = SOURCE.replace("select_one yes_no | done", "select_one_from_file halls.csv | done")
    halls = "name,label\nyes,朝阳大厅\n".encode("gb18030")
    assert sent(lead, "q.md", source.encode(), halls_csv=halls, way_png=picture()).status_code == 303
    page = lead.get(ONE).text
    assert "halls.csv" in page and "第 2 行" in page and "另存为 CSV UTF-8" in page


def test_a_draft_that_no_workbook_can_hold_says_why(lead: FlaskClient) -> None:
    text = "| survey |\n| | type |\n| | note |\n| " + "x" * 40 + " |\n| | a |\n"
    assert sent(lead, "q.md", text.encode()).status_code == 303
    answer = lead.get(f"{ONE}/source.xlsx")
    assert answer.status_code == 422 and "不超过 31 个字符" in answer.text


def test_the_command_checks_a_workbook_by_its_own_rows(tmp_path: Any) -> None:
    path = tmp_path / "q.xlsx"
    path.write_bytes(with_settings((), ("note", "a", "x"), (), ("select_two x", "b", "y")))
    outcome = CliRunner().invoke(main, ["questionnaire", "check", str(path)])
    assert outcome.exit_code == 1
    assert f"错误 {path}:survey:5:type: survey 表第 5 行 type 列：" in outcome.output
    path.write_bytes(book(HEAD, ("note", "a", "=1+1")))
    outcome = CliRunner().invoke(main, ["questionnaire", "check", str(path)])
    assert outcome.exit_code == 1 and "survey 表 C2：单元格是公式" in outcome.output
