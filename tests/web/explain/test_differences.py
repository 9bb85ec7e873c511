"""The page of differences: what sums to what, two rounds of a unit, nothing to compare, wrong addresses."""

from __future__ import annotations

from datetime import date

import pytest

from surveyapp.services import arranging
from surveyapp.services.installation import Platform
from tests.data.rounds import Round
from tests.web.clients import Enter

PAGE = "/desk/explain/differences"
pytestmark = pytest.mark.usefixtures("made")


def test_two_units_are_compared_and_what_is_not_scored_stands_apart(enter: Enter) -> None:
    page = enter("lead").get(PAGE).text
    assert "甲厅 − 乙厅" in page
    assert "单独列出：不适用或未评" in page
    assert page.count('class="n wide-only">乙厅</th>') == page.count("<caption") - 1


def test_a_unit_is_compared_with_itself_in_another_round(
    platform: Platform, made: Round, enter: Enter
) -> None:
    days = (date(2027, 1, 4), date(2027, 2, 1), date(2027, 9, 1))
    plan = arranging.RoundPlan("r2", "复测轮次", made.framework_id, "S", *days, "评估组", "大厅咨询台")
    arranging.open_round(platform, plan, ["hall-a"], None)
    page = enter("lead").get(f"{PAGE}?round=r1&unit=hall-a&against=r2&other=hall-a").text
    assert "甲厅 · 测试轮次 − 甲厅 · 复测轮次" in page


def test_a_unit_is_not_compared_with_itself(enter: Enter) -> None:
    page = enter("lead").get(f"{PAGE}?unit=hall-a&other=hall-a").text
    assert "请选择两个不同的单位" in page


@pytest.mark.parametrize("query", ["unit=hall-z", "other=hall-z", "against=r9", "profile=X"])
def test_what_is_not_there_is_not_found(enter: Enter, query: str) -> None:
    assert enter("lead").get(f"{PAGE}?{query}").status_code == 404
