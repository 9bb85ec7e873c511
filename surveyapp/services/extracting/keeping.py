"""Keeps a list of handled cases: the file under its hash, what it counts, the drawn sample; or nothing."""

from __future__ import annotations

import datetime as dt
import random
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from surveyapp.config import resource
from surveyapp.evaluation.cases import Case, counted, drawn_cases, oddities, sample_hash
from surveyapp.evaluation.problem import Problem, problem
from surveyapp.evaluation.schedule import CHINA
from surveyapp.evaluation.workdays import Workdays, parse_workdays
from surveyapp.services.accounts import Actor
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.auditing import note_deed
from surveyapp.services.extracting.reading import read_cases
from surveyapp.services.installation import Platform
from surveyapp.storage import extracts, places, rounds
from surveyapp.storage.database import Session
from surveyapp.storage.tables import CaseExtractRow, RoundRow, UnitRow

DEFAULT_SAMPLE, LARGEST_SAMPLE = 30, 500
SEED_LENGTH, NAME_LENGTH, SHOWN = 64, 200, 20
KEEPERS = ("lead", "reviewer")


@dataclass(frozen=True)
class Extract:
    """A list as it was handed in. `facts` as Counted.to_json(), with 'oddities' and 'without_odd' rates."""

    id: int
    round_id: int
    unit_id: int
    unit_code: str
    unit_name: str
    name: str
    sha256: str
    size: int
    cases: int
    facts: Mapping[str, Any]
    seed: str
    sample: tuple[str, ...]
    sample_sha256: str
    counted_on: dt.date
    stored_at: dt.datetime

    @property
    def answers(self) -> Mapping[str, str]:
        """What it counted, by the names of the document review's questions."""
        return {name: str(value) for name, value in self.facts["answers"].items()}


@dataclass(frozen=True)
class Handed:
    """A file with its name. `counted_on` is today for None, `seed` a random one for '', `number` the cases to
    draw for file review."""

    name: str
    content: bytes
    counted_on: dt.date | None = None
    number: int = DEFAULT_SAMPLE
    seed: str = ""


@dataclass(frozen=True)
class Kept:
    """The id of the stored list, or the problems because of which nothing was stored."""

    id: int
    problems: tuple[Problem, ...] = ()


@cache
def calendar() -> Workdays:
    """The shipped calendar of holidays and make-up days."""
    return parse_workdays(tomllib.loads(resource("questionnaires/workdays.toml").read_text(encoding="utf-8")))


def keep_extract(platform: Platform, actor: Actor, round_id: int, unit_id: int, handed: Handed) -> Kept:
    """Read, count, draw and store a list for a unit of a round that is not closed; all of it or nothing.

    Raises UnknownPlace for a unit or round that is not the actor's.
    """
    now = platform.clock()
    today = now.astimezone(CHINA).date()
    day, seed = handed.counted_on or today, handed.seed or secrets.token_hex(8)
    if wrong := _wishes(handed, day, today):
        return Kept(0, wrong)
    with platform.database.reading() as session:
        _place(session, actor, round_id, unit_id)
    read = read_cases(handed.content, calendar(), day)
    problems = tuple(one for one in read if isinstance(one, Problem))
    if problems:
        return Kept(0, problems)
    cases = [one for one in read if isinstance(one, Case)]
    sha256 = platform.files.keep(handed.content)
    sample = drawn_cases(random.Random(seed), cases, handed.number)  # noqa: S311  # repeatable from the seed
    values = {
        "name": handed.name[-NAME_LENGTH:] or "extract",
        "sha256": sha256,
        "size": len(handed.content),
        "cases": len(cases),
        "facts": _facts(cases, day),
        "seed": seed,
        "sample": list(sample),
        "sample_sha256": sample_hash(seed, sha256, sample),
        "counted_on": day,
    }
    return _store(platform, actor, round_id, unit_id, now, values)


