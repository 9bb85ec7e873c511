"""Build the demonstration round through the services every real record passes.

Deterministic in content: one seed, one data file (questionnaires/jilin-2018/demonstration.toml). Days are
counted back from the first start, so that the round is open then; codes and passwords are random.
"""

from __future__ import annotations

import dataclasses
import random
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from surveyapp.config import resource
from surveyapp.evaluation.kinds import KINDS
from surveyapp.services import accounts, arranging, frameworks, linking, publishing
from surveyapp.services.demonstrating.access import Access
from surveyapp.services.demonstrating.calls import add_calls
from surveyapp.services.demonstrating.interviews import add_interviews
from surveyapp.services.demonstrating.reviews import add_reviews
from surveyapp.services.demonstrating.sampling import add_sampling_plan
from surveyapp.services.demonstrating.stage import DAYS, Hall, MovableClock, Stage
from surveyapp.services.demonstrating.surveys import add_surveys
from surveyapp.services.demonstrating.visits import add_visits
from surveyapp.services.demonstrating.work import UNIT_PEOPLE, add_work
from surveyapp.services.installation import Platform

FOLDER = "jilin-2018"
SEED = 20181102
QUESTIONNAIRES = {"citizen" if code == "survey" else code: code for code in KINDS}
"""Every instrument by the name of its file."""
PEOPLE = {
    "lead": ("lead", "项目负责人"),
    "reviewer": ("reviewer", "数据审核员"),
    "evaluator": ("evaluator", "评估员一"),
    "interviewer": ("interviewer", "访谈员一"),
    "unit": ("unit", "甲厅联络员"),
    "evaluator-2": ("evaluator", "评估员二"),
    "evaluator-3": ("evaluator", "评估员三"),
    "expert": ("expert", "专家一"),
    "expert-2": ("expert", "专家二"),
    "unit-2": ("unit", "乙厅联络员"),
    "unit-3": ("unit", "丙厅联络员"),
}
SHOWN = ("lead", "reviewer", "evaluator", "interviewer", "expert", "unit")


def build(platform: Platform, say: Callable[[str], object]) -> Access:
    """Build everything and return how to enter."""
    data = tomllib.loads((resource("questionnaires") / FOLDER / "demonstration.toml").read_text("utf-8"))
    now = platform.clock()
    clock = MovableClock(now)
    moved = dataclasses.replace(platform, clock=clock)
    arranging.ensure_root(moved)
    places = [_hall(moved, unit, now) for unit in data["units"]]
    versions = _publish(moved)
    round_id = _round(moved, data, now)
    halls = tuple(
        _linked(moved, round_id, hall, unit) for hall, unit in zip(places, data["units"], strict=True)
    )
    passwords = _people(moved)
    people = {login: _actor(moved, login, password) for login, password in passwords.items()}
    link_ids = {link.code: link.id for link in linking.list_links(moved, round_id)}
    rng = random.Random(SEED)  # noqa: S311  # made-up data, not a secret
    stage = Stage(moved, clock, now, rng, data, round_id, halls, versions, link_ids, people, say)
    for part in PARTS:
        part(stage)
    shown = {login: (login, passwords[login]) for login in SHOWN}
    return Access(halls[0].codes[0], shown, is_new=True)


def _hall(platform: Platform, unit: Mapping[str, Any], now: datetime) -> Hall:
    unit_id = arranging.add_unit(platform, unit["code"], unit["name"])
    position = (unit["position"][0], unit["position"][1])
    site_id = arranging.add_site(
        platform, unit_id, f"{unit['code']}-site", unit["site"], unit["address"], position
    )
    checked = (now - timedelta(days=DAYS + 5)).date()
    lines = []
    for number, phone in enumerate(unit["lines"], start=1):
        code = f"{unit['code']}-t{number}"
        hours = ["08:30-11:30", "13:30-17:00"]
        line_id = arranging.add_line(
            platform, unit_id, site_id, code, phone, f"咨询电话 {number}", "办事指南", checked, hours
        )
        lines.append((line_id, code))
    return Hall(unit["code"], unit["name"], unit["quality"], position, unit_id, site_id, tuple(lines))


def _publish(platform: Platform) -> dict[str, int]:
    versions = {}
    for name, kind in QUESTIONNAIRES.items():
        text = (resource("questionnaires") / FOLDER / f"{name}.md").read_text(encoding="utf-8")
        outcome = publishing.publish(platform, text, kind)
        if outcome.version_id is None:
            raise ValueError(f"{name}.md: {outcome.problems[0]}")
        versions[name] = outcome.version_id
    return versions


def _round(platform: Platform, data: Mapping[str, Any], now: datetime) -> int:
    source = frameworks.source_from_folder(resource("questionnaires") / FOLDER, data["framework"])
    if not isinstance(source, frameworks.Source):
        raise ValueError(source[0].sentence["en"])
    framework_id, problems = frameworks.import_framework(platform, source)
    if framework_id is None:
        raise ValueError(problems[0].sentence["en"])
    for unit in data["units"]:
        unit_id = arranging.unit_id_of(platform, unit["code"])
        for item in data["items"]:
            arranging.add_item(platform, unit_id, item["code"], item["name"], item["kind"], item.get("days"))
    today = now.date()
    plan = arranging.RoundPlan(
        code="demo-2018",
        title=data["title"],
        framework_id=framework_id,
        profile="S",
        starts_on=today - timedelta(days=DAYS),
        ends_on=today + timedelta(days=30),
        retention_until=today + timedelta(days=210),
        issuer=data["issuer"],
        contact=data["contact"],
        is_demonstration=True,
    )
    return arranging.open_round(platform, plan, [unit["code"] for unit in data["units"]], None)


def _linked(platform: Platform, round_id: int, hall: Hall, unit: Mapping[str, Any]) -> Hall:
    codes = tuple(
        linking.make_link(platform, round_id, hall.site_id, "jilin2018-citizen", window, None)
        for window in unit["windows"]
    )
    return dataclasses.replace(hall, codes=codes, windows=tuple(unit["windows"]))


def _people(platform: Platform) -> dict[str, str]:
    passwords = {}
    unit_of = {login: code for code, login in UNIT_PEOPLE.items()}
    for login, (role, name) in PEOPLE.items():
        _user_id, passwords[login] = accounts.create_user(platform, login, name)
        accounts.grant(platform, login, role, unit_of.get(login, arranging.ROOT_UNIT))
    return passwords


def _actor(platform: Platform, login: str, password: str) -> accounts.Actor:
    token = accounts.sign_in(platform, login, password)
    actor = accounts.find_actor(platform, token) if token else None
    if token is None or actor is None:
        raise ValueError(f"{login} cannot sign in")
    accounts.sign_out(platform, token)
    return actor


PARTS: tuple[Callable[[Stage], None], ...] = (
    add_sampling_plan,
    add_surveys,
    add_calls,
    add_visits,
    add_interviews,
    add_work,
    add_reviews,
)
