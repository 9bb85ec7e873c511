"""The first start: the demonstration passes through the services, the same each time, and is kept."""

from __future__ import annotations

import dataclasses
import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveyapp.config import Settings
from surveyapp.evaluation.kinds import KINDS, TASKS
from surveyapp.services import accounts, demonstrating, scoring
from surveyapp.services.installation import Platform
from surveyapp.services.planning import sampling
from surveyapp.storage.database import Database
from surveyapp.storage.migrations import upgrade
from surveyapp.storage.tables import (
    AssignmentRow,
    AttachmentRow,
    CallAttemptRow,
    CaseExtractRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
    SnapshotRow,
    TallyRow,
    UserRow,
)
from tests.clock import Clock
from tests.data import hashes


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return built(tmp_path_factory.mktemp("demo"))


def built(folder: Path) -> Platform:
    """A demonstration on SQLite."""
    settings = Settings(data_dir=folder, secret_key="k" * 40)
    platform = Platform.open(settings, Clock())
    with hashes.cheap():
        access = demonstrating.prepare(platform, True, quiet)
    assert access is not None
    return platform


def contents(platform: Platform) -> list[object]:
    """What the records say, without codes that are random by design."""
    with platform.database.reading() as session:
        rows = session.execute(
            select(
                RecordRow.submission_id, RecordRow.answers, RecordRow.flags, RecordRow.received_at
            ).order_by(RecordRow.id)
        )
        return [tuple(row) for row in rows]


def test_it_has_a_few_hundred_records_over_the_ten_instruments(demo: Platform) -> None:
    with demo.database.reading() as session:
        kinds = dict(
            session.execute(select(RecordRow.kind, func.count()).group_by(RecordRow.kind)).all()  # type: ignore[arg-type]
        )
        states = set(session.scalars(select(RecordStateRow.state)))
        around = session.scalars(select(RoundRow)).one()
        attempts = session.scalar(select(func.count()).where(CallAttemptRow.state == "closed"))
        counted = session.scalar(select(func.sum(TallyRow.number)))
        photos = session.scalar(select(func.count()).select_from(AttachmentRow))
        snapshots = session.scalar(select(func.count()).select_from(SnapshotRow))
    assert set(kinds) == set(KINDS)
    assert 400 <= sum(kinds.values()) <= 700
    assert {"received", "approved", "confirmed", "returned"} <= states
    assert around.is_demonstration
    assert attempts == kinds["call"]
    assert counted == sum(kinds.values())
    assert photos == 2 * kinds["visit"] + kinds["hall"]
    assert snapshots == 3


def test_no_leaf_of_the_demonstration_is_without_a_score(demo: Platform) -> None:
    with demo.database.reading() as session:
        results = list(session.scalars(select(SnapshotRow.result)))
    unscored = [leaf["code"] for result in results for leaf in result["leaves"] if leaf["points"] is None]
    assert len(results) == 3 and unscored == []


def test_no_measure_of_the_demonstration_has_too_few_records(demo: Platform) -> None:
    with demo.database.reading() as session:
        results = list(session.scalars(select(SnapshotRow.result)))
    lacking = [
        (result["unit"], measure["key"], measure["n"])
        for result in results
        for leaf in result["leaves"]
        for cell in leaf["cells"]
        for measure in cell["measures"]
        if measure["status"] != "collected"
    ]
    assert lacking == []


def test_its_sampling_plan_was_kept_before_the_first_record(demo: Platform) -> None:
    with demo.database.reading() as session:
        round_id = session.scalars(select(RoundRow.id)).one()
    (version,) = sampling.versions_of(demo, round_id)
    assert version.received_before == 0
    ground = sampling.ground_of(demo, round_id)
    live = sampling.live_units(demo, ground, version.plan, ground.units)
    states = {row.light.state for unit in live for row in unit.rows}
    assert {"enough", "pending", "short"} <= states
    for unit in live:
        score = scoring.unit_score(demo, round_id, unit.unit.id)
        assert sum(unit.observed.variances.values()) == pytest.approx((score.total.se or 0.0) ** 2)


