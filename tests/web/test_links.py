"""QR links at the desk: made, listed, printed, downloaded, revoked; addresses from PUBLIC_URL alone."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image

from surveyapp.application import create_app
from surveyapp.services import accounts, linking
from surveyapp.services.installation import Platform
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round
from tests.web.clients import signed_in


@pytest.fixture
def lead(platform: Platform, made: Round) -> FlaskClient:
    app = create_app(platform)
    app.config["WTF_CSRF_ENABLED"] = False
    return signed_in(app, platform, "lead")


def test_a_link_is_made_listed_and_leads_to_the_page(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    data = {"site": str(made.site_id), "window": "出口", "form": "jilin2018-citizen"}
    assert lead.post("/desk/links", data=data).status_code == 303
    link = linking.list_links(platform, made.id)[-1]
    assert link.window == "出口"
    page = lead.get("/desk/links").text
    assert f"{platform.settings.public_url}/q/{link.code}" in page
    assert lead.get(f"/q/{link.code}").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"site": "999"}, {"site": "x"}, {"window": " "}, {"window": "长" * 65}, {"form": "nowhere"}],
)
def test_a_bad_link_is_refused_with_a_sentence(
    lead: FlaskClient, platform: Platform, made: Round, changed: dict[str, str]
) -> None:
    data = {"site": str(made.site_id), "window": "出口", "form": "jilin2018-citizen", **changed}
    answer = lead.post("/desk/links", data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert len(linking.list_links(platform, made.id)) == 1


def test_the_sheet_shows_code_address_place_and_issuer(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    link = linking.list_links(platform, made.id)[0]
    sheet = lead.get(f"/desk/links/{link.id}/sheet").text
    for words in (
        f"{platform.settings.public_url}/q/{link.code}",
        link.code,
        "甲厅政务服务大厅",
        "3 号窗口",
        "评估组",
    ):
        assert words in sheet


def test_the_code_comes_as_svg_and_as_a_sharp_png(lead: FlaskClient, platform: Platform, made: Round) -> None:
    link = linking.list_links(platform, made.id)[0]
    drawn = lead.get(f"/desk/links/{link.id}/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "style=" not in drawn.text
    picture = lead.get(f"/desk/links/{link.id}/qr.png?download=1")
    assert picture.headers["Content-Disposition"].endswith(f'qr-{link.code}.png"')
    image = Image.open(io.BytesIO(picture.data))
    assert image.width == image.height >= 300


def test_a_revoked_link_stays_in_the_list_and_revoking_twice_changes_nothing(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    link = linking.list_links(platform, made.id)[0]
    for _ in range(2):
        assert lead.post(f"/desk/links/{link.id}/revoke").status_code == 303
    again = linking.list_links(platform, made.id)[0]
    assert again.revoked_at is not None
    assert "已停用" in lead.get("/desk/links").text
    assert lead.post("/desk/links/999/revoke").status_code == 404


def test_a_lead_of_another_unit_sees_no_link_of_this_one(platform: Platform, made: Round) -> None:
    with hashes.cheap():
        accounts.create_user(platform, "lead-b", "乙厅负责人", PASSWORD)
    accounts.grant(platform, "lead-b", "lead", "hall-b")
    client = signed_in(create_app(platform), platform, "lead-b")
    link = linking.list_links(platform, made.id)[0]
    assert link.code not in client.get("/desk/links").text
    assert client.get(f"/desk/links/{link.id}/sheet").status_code == 404
