"""The preview of a questionnaire file: the real page, in each language, for each reader; nothing is kept."""

import socket

import pytest
from click.testing import CliRunner

from surveyapp.application import create_preview
from surveyapp.cli import main
from surveyapp.services.authoring import Unreadable
from tests.evaluation import jilin
from tests.serving import serving

CITIZEN = str(jilin.FOLDER / "citizen.md")
PNG = b"\x89PNG\r\n\x1a\n"
SOURCE = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | required | interviewer::中文 (zh) | media::image |
| | text | why | 为什么？ | Why? | yes | 慢慢念 | way.png |
| settings |
| | form_title | form_id | version | default_language |
| | 例 | example | 1 | 中文 (zh) |
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "example.md"
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


def test_the_page_is_shown_in_the_language_asked_for(source):
    chinese, english = create_preview(source).test_client(), create_preview(source, None, "en").test_client()
    assert "为什么？" in chinese.get("/").text
    assert "Why?" in english.get("/").text and "nothing you enter is kept" in english.get("/").text
    assert "Why?" in chinese.get("/?lang=en").text
    assert "为什么？" in chinese.get("/?lang=xx").text


def test_notes_for_interviewers_are_shown_to_evaluators_only(source):
    assert "慢慢念" not in create_preview(source).test_client().get("/").text
    assert "慢慢念" in create_preview(source, staff=True).test_client().get("/").text


def test_answers_are_checked_and_forgotten(source):
    client = create_preview(source).test_client()
    wrong = client.post("/", data={})
    assert wrong.status_code == 422
    right = client.post("/", data={"why": "因为"})
    assert right.status_code == 200 and "填写符合要求，没有保存" in right.text
    assert "因为" not in client.get("/").text


def test_media_beside_the_file_are_shown_and_nothing_else(source):
    client = create_preview(source, {"way.png": PNG, "towns.csv": b"name\n"}).test_client()
    assert "/files/way.png" in client.get("/").text
    assert client.get("/files/way.png").data == PNG
    assert client.get("/files/towns.csv").status_code == 404
    assert client.get("/files/other.png").status_code == 404


def test_pages_are_protected_as_real_ones_and_answer_on_loopback_names_only(source):
    client = create_preview(source).test_client()
    assert "default-src 'none'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_broken_file_is_refused_with_its_problems(source, tmp_path):
    bad = tmp_path / "bad.md"
    bad.write_text(SOURCE.replace("| 1 |", "| |"), encoding="utf-8")
    with pytest.raises(Unreadable, match="version"):
        create_preview(str(bad))
    outcome = CliRunner().invoke(main, ["questionnaire", "preview", str(bad)])
    assert outcome.exit_code == 1 and "settings" in outcome.output


def test_a_port_that_is_taken_is_said(source):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = CliRunner().invoke(main, ["questionnaire", "preview", source, "--port", str(port)])
    assert outcome.exit_code == 1 and str(port) in outcome.output


@pytest.mark.parametrize("width", [390, 1280])
def test_the_preview_fits_and_is_accessible(page, axe, width):
    page.set_viewport_size({"width": width, "height": 900})
    with serving(create_preview(CITIZEN)) as address:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []
