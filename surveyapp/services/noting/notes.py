"""Interview notes while they are written: created, pushed segment by segment, answered.

Participants are classes of roles, never names. How a note becomes a record is in submitting.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surveyapp.forms.building import build
from surveyapp.forms.signs import holds_forbidden
from surveyapp.gateways.refusal import Refusal
from surveyapp.services.accounts import Actor
from surveyapp.services.auditing import note_deed
from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.calling.sending import NoQuestionnaire, placed
from surveyapp.services.installation import Platform
from surveyapp.services.noting.merging import FLAGS, STANCES, Push, Segment, merged
from surveyapp.storage import fieldwork, notes, questionnaires
from surveyapp.storage.database import Session
from surveyapp.storage.tables import NoteRow, NoteSegmentRow, UnitRow

CONSENT_VERSION = "2018-11/1"
RANKS = ("head", "office", "window", "sub", "partner")
HIERARCHY = frozenset({"head", "office", "window"})
FORMS = ("group", "single")
RECORDING = ("no", "yes", "refused")
MOST_PARTICIPANTS = 30
MOST_REVISIONS = 20_000
LONGEST_TEXT = 5000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


@dataclass(frozen=True)
class Plan:
    """What a new note is about. `ranks`: how many participants of each role class; no names anywhere."""

    round_id: int
    unit_id: int
    title: str
    form_of: str
    ranks: Mapping[str, int]
    is_told: bool
    recording: str


@dataclass(frozen=True)
class Pushed:
    """A push is stored; the segment as it is shown now."""

    push_id: str
    revision: int
    segment: Segment | None


def version_for_interviews(platform: Platform, round_id: int) -> int:
    """The newest published interview questionnaire for a round. Raises NoQuestionnaire."""
    with platform.database.reading() as session:
        found = fieldwork.newest_version(session, "interview", round_id)
    if found is None:
        raise NoQuestionnaire("interview")
    return found


def create_note(platform: Platform, actor: Actor, note_id: str, plan: Plan) -> NoteRow | Refusal:
    """Open a note; the same id again gives the same note. Raises UnknownTask outside the actor's scope."""
    if not _UUID.match(note_id):
        return Refusal.of("malformed", "记录编号格式不对，请重新打开页面。", "Open the page again.")
    if refused := _plan_refusal(plan):
        return refused
    now, version_id = platform.clock(), version_for_interviews(platform, plan.round_id)
    form = platform.form(version_id)
    with platform.database.transaction() as session:
        earlier = notes.find_note(session, note_id)
        if earlier is not None:
            return earlier[0] if earlier[0].collector_id == actor.id else _unknown(note_id)
        place = notes.find_place(session, plan.round_id, plan.unit_id)
        if place is None or not actor.covers(place[1].path, "interviewer"):
            raise UnknownTask(note_id)
        if place[0].state not in ("open", "closing"):
            return Refusal.of("closed", "本轮评估已结束。", "The round has ended.")
        if questionnaires.state_in_round(session, version_id, plan.round_id) != "open":
            zh = "访谈问卷已停止发放，不能再新建记录；已建的可以照常完成。"
            en = "The interview questionnaire is not offered any more; finish the notes already begun."
            return Refusal.of("form-closed", zh, en)
        note_deed(session, now, actor.id, "note.create", "note", note_id, unit=plan.unit_id)
        return notes.add_note(
            session,
            id=note_id,
            round_id=plan.round_id,
            unit_id=plan.unit_id,
            collector_id=actor.id,
            title=plan.title.strip(),
            form_of=plan.form_of,
            consent=_consent(plan, now),
            answers=placed(form, {}, _setting(plan)),
            created_at=now,
        )


def _unknown(note_id: str) -> NoteRow:
    raise UnknownTask(note_id)


def _consent(plan: Plan, now: datetime) -> dict[str, Any]:
    """Consent with its version, and the participants by letter and class; recording apart."""
    classes = [rank for rank in RANKS for _ in range(plan.ranks.get(rank, 0))]
    participants = [
        {"speaker": letter_of(place), "rank": rank, "told": plan.is_told}
        for place, rank in enumerate(classes)
    ]
    return {
        "version": CONSENT_VERSION,
        "told": plan.is_told,
        "told_at": now.isoformat(),
        "recording": plan.recording,
        "participants": participants,
    }


