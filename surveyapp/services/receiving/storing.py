"""Store a judged record in one transaction with its XML, files, state and, for an edit, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from surveyapp.evaluation.visits import DEFAULT_FENCE_M
from surveyapp.forms.envelope import Envelope, without_text
from surveyapp.services import attaching, collecting, filing, reviewing
from surveyapp.services.attaching import PreparedFile
from surveyapp.services.auditing import note_deed
from surveyapp.services.callbacks import CALLBACK, keep_callback
from surveyapp.services.collecting import Submission
from surveyapp.services.derived_ids import openrosa_submission_id, work_submission_id
from surveyapp.services.devices import ACCEPTING, Device
from surveyapp.services.installation import Platform
from surveyapp.services.receiving.evidence import PostedFile, add_files, prepared
from surveyapp.services.receiving.judging import Judged, quality_flags
from surveyapp.services.receiving.placing import Place
from surveyapp.storage import (
    attachments,
    corrections,
    devices,
    fieldwork,
    places,
    questionnaires,
    records,
    reviews,
)
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RecordRow

EDITED = "在设备上修改后重新发送"
TOLD = ("device_id", "user_agent", "date")
TOLD_LENGTH = 200


@dataclass(frozen=True)
class Version:
    """The version a record is read with; `posted` is the one it names, which is unknown unless `is_exact`."""

    id: int
    kind: str
    is_exact: bool
    posted: str


@dataclass(frozen=True)
class Arrived:
    """Where a record came from and under which names."""

    submission_id: str
    instance_id: str
    digest: str
    device: Device
    xml: bytes
    envelope: Envelope
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """Stored durably, now or before when `is_repeat`."""

    receipt: str
    root_id: str
    record_id: int
    is_repeat: bool


def told(arrived: Arrived, said: Mapping[str, str]) -> Arrived:
    """The arrival with what the client says of itself, bounded and free of control signs."""
    kept = {
        name: "".join(sign for sign in said[name][:TOLD_LENGTH] if sign.isprintable())
        for name in TOLD
        if said.get(name)
    }
    return replace(arrived, said=kept)


def store(
    platform: Platform,
    arrived: Arrived,
    version: Version,
    place: Place,
    found: Judged,
    files: Sequence[PreparedFile],
) -> Taken | str:
    """Store a record once; 'round' or 'form' when that is closed.

    Raises AlreadyStored when a twin was faster. What is closed is looked at inside the transaction that
    stores, so that nothing slips in behind a closing.
    """
    kept = _kept_xml(platform, arrived, found)
    attaching.store_files(platform, files)
    with platform.database.transaction() as session:
        before, edit_flags = _edited(session, arrived, version)
        round_id = place.around.id if before is None else before.round_id
        around = records.find_round_state(session, round_id)
        if around is None or around.state not in ACCEPTING:
            return "round"
        if questionnaires.state_in_round(session, version.id, round_id) == "closed":
            return "form"
        values = _values(session, platform, arrived, version, place, found)
        values["flags"] = list(dict.fromkeys([*edit_flags, *values["flags"]]))
        if before is None:
            record_id = records.add_submission_once(session, values)
            collecting.enter(session, values, platform.clock(), None)
        else:
            record_id = _revise(session, platform, arrived, before, values, found)
        devices.add_instance(session, **_instance(platform, arrived, record_id, kept, found))
        add_files(session, platform, record_id, files)
        if found.phone and records.find_callback(session, values["root_id"]) is None:
            keep_callback(session, platform, values["root_id"], found.phone, values["language"])
        if assignment_id := values["extra"].get("assignment_id"):
            fieldwork.finish_assignment(session, assignment_id, "done")
    return Taken(values["receipt"], values["root_id"], record_id, False)


def _kept_xml(platform: Platform, arrived: Arrived, found: Judged) -> str | None:
    """Put the XML on disk: without a call-back number, and nothing of a person who must not be kept."""
    if not found.is_kept:
        return None
    return platform.files.keep(without_text(arrived.xml, arrived.envelope, CALLBACK))


def _values(
    session: Session, platform: Platform, arrived: Arrived, version: Version, place: Place, found: Judged
) -> dict[str, Any]:
    person = arrived.device.person
    extra = _extra(arrived, version, place, found)
    if version.kind == "visit":
        extra |= _visited(session, person.id, place, found)
    submission = Submission(
        submission_id=arrived.submission_id,
        version_id=version.id,
        round_id=place.around.id,
        unit_id=place.spot.unit_id,
        site_id=place.spot.site_id,
        line_id=place.spot.line_id,
        collector_id=person.id,
        answers=found.answers,
        extra=extra,
        paradata={**found.paradata, **arrived.said},
        language=person.language,
        device_started_at=found.started_at,
        device_finished_at=found.finished_at,
    )
    values = collecting.record_values(platform, submission, arrived.digest, version.kind, found.answers)
    flags = [*quality_flags(version.kind, found, extra), *place.flags]
    flags += ["filed_twice"] if "filed_before" in extra and not arrived.envelope.deprecated_id else []
    flags += [] if version.is_exact else ["unknown_version"]
    flags += ["no_instance_id"] if arrived.instance_id.startswith("sha256:") else []
    return values | {"flags": flags}


def _extra(arrived: Arrived, version: Version, place: Place, found: Judged) -> dict[str, Any]:
    """What is kept beside the answers; 'problems' are shown to the reviewer."""
    extra: dict[str, Any] = {"door": "openrosa", "device": arrived.device.name}
    if found.problems:
        extra["problems"] = [
            {"code": one.code, "path": one.path, "zh": one.sentence["zh"], "en": one.sentence["en"]}
            for one in found.problems
        ]
    if place.claimed and found.is_kept:
        extra["claimed"] = dict(place.claimed)
    if not version.is_exact:
        extra["posted_version"] = version.posted[:64]
    return extra


def _visited(session: Session, user_id: int, place: Place, found: Judged) -> dict[str, Any]:
    """Position against the site, and the planned visit this is, when it is the person's only one there.

    'filed_before' names the visits there that are filed already when none is left to do: a second record.
    """
    site = fieldwork.find_site(session, place.spot.site_id)
    seen = filing.position_in(found.answers)
    extra: dict[str, Any] = {}
    if seen is not None:
        extra |= {"accuracy_m": seen.accuracy_m, "datum": filing.DATUM, "position_source": "device"}
        if check := filing.checked_position(site, seen):
            extra |= {"distance_m": round(check.distance_m, 1), "fence_m": DEFAULT_FENCE_M}
    planned, done = fieldwork.visits_at(session, place.around.id, user_id, place.spot.site_id)
    filed = [one for one in planned if fieldwork.record_of(session, work_submission_id("visit", one))]
    planned = [one for one in planned if one not in filed]
    if len(planned) == 1:
        extra["assignment_id"] = planned[0]
    elif not planned and (done or filed):
        extra["filed_before"] = [*done, *filed]
    return extra


def _edited(session: Session, arrived: Arrived, version: Version) -> tuple[RecordRow | None, tuple[str, ...]]:
    """The newest revision of the record that this one edits, locked, with flags; None for a new record.

    An edit of what is unknown, void, of another kind or not this person's is a record of its own.
    """
    deprecated = arrived.envelope.deprecated_id
    if not deprecated:
        return None, ()
    named = fieldwork.record_of(session, openrosa_submission_id(deprecated))
    current = corrections.current(session, named.root_id, lock=True) if named is not None else None
    if named is None or current is None or named.kind != version.kind:
        return None, ("original_unknown",)
    if named.collector_id != arrived.device.person.id:
        return None, ("original_unknown",)
    if fieldwork.record_of(session, arrived.submission_id) is not None:
        raise records.AlreadyStored(arrived.submission_id)
    newest, state = current
    if state.state == "void":
        return None, ("original_void",)
    flags = [] if state.state == "returned" else ["edited_unasked"]
    return newest, tuple(flags + ([] if named.id == newest.id else ["older_edit"]))


def _revise(
    session: Session,
    platform: Platform,
    arrived: Arrived,
    before: RecordRow,
    values: dict[str, Any],
    found: Judged,
) -> int:
    """Insert the next revision in the record's own round; files it still names are carried over."""
    values |= {"root_id": before.root_id, "round_id": before.round_id, "reason": EDITED}
    person = arrived.device.person
    values["revision"] = reviewing.corrected(session, platform, before.root_id, person.id, EDITED)
    record_id = corrections.add_revision(session, before, **values)
    attachments.copy_named(session, before.id, record_id, set(found.named))
    return record_id


