"""Places calls through Twilio Voice and reads its signed reports; without an account it is closed.

A machine's verdict on who answered is a hint for the person who codes the call. Which report moves an
attempt, and that none moves it twice, is decided where attempts are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, Pause, VoiceResponse

from surveyapp.gateways.refusal import Refusal

SECONDS = 10.0  # until a request to Twilio is given up
RING_SECONDS = 60  # shorter than that, "no answer" would not be a finding
EVENTS = ("initiated", "ringing", "answered", "completed")
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
STATUSES = frozenset({"queued", "initiated", "ringing", "in-progress"}) | ENDED
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z", re.ASCII)
_SID = re.compile(r"CA[0-9a-f]{32}\Z")


@dataclass(frozen=True)
class PlacedCall:
    """A call that Twilio took over, by its id there."""

    sid: str


@dataclass(frozen=True)
class StatusEvent:
    """One report on a call.

    `status` is one of STATUSES, or '' when the report only says who answered. `sequence` orders the reports
    of a call, which may come late and in any order; None when the report has none. `timestamp` is Twilio's,
    aware; `duration` in whole seconds, of an ended call. `answered_by` is '' unless a machine judged it.
    """

    sid: str
    status: str
    sequence: int | None
    timestamp: datetime | None
    duration: int | None
    answered_by: str

    @property
    def has_ended(self) -> bool:
        """Whether nothing follows this report except late ones."""
        return self.status in ENDED


class Telephony:
    """One account with the number it calls from; closed when one of the three is empty."""

    def __init__(self, account_sid: str, auth_token: str, from_number: str, api_base: str = "") -> None:
        """`api_base` sends the requests to another address than Twilio's, for tests."""
        self._from = from_number
        self._account = account_sid
        self._validator = RequestValidator(auth_token)
        self.is_open = bool(account_sid and auth_token and from_number)
        http = _Redirected(api_base) if api_base else TwilioHttpClient(timeout=SECONDS)
        self._client = Client(account_sid, auth_token, http_client=http) if self.is_open else None

    def place_call(
        self, to: str, attempt_id: int | str, status_callback_url: str, connect_to: str = ""
    ) -> PlacedCall | Refusal:
        """Calls the number `to`; the reports go to `status_callback_url` with `attempt` added to its query.

        When it is answered, the line is connected to `connect_to` (the caller's telephone), or held open.
        Numbers are E.164, see `international`. A refusal with the code `call-uncertain` means that the call
        may have been placed all the same: its reports will tell.
        """
        if self._client is None:
            return _closed()
        if not _E164.match(to) or (connect_to and not _E164.match(connect_to)):
            return _bad_number(to if not _E164.match(to) else connect_to)
        callback = with_attempt(status_callback_url, attempt_id)
        try:
            call = self._client.calls.create(
                to=to,
                from_=self._from,
                twiml=_answered(self._from, connect_to),
                timeout=RING_SECONDS,
                status_callback=callback,
                status_callback_method="POST",
                status_callback_event=list(EVENTS),
                machine_detection="Enable",
                async_amd="true",
                async_amd_status_callback=callback,
                async_amd_status_callback_method="POST",
            )
        except TwilioRestException as error:
            return _refused(error)
        except (RequestException, TwilioException, ValueError, KeyError):
            return _uncertain()
        return PlacedCall(str(call.sid)) if call.sid else _uncertain()

    def validate_signature(self, url: str, params: Mapping[str, str], signature: str) -> bool:
        """Whether Twilio signed this report: `url` is the public one with its query; closed says no."""
        return (
            self.is_open and bool(signature) and bool(self._validator.validate(url, dict(params), signature))
        )

    def is_ours(self, params: Mapping[str, str]) -> bool:
        """Whether the report names this account."""
        return self.is_open and params.get("AccountSid", "") == self._account


