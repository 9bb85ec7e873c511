"""Items on no list, by capture and recapture: from the records that count, and from both sources or not."""

from __future__ import annotations

from typing import Any

import pytest

from surveyapp.application import create_app
from surveyapp.services import scoring
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, confirmed, interview_submission, received
from tests.services.test_counting_once import FILE, publish_document, review
from tests.web.clients import signed_in


@pytest.fixture
def version(platform: Platform, made: Round) -> int:
    return publish_document(platform)


def lists(made: Round, document: int, reviewed: int = 40) -> Any:
    said = {"items_all": "60", "list_sha256": FILE, "items_reviewed": str(reviewed), "items_published": "30"}
    return review(made, document, FILE, "unit", lists=said)


def named(platform: Platform, made: Round, all_: int, on_list: int) -> Any:
    submission = interview_submission(made, platform)
    submission.answers["mechanism"] |= {"recent_named": str(all_), "recent_listed": str(on_list)}
    return submission


def test_both_sources_give_chapmans_estimate(platform: Platform, made: Round, version: int) -> None:
    confirmed(platform, made, lists(made, version))
    confirmed(platform, made, named(platform, made, 8, 6))
    assert (scoring.unlisted(platform, made.id, made.unit_id) or pytest.fail()).named == 8
    confirmed(platform, made, named(platform, made, 7, 4))
    received(platform, named(platform, made, 10, 0))
    found = scoring.unlisted(platform, made.id, made.unit_id)
    assert found is not None and (found.listed, found.named, found.both) == (40, 15, 10)
    assert found.estimate.total == pytest.approx(41 * 16 / 11 - 1)
    assert found.missing == pytest.approx(41 * 16 / 11 - 41)


def test_without_one_of_them_there_is_no_estimate(platform: Platform, made: Round, version: int) -> None:
    assert scoring.unlisted(platform, made.id, made.unit_id) is None
    confirmed(platform, made, named(platform, made, 8, 6))
    assert scoring.unlisted(platform, made.id, made.unit_id) is None
    confirmed(platform, made, lists(made, version, reviewed=5))
    assert scoring.unlisted(platform, made.id, made.unit_id) is None


def test_the_leaf_says_it_and_that_it_gives_no_points(
    platform: Platform,
    made: Round,
    version: int,
) -> None:
    confirmed(platform, made, lists(made, version))
    confirmed(platform, made, named(platform, made, 8, 6))
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    lead = signed_in(app, platform, "lead")
    page = lead.get("/desk/scores/hall-a/1.2.1?round=r1").text
    assert "清单之外约 11.7 项" in page and "不计入得分" in page
    assert "清单之外可能还有多少事项" not in lead.get("/desk/scores/hall-a/1.2.2?round=r1").text
