"""Stands in for the part of Twilio's REST API that the platform uses, on a loopback port.

It checks the account, takes calls over as the real service does, and when a test lets a call run it sends the
subscribed status reports, signed, in the order of their SequenceNumber. It makes no call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import requests
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as Answer

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token known to the tests alone"
NUMBER = "+8643100000000"
# What a call goes through, by how it ends; each end comes by the subscription to "completed".
COURSES = {
    "completed": ("initiated", "ringing", "in-progress", "completed"),
    "busy": ("initiated", "busy"),
    "no-answer": ("initiated", "ringing", "no-answer"),
    "failed": ("initiated", "failed"),
}
EVENT_OF = {"in-progress": "answered", "busy": "completed", "no-answer": "completed", "failed": "completed"}

Deliver = Callable[[str, Mapping[str, str], Mapping[str, str]], int]


@dataclass(frozen=True)
class Report:
    """A status report as it travels: address, form fields, headers with the signature."""

    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


def post(url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> int:
    """Sends a report over HTTP and returns the status of the answer."""
    return requests.post(url, data=params, headers=headers, timeout=10).status_code


@dataclass
class TwilioStandIn:
    """A WSGI application; `calls` holds the fields of every call it took over, by sid."""

    account: str = ACCOUNT
    token: str = TOKEN
    calls: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    out_of_order: bool = False  # answers 503 to everything

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers one request of the SDK."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Answer:
        login = request.authorization
        if self.out_of_order:
            return _error(503, 20503, "Service unavailable")
        if login is None or (login.username, login.password) != (self.account, self.token):
            return _error(401, 20003, "Authenticate")
        if (request.method, request.path) != ("POST", f"/2010-04-01/Accounts/{self.account}/Calls.json"):
            return _error(404, 20404, "The requested resource was not found")
        fields = parse_qs(request.get_data(as_text=True))
        if fields.get("To", [""])[0].startswith("+999"):
            return _error(400, 21211, "The 'To' number is not a valid phone number")
        sid = f"CA{len(self.calls) + 1:032x}"
        self.calls[sid] = fields
        body = {"sid": sid, "account_sid": self.account, "status": "queued", "to": fields["To"][0]}
        return Answer(json.dumps(body), 201, content_type="application/json")

    def reports(self, sid: str, ending: str, answered_by: str = "") -> list[Report]:
        """The signed reports of a call that ends so, in order; last the machine's verdict, if any."""
        fields = self.calls[sid]
        wanted = set(fields["StatusCallbackEvent"])
        statuses = [status for status in COURSES[ending] if EVENT_OF.get(status, status) in wanted]
        found = [self._report(sid, number, status) for number, status in enumerate(statuses)]
        if answered_by:
            params = {"CallSid": sid, "AccountSid": self.account, "AnsweredBy": answered_by}
            found.append(self.signed(fields["AsyncAmdStatusCallback"][0], params))
        return found

    def _report(self, sid: str, number: int, status: str) -> Report:
        fields = self.calls[sid]
        params = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "CallSid": sid,
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "Direction": "outbound-api",
            "From": fields["From"][0],
            "SequenceNumber": str(number),
            "Timestamp": f"Tue, 24 Nov 2026 01:00:{number:02} +0000",
            "To": fields["To"][0],
        }
        if status == "completed":
            params |= {"CallDuration": "42", "Duration": "1"}
        return self.signed(fields["StatusCallback"][0], params)

    def signed(self, url: str, params: Mapping[str, str]) -> Report:
        """A report with the signature of this account."""
        signature = RequestValidator(self.token).compute_signature(url, dict(params))
        return Report(url, params, {"X-Twilio-Signature": signature})

    def run(self, sid: str, ending: str, answered_by: str = "", deliver: Deliver = post) -> list[int]:
        """Lets the call run to its end and returns the status of each answer to its reports."""
        return [
            deliver(report.url, report.params, report.headers)
            for report in self.reports(sid, ending, answered_by)
        ]


def _error(status: int, code: int, message: str) -> Answer:
    body = {"code": code, "message": message, "status": status}
    return Answer(json.dumps(body), status, content_type="application/json")
