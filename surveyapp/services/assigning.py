"""A reviewer says which unit a record belongs to that could not say it: the next revision, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surveyapp.evaluation.lifecycle import REASON_MAX, Refusal
from surveyapp.forms.form import Question
from surveyapp.services import reviewing
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.calling.sending import placed
from surveyapp.services.codes import new_receipt
from surveyapp.services.derived_ids import assigned_submission_id
from surveyapp.services.installation import Platform
from surveyapp.services.reviewing import UnknownRecord
from surveyapp.storage import attachments, corrections, devices, places
from surveyapp.storage.database import Session
from surveyapp.storage.tables import RecordRow, SiteRow, UnitRow

PLACELESS = frozenset({"unit_unknown", "outside_scope", "unit_not_in_round", "place_mismatch"})
WAITING = frozenset({"received", "corrected", "on_hold"})
REVIEWERS = ("lead", "reviewer")


def may_be_assigned(flags: Sequence[str], state: str) -> bool:
    """Whether a reviewer may give the record a unit: its own is in doubt and nobody has approved it yet."""
    return bool(PLACELESS & set(flags)) and state in WAITING


def assign_unit(platform: Platform, actor: Actor, root_id: str, place: str, reason: str) -> int | Refusal:
    """Store the record again under the unit (and site) of `place`, 'unit:CODE' or 'site:ID'.

    Returns the new revision's number; answers, files and collector stay. Raises UnknownRecord outside scope.
    """
    if not reason.strip() or len(reason) > REASON_MAX:
        zh, en = f"请写明理由，不超过 {REASON_MAX} 字。", f"Give a reason of at most {REASON_MAX} characters."
        return Refusal("reason_missing", {"zh": zh, "en": en})
    with platform.database.transaction() as session:
        before, state = _current(session, actor, root_id)
        spot = _refusal(actor, before, state) or _spot(session, actor, before, place)
        if isinstance(spot, Refusal):
            return spot
        unit, site = spot
        revision = reviewing.corrected(session, platform, root_id, actor.id, reason)
        record_id = corrections.add_revision(
            session,
            before,
            revision=revision,
            submission_id=assigned_submission_id(root_id, revision),
            body_sha256=before.body_sha256,
            receipt=new_receipt(),
            answers=_placed(platform, before, site),
            unit_id=unit.id,
            site_id=site.id if site is not None else None,
            line_id=None,
            flags=[flag for flag in before.flags if flag not in PLACELESS],
            reason=reason.strip(),
            received_at=before.received_at,
        )
        names = {name for name, _sha256, _position in attachments.list_held(session, before.id)}
        attachments.copy_named(session, before.id, record_id, names)
        note_deed(session, platform.clock(), actor.id, "record.assign", "record", root_id, unit=unit.code)
    return revision


def _current(session: Session, actor: Actor, root_id: str) -> tuple[RecordRow, str]:
    """The newest revision, locked, and its state; UnknownRecord outside the actor's scope."""
    found = corrections.current(session, root_id, lock=True)
    unit = places.find_unit_by_id(session, found[0].unit_id) if found is not None else None
    if found is None or unit is None or not actor.covers(unit.path, *REVIEWERS):
        raise UnknownRecord(root_id)
    return found[0], found[1].state


def _refusal(actor: Actor, before: RecordRow, state: str) -> Refusal | None:
    if before.collector_id == actor.id:
        zh, en = "采集人不能为自己的记录指定单位。", "Who collected a record cannot assign its unit."
        return Refusal("own_record", {"zh": zh, "en": en})
    if not may_be_assigned(before.flags, state):
        zh, en = "这条记录的单位已经确定。", "The unit of this record is settled."
        return Refusal("settled", {"zh": zh, "en": en})
    return None


def _spot(
    session: Session, actor: Actor, before: RecordRow, place: str
) -> tuple[UnitRow, SiteRow | None] | Refusal:
    kind, _, code = place.partition(":")
    unit, site = (places.find_unit(session, code) if kind == "unit" else None), None
    if kind == "site" and code.isascii() and code.isdigit() and len(code) < 10:
        found = places.site_with_unit(session, int(code))
        site, unit = found if found is not None else (None, None)
    if unit is None or not actor.covers(unit.path, *REVIEWERS):
        zh, en = "请从列表中选择单位或大厅。", "Choose a unit or site from the list."
        return Refusal("place", {"zh": zh, "en": en})
    if before.round_id not in devices.rounds_of_unit(session, unit.id):
        zh, en = "所选单位不在本轮次中。", "That unit is not in the round."
        return Refusal("place", {"zh": zh, "en": en})
    return unit, site


def _placed(platform: Platform, before: RecordRow, site: SiteRow | None) -> dict[str, Any]:
    """The answers with the site's code at the hidden question that holds it."""
    form = platform.form(before.version_id)
    found = {name: form.find_by_name(name) for name in ("site", "site_code")}
    hidden = [name for name, item in found.items() if isinstance(item, Question) and item.type == "hidden"]
    return placed(form, before.answers, dict.fromkeys(hidden, site.code if site is not None else ""))
