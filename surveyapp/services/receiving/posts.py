"""One post of an ODK client, from its XML to an acknowledgement that means: stored durably."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.forms.envelope import Envelope, read_envelope
from surveyapp.forms.problem import BadForm
from surveyapp.forms.record_xml import from_xml
from surveyapp.services.derived_ids import openrosa_submission_id
from surveyapp.services.devices import Device
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import storing
from surveyapp.services.receiving.evidence import PostedFile, prepared
from surveyapp.services.receiving.judging import Judged, judged, unread
from surveyapp.services.receiving.placing import find_place
from surveyapp.services.receiving.storing import Arrived, Taken, Version
from surveyapp.storage import questionnaires, records

__all__ = ["Post", "PostedFile", "Taken", "Turned", "receive"]

LARGEST_RECORD = 2 * 1024 * 1024  # bytes of XML, files aside
MOST_MARKS = 80_000  # '<' in it: 40,000 elements, or 80,000 empty ones, which take 40 MB at the worst


@dataclass(frozen=True)
class Post:
    """What a client sent. `told` is what it says of itself (deviceID, user agent, its date header): kept
    beside the record, never trusted for anything."""

    xml: bytes
    files: Sequence[PostedFile] = ()
    told: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Turned:
    """Not stored. `code`: too_large, unreadable, unknown_form, not_allowed, closed, conflict."""

    code: str
    sentence: Mapping[str, str]


def receive(platform: Platform, device: Device, post: Post) -> Taken | Turned:
    """Take a post: a new record, more files of a known one, or the edit of an earlier one.

    Raises StorageUnavailable when nothing could be stored (safe to send again).
    """
    if len(post.xml) > LARGEST_RECORD or post.xml.count(b"<") > MOST_MARKS:
        return _too_large()
    try:
        envelope = read_envelope(post.xml)
    except BadForm as error:
        return Turned("unreadable", error.problems[0].sentence)
    digest = hashlib.sha256(post.xml).hexdigest()
    instance_id = envelope.instance_id or f"sha256:{digest}"
    submission_id = openrosa_submission_id(instance_id)
    with platform.database.reading() as session:
        earlier = records.find_by_submission(session, submission_id)
    arrived = Arrived(submission_id, instance_id, digest, device, post.xml, envelope)
    if earlier is None:
        outcome = _new(platform, post, arrived)
        if outcome is not None:
            return outcome
    taken = storing.add_late(platform, arrived, post.files)
    return taken or _conflict()


def _new(platform: Platform, post: Post, arrived: Arrived) -> Taken | Turned | None:
    """Store a record that is not known yet; None when another post was faster with it."""
    device, envelope = arrived.device, arrived.envelope
    version = _version(platform, envelope)
    if version is None:
        return _unknown_form(envelope.form_id)
    if not device.collects(version.kind):
        return _not_allowed(envelope.form_id)
    form = platform.form(version.id)
    answers = {} if envelope.is_encrypted else from_xml(form, post.xml)
    with platform.database.reading() as session:
        place = find_place(session, device, form, version.kind, answers)
    if place is None:
        return _closed()
    if envelope.is_encrypted:
        found: Judged = unread(envelope)
    else:
        filled = platform.form(version.id, place.around.id)
        found = judged(platform, filled, version.kind, envelope, answers, place.told, device)
    arrived = storing.told(arrived, post.told or {})
    files = prepared(post.files, found.places) if found.is_kept else ()
    try:
        outcome = storing.store(platform, arrived, version, place, found, files)
    except records.AlreadyStored:
        return None
    if isinstance(outcome, Taken):
        return outcome
    return _form_closed(envelope.form_id) if outcome == "form" else _closed()


def _version(platform: Platform, envelope: Envelope) -> Version | None:
    """The version the record names, else the newest of its form; None when the form is unknown."""
    with platform.database.reading() as session:
        questionnaire = questionnaires.find_questionnaire(session, envelope.form_id[:64])
        if questionnaire is None:
            return None
        exact = questionnaires.find_version(session, questionnaire.form_id, envelope.version[:32])
        row = exact or questionnaires.newest_version(session, questionnaire.form_id)
    return None if row is None else Version(row.id, questionnaire.kind, exact is not None, envelope.version)


def _too_large() -> Turned:
    most, elements = LARGEST_RECORD // 2**20, MOST_MARKS // 2
    return Turned(
        "too_large",
        {
            "zh": f"记录（不含附件）超过 {most} MB 或 {elements} 个栏目，服务器没有保存；请联系项目负责人。",
            "en": f"The record without its files exceeds {most} MB or {elements} elements and was not "
            "stored; ask the lead.",
        },
    )


def _unknown_form(form_id: str) -> Turned:
    shown = form_id[:64]
    return Turned(
        "unknown_form",
        {
            "zh": f"服务器上没有编号为“{shown}”的问卷，请核对服务器地址，或联系项目负责人。",
            "en": f"This server has no form “{shown}”; check the server address or ask the lead.",
        },
    )


def _not_allowed(form_id: str) -> Turned:
    return Turned(
        "not_allowed",
        {
            "zh": f"此账号不采集“{form_id[:64]}”，请联系项目负责人授予角色后再发送，记录仍在本机。",
            "en": f"This account does not collect “{form_id[:64]}”; ask the lead for the role.",
        },
    )


def _closed() -> Turned:
    return Turned(
        "closed",
        {
            "zh": "本设备所属的轮次已经结束，不再接收新记录；记录仍在本机，请联系项目负责人。",
            "en": "The rounds of this device are closed and take no new records; yours stays on the device. "
            "Ask the lead.",
        },
    )


def _form_closed(form_id: str) -> Turned:
    shown = form_id[:64]
    return Turned(
        "closed",
        {
            "zh": f"问卷“{shown}”已关闭，不再接收新记录；记录仍在本机，请联系项目负责人。",
            "en": f"The form “{shown}” is closed and takes no new records; yours stays on the device. "
            "Ask the lead.",
        },
    )


def _conflict() -> Turned:
    return Turned(
        "conflict",
        {
            "zh": "服务器上已有同一编号的记录而内容不同，先前的一份保持不变。请联系项目负责人。",
            "en": "Another record with this instance id is stored already and stays as it is. Ask the lead.",
        },
    )
