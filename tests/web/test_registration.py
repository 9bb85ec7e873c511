"""The round's page registers its rules; score pages print the hash and what changed since."""

from __future__ import annotations

from surveyapp.services import scoring
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, citizen_submission, confirmed
from tests.services.test_registering_rules import CHANGED, change_a_measure
from tests.web.clients import Enter


def test_a_lead_registers_on_the_page_of_the_round(platform: Platform, made: Round, enter: Enter) -> None:
    lead, page = enter("lead"), f"/desk/rounds/{made.id}"
    assert "规则尚未登记" in lead.get(page).text
    assert lead.post(f"{page}/register").status_code == 303
    shown = lead.get(page).text
    first = scoring.standing(platform, scoring.round_basis(platform, made.id)).first
    assert first is not None and first.sha256 in shown and "登记现行规则" not in shown
    assert "登记之前已收到" not in shown
    change_a_measure(platform)
    assert f"测量 {CHANGED} 的 weight 已变" in lead.get(page).text
    refused = lead.post(f"{page}/register", data={"reason": ""})
    assert refused.status_code == 422 and "请写明为什么修改" in refused.text
    assert lead.post(f"{page}/register", data={"reason": "试点后调整"}).status_code == 303
    assert "第 2 次登记" in lead.get(page).text
    assert enter("reviewer").post(f"{page}/register").status_code == 403


def test_the_unit_page_shows_both_results(platform: Platform, made: Round, enter: Enter) -> None:
    confirmed(platform, made, citizen_submission(made))
    scoring.fold_registered(platform, made.id)
    lead = enter("lead")
    first = scoring.standing(platform, scoring.round_basis(platform, made.id)).first
    assert first is not None
    for page in ("/desk/scores", "/desk/scores/hall-a"):
        assert first.sha256[:12] in lead.get(page).text
    assert "按事前登记的规则" not in lead.get("/desk/scores/hall-a").text
    change_a_measure(platform)
    shown = lead.get("/desk/scores/hall-a").text
    assert "按事前登记的规则" in shown and "其后改动 1 处" in shown and CHANGED in shown
    english = lead.get("/desk/scores/hall-a?lang=en").text
    assert "Base points by the registered rules" in english
