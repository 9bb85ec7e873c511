"""The indicator page: findings with severity and decision; another table comes in whole or not at all."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveyapp.application import create_app
from surveyapp.gateways.spreadsheets import Table, write_workbook
from surveyapp.services import frameworks, scoring
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AuditRow, FrameworkRow, IndicatorRow
from tests.data.rounds import Round
from tests.web.clients import signed_in

GOOD = """code,name,points,methods
1,服务,60,
1.1,办理时限,40,文件梳理
1.2,态度,20,服务对象抽查
2,公开,40,文件梳理、内部访谈
"""


@pytest.fixture
def lead(platform: Platform, made: Round) -> FlaskClient:
    app: Flask = create_app(platform)
    app.config["WTF_CSRF_ENABLED"] = False
    return signed_in(app, platform, "lead")


def upload(client: FlaskClient, content: bytes, name: str = "t.csv") -> tuple[int, str]:
    """Send a table to the import form."""
    data = {"title": "另一套指标", "code": "other-1", "table": (io.BytesIO(content), name)}
    response = client.post("/desk/framework/import", data=data, content_type="multipart/form-data")
    return response.status_code, response.text


def test_the_page_shows_the_tree_with_stated_and_resolved_points_and_all_findings(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    page = lead.get("/desk/framework").text
    loaded = frameworks.load_framework(platform, made.framework_id)
    assert len(loaded.framework.leaves) == 28
    for finding in loaded.findings:
        assert finding.id in page
    for words in (
        "名称待委托方确认",
        "未标",
        "已调整",
        "R1",
        "项目负责人",
        "基础分 100 分，加分 10 分，计分指标 28 项",
    ):
        assert words in page


def test_another_table_comes_in_from_csv_and_from_xlsx(lead: FlaskClient, platform: Platform) -> None:
    assert upload(lead, GOOD.encode("utf-8-sig"))[0] == 303
    buffer = io.BytesIO()
    rows = [line.split(",") for line in GOOD.splitlines()]
    write_workbook(buffer, [Table("指标", rows[0], [*rows[1:]])])
    data = {
        "title": "第三套",
        "code": "other-2",
        "table": (io.BytesIO(buffer.getvalue()), "t.xlsx"),
    }
    response = lead.post("/desk/framework/import", data=data, content_type="multipart/form-data")
    assert response.status_code == 303, response.text[:3000]
    with platform.database.reading() as session:
        codes = list(session.scalars(select(FrameworkRow.code).order_by(FrameworkRow.id)))
    assert codes[1:] == ["other-1", "other-2"]


@pytest.mark.parametrize(
    ("table", "word"),
    [
        (GOOD.replace("1.1,办理时限,40", "1.1,办理时限,30"), "1"),
        (GOOD.replace("1.2,态度", "1.1,态度"), "1.1"),
        (GOOD.replace("1.2,态度,20", "3.2,态度,20"), "3"),
        (GOOD.replace("2,公开,40", "2,公开,"), "第"),
        (GOOD.replace("服务对象抽查", "问问看"), "问问看"),
        (GOOD.replace("1.1,办理时限,40", "1.1,办理时限,很多"), "很多"),
        ("name,points\n服务,60\n", "code"),
        ("", ""),
    ],
    ids=[
        "wrong sum",
        "duplicate",
        "orphan",
        "missing points",
        "unknown method",
        "no number",
        "no header",
        "empty",
    ],
)
def test_a_bad_table_is_refused_by_row_and_column_and_nothing_is_stored(
    lead: FlaskClient, platform: Platform, table: str, word: str
) -> None:
    status, page = upload(lead, table.encode())
    assert status == 422
    assert 'role="alert"' in page
    assert word in page
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FrameworkRow)) == 1
        assert session.scalar(select(func.count(IndicatorRow.framework_id.distinct()))) == 1


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old excel", b"\x00\x01\x02"])
def test_a_broken_file_gets_a_sentence(lead: FlaskClient, content: bytes) -> None:
    status, page = upload(lead, content, "t.xlsx")
    assert status == 422
    assert "Traceback" not in page


def test_an_error_finding_without_a_decision_blocks_scoring_until_it_is_decided(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    with platform.database.transaction() as session:
        row = session.get(FrameworkRow, made.framework_id)
        assert row is not None
        row.decisions = [one for one in row.decisions if one["finding"] != "E-SUM"]
    with pytest.raises(scoring.Blocked):
        scoring.unit_score(platform, made.id, made.unit_id)
    assert "尚未作出决定" in lead.get("/desk/framework").text
    entry = {
        "finding": "E-SUM",
        "node": "1.3",
        "reading": "R1",
        "what": "按 R1",
        "why": "等式成立",
        "role": "项目负责人",
    }
    address = f"/desk/framework/{made.framework_id}/decisions"
    assert lead.post(address, data={**entry, "why": ""}).status_code == 422
    assert lead.post(address, data={**entry, "reading": "R9"}).status_code == 422
    assert lead.post(address, data={**entry, "node": "9.9"}).status_code == 422
    assert lead.post(address, data=entry).status_code == 303
    assert scoring.unit_score(platform, made.id, made.unit_id).base.available == 100
    with platform.database.reading() as session:
        assert "framework.decide" in list(session.scalars(select(AuditRow.action)))