def _setting(plan: Plan) -> dict[str, str]:
    """What the questionnaire asks of the setting and the plan says already."""
    together = [rank for rank in RANKS if plan.ranks.get(rank)]
    return {
        "form_of": plan.form_of,
        "participants": str(sum(plan.ranks.values())) if plan.form_of == "group" else "",
        "rank": together[0] if len(together) == 1 else "mixed",
        "told": "OK" if plan.is_told else "",
        "recording": plan.recording,
    }


def letter_of(place: int) -> str:
    """'A' to 'Z', then 'A2', 'B2' ...: how a participant is called in the note."""
    return chr(ord("A") + place % 26) + (str(place // 26 + 1) if place >= 26 else "")


def _plan_refusal(plan: Plan) -> Refusal | None:
    count = sum(plan.ranks.values())
    together = {rank for rank, number in plan.ranks.items() if number}
    checks = (
        (
            not plan.title.strip() or len(plan.title) > 100 or holds_forbidden(plan.title),
            (
                "title",
                "请填写标题，不超过 100 字，不写姓名。",
                "Enter a title of at most 100 characters; no names.",
            ),
        ),
        (plan.form_of not in FORMS, ("form", "请选择访谈形式。", "Choose the form of the interview.")),
        (
            plan.form_of == "single" and count != 1,
            ("count", "个别谈话应为 1 人。", "An individual interview has one participant."),
        ),
        (
            plan.form_of == "group" and not 2 <= count <= MOST_PARTICIPANTS,
            ("count", "座谈会应为 2 至 30 人。", "A group has 2 to 30 participants."),
        ),
        (
            len(together & HIERARCHY) > 1,
            (
                "ranks",
                "同一场不安排上下级同时参加，请分开访谈。",
                "Superiors and subordinates are never in one group; interview them apart.",
            ),
        ),
        (
            not plan.is_told,
            (
                "told",
                "请先向每位参加者说明，并勾选确认。",
                "Explain to every participant first, and tick the confirmation.",
            ),
        ),
        (plan.recording not in RECORDING, ("recording", "请选择是否录音。", "Say whether it is recorded.")),
    )
    return next((Refusal.of(*said) for fails, said in checks if fails), None)


def own_note(session: Session, actor: Actor, note_id: str, *, lock: bool = False) -> tuple[NoteRow, UnitRow]:
    """The actor's own note inside their scope. Raises UnknownTask."""
    found = notes.find_note(session, note_id, lock=lock)
    if found is None or found[0].collector_id != actor.id or not actor.covers(found[1].path, "interviewer"):
        raise UnknownTask(note_id)
    return found


def push_segment(platform: Platform, actor: Actor, note_id: str, push: Push) -> Pushed | Refusal:
    """Append one revision of a segment. A repeat changes nothing; a rival revision is kept as a conflict."""
    with platform.database.transaction() as session:
        note, _unit = own_note(session, actor, note_id, lock=True)
        if earlier := notes.find_push(session, push.push_id):
            if earlier.note_id != note_id or push_of(earlier).body() != push.body():
                return _said(
                    "conflict", "这个推送编号已用于另一内容。", "This push id holds another content."
                )
            return _pushed(session, note_id, push)
        if refused := _push_refusal(session, note, push):
            return refused
        notes.add_revision(
            session,
            note_id=note_id,
            segment_id=push.segment_id,
            base_revision=push.base_revision,
            push_id=push.push_id,
            sequence=push.sequence,
            started_at=push.started_at,
            speaker=push.speaker,
            text=push.text,
            indicators=list(push.indicators),
            stance=push.stance,
            flags=list(push.flags),
            is_conflict=notes.has_sibling(session, note_id, push.segment_id, push.base_revision),
            received_at=platform.clock(),
        )
        return _pushed(session, note_id, push)


def _pushed(session: Session, note_id: str, push: Push) -> Pushed:
    segments = merged(push_of(row) for row in notes.revisions(session, note_id))
    shown = next((one for one in segments if one.shown.segment_id == push.segment_id), None)
    return Pushed(push.push_id, shown.shown.revision if shown else push.revision, shown)


def push_of(row: NoteSegmentRow) -> Push:
    """A stored revision as the push it came by."""
    return Push(
        row.push_id,
        row.segment_id,
        row.base_revision,
        row.sequence,
        row.started_at,
        row.speaker,
        row.text,
        tuple(row.indicators),
        row.stance,
        tuple(row.flags),
    )


def _push_refusal(session: Session, note: NoteRow, push: Push) -> Refusal | None:
    if note.state != "open":
        return _said(
            "submitted",
            "这份记录已提交，不再接收新的内容。",
            "This note is submitted and takes nothing more.",
        )
    if not (_UUID.match(push.push_id) and _UUID.match(push.segment_id)):
        return _said("malformed", "段落编号格式不对。", "The segment id is malformed.")
    if not (0 <= push.base_revision < 10_000 and 0 <= push.sequence < 1_000_000):
        return _said("malformed", "段落的版本或序号不对。", "The revision or sequence is out of range.")
    if holds_forbidden(push.text + push.speaker):
        zh, en = "段落里有无法保存的控制字符，请删去。", "The segment holds a control character; remove it."
        return _said("text", zh, en)
    if len(push.text) > LONGEST_TEXT or not 1 <= len(push.speaker) <= 32:
        return _said(
            "text",
            f"一段不超过 {LONGEST_TEXT} 字；请分段。",
            f"A segment holds at most {LONGEST_TEXT} characters; divide it.",
        )
    if push.stance not in STANCES or set(push.flags) - set(FLAGS):
        return _said("stance", "没有这种立场或标记。", "There is no such stance or flag.")
    unknown = sorted(set(push.indicators) - notes.leaf_codes(session, note.round_id))
    if unknown:
        code = unknown[0][:32]
        return _said("indicator", f"没有指标“{code}”。", f"There is no indicator “{code}”.")
    if notes.count_revisions(session, note.id) >= MOST_REVISIONS:
        return _said("full", "这份记录已满，请另建一份。", "This note is full; open another.")
    return None


def segments_of(platform: Platform, note_id: str) -> tuple[Segment, ...]:
    """The note as it reads now."""
    with platform.database.reading() as session:
        return merged(push_of(row) for row in notes.revisions(session, note_id))


def save_answers(
    platform: Platform, actor: Actor, note_id: str, base_rev: int, answers: Mapping[str, Any]
) -> int | Refusal:
    """Save the rubric as far as it is answered; returns its new revision.

    When somebody saved a newer one meanwhile, that one is kept and this one refused (code 'stale').
    Saving what is stored already changes nothing. What is asked may still be wrong, since the rubric is
    not finished; what cannot be stored at all is refused with its place.
    """
    with platform.database.reading() as session:
        found = notes.find_note(session, note_id)
    if found is None:
        raise UnknownTask(note_id)
    version_id = version_for_interviews(platform, found[0].round_id)
    shape = build(platform.form(version_id), answers).problems
    if shape:
        return Refusal(
            shape[0].code, {key: f"{shape[0].path}: {said}" for key, said in shape[0].sentence.items()}
        )
    with platform.database.transaction() as session:
        note, _unit = own_note(session, actor, note_id, lock=True)
        if note.state != "open":
            return _said("submitted", "这份记录已提交，不能再改。", "This note is submitted.")
        if note.answers == dict(answers):
            return note.answers_rev
        if not 0 <= base_rev <= note.answers_rev or not notes.set_answers(
            session, note_id, base_rev, dict(answers)
        ):
            return _said(
                "stale",
                "另一处保存了较新的评级，已保留较新的一份；本页的改动没有保存。",
                "A newer rating was saved elsewhere and is kept; the changes on this page were not saved.",
            )
        return base_rev + 1


def _said(code: str, zh: str, en: str) -> Refusal:
    return Refusal.of(code, zh, en)


def ranks_from(fields: Mapping[str, str]) -> dict[str, int]:
    """Counts of participants by class from 'rank_<class>' fields; what is no number counts as none."""
    found = {}
    for rank in RANKS:
        text = fields.get(f"rank_{rank}", "").strip()
        found[rank] = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return found