def test_its_document_reviews_rest_on_lists_of_cases(demo: Platform) -> None:
    with demo.database.reading() as session:
        lists = list(session.scalars(select(CaseExtractRow)))
        reviews = list(session.scalars(select(RecordRow).where(RecordRow.kind == "document")))
    whole = [one for one in reviews if one.answers["dossier"]["subject"] == "unit"]
    files = [one for one in reviews if one.answers["dossier"]["subject"] == "case"]
    assert len(lists) == 3 and len(whole) == 6
    assert {one.answers["proofs"]["evidence"][0]["ev_sha256"] for one in whole} == {
        one.sha256 for one in lists
    }
    assert not any("not_as_extract" in one.flags for one in reviews)
    assert {one.answers["case"]["case_no"] for one in files} == {no for one in lists for no in one.sample}


def test_each_person_who_signs_in_finds_work_to_do(demo: Platform) -> None:
    with demo.database.reading() as session:
        planned = set(
            session.scalars(select(AssignmentRow.kind).where(AssignmentRow.state == "planned").distinct())
        )
    assert planned >= set(TASKS)


def test_its_content_is_the_same_every_time(demo: Platform, tmp_path: Path) -> None:
    again = built(tmp_path)
    assert contents(again) == contents(demo)
    again.close()


def test_the_sign_ins_work_and_lie_in_a_file_only_its_owner_can_read(demo: Platform) -> None:
    path = demo.settings.data_dir / "demo-access.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    access = json.loads(path.read_text(encoding="utf-8"))
    assert access["citizen_url"].startswith("http://127.0.0.1:8000/q/")
    for role in ("lead", "reviewer", "evaluator", "interviewer", "expert", "unit"):
        with hashes.cheap():
            token = accounts.sign_in(demo, access[role]["login"], access[role]["password"])
        assert token
        actor = accounts.find_actor(demo, token)
        assert actor is not None
        assert actor.has(role)


def test_a_second_start_keeps_everything(demo: Platform) -> None:
    before = contents(demo)
    access = demonstrating.prepare(demo, True, quiet)
    assert access is not None
    assert not access.is_new
    assert contents(demo) == before


def test_a_start_at_another_address_gives_the_link_that_address(demo: Platform) -> None:
    moved = dataclasses.replace(
        demo, settings=demo.settings.model_copy(update={"public_url": "http://127.0.0.1:9999"})
    )
    access = demonstrating.prepare(moved, True, quiet)
    assert access is not None
    assert access.citizen_url(moved).startswith("http://127.0.0.1:9999/q/")
    demonstrating.prepare(demo, True, quiet)


def test_an_empty_start_makes_one_admin_whose_password_is_shown_once(tmp_path: Path) -> None:
    platform = Platform.open(Settings(data_dir=tmp_path))
    access = demonstrating.prepare(platform, False, quiet)
    assert access is not None
    login, password = access.people["admin"]
    assert any(password in line for line in demonstrating.welcome(platform, access))
    assert accounts.sign_in(platform, login, password)
    assert not (tmp_path / "demo-access.json").exists()
    assert demonstrating.prepare(platform, False, quiet) is None
    platform.close()


def test_an_interrupted_demonstration_is_not_taken_for_a_whole_one(demo: Platform, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'half.db'}"
    upgrade(url)
    half = dataclasses.replace(
        demo, settings=demo.settings.model_copy(update={"data_dir": tmp_path}), database=Database(url)
    )
    with half.database.transaction() as session, demo.database.reading() as source:
        user = source.scalars(select(UserRow).limit(1)).one()
        session.merge(user)
    with pytest.raises(demonstrating.Interrupted):
        demonstrating.prepare(half, True, quiet)
    half.close()
