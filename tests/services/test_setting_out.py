"""Units, rounds, published questionnaires, frameworks and links: stored once, refused whole."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from surveyapp.config import resource
from surveyapp.services import arranging, frameworks, linking, publishing
from surveyapp.services.installation import Platform, UnknownVersion
from surveyapp.storage.tables import (
    FrameworkRow,
    IndicatorRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RoundRow,
    RoundUnitRow,
    UnitRow,
)
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, received

CITIZEN = (resource("questionnaires") / "jilin-2018" / "citizen.md").read_text("utf-8")


def count(platform: Platform, table: type) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def source() -> frameworks.Source:
    read = frameworks.source_from_folder(resource("questionnaires") / "jilin-2018", "指标体系")
    assert isinstance(read, frameworks.Source)
    return read


def test_a_unit_lies_below_its_parent(platform: Platform) -> None:
    root = arranging.ensure_root(platform)
    assert arranging.ensure_root(platform) == root
    city = arranging.add_unit(platform, "city", "市")
    hall = arranging.add_unit(platform, "hall", "厅", "city")
    with platform.database.reading() as session:
        paths = session.scalars(select(UnitRow.path).order_by(UnitRow.id)).all()
    assert paths == [f"/{root}/", f"/{root}/{city}/", f"/{root}/{city}/{hall}/"]


def test_a_taken_code_and_an_unknown_parent_are_refused(platform: Platform) -> None:
    arranging.ensure_root(platform)
    arranging.add_unit(platform, "hall", "厅")
    with pytest.raises(arranging.PlaceRefused, match="hall"):
        arranging.add_unit(platform, "hall", "另一厅")
    with pytest.raises(arranging.UnknownPlace):
        arranging.add_unit(platform, "window", "窗口", "nowhere")
    assert count(platform, UnitRow) == 2


def test_a_site_beyond_the_pole_is_refused(platform: Platform, made: Round) -> None:
    with pytest.raises(arranging.PlaceRefused):
        arranging.add_site(platform, made.unit_id, "x", "厅", "路", (91.0, 0.0))


def test_a_round_with_an_unknown_unit_or_a_taken_code_is_not_begun(platform: Platform, made: Round) -> None:
    plan = arranging.RoundPlan(
        *("r2", "第二轮", made.framework_id, "S"),
        *(date(2026, 11, 16), date(2026, 12, 31), date(2027, 6, 30), "评估组", "咨询台"),
    )
    with pytest.raises(arranging.UnknownPlace):
        arranging.open_round(platform, plan, ["hall-a", "hall-z"], None)
    with pytest.raises(arranging.UnknownPlace):
        arranging.open_round(platform, dataclasses.replace(plan, framework_id=99), ["hall-a"], None)
    with pytest.raises(arranging.RoundRefused):
        arranging.open_round(platform, dataclasses.replace(plan, code="r1"), ["hall-a"], None)
    assert (count(platform, RoundRow), count(platform, RoundUnitRow)) == (1, 2)


def test_a_round_that_is_closed_loses_its_key(platform: Platform, made: Round) -> None:
    arranging.move_round(platform, made.id, "closed", None)
    with platform.database.reading() as session:
        row = session.get(RoundRow, made.id)
    assert row is not None
    assert (row.state, row.hash_key) == ("closed", None)
    with pytest.raises(arranging.UnknownPlace):
        arranging.move_round(platform, 99, "closed", None)


def test_a_call_without_a_line_cannot_be_planned(platform: Platform, made: Round) -> None:
    who = made.people["evaluator"].id
    with pytest.raises(arranging.RoundRefused):
        arranging.assign(platform, made.id, who, "call", made.unit_id, platform.clock())
    assert arranging.assign(
        platform, made.id, who, "call", made.unit_id, platform.clock(), line_id=made.line_id, slot="A"
    )


def test_a_questionnaire_is_published_once_and_its_version_never_changes(platform: Platform) -> None:
    first = publishing.publish(platform, CITIZEN, "survey")
    again = publishing.publish(platform, CITIZEN, "survey")
    assert first.version_id is not None
    assert again == first
    other = publishing.publish(platform, CITIZEN + "\n", "survey")
    assert (other.version_id, [problem.code for problem in other.problems]) == (None, ["version-taken"])
    assert platform.form(first.version_id).form_id == first.form_id == "jilin2018-citizen"
    with pytest.raises(UnknownVersion):
        platform.form(first.version_id + 1)


def test_a_questionnaire_published_by_many_at_once_is_one_version(platform: Platform) -> None:
    start = threading.Barrier(4)

    def publish(_number: int) -> publishing.Published:
        start.wait()
        return publishing.publish(platform, CITIZEN, "survey")

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(publish, range(4)))
    assert len({outcome.version_id for outcome in outcomes}) == 1
    assert (count(platform, QuestionnaireRow), count(platform, QuestionnaireVersionRow)) == (1, 1)


def test_a_framework_of_the_same_content_is_the_same_version(platform: Platform) -> None:
    read = source()
    first, problems = frameworks.import_framework(platform, read)
    assert (problems, frameworks.import_framework(platform, read)) == ((), (first, ()))
    indicators = count(platform, IndicatorRow)
    other, _problems = frameworks.import_framework(platform, dataclasses.replace(read, profiles={}))
    assert count(platform, IndicatorRow) == 2 * indicators > 0
    assert frameworks.list_frameworks(platform) == [
        (other, "jilin-2018", 2, "指标体系"),
        (first, "jilin-2018", 1, "指标体系"),
    ]


def test_a_framework_imported_by_many_at_once_is_one_version(platform: Platform) -> None:
    read, start = source(), threading.Barrier(4)

    def bring(_number: int) -> int | None:
        start.wait()
        return frameworks.import_framework(platform, read)[0]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(bring, range(4)))) == 1
    assert count(platform, FrameworkRow) == 1


def test_a_framework_that_is_not_stored_cannot_be_loaded(platform: Platform, made: Round) -> None:
    assert frameworks.load_framework(platform, made.framework_id).code == "jilin-2018"
    with pytest.raises(frameworks.UnknownFramework):
        frameworks.load_framework(platform, 99)


def test_a_link_says_who_asks_where_and_how_often_it_was_used(platform: Platform, made: Round) -> None:
    link = linking.find_link(platform, made.code)
    assert link is not None
    assert (link.code, link.round_id, link.site_id, link.unit_id) == (
        *(made.code, made.id, made.site_id, made.unit_id),
    )
    assert (link.round_title, link.site_name, link.window) == ("测试轮次", "甲厅政务服务大厅", "3 号窗口")
    assert (link.version_id, link.revoked_at) == (made.versions["citizen"], None)
    received(platform, dataclasses.replace(citizen_submission(made), link_id=link.id))
    received(platform, citizen_submission(made))
    for _ in range(3):
        linking.scan_buffer(platform).add(link.id)
    (listed,) = linking.list_links(platform, made.id)
    assert listed == dataclasses.replace(link, scans=3, answers=1)


def test_a_revoked_link_is_still_known_and_revoked_once(
    platform: Platform, made: Round, clock: Clock
) -> None:
    link = linking.find_link(platform, made.code)
    assert link is not None
    assert linking.revoke_link(platform, link.id, None)
    revoked_at = clock.now
    clock.advance(minutes=1)
    assert linking.revoke_link(platform, link.id, None)
    assert not linking.revoke_link(platform, 99, None)
    found = linking.find_link(platform, made.code, age=60)
    assert found is not None
    assert found.revoked_at == revoked_at


@pytest.mark.parametrize("wrong", [{"round_id": 99}, {"site_id": 99}, {"form_id": "nothing"}])
def test_a_link_to_nowhere_is_not_made(platform: Platform, made: Round, wrong: dict[str, object]) -> None:
    given = {"round_id": made.id, "site_id": made.site_id, "form_id": "jilin2018-citizen"} | wrong
    with pytest.raises(linking.UnknownPlace):
        linking.make_link(platform, **given, window="1", by=None)  # type: ignore[arg-type]
    assert len(linking.list_links(platform, made.id)) == 1
