"""Files of a record: which a question takes, what becomes of them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from surveyapp.services.attaching import Upload, named_upload, prepare
from tests.forms.widgets import widgets

SOUND = b"\x1aE\xdf\xa3" + b"\0" * 40
PAPER = b"%PDF-1.7\n"


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize(
    ("question", "content", "kind"),
    [
        ("files/photo", picture(), "image/jpeg"),
        ("files/sound", SOUND, "video/webm"),
        ("files/sound", b"OggS" + b"\0" * 20, "audio/ogg"),
        ("files/paper", PAPER, "application/pdf"),
        ("files/paper", "说明".encode(), "text/plain"),
        ("files/paper", picture(), "image/jpeg"),
    ],
)
def test_a_question_takes_what_it_asks_for(question: str, content: bytes, kind: str) -> None:
    ready, problems = prepare([Upload(question, "x", content)], widgets())
    assert problems == ()
    assert ready[0].media_type in (kind, "image/png")


def test_sound_and_papers_are_kept_whole_and_pictures_are_written_anew() -> None:
    ready, _ = prepare(
        [Upload("files/paper", "x.pdf", PAPER), Upload("files/photo", "x.png", picture())], widgets()
    )
    assert ready[0].shown == PAPER
    assert ready[1].shown != picture()


@pytest.mark.parametrize(
    ("question", "content", "sentence"),
    [
        ("files/photo", PAPER, "文件“x”"),
        ("files/sound", PAPER, "不是能识别的录音"),
        ("files/sound", picture(), "不是能识别的录音"),
        ("files/paper", b"\x7fELF\0\0", "只收 PDF"),
        ("text/short", SOUND, "文件“x”"),
    ],
)
def test_what_does_not_fit_is_a_problem_at_its_question(question: str, content: bytes, sentence: str) -> None:
    ready, problems = prepare([Upload(question, "x", content)], widgets())
    assert ready == ()
    assert problems[0].path == question
    assert sentence in problems[0].sentence["zh"]
    assert problems[0].sentence["en"]


def test_a_file_gets_a_name_of_our_own_with_the_ending_of_the_senders() -> None:
    assert named_upload("a/sound", 2, SOUND, "My Holiday.WEBM").name.startswith("sound-2-")
    assert named_upload("a/sound", 2, SOUND, "My Holiday.WEBM").name.endswith(".webm")
    assert named_upload("a/sound", 1, SOUND, "../../x.p$p").name.endswith(".jpg")
