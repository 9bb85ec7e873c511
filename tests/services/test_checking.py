"""`surveyapp check`: what it says of a good folder, and of every kind of bad one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from surveyapp.config import resource
from surveyapp.services.checking import check_folder

OURS = resource("questionnaires") / "jilin-2018"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped folder to spoil."""
    return Path(shutil.copytree(OURS, tmp_path / "jilin-2018"))


def bad(folder: Path) -> list[str]:
    return [line for line, is_bad in check_folder(folder) if is_bad]


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_folder_is_good_and_shown_whole() -> None:
    lines = list(check_folder(OURS))
    text = "\n".join(line for line, _bad in lines)
    assert [line for line, is_bad in lines if is_bad] == []
    assert "基础分 100，加分 10，计分指标 28 项" in text
    assert "1.3.1 “只跑一次”改革“一把手”工程情况 8（原表 4）" in text
    assert "错误 E-SUM" in text
    assert "→ 决定 R1" in text
    for name in ("citizen.md", "call.md", "visit.md", "interview.md"):
        assert f"问卷 {name}：可以发布" in text
    assert "方案 S：75 个“指标×方法”格，75 个有度量" in text
    assert "无度量" not in text


def test_a_cell_that_no_questionnaire_feeds_is_named(folder: Path) -> None:
    (folder / "publication.md").unlink()
    text = "\n".join(line for line, _bad in check_folder(folder))
    assert "无度量 1.1.3 × 以事项公布情况为准" in text
    assert "无度量 2.2.3 × 政务大厅调研" not in text


def test_an_error_without_a_decision_is_bad(folder: Path) -> None:
    spoil(folder / "decisions.toml", 'finding = "E-SUM"', 'finding = "W-RAGGED"')
    assert any("E-SUM" in line for line in bad(folder)) or bad(folder)
    (folder / "decisions.toml").unlink()
    found = bad(folder)
    assert any("E-SUM" in line for line in found)
    assert any("尚未决定，不能计分" in line for line in found)


def test_a_bad_table_is_named_with_its_row(folder: Path) -> None:
    spoil(folder / "indicators.csv", "2.2.2,2.2,3,", "2.2.1,2.2,3,")
    assert any(line.startswith("indicators.csv") and "第" in line for line in bad(folder))


def test_a_measure_that_does_not_fit_is_named_with_its_questionnaire(folder: Path) -> None:
    spoil(folder / "visit.md", "| 2.2.1 | 政务大厅调研 |", "| 9.9 | 政务大厅调研 |")
    found = bad(folder)
    assert any(line.startswith("visit.md measures") and "9.9" in line for line in found)


def test_a_broken_questionnaire_is_named_and_the_others_are_still_checked(folder: Path) -> None:
    spoil(folder / "call.md", "${outcome} = 'D1'", "${outcom} = 'D1'")
    lines = list(check_folder(folder))
    assert any(is_bad and line.startswith("call.md") for line, is_bad in lines)
    assert any("visit.md：可以发布" in line for line, _bad in lines)


def test_the_same_measure_in_two_questionnaires_is_bad(folder: Path) -> None:
    spoil(folder / "visit.md", "vs_221_instant", "tel_223_right30_s")
    assert any("tel_223_right30_s" in line and "重复" in line for line in bad(folder))


def test_two_modes_may_share_a_measure_as_long_as_it_is_the_same(folder: Path) -> None:
    spoil(
        folder / "callback.md", "| 2.3.5 | 服务对象抽查 | T1 | | 1 |", "| 2.3.5 | 服务对象抽查 | T1 | | 2 |"
    )
    found = bad(folder)
    assert len(found) == 1
    assert "qn_235_known" in found[0] and "重复" in found[0]


def test_a_folder_without_a_table_is_said_to_have_none(tmp_path: Path) -> None:
    assert any("indicators.csv" in line for line in bad(tmp_path))
