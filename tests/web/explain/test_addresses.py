"""The addresses of explanations: apart from those of units, whatever code a unit has."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from surveyapp.services import arranging
from surveyapp.services.installation import Platform
from tests.data.rounds import Round
from tests.web.clients import Enter

NAMES = ("methods", "differences", "trial", "choices", "severity")


@pytest.fixture
def named(platform: Platform, made: Round) -> None:
    """A round whose only unit has the code 'explain'."""
    arranging.add_unit(platform, "explain", "释法中心")
    day = date(2026, 12, 1)
    plan = arranging.RoundPlan("r2", "复测", made.framework_id, "S", day, day, day, "评估组", "大厅咨询台")
    arranging.open_round(platform, plan, ["explain"], None)


@pytest.mark.usefixtures("named")
def test_a_unit_with_the_code_explain_has_pages_of_its_own(enter: Enter) -> None:
    lead = enter("lead")
    for place in ("", "/2.4.1", "/snapshots"):
        page = lead.get(f"/desk/scores/explain{place}?round=r2")
        assert page.status_code == 200 and "释法中心" in page.text, place


@pytest.mark.usefixtures("named")
def test_a_unit_with_the_code_explain_is_explained_as_any_other(enter: Enter) -> None:
    page = enter("lead").get("/desk/explain/methods?round=r2&unit=explain")
    assert page.status_code == 200 and "释法中心" in page.text


@pytest.mark.parametrize("name", NAMES)
def test_a_leaf_may_be_named_like_an_explanation(app: Flask, name: str) -> None:
    way = app.url_map.bind("localhost")
    found = way.match(f"/desk/scores/explain/{name}")
    assert found == ("desk.leaf_page", {"unit_code": "explain", "leaf": name})
    assert way.match(f"/desk/explain/{name}") == (f"desk.{name}_page", {})
