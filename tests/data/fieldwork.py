"""Field work for tests: an assigned call, more lines, a visit, an interview note with pushes."""

from __future__ import annotations

import io
import itertools
import uuid
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image

from surveyapp.services import arranging, calling, noting
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import CallAttemptRow
from tests.data.rounds import Round, new_id

HOURS = ["08:30-11:30", "13:30-17:00"]
_numbers = itertools.count(1)


def assigned_call(platform: Platform, made: Round, *, role: str = "evaluator", line_id: int = 0) -> int:
    """A call planned for now, to the round's line unless another is named."""
    return arranging.assign(
        platform,
        made.id,
        made.people[role].id,
        "call",
        made.unit_id,
        platform.clock(),
        line_id=line_id or made.line_id,
        slot="A",
    )


def another_line(platform: Platform, made: Round) -> int:
    """One more published number of the round's unit."""
    number = next(_numbers)
    return arranging.add_line(
        platform,
        made.unit_id,
        made.site_id,
        f"line-{number}-{new_id()[:8]}",
        f"0431-1111{number:04}",
        "咨询电话",
        "办事指南",
        date(2026, 11, 20),
        HOURS,
    )


def begun(platform: Platform, made: Round, assignment_id: int, attempt_id: str = "") -> CallAttemptRow:
    """An attempt that was started; fails the test when it is refused."""
    attempt = calling.start_attempt(platform, made.people["evaluator"], assignment_id, attempt_id or new_id())
    assert isinstance(attempt, CallAttemptRow), attempt
    return attempt


def closed(platform: Platform, made: Round, attempt_id: str, outcome: str) -> CallAttemptRow:
    """The attempt with an outcome; fails the test when it is refused."""
    attempt = calling.close_attempt(platform, made.people["evaluator"], attempt_id, outcome)
    assert isinstance(attempt, CallAttemptRow), attempt
    return attempt


def conversation(outcome: str = "A1") -> dict[str, Any]:
    """The answers to the scripted questions of an answered call."""
    return {
        "call": {"purpose": "consult", "outcome": outcome},
        "talk": {"named": "yes", "answer_1": "2", "answer_2": "1", "answer_3": "2", "manners": "4"},
    }


def assigned_visit(platform: Platform, made: Round, *, role: str = "evaluator") -> int:
    """A visit planned for now."""
    return arranging.assign(
        platform,
        made.id,
        made.people[role].id,
        "visit",
        made.unit_id,
        platform.clock(),
        site_id=made.site_id,
        scenario="询问营业性演出许可。",
    )


def visit_answers(position: str = "43.9001 125.3001 0 20", **arrival: str) -> dict[str, Any]:
    """A visit to a hall that is open, unremarkable."""
    reason = {} if position else {"no_position": "indoor"}
    given = {"position": position, "hall_state": "open", "proofs": "ticket board"} | reason | arrival
    return {
        "arrival": {name: value for name, value in given.items() if value},
        "hall": {"fac_queue": "yes", "fac_guide": "no"},
        "handling": {"instant_seen": "4", "instant_done": "3"},
        "improvement": {"spotted": "no"},
    }


def photo(shade: int = 90) -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 60)).save(file, "JPEG")
    return file.getvalue()


def plan(made: Round, **changed: Any) -> noting.Plan:
    """A group interview with three people at the windows."""
    given: dict[str, Any] = {
        "round_id": made.id,
        "unit_id": made.unit_id,
        "title": "窗口人员座谈会",
        "form_of": "group",
        "ranks": {"window": 3},
        "is_told": True,
        "recording": "no",
    }
    return noting.Plan(**(given | changed))


def open_note(platform: Platform, made: Round) -> str:
    """The id of a fresh note."""
    note_id = new_id()
    note = noting.create_note(platform, made.people["interviewer"], note_id, plan(made))
    assert not isinstance(note, noting.Refusal), note
    return note_id


def push(segment_id: str = "", **changed: Any) -> noting.Push:
    """A first revision of a segment, or what `changed` says."""
    given: dict[str, Any] = {
        "push_id": new_id(),
        "segment_id": segment_id or str(uuid.uuid4()),
        "base_revision": 0,
        "sequence": 1,
        "started_at": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
        "speaker": "A",
        "text": "材料清单今年重新核过一遍。",
        "indicators": ("2.1.2.1",),
        "stance": "support",
        "flags": (),
    }
    return noting.Push(**(given | changed))


def rubric(**changed: str) -> dict[str, Any]:
    """The rubric of a note, complete enough to be submitted."""
    return {
        "setting": {
            "form_of": "group",
            "participants": "3",
            "rank": "window",
            "told": "OK",
            "recording": "no",
        },
        "practice": {"rubric_2_2_3": "3"} | changed,
    }
