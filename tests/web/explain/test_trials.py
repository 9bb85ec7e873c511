"""Trials and choices on their pages: marked as trials, nothing stored, wrong wishes refused in words."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from surveyapp.services import scoring
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import Table
from tests.data.rounds import Round, call_submission, confirmed
from tests.web.clients import Enter

TRIAL = "/desk/explain/trial"
CHOICES = "/desk/explain/choices"
pytestmark = pytest.mark.usefixtures("made")


def rows(platform: Platform) -> dict[str, tuple[int, str]]:
    """Number and content of the rows of every table but the sessions, which note when they were seen."""
    with platform.database.reading() as session:
        return {
            table.name: (
                session.scalar(select(func.count()).select_from(table)) or 0,
                repr(sorted(map(repr, session.execute(select(table))))),
            )
            for table in Table.metadata.sorted_tables
            if table.name != "sessions"
        }


def test_a_trial_changes_no_table_and_is_marked_on_every_result(platform: Platform, enter: Enter) -> None:
    lead = enter("lead")
    before = rows(platform)
    page = lead.get(f"{TRIAL}?m1=3&p2.4.1=10&c_min=0.3&policy=renormalise&insufficient=use&flagged=without")
    assert page.status_code == 200
    assert lead.get(CHOICES).status_code == 200
    assert rows(platform) == before
    assert "<title>试算" in page.text and "不能导出" in page.text
    assert page.text.count('data-label="试算"') == 2
    assert lead.post(TRIAL).status_code == 405


def test_a_trial_without_a_wish_is_the_official_result(platform: Platform, made: Round, enter: Enter) -> None:
    page = enter("lead").get(TRIAL).text
    total = scoring.unit_score(platform, made.id, made.unit_id).total
    shown = f"{total.bound_low:.1f}–{total.bound_high:.1f}"
    assert page.count(shown) >= 2
    assert page.count("没有变动") == 2


def test_a_trial_says_in_words_what_it_changes_so_that_a_print_does(enter: Enter) -> None:
    lead = enter("lead")
    page = lead.get(f"{TRIAL}?m0=1&m1=3&p2.4.1=10&c_min=0.3&policy=bounds&flagged=without").text
    assert re.search(r"试算的改动：[^<]+ × 3；缺失的证据改为 缺一样就不评", page)
    assert "最低覆盖率改为 0.3；带质量标记的记录改为 不计入；2.4.1 的分值改为 10</p>" in page
    assert "试算的改动" not in lead.get(f"{TRIAL}?m1=1&policy=renormalise").text


def test_a_trial_moves_the_points_of_a_row_and_says_by_how_much(enter: Enter) -> None:
    page = enter("lead").get(f"{TRIAL}?p2.4.1=20").text
    assert re.search(r'class="line">2\.4\.1 \+', page)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("m1=x", "不是数字"),
        ("m1=-1", "倍数"),
        ("m5=0", "权重全部变成 0"),
        ("p2.4.1=1e9", "分值"),
        ("c_min=2", "覆盖率"),
        ("c_min=nan", "覆盖率"),
    ],
)
def test_a_wrong_wish_is_refused_in_words_and_keeps_what_was_typed(
    enter: Enter, query: str, word: str
) -> None:
    page = enter("lead").get(f"{TRIAL}?{query}")
    assert page.status_code == 422
    assert word in page.text
    assert f'value="{query.partition("=")[2]}"' in page.text


def test_no_export_and_no_interface_knows_a_trial(enter: Enter) -> None:
    lead = enter("lead")
    rules = [str(rule) for rule in lead.application.url_map.iter_rules()]
    assert [rule for rule in rules if "trial" in rule and ("export" in rule or "api" in rule)] == []
    exported = lead.get("/desk/export/scores.csv?round=r1&p2.4.1=20&m1=3").data
    assert exported == lead.get("/desk/export/scores.csv?round=r1").data


def test_the_choices_say_how_many_they_are_and_what_they_move(
    platform: Platform, made: Round, enter: Enter
) -> None:
    confirmed(platform, made, call_submission(made))
    page = enter("lead").get(CHOICES).text
    count = int(re.search(r"共 (\d+) 种组合", page)[1])  # type: ignore[index]
    assert 12 <= count <= 600
    assert "没有足够证据、未列入的单位：乙厅" in page
    assert "事前登记" in page


def test_a_stranger_to_scores_opens_neither(enter: Enter) -> None:
    evaluator = enter("evaluator")
    assert [evaluator.get(page).status_code for page in (TRIAL, CHOICES)] == [403, 403]
