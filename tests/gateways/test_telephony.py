"""Calls placed with the real SDK against the stand-in, and the reports that come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as Answer

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.telephony import (
    PlacedCall,
    StatusEvent,
    Telephony,
    international,
    parse_status,
    with_attempt,
)
from tests.gateways.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, TwilioStandIn

CALLBACK = "https://survey.example.org/calls/status"


@pytest.fixture
def stand_in() -> TwilioStandIn:
    return TwilioStandIn()


@pytest.fixture
def telephony(stand_in: TwilioStandIn, serve: Any) -> Telephony:
    return Telephony(ACCOUNT, TOKEN, NUMBER, serve(stand_in))


def code_of(answer: object) -> str:
    assert isinstance(answer, Refusal)
    assert answer.sentence["zh"] and answer.sentence["en"]
    return answer.code


def placed(telephony: Telephony, to: str = "+8643182001234") -> str:
    call = telephony.place_call(to, 17, CALLBACK)
    assert isinstance(call, PlacedCall)
    return call.sid


def test_a_placed_call_carries_the_number_and_where_its_reports_go(
    telephony: Telephony, stand_in: TwilioStandIn
) -> None:
    fields = stand_in.calls[placed(telephony)]
    assert fields["To"] == ["+8643182001234"]
    assert fields["From"] == [NUMBER]
    assert fields["StatusCallback"] == fields["AsyncAmdStatusCallback"] == [f"{CALLBACK}?attempt=17"]
    assert fields["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert fields["Timeout"] == ["60"]


def test_an_answered_call_is_connected_to_the_caller(telephony: Telephony, stand_in: TwilioStandIn) -> None:
    call = telephony.place_call("+8643182001234", 17, CALLBACK, connect_to="+8613800000000")
    assert isinstance(call, PlacedCall)
    assert "<Number>+8613800000000</Number></Dial>" in stand_in.calls[call.sid]["Twiml"][0]


def test_without_an_account_telephony_is_closed() -> None:
    closed = Telephony("", "", "")
    assert not closed.is_open
    assert code_of(closed.place_call("+8643182001234", 1, CALLBACK)) == "call-closed"


def test_a_closed_telephony_takes_no_report_even_signed_with_an_empty_token() -> None:
    report = TwilioStandIn(token="").signed(CALLBACK, {"CallSid": "CA1", "AccountSid": ""})
    closed = Telephony("", "", "")
    assert not closed.validate_signature(report.url, report.params, report.headers["X-Twilio-Signature"])
    assert not closed.is_ours(report.params)


@pytest.mark.parametrize("number", ["", "12345", "+86", "0431-82001234", "+8643182001234x1", "+٨٦٤٣١٨٢٠٠١٢"])
def test_what_is_no_international_number_is_not_dialled(
    telephony: Telephony, stand_in: TwilioStandIn, number: str
) -> None:
    assert code_of(telephony.place_call(number, 1, CALLBACK)) == "call-number"
    assert stand_in.calls == {}


def test_a_number_the_service_does_not_know_is_refused_as_a_number(telephony: Telephony) -> None:
    assert code_of(telephony.place_call("+9991234567", 1, CALLBACK)) == "call-number"


def test_a_wrong_token_is_refused_and_not_called_uncertain(stand_in: TwilioStandIn, serve: Any) -> None:
    telephony = Telephony(ACCOUNT, "another token", NUMBER, serve(stand_in))
    assert code_of(telephony.place_call("+8643182001234", 1, CALLBACK)) == "call-refused"


def test_a_service_that_is_down_leaves_the_call_uncertain(
    telephony: Telephony, stand_in: TwilioStandIn
) -> None:
    stand_in.out_of_order = True
    assert code_of(telephony.place_call("+8643182001234", 1, CALLBACK)) == "call-uncertain"


def test_a_service_that_cannot_be_reached_leaves_the_call_uncertain() -> None:
    unreachable = Telephony(ACCOUNT, TOKEN, NUMBER, "http://127.0.0.1:1")
    assert code_of(unreachable.place_call("+8643182001234", 1, CALLBACK)) == "call-uncertain"


def test_an_answer_that_is_not_understood_leaves_the_call_uncertain(serve: Any) -> None:
    telephony = Telephony(ACCOUNT, TOKEN, NUMBER, serve(Answer("<html>", 201)))
    assert code_of(telephony.place_call("+8643182001234", 1, CALLBACK)) == "call-uncertain"


@pytest.mark.parametrize(
    ("ending", "statuses"),
    [
        ("completed", ["initiated", "ringing", "in-progress", "completed"]),
        ("busy", ["initiated", "busy"]),
        ("no-answer", ["initiated", "ringing", "no-answer"]),
        ("failed", ["initiated", "failed"]),
    ],
)
def test_signed_reports_arrive_over_http_and_are_read_in_order(
    telephony: Telephony, stand_in: TwilioStandIn, serve: Any, ending: str, statuses: list[str]
) -> None:
    events: list[StatusEvent] = []

    @Request.application
    def receiver(request: Request) -> Answer:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not telephony.validate_signature(request.url, request.form.to_dict(), signature):
            return Answer(status=403)
        event = parse_status(request.form.to_dict())
        assert isinstance(event, StatusEvent)
        events.append(event)
        return Answer(status=204)

    call = telephony.place_call("+8643182001234", 17, f"{serve(receiver)}/calls/status?round=1")
    assert isinstance(call, PlacedCall)
    assert set(stand_in.run(call.sid, ending)) == {204}
    assert [event.status for event in events] == statuses
    assert [event.sequence for event in events] == list(range(len(statuses)))
    assert [event.has_ended for event in events] == [False] * (len(statuses) - 1) + [True]
    assert {event.sid for event in events} == {call.sid}


def test_a_report_that_was_changed_after_signing_is_refused(
    telephony: Telephony, stand_in: TwilioStandIn
) -> None:
    report = stand_in.reports(placed(telephony), "busy")[-1]
    signature = report.headers["X-Twilio-Signature"]
    assert telephony.validate_signature(report.url, report.params, signature)
    assert not telephony.validate_signature(
        report.url, {**report.params, "CallStatus": "completed"}, signature
    )
    assert not telephony.validate_signature(report.url.replace("17", "18"), report.params, signature)
    assert not telephony.validate_signature(report.url, report.params, "")
    assert not telephony.validate_signature(report.url, report.params, signature[:-2] + "x=")


def test_a_report_of_another_account_is_not_ours(telephony: Telephony) -> None:
    assert telephony.is_ours({"AccountSid": ACCOUNT})
    assert not telephony.is_ours({"AccountSid": "AC" + "1" * 32})
    assert not telephony.is_ours({})


def test_the_last_report_tells_time_and_duration(telephony: Telephony, stand_in: TwilioStandIn) -> None:
    event = parse_status(stand_in.reports(placed(telephony), "completed")[-1].params)
    assert isinstance(event, StatusEvent)
    assert event.timestamp == datetime(2026, 11, 24, 1, 0, 3, tzinfo=UTC)
    assert event.duration == 42


def test_the_verdict_of_the_machine_is_a_report_without_status(
    telephony: Telephony, stand_in: TwilioStandIn
) -> None:
    event = parse_status(stand_in.reports(placed(telephony), "completed", "machine_start")[-1].params)
    assert isinstance(event, StatusEvent)
    assert (event.status, event.sequence, event.answered_by) == ("", None, "machine_start")


SID = "CA" + "0" * 32


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"CallSid": SID},
        {"CallSid": "x", "CallStatus": "busy"},
        {"CallSid": SID, "CallStatus": "sold"},
        {"CallSid": SID, "CallStatus": "busy", "SequenceNumber": "-1"},
        {"CallSid": SID, "CallStatus": "busy", "SequenceNumber": "١"},
        {"CallSid": SID, "CallStatus": "busy", "CallDuration": "9" * 400},
    ],
)
def test_what_is_no_report_is_refused(params: dict[str, str]) -> None:
    assert code_of(parse_status(params)) == "call-report"


@given(
    st.dictionaries(
        st.sampled_from(
            ["CallSid", "CallStatus", "SequenceNumber", "Timestamp", "CallDuration", "AnsweredBy"]
        ),
        st.sampled_from([SID, "busy", "1", "Tue, 24 Nov 2026 01:00:00 -0000", "\0"]) | st.text(),
    )
)
def test_no_report_makes_the_reader_fail(params: dict[str, str]) -> None:
    assert isinstance(parse_status(params), StatusEvent | Refusal)


def test_the_attempt_joins_the_query_that_is_there() -> None:
    query = urlsplit(with_attempt(f"{CALLBACK}?a=%E7%94%B2&b=", 5)).query
    assert parse_qs(query, keep_blank_values=True) == {"a": ["甲"], "b": [""], "attempt": ["5"]}


@pytest.mark.parametrize(
    ("published", "dialled"),
    [
        ("0431-8200 1234", "+8643182001234"),
        ("（0431）82001234", "+8643182001234"),
        ("138 0000 0000", "+8613800000000"),
        ("+86 431 82001234", "+8643182001234"),
        ("0086-431-82001234", "+8643182001234"),
        ("12345", None),
        ("82001234", None),
        ("0431-82001234转801", None),
        ("", None),
    ],
)
def test_a_published_number_becomes_international_or_is_left_to_a_person(
    published: str, dialled: str | None
) -> None:
    assert international(published) == dialled
