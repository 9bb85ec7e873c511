"""Assigned work of the general page for tests: the six further instruments, published and assigned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from surveyapp.config import resource
from surveyapp.services import planning, publishing
from surveyapp.services.installation import Platform
from tests.data.rounds import Round

SIX = {
    "callback": "callback",
    "hall": "hall",
    "document": "document",
    "panel": "panel",
    "publication": "publication",
    "self": "self",
}
DUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def publish_six(platform: Platform) -> dict[str, int]:
    """Publish the six; version ids by file name."""
    versions = {}
    for name, kind in SIX.items():
        text = (resource("questionnaires") / "jilin-2018" / f"{name}.md").read_text(encoding="utf-8")
        outcome = publishing.publish(platform, text, kind)
        assert outcome.version_id is not None, outcome.problems
        versions[name] = outcome.version_id
    return versions


def assigned(platform: Platform, made: Round, kind: str, role: str, **known: str) -> int:
    """Work of a kind for the person with a role, planned by the lead."""
    wish = planning.WorkWish(
        kind,
        made.people[role].id,
        DUE,
        "",
        site_id=made.site_id if kind == "hall" else 0,
        unit_id=made.unit_id,
        known=known,
    )
    outcome = planning.assign_work(platform, made.people["lead"], made.id, wish)
    assert isinstance(outcome, int), outcome
    return outcome


def rated(level: str, number: str = "1") -> dict[str, Any]:
    """A panel sheet with the same level for four criteria."""
    return {
        "sheet": {"round": number, "recused": "none", "read_files": "OK"},
        "plan": {
            "rubric_111_tasks": level,
            "rubric_111_order": level,
            "rubric_111_proof": level,
            "rubric_112_law": "2",
        },
        "reasons": {"reason": "依据方案第三页。"},
    }
