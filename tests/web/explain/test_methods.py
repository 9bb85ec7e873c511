"""The pages that explain scores: scope, decisions taken and refused, what is open stops a snapshot."""

from __future__ import annotations

import pytest

from tests.data.contradicting import FINDING
from tests.web.clients import Enter

METHODS = "/desk/explain/methods?unit=hall-a"
pytestmark = pytest.mark.usefixtures("made")


def test_a_contradiction_is_named_decided_and_shown_with_who_and_why(enter: Enter) -> None:
    lead = enter("lead")
    page = lead.get(METHODS).text
    assert f"hall-a/{FINDING}" in page and "待裁定" in page
    assert "内部访谈得出的达成度比服务对象抽查高 1.00" in page
    sent = {"finding": FINDING, "verdict": "both", "reason": "问的不是同一件事"}
    assert lead.post(METHODS, data=sent).status_code == 303
    page = lead.get(METHODS).text
    assert "待裁定" not in page and "问的不是同一件事" in page and "lead 甲" in page


def test_a_decision_without_a_reason_is_refused_beside_its_finding(enter: Enter) -> None:
    lead = enter("lead")
    refused = lead.post(METHODS, data={"finding": FINDING, "verdict": "first", "reason": " "})
    assert refused.status_code == 422
    assert "请写明裁定的理由" in refused.text
    assert "待裁定" in lead.get(METHODS).text


def test_readers_see_the_methods_and_only_leads_decide(enter: Enter) -> None:
    viewer = enter("viewer")
    assert "记录裁定" not in viewer.get(METHODS).text
    assert viewer.post(METHODS, data={}).status_code == 403


@pytest.mark.parametrize("query", ["unit=hall-z", "unit=hall-a&profile=X", "round=r9"])
def test_what_is_not_there_is_not_found(enter: Enter, query: str) -> None:
    assert enter("lead").get(f"/desk/explain/methods?{query}").status_code == 404


def test_a_finding_that_is_not_there_cannot_be_decided(enter: Enter) -> None:
    sent = {"finding": "9.9:x~y", "verdict": "both", "reason": "因为"}
    assert enter("lead").post(METHODS, data=sent).status_code == 404


def test_a_snapshot_waits_for_the_decision_and_says_so(enter: Enter) -> None:
    lead = enter("lead")
    refused = lead.post("/desk/scores/hall-a/snapshots?round=r1")
    assert refused.status_code == 409
    assert FINDING in refused.text and "逐条裁定" in refused.text
    lead.post(METHODS, data={"finding": FINDING, "verdict": "both", "reason": "因为"})
    assert lead.post("/desk/scores/hall-a/snapshots?round=r1").status_code == 303
