"""Have a call placed by the telephone provider, and take its signed reports. Closed when not configured.

A report moves the attempt's instants where no person has marked them; the outcome is always a person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.telephony import PlacedCall, StatusEvent, Telephony, international, parse_status
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.calling.attempts import own_attempt
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.tables import CallAttemptRow

PROVIDER = "twilio"
STATUS_PATH = "/telephone/status"
TOLERANCE = timedelta(seconds=5)
MARK_OF = {"ringing": "rang_at", "in-progress": "answered_at"}


def telephony_of(platform: Platform) -> Telephony:
    """The account in the settings; closed when there is none."""
    settings = platform.settings
    return Telephony(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.twilio_from_number,
        settings.twilio_api_base,
    )


def place_call(platform: Platform, actor: Actor, attempt_id: str, connect_to: str = "") -> str | Refusal:
    """Place the call of an own open attempt and return the provider's id; a second try places none.

    `connect_to` is the caller's own telephone, rung once the line answers; '' holds the line open.
    """
    telephony = telephony_of(platform)
    if not telephony.is_open:
        return Refusal.of(
            "call-closed",
            "没有配置电话线路，请用自己的电话拨打，并在此记录结果。",
            "No telephone account is configured. Dial on your own telephone and log the outcome here.",
        )
    own = international(connect_to) if connect_to.strip() else ""
    with platform.database.transaction() as session:
        attempt = own_attempt(session, actor, attempt_id, lock=True)
        number = fieldwork.get_line(session, attempt.line_id).number
        to = international(number)
        if to is None or own is None:
            return _bad_number(number if to is None else connect_to)
        if not fieldwork.claim_for_provider(session, attempt_id, PROVIDER):
            return _placed_before()
        note_deed(session, platform.clock(), actor.id, "attempt.place", "attempt", attempt_id)
    address = platform.settings.public_url.rstrip("/") + STATUS_PATH
    outcome = telephony.place_call(to, attempt_id, address, own)
    return _noted(platform, attempt_id, outcome)


def _noted(platform: Platform, attempt_id: str, outcome: PlacedCall | Refusal) -> str | Refusal:
    """Keep the provider's id; after a plain refusal the call may be tried again."""
    with platform.database.transaction() as session:
        attempt = fieldwork.find_attempt(session, attempt_id, lock=True)
        if attempt is None:
            return _placed_before()
        if isinstance(outcome, PlacedCall):
            attempt.provider_call = attempt.provider_call or outcome.sid
            return outcome.sid
        if outcome.code != "call-uncertain" and attempt.provider_call is None:
            attempt.provider, attempt.provider_status = "manual", None
        return outcome


def take_report(
    platform: Platform, url: str, params: Mapping[str, str], signature: str, attempt_id: str
) -> str | Refusal:
    """Take one status report: 'taken', or a refusal with the code closed, unsigned, report, unknown, stale.

    `url` is the public address with its query. Reports are ordered by their sequence number: one that is
    not newer than the last is stale, whether it is replayed or late.
    """
    telephony = telephony_of(platform)
    if not telephony.is_open:
        return _refused("closed")
    if not telephony.validate_signature(url, params, signature) or not telephony.is_ours(params):
        return _refused("unsigned")
    event = parse_status(params)
    if isinstance(event, Refusal):
        return Refusal("report", event.sentence)
    now = platform.clock()
    with platform.database.transaction() as session:
        attempt = fieldwork.find_attempt(session, attempt_id, lock=True)
        if attempt is None or attempt.provider != PROVIDER or attempt.provider_call not in (None, event.sid):
            return _refused("unknown")
        attempt.provider_call = event.sid
        return _moved(attempt, event, now)


def _moved(attempt: CallAttemptRow, event: StatusEvent, now: datetime) -> str | Refusal:
    if event.answered_by:
        if attempt.provider_hint not in (None, event.answered_by):
            return _refused("stale")
        attempt.provider_hint = event.answered_by
    if not event.status:
        return "taken"
    if event.sequence is None or event.sequence <= (
        -1 if attempt.provider_sequence is None else attempt.provider_sequence
    ):
        return _refused("stale")
    attempt.provider_sequence, attempt.provider_status = event.sequence, event.status
    if attempt.state != "closed":
        _set_mark(attempt, "ended_at" if event.has_ended else MARK_OF.get(event.status, ""), event, now)
    return "taken"


def _set_mark(attempt: CallAttemptRow, column: str, event: StatusEvent, now: datetime) -> None:
    """The provider's instant when it lies between dialling and now, else the server's. The first stays."""
    if not column or getattr(attempt, column) is not None:
        return
    at = event.timestamp
    usable = at is not None and attempt.dialled_at <= at <= now + TOLERANCE
    setattr(attempt, column, at if usable else max(now, attempt.dialled_at))


def _bad_number(number: str) -> Refusal:
    return Refusal.of(
        "call-number",
        f"“{number}”不是可以代拨的号码，请用自己的电话拨打，或请管理员改正号码。",
        f'"{number}" cannot be called from here. Dial it on your own telephone, or have it corrected.',
    )


def _placed_before() -> Refusal:
    return Refusal.of(
        "call-placed",
        "这次拨打已经由线路拨出或已有结果，没有再拨。",
        "This call was placed already or has an outcome; it was not placed again.",
    )


def _refused(code: str) -> Refusal:
    sentences = {
        "closed": ("没有配置电话线路。", "No telephone account is configured."),
        "unsigned": ("通知没有有效的签名。", "The report has no valid signature."),
        "unknown": ("没有这次拨打。", "There is no such attempt."),
        "stale": ("通知已收到过或已过时。", "The report was taken before or is out of order."),
    }
    return Refusal.of(code, *sentences[code])
