"""A small round made through the services, for tests: two units, a hall, a line, people, questionnaires."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from surveyapp.config import resource
from surveyapp.services import accounts, arranging, frameworks, linking, publishing
from surveyapp.services.accounts import Actor
from surveyapp.services.collecting import Accepted, Submission, accept
from surveyapp.services.installation import Platform
from tests.data import hashes

KINDS = {"citizen": "survey", "call": "call", "visit": "visit", "interview": "interview"}
PASSWORD = "a password for tests only"
ROLES = ("lead", "reviewer", "evaluator", "interviewer", "unit", "admin", "auditor", "viewer", "expert")


@dataclass(frozen=True)
class Round:
    """Ids of what was made, and the people by role."""

    id: int
    framework_id: int
    unit_id: int
    other_unit_id: int
    site_id: int
    line_id: int
    versions: Mapping[str, int]
    code: str
    people: Mapping[str, Actor]


@cache
def _text(name: str) -> str:
    return (resource("questionnaires") / "jilin-2018" / f"{name}.md").read_text(encoding="utf-8")


def publish_all(platform: Platform) -> dict[str, int]:
    """Publish the four questionnaires; version ids by file name."""
    versions = {}
    for name, kind in KINDS.items():
        outcome = publishing.publish(platform, _text(name), kind)
        assert outcome.version_id is not None, outcome.problems
        versions[name] = outcome.version_id
    return versions


def add_people(platform: Platform, unit_codes: Mapping[str, str]) -> dict[str, Actor]:
    """One account a role; the unit role covers the unit 'hall-a' only, all others everything."""
    people = {}
    with hashes.cheap():
        for role in ROLES:
            accounts.create_user(platform, role, f"{role} 甲", PASSWORD)
            accounts.grant(platform, role, role, unit_codes.get(role, arranging.ROOT_UNIT))
            people[role] = actor_of(platform, role)
    return people


def actor_of(platform: Platform, login: str) -> Actor:
    """The actor behind a login, signed in once."""
    with hashes.cheap():
        token = accounts.sign_in(platform, login, PASSWORD)
    assert token is not None
    actor = accounts.find_actor(platform, token)
    assert actor is not None
    return actor


def make_round(platform: Platform) -> Round:
    """An open round over the notice's framework."""
    arranging.ensure_root(platform)
    unit_id = arranging.add_unit(platform, "hall-a", "甲厅")
    other = arranging.add_unit(platform, "hall-b", "乙厅")
    site_id = arranging.add_site(
        platform, unit_id, "hall-a-1", "甲厅政务服务大厅", "演示路 1 号", (43.9, 125.3)
    )
    line_id = arranging.add_line(
        platform,
        unit_id,
        site_id,
        "hall-a-t1",
        "0431-00000001",
        "咨询电话",
        "办事指南",
        date(2026, 11, 20),
        ["08:30-11:30", "13:30-17:00"],
    )
    source = frameworks.source_from_folder(resource("questionnaires") / "jilin-2018", "吉林省评估指标体系")
    assert isinstance(source, frameworks.Source), source
    framework_id, problems = frameworks.import_framework(platform, source)
    assert framework_id is not None, problems
    versions = publish_all(platform)
    plan = arranging.RoundPlan(
        "r1",
        "测试轮次",
        framework_id,
        "S",
        date(2026, 11, 16),
        date(2026, 12, 31),
        date(2027, 6, 30),
        "评估组",
        "大厅咨询台",
    )
    round_id = arranging.open_round(platform, plan, ["hall-a", "hall-b"], None)
    code = linking.make_link(platform, round_id, site_id, "jilin2018-citizen", "3 号窗口", None)
    people = add_people(platform, {"unit": "hall-a"})
    return Round(round_id, framework_id, unit_id, other, site_id, line_id, versions, code, people)


def citizen_answers(**changed: str) -> dict[str, Any]:
    """A complete, unremarkable citizen's answers; `changed` sets leaves by question name."""
    sections: dict[str, dict[str, str]] = {
        "about": {"age14": "yes", "matter": "permit", "channel": "onsite", "date_band": "week"},
        "process": {
            "times_on_site": "1",
            "done": "done",
            "one_go": "yes",
            "extra_papers": "same",
            "waiting": "w10",
            "sent_elsewhere": "none",
        },
        "channels": {
            "phone": "not_called",
            "online_used": "no",
            "complaint_known": "yes",
            "complaint_usable": "not_used",
        },
        "opinion": {
            "overall": "4",
            "can_do": "4",
            "once_real": "4",
            "hard_to_follow": "2",
            "fewer_trips": "4",
            "change": "better",
            "self_check": "no",
            "pressed": "no",
        },
        "callback": {},
    }
    for name, value in changed.items():
        home = next((s for s, leaves in sections.items() if name in leaves), None)
        sections[home or HOMES[name]][name] = value
    return sections


HOMES = {
    "comment": "opinion",
    "overall_why": "opinion",
    "why_not": "process",
    "callback_consent": "callback",
    "callback_phone": "callback",
}


def new_id() -> str:
    """A fresh submission id."""
    return str(uuid.uuid4())


def citizen_submission(made: Round, submission_id: str = "", **changed: str) -> Submission:
    """A submission through the round's QR link."""
    return Submission(
        submission_id=submission_id or new_id(),
        version_id=made.versions["citizen"],
        round_id=made.id,
        unit_id=made.unit_id,
        site_id=made.site_id,
        answers=citizen_answers(**changed),
        network="192.0.2.7|test",
    )


def received(platform: Platform, submission: Submission) -> Accepted:
    """The accepted submission; fails the test when it is refused."""
    outcome = accept(platform, submission)
    assert isinstance(outcome, Accepted), outcome
    return outcome
