"""What a posted record says and what is wrong with it: answers, problems, flags, files. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from surveyapp.evaluation.flags import record_flags
from surveyapp.forms.dates import parse_moment
from surveyapp.forms.envelope import Envelope, written_twice
from surveyapp.forms.filling import OFFSET, Filling, fill, record_moment
from surveyapp.forms.form import Form
from surveyapp.forms.problem import Problem
from surveyapp.services import collecting
from surveyapp.services.calling.sending import placed
from surveyapp.services.devices import Device
from surveyapp.services.installation import Platform
from surveyapp.services.receiving.placing import fill_in

FILES = frozenset({"image", "audio", "video", "file", "audit", "background-audio"})
MOST_PROBLEMS = 50
CLOCK_SKEW = 300


@dataclass(frozen=True)
class Judged:
    """A record ready to be stored. `named` are the files it should come with, each with its place; `places`
    every text of it that could be a file's name. `phone` goes apart, '' for none."""

    answers: dict[str, Any]
    phone: str = ""
    problems: tuple[Problem, ...] = ()
    flags: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    paradata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether anything of the person may be kept."""
        return "screened_out" not in self.flags


def unread(envelope: Envelope) -> Judged:
    """An encrypted record: nothing is read but the names of its files."""
    named = {name: envelope.texts.get(name, name) for name in envelope.named}
    return Judged({}, flags=("encrypted",), named=named, places=named)


def judged(
    platform: Platform,
    form: Form,
    kind: str,
    envelope: Envelope,
    answers: Mapping[str, Any],
    told: Mapping[str, str],
    device: Device,
) -> Judged:
    """Fill and check a record as any other; what is wrong with it is kept beside it, not held against it."""
    now = platform.clock()
    complete = placed(form, answers, fill_in(form, answers, told))
    started_at, finished_at = _instant(form, answers, "start"), _instant(form, answers, "end")
    moment, is_clamped = record_moment(finished_at, now)
    filling = fill(form, complete, now=moment, language=device.person.language, triggers=False)
    clean, phone = collecting.apart_from_callback(filling.answers)
    if collecting.is_screened_out(filling.answers):
        return Judged({}, flags=("screened_out",))
    named = dict(_named_files(form, filling))
    found = Judged(
        answers=clean,
        phone=phone,
        problems=(*written_twice(form, envelope), *filling.problems)[:MOST_PROBLEMS],
        named=named,
        places={**envelope.texts, **named},
        started_at=started_at,
        finished_at=finished_at,
        paradata=_times(started_at, finished_at, now),
    )
    flags = ["invalid_answers"] if found.problems else []
    flags += ["clock_skew"] if is_clamped else []
    return replace(found, flags=tuple(flags))


def quality_flags(kind: str, found: Judged, extra: Mapping[str, Any]) -> tuple[str, ...]:
    """The flags of the record's content, those found before included; none of an unread one."""
    if not found.answers:
        return found.flags
    seen = record_flags(kind, found.answers, found.paradata, extra)
    return tuple(dict.fromkeys((*found.flags, *seen)))


def _named_files(form: Form, filling: Filling) -> Iterator[tuple[str, str]]:
    for question in form.questions:
        if question.type in FILES:
            for place, _node in filling.built.places.get(question.path, ()):
                if name := filling.value(place).strip():
                    yield name, place


def _instant(form: Form, answers: Mapping[str, Any], kind: str) -> datetime | None:
    """When the device says that the record was begun or ended; None when it does not say, or not readably."""
    question = next((one for one in form.questions if one.type == kind), None)
    here: Any = answers
    for part in question.path.split("/") if question is not None else ():
        here = here.get(part) if isinstance(here, Mapping) else None
    found = parse_moment(here.strip(), OFFSET) if question is not None and isinstance(here, str) else None
    if found is None:
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=found.ms)
    except OverflowError:
        return None


def _times(started_at: datetime | None, finished_at: datetime | None, now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if started_at is not None and finished_at is not None and finished_at >= started_at:
        found["seconds"] = round((finished_at - started_at).total_seconds(), 1)
    ahead = (finished_at - now).total_seconds() if finished_at is not None else 0.0
    if ahead > CLOCK_SKEW:
        found["skew"] = round(ahead, 1)
    return found
