"""The page of evaluators' severity: for leads and auditors, in words where it cannot be told."""

from __future__ import annotations

import pytest

from tests.web.clients import Enter

PAGE = "/desk/explain/severity"
pytestmark = pytest.mark.usefixtures("made")


def test_what_cannot_be_told_is_said_with_what_to_do(enter: Enter) -> None:
    page = enter("lead").get(PAGE).text
    assert "至少要两位评估员评两个单位" in page
    assert "interviewer 甲" in page


def test_names_of_evaluators_are_for_leads_and_auditors_only(enter: Enter) -> None:
    assert enter("auditor").get(PAGE).status_code == 200
    assert enter("viewer").get(PAGE).status_code == 403
    assert "explain/severity" not in enter("viewer").get("/desk/explain/methods").text
    assert "explain/severity" in enter("lead").get("/desk/explain/methods").text
