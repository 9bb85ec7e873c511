"""A process that dies while it takes a device's post leaves all of it or nothing; the next try heals it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from surveyapp.config import ROOT
from surveyapp.services import devices, receiving, tidying
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, PostedFile, Taken
from surveyapp.storage.tables import AttachmentRow, PostedInstanceRow, RecordRow, RecordStateRow
from tests.data.openrosa import issued, photo, visit_xml
from tests.data.rounds import make_round


def counts(platform: Platform) -> tuple[int, ...]:
    tables = RecordRow, RecordStateRow, PostedInstanceRow, AttachmentRow
    with platform.database.reading() as session:
        return tuple(session.query(table).count() for table in tables)


@pytest.mark.parametrize("point", ["after-files", "before-commit", "after-commit"])
def test_a_death_at_any_point_leaves_all_or_nothing(platform: Platform, tmp_path: Path, point: str) -> None:
    made = make_round(platform)
    token = issued(platform, made).secret
    xml = visit_xml(platform, made, changes=(("<photo_1/>", "<photo_1>a.jpg</photo_1>"),))
    (tmp_path / "record.xml").write_bytes(xml)
    (tmp_path / "a.jpg").write_bytes(photo())
    settings = platform.settings
    arguments = [str(settings.data_dir), settings.database, token, *map(str, _files(tmp_path)), point]
    died = subprocess.run([sys.executable, "-m", "tests.faults.posting", *arguments], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert counts(platform) == ((1, 1, 1, 1) if point == "after-commit" else (0, 0, 0, 0))
    device = devices.find_by_address(platform, token)
    assert device is not None
    again = receiving.receive(platform, device, Post(xml, (PostedFile("a.jpg", photo()),)))
    assert isinstance(again, Taken)
    assert again.is_repeat == (point == "after-commit")
    assert counts(platform) == (1, 1, 1, 1)
    tidying.sweep_files(platform, timedelta(days=-1000))
    assert tidying.missing_files(platform) == []
    assert len(list(platform.files.digests())) == 3


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "record.xml", folder / "a.jpg"