def _wishes(handed: Handed, day: dt.date, today: dt.date) -> tuple[Problem, ...]:
    found = []
    if day > today or not calendar().covers(day):
        zh = f"统计日应在 {calendar().first} 至今天之间，请修改。"
        en = f"the day of counting lies between {calendar().first} and today."
        found.append(problem("counted-on", 0, "", zh, en))
    if not 1 <= handed.number <= LARGEST_SAMPLE:
        zh = f"抽取件数应为 1 至 {LARGEST_SAMPLE}，请修改。"
        found.append(problem("number", 0, "", zh, f"draw 1 to {LARGEST_SAMPLE} cases."))
    if len(handed.seed) > SEED_LENGTH or not (handed.seed + handed.name).isprintable():
        zh = f"种子不超过 {SEED_LENGTH} 个字，种子和文件名都不能有换行，请修改。"
        en = f"the seed has at most {SEED_LENGTH} characters; it and the file's name hold no line break."
        found.append(problem("seed", 0, "", zh, en))
    return tuple(found)


def _facts(cases: Sequence[Case], day: dt.date) -> dict[str, Any]:
    odd = oddities(cases, calendar())
    doubtful = {number for one in odd for number in one.cases if one.number < len(cases)}
    rest = [case for case in cases if case.number not in doubtful]
    without = counted(rest, calendar(), day).rates if doubtful else {}
    return counted(cases, calendar(), day).to_json() | {
        "oddities": [asdict(one) | {"cases": list(one.cases[:SHOWN])} for one in odd],
        "without_odd": {leaf: list(pair) for leaf, pair in without.items()},
    }


def _place(session: Session, actor: Actor, round_id: int, unit_id: int) -> tuple[RoundRow, UnitRow]:
    around = rounds.find_round(session, round_id)
    unit = places.find_unit_by_id(session, unit_id)
    inside = {one.id for one in rounds.units_of(session, round_id)} if around else set[int]()
    if around is None or unit is None or unit.id not in inside or not actor.covers(unit.path, *KEEPERS):
        raise UnknownPlace(f"unit {unit_id} of round {round_id}")
    return around, unit


def _store(
    platform: Platform,
    actor: Actor,
    round_id: int,
    unit_id: int,
    now: dt.datetime,
    values: Mapping[str, Any],
) -> Kept:
    with platform.database.transaction() as session:
        around = rounds.lock_round(session, round_id)
        if around is None or around.state not in ("open", "closing"):
            zh, en = "这一轮没有在进行，不再接收办件数据。", "the round is not open; no list is taken."
            return Kept(0, (problem("state", 0, "", zh, en),))
        _place(session, actor, round_id, unit_id)
        if extracts.find_same(session, round_id, unit_id, values["sha256"]):
            zh, en = "同一份文件已经上传过，请在列表里打开。", "was uploaded before; open it in the list."
            return Kept(0, (problem("same-file", 0, "", zh, en),))
        found = extracts.add_extract(
            session, round_id=round_id, unit_id=unit_id, stored_at=now, stored_by=actor.id, **values
        )
        told = {key: values[key] for key in ("sha256", "cases", "seed", "sample_sha256")}
        note_deed(session, now, actor.id, "extract.keep", "extract", found, unit=unit_id, **told)
        return Kept(found)


def find_extract(platform: Platform, extract_id: int, tops: Sequence[str]) -> Extract | None:
    """The list with an id inside subtrees of units; None otherwise."""
    with platform.database.reading() as session:
        found = extracts.find_extract(session, extract_id, tops)
        return as_extract(*found) if found else None


def list_extracts(platform: Platform, round_id: int, tops: Sequence[str]) -> tuple[Extract, ...]:
    """The lists of a round inside subtrees of units, newest first."""
    with platform.database.reading() as session:
        return tuple(as_extract(*pair) for pair in extracts.list_extracts(session, round_id, tops))


def newest_extract(platform: Platform, round_id: int, unit_id: int) -> Extract | None:
    """The list of a unit that counts in a round: the one stored last; None when there is none."""
    with platform.database.reading() as session:
        found = extracts.newest_extract(session, round_id, unit_id)
        return as_extract(*found) if found else None


def as_extract(row: CaseExtractRow, unit: UnitRow) -> Extract:
    """A stored row as a list."""
    return Extract(
        row.id,
        row.round_id,
        row.unit_id,
        unit.code,
        unit.name,
        row.name,
        row.sha256,
        row.size,
        row.cases,
        row.facts,
        row.seed,
        tuple(row.sample),
        row.sample_sha256,
        row.counted_on,
        row.stored_at,
    )
