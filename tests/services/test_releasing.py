"""Releases: a folder that computes itself again, says when it was touched and what changed since."""

from __future__ import annotations

import ast
import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from surveyapp.cli import main
from surveyapp.config import resource
from surveyapp.services import releasing, scoring
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import SnapshotRow
from tests.data.rounds import (
    Round,
    call_submission,
    citizen_submission,
    confirmed,
    correct,
    fill_round,
    step,
)

ROUND = "r1"


def release(platform: Platform, made: Round, folder: Path, profile: str | None = None) -> Path:
    return releasing.release_round(platform, ROUND, profile, folder)


def recompute(folder: Path) -> subprocess.CompletedProcess[str]:
    order = [sys.executable, "-I", str(folder / "recompute.py")]
    return subprocess.run(order, capture_output=True, text=True, check=False, cwd="/")


def published(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = json.loads((folder / "published.json").read_text("utf-8"))
    return found


def kept(platform: Platform) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SnapshotRow)) or 0


@pytest.mark.parametrize("profile", ["S", "R"])
def test_a_release_computes_itself_again_without_us(
    platform: Platform, made: Round, tmp_path: Path, profile: str
) -> None:
    fill_round(platform, made)
    folder = release(platform, made, tmp_path / "out", profile)
    done = recompute(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" 0 differences\n") and int(done.stdout.split()[0]) > 1_000
    score = scoring.unit_score(platform, made.id, made.unit_id, profile)
    units = published(folder)["units"].values()
    assert score.base.bound_low in [unit["base"]["bound_low"] for unit in units]


def test_the_script_uses_the_standard_library_numpy_and_scipy_alone() -> None:
    tree = ast.parse((resource("static") / "release" / "recompute.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) == {"numpy", "scipy"}


def test_a_number_or_a_record_that_was_touched_is_found(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    fill_round(platform, made, calls=6, surveys=4)
    folder = release(platform, made, tmp_path / "out", "R")
    path = folder / "data" / "observations.csv"
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    place = rows[0].index("value")
    changed = next(row for row in rows[1:] if row[place] == "1.0" and "2.2.3" in row)
    changed[place] = "0.0"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    done = recompute(folder)
    assert done.returncode == 1
    assert "data/observations.csv: SHA-256" in done.stdout
    assert f"/{changed[rows[0].index('measure')]}/mean: published" in done.stdout


def test_a_release_names_no_answer_and_no_place(platform: Platform, made: Round, tmp_path: Path) -> None:
    fill_round(platform, made, calls=6, surveys=4)
    folder = release(platform, made, tmp_path / "out")
    with (folder / "data" / "observations.csv").open(encoding="utf-8", newline="") as file:
        clusters = {row["cluster"] for row in csv.DictReader(file)}
    assert len(clusters) > 1 and all(not one or one[1:].isdigit() for one in clusters)
    head = (folder / "data" / "records.csv").read_text("utf-8").splitlines()[0]
    assert head == "unit,root_id,revision,kind,version_id,day,body_sha256"


def test_every_unit_has_one_snapshot_of_the_release(platform: Platform, made: Round, tmp_path: Path) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    units = published(release(platform, made, tmp_path / "out"))["units"]
    assert kept(platform) == len(units) == 2
    for unit in units.values():
        assert scoring.recompute(platform, int(unit["snapshot"])).is_equal  # type: ignore[call-overload]


def test_a_folder_in_use_and_an_empty_round_are_refused_and_keep_nothing(
    platform: Platform, made: Round, tmp_path: Path
) -> None:
    with pytest.raises(releasing.NothingToRelease):
        release(platform, made, tmp_path / "out")
    fill_round(platform, made, calls=4, surveys=2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(releasing.FolderInUse):
        release(platform, made, tmp_path / "out")
    with pytest.raises(scoring.UnknownSubject):
        releasing.release_round(platform, "none", None, tmp_path / "other")
    assert kept(platform) == 0 and [one.name for one in tmp_path.iterdir() if one.name == "other"] == []


def test_what_changed_between_releases_is_named(platform: Platform, made: Round, tmp_path: Path) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    root = confirmed(platform, made, call_submission(made))
    first = release(platform, made, tmp_path / "1", "R")
    assert releasing.compare_releases(first, release(platform, made, tmp_path / "2", "R")) == []
    fresh = confirmed(platform, made, citizen_submission(made))
    third = release(platform, made, tmp_path / "3", "R")
    assert {change.reasons for change in releasing.compare_releases(first, third)} == {("data",)}
    assert fresh in releasing.compare_releases(first, third)[0].evidence
    step(platform, made, root, "returned", "seconds")
    correct(platform, made, root, call_submission(made, "B1"))
    step(platform, made, root, "approved")
    step(platform, made, root, "confirmed")
    changes = releasing.compare_releases(third, release(platform, made, tmp_path / "4", "R"))
    assert {change.reasons for change in changes} == {("correction",)}
    assert {change.evidence for change in changes} == {(root,)}
    assert {change.place for change in changes} >= {"2.2.3", "base"}


def test_another_profile_is_a_change_of_rules(platform: Platform, made: Round, tmp_path: Path) -> None:
    fill_round(platform, made)
    strict, wide = (release(platform, made, tmp_path / code, code) for code in "SR")
    changes = [one for one in releasing.compare_releases(strict, wide) if one.place == "2.2.3"]
    assert changes and all("rule" in change.reasons for change in changes)
    assert "weights 2.2.3" in changes[0].evidence
    assert "规则 / rule" in changes[0].line()


def test_the_command_writes_compares_and_refuses(platform: Platform, made: Round, tmp_path: Path) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    given = {"DATABASE_URL": platform.settings.database_url, "DATA_DIR": str(platform.settings.data_dir)}
    runner, first, second = CliRunner(env=given), str(tmp_path / "1"), str(tmp_path / "2")
    for folder in (first, second):
        done = runner.invoke(main, ["release", ROUND, "--out", folder])
        assert done.exit_code == 0, done.output
    assert runner.invoke(main, ["release", "diff", first, second]).output.startswith("没有差别")
    again = runner.invoke(main, ["release", ROUND, "--out", first])
    assert again.exit_code == 1 and "the folder is not empty" in again.output
    unread = runner.invoke(main, ["release", "diff", first, str(tmp_path)])
    assert unread.exit_code == 1 and "not a release" in unread.output
    as_json = runner.invoke(main, ["release", "diff", "--json", first, second])
    assert json.loads(as_json.output) == []
    assert runner.invoke(main, ["release", "none", "--out", str(tmp_path / "3")]).exit_code == 1