def _instance(
    platform: Platform, arrived: Arrived, record_id: int, kept: str | None, found: Judged
) -> dict[str, Any]:
    names = {**found.places, **found.named} if found.is_kept else {}
    return {
        "submission_id": arrived.submission_id,
        "record_id": record_id,
        "instance_id": arrived.instance_id[:128],
        "device_id": arrived.device.id,
        "posted_sha256": arrived.digest,
        "kept_sha256": kept,
        "size": len(arrived.xml),
        "is_encrypted": "encrypted" in found.flags,
        "files": [[name, names[name]] for name in found.named],
        "received_at": platform.clock(),
    }


def add_late(platform: Platform, arrived: Arrived, files: Sequence[PostedFile]) -> Taken | None:
    """Acknowledge a record that is stored already, its new files added.

    None for another body, and for a person who neither collected it nor collects such records at its unit.
    """
    with platform.database.reading() as session:
        record = fieldwork.record_of(session, arrived.submission_id)
        instance = devices.find_instance(session, arrived.submission_id)
        unit = places.find_unit_by_id(session, record.unit_id) if record is not None else None
    if record is None or instance is None or unit is None or record.body_sha256 != arrived.digest:
        return None
    person = arrived.device.person
    if record.collector_id != person.id and not arrived.device.covers(unit.path, record.kind):
        return None
    taken = Taken(record.receipt, record.root_id, record.id, True)
    names = {**arrived.envelope.texts, **dict(instance.files)}
    ready = prepared(files, names) if instance.kept_sha256 else ()
    if not ready:
        return taken
    attaching.store_files(platform, ready)
    with platform.database.transaction() as session:
        reviews.lock_state(session, record.root_id)
        current = corrections.current(session, record.root_id)
        if current is not None and current[0].id != record.id and current[0].body_sha256 == arrived.digest:
            add_files(session, platform, current[0].id, ready)  # a unit was assigned meanwhile
        if number := add_files(session, platform, record.id, ready):
            now = platform.clock()
            note_deed(session, now, person.id, "record.files", "record", record.root_id, files=number)
    return taken
