"""The provider's reports: signed, in order, once; closed when nothing is configured."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from surveyapp.application import create_app
from surveyapp.services import calling
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import CallAttemptRow, RecordRow
from tests.clock import MORNING, Clock
from tests.data.fieldwork import assigned_call, begun, closed
from tests.data.rounds import Round, make_round, new_id
from tests.gateways.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, Report, TwilioStandIn


@pytest.fixture
def stand_in() -> TwilioStandIn:
    return TwilioStandIn()


@pytest.fixture
def configured(platform: Platform, stand_in: TwilioStandIn, serve: Any) -> Platform:
    settings = platform.settings.model_copy(
        update={
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_from_number": NUMBER,
            "twilio_api_base": serve(stand_in),
            "public_url": "https://survey.example.org",
        }
    )
    return dataclasses.replace(platform, settings=settings)


@pytest.fixture
def made(configured: Platform) -> Round:
    return make_round(configured)


@pytest.fixture
def app(configured: Platform) -> Iterator[Flask]:
    app = create_app(configured)
    app.config.update(RATELIMIT_ENABLED=False)
    yield app


def deliver(app: Flask) -> Any:
    """Posts reports to the application as the provider would, whatever host it was told."""
    client = app.test_client()

    def post(url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        return client.post(target, data=params, headers=headers).status_code

    return post


def sent(app: Flask, report: Report) -> int:
    return int(deliver(app)(report.url, report.params, report.headers))


def placed(configured: Platform, made: Round, connect_to: str = "") -> tuple[str, str]:
    """(attempt id, provider's id) of a call that was placed."""
    attempt = begun(configured, made, assigned_call(configured, made))
    sid = calling.place_call(configured, made.people["evaluator"], attempt.id, connect_to)
    assert isinstance(sid, str), sid
    return attempt.id, sid


def attempt_of(configured: Platform, attempt_id: str) -> CallAttemptRow:
    with configured.database.reading() as session:
        return session.get_one(CallAttemptRow, attempt_id)


def test_signed_reports_move_the_instants_and_leave_the_outcome_to_the_person(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn, clock: Clock
) -> None:
    attempt_id, sid = placed(configured, made)
    clock.advance(seconds=40)
    assert set(stand_in.run(sid, "completed", deliver=deliver(app))) == {204}
    attempt = attempt_of(configured, attempt_id)
    seconds = [
        (at - MORNING).total_seconds() if at else None
        for at in (attempt.rang_at, attempt.answered_at, attempt.ended_at)
    ]
    assert seconds == [1, 2, 3]
    assert (attempt.state, attempt.outcome, attempt.provider_status) == ("open", None, "completed")
    assert closed(configured, made, attempt_id, "A3").outcome == "A3"


def test_a_call_is_placed_once_however_often_the_button_is_pressed(
    configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt_id, _sid = placed(configured, made, "13800000000")
    again = calling.place_call(configured, made.people["evaluator"], attempt_id)
    assert isinstance(again, calling.Refusal) and again.code == "call-placed"
    assert len(stand_in.calls) == 1


def test_a_refused_number_can_be_tried_again_and_an_uncertain_one_cannot(
    configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt = begun(configured, made, assigned_call(configured, made))
    caller = made.people["evaluator"]
    wrong = calling.place_call(configured, caller, attempt.id, "not a number")
    assert isinstance(wrong, calling.Refusal) and wrong.code == "call-number"
    stand_in.out_of_order = True
    lost = calling.place_call(configured, caller, attempt.id)
    assert isinstance(lost, calling.Refusal) and lost.code == "call-uncertain"
    stand_in.out_of_order = False
    again = calling.place_call(configured, caller, attempt.id)
    assert isinstance(again, calling.Refusal) and again.code == "call-placed"


def test_a_replayed_and_a_late_report_are_refused_and_change_nothing(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn, clock: Clock
) -> None:
    attempt_id, sid = placed(configured, made)
    clock.advance(seconds=40)
    reports = stand_in.reports(sid, "completed")
    assert sent(app, reports[2]) == 204
    before = attempt_of(configured, attempt_id)
    assert [sent(app, reports[number]) for number in (2, 1, 0)] == [409, 409, 409]
    after = attempt_of(configured, attempt_id)
    assert after.rang_at is None and after.answered_at == before.answered_at
    assert (after.provider_status, after.provider_sequence) == ("in-progress", 2)


@pytest.mark.parametrize("forged", ["", "AAAA", "c2lnbmF0dXJl"])
def test_an_unsigned_report_is_refused(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn, forged: str
) -> None:
    _attempt_id, sid = placed(configured, made)
    report = stand_in.reports(sid, "completed")[0]
    headers = {"X-Twilio-Signature": forged} if forged else {}
    assert sent(app, dataclasses.replace(report, headers=headers)) == 403


def test_a_report_changed_on_its_way_is_refused(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    _attempt_id, sid = placed(configured, made)
    report = stand_in.reports(sid, "completed")[0]
    changed = dataclasses.replace(report, params={**report.params, "CallStatus": "busy"})
    moved = dataclasses.replace(report, url=report.url.replace("attempt=", "attempt=0"))
    assert (sent(app, changed), sent(app, moved)) == (403, 403)


def test_a_signed_report_on_an_unknown_call_is_not_found(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt_id, sid = placed(configured, made)
    params = dict(stand_in.reports(sid, "completed")[0].params)
    base = "https://survey.example.org/telephone/status?attempt="
    assert sent(app, stand_in.signed(base + new_id(), params)) == 404
    other = params | {"CallSid": "CA" + "f" * 32}
    assert sent(app, stand_in.signed(base + attempt_id, other)) == 404
    manual = begun(configured, made, _other_task(configured, made, attempt_id))
    assert sent(app, stand_in.signed(base + manual.id, params)) == 404


def _other_task(configured: Platform, made: Round, attempt_id: str) -> int:
    closed(configured, made, attempt_id, "C1")
    return assigned_call(configured, made)


def test_a_signed_report_that_makes_no_sense_is_bad(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt_id, sid = placed(configured, made)
    params = dict(stand_in.reports(sid, "completed")[0].params) | {"CallStatus": "dreaming"}
    address = f"https://survey.example.org/telephone/status?attempt={attempt_id}"
    assert sent(app, stand_in.signed(address, params)) == 400


def test_a_report_before_our_own_answer_still_finds_its_attempt(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt_id, sid = placed(configured, made)
    with configured.database.transaction() as session:
        session.get_one(CallAttemptRow, attempt_id).provider_call = None
    assert sent(app, stand_in.reports(sid, "completed")[0]) == 204
    assert attempt_of(configured, attempt_id).provider_call == sid


def test_the_machines_verdict_is_a_hint(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn
) -> None:
    attempt_id, sid = placed(configured, made)
    verdict = stand_in.reports(sid, "completed", "machine_start")[-1]
    assert sent(app, verdict) == 204
    attempt = attempt_of(configured, attempt_id)
    assert attempt.provider_hint == "machine_start" and attempt.outcome is None


def test_reports_after_the_outcome_do_not_touch_the_instants_or_the_record(
    app: Flask, configured: Platform, made: Round, stand_in: TwilioStandIn, clock: Clock
) -> None:
    attempt_id, sid = placed(configured, made)
    closed(configured, made, attempt_id, "B1")
    clock.advance(seconds=12)
    calling.send_closed(configured)
    stand_in.run(sid, "completed", deliver=deliver(app))
    attempt = attempt_of(configured, attempt_id)
    assert attempt.answered_at is None and attempt.outcome == "B1"
    with configured.database.reading() as session:
        assert len(session.scalars(select(RecordRow.id)).all()) == 1


def test_without_an_account_the_door_is_closed(platform: Platform, stand_in: TwilioStandIn) -> None:
    app = create_app(platform)
    report = stand_in.signed(f"http://127.0.0.1:8000/telephone/status?attempt={new_id()}", {})
    assert sent(app, report) == 404