class _Redirected(TwilioHttpClient):  # type: ignore[misc]  # untyped here
    """Sends what is meant for Twilio to another base address, and otherwise does the same."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=SECONDS)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        """One request, with scheme and host replaced."""
        parts = urlsplit(url)
        replaced = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().request(method, replaced, *arguments, **options)


def _answered(from_number: str, connect_to: str) -> str:
    """What Twilio does once somebody answers, in its own markup."""
    answer = VoiceResponse()
    if connect_to:
        dial = Dial(caller_id=from_number, answer_on_bridge=True)
        dial.number(connect_to)
        answer.append(dial)
    else:
        answer.append(Pause(length=120))
    return str(answer)


def with_attempt(url: str, attempt_id: int | str) -> str:
    """The address with the attempt in its query: the report finds its row though our answer was lost."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("attempt", str(attempt_id))]
    return urlunsplit(parts._replace(query=urlencode(query)))


def international(number: str, country: str = "86") -> str | None:
    """A published number in E.164, None when it cannot be dialled from abroad (12345, a number with letters).

    Blanks, hyphens and brackets are ignored. One leading 0 is the trunk prefix of a number in `country`; a
    mainland mobile number has eleven digits and begins with 1. Extensions are not part of a number.
    """
    digits = re.sub(r"[\s()（）\-–—]", "", number.strip())
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+"):
        if digits.startswith("0"):
            digits = f"+{country}{digits[1:]}"
        elif country == "86" and re.fullmatch(r"1[3-9]\d{9}", digits, re.ASCII):
            digits = f"+86{digits}"
    return digits if _E164.match(digits) else None


def parse_status(params: Mapping[str, str]) -> StatusEvent | Refusal:
    """The report in the fields of a status callback; a refusal when it is not one."""
    sid, status = params.get("CallSid", ""), params.get("CallStatus", "")
    answered_by = params.get("AnsweredBy", "")
    sequence, duration = params.get("SequenceNumber", ""), params.get("CallDuration", "")
    if (
        not _SID.match(sid)
        or (status not in STATUSES if status else not answered_by)
        or any(
            text and not (text.isascii() and text.isdigit() and len(text) < 9)
            for text in (sequence, duration)
        )
    ):
        return _bad_report()
    return StatusEvent(
        sid=sid,
        status=status,
        sequence=int(sequence) if sequence else None,
        timestamp=_instant(params.get("Timestamp", "")),
        duration=int(duration) if duration else None,
        answered_by=answered_by[:32],
    )


def _instant(text: str) -> datetime | None:
    """An RFC 5322 date with its offset; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _closed() -> Refusal:
    return Refusal.of(
        "call-closed",
        "没有配置电话线路，请用自己的电话拨打，并在此记录结果。",
        "No telephone account is configured. Dial on your own telephone and log the outcome here.",
    )


def _bad_number(number: str) -> Refusal:
    return Refusal.of(
        "call-number",
        f"“{number}”不是可以代拨的号码，请用自己的电话拨打，或请管理员改正号码。",
        f'"{number}" cannot be called from here. Dial it on your own telephone, or have it corrected.',
    )


def _refused(error: TwilioRestException) -> Refusal:
    if error.code in (13223, 13224, 13225, 21211, 21214, 21215, 21216, 21217):
        return Refusal.of(
            "call-number",
            f"电话服务不接受这个号码（代码 {error.code}），请用自己的电话拨打，或请管理员改正号码。",
            f"The telephone service does not accept this number (code {error.code}). "
            "Dial it on your own telephone, or have the number corrected.",
        )
    if error.status >= 500:
        return _uncertain()
    return Refusal.of(
        "call-refused",
        f"电话服务拒绝了这次呼叫（代码 {error.code}），请用自己的电话拨打，并告知管理员。",
        f"The telephone service refused the call (code {error.code}). "
        "Dial on your own telephone and tell the administrator.",
    )


def _uncertain() -> Refusal:
    return Refusal.of(
        "call-uncertain",
        "电话服务没有答复，电话可能已经拨出；请等待一分钟看状态，不要立刻重拨。",
        "The telephone service did not answer and the call may have been placed. "
        "Wait a minute for its status before dialling again.",
    )


def _bad_report() -> Refusal:
    return Refusal.of(
        "call-report",
        "这不是一条电话状态通知。",
        "This is not a report on a call.",
    )
