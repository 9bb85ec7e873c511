"""Blind ratings: who may see what other raters filed, and the distribution that a second round looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.evaluation.flags import leaves
from surveyapp.evaluation.kinds import KINDS
from surveyapp.forms.definition import Text
from surveyapp.forms.form import Question
from surveyapp.forms.texts import text_in
from surveyapp.services.accounts import Actor
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.queries.exports import Blind
from surveyapp.storage.tables import AssignmentRow, RecordRow

RATING = "rubric_"


@dataclass(frozen=True)
class Distribution:
    """How often each level of one criterion was given in the first round, by the level's label."""

    label: str
    counts: Mapping[str, int]


def is_hidden(platform: Platform, actor: Actor, record: RecordRow) -> bool:
    """Whether a record is kept from somebody who still has to rate the same unit in the same round."""
    if not KINDS[record.kind].is_blind or record.collector_id == actor.id:
        return False
    with platform.database.reading() as session:
        return fieldwork.has_planned(session, record.round_id, record.unit_id, record.kind, actor.id)


def kept_apart(platform: Platform, actor: Actor, round_id: int) -> Blind:
    """What a table of records leaves out for somebody who still has to rate units of the round."""
    kinds = tuple(code for code, kind in KINDS.items() if kind.is_blind)
    with platform.database.reading() as session:
        return Blind(kinds, tuple(fieldwork.units_to_rate(session, round_id, kinds, actor.id)), actor.id)


def first_round(
    platform: Platform, actor: Actor, task: AssignmentRow, language: str
) -> tuple[Distribution, ...]:
    """What all raters gave in round 1, for somebody whose task is round 2 and who has filed round 1.

    Nothing for anybody else, nothing of what this person would not have seen blind.
    """
    if task.kind != "panel" or str((task.known or {}).get("round", "")) != "2":
        return ()
    with platform.database.reading() as session:
        rows = fieldwork.current_records(session, task.round_id, task.unit_id, task.kind)
    given = [(row, dict(leaves(row.answers))) for row in rows]
    first = [(row, answers) for row, answers in given if answers.get("round") == "1"]
    if not any(row.collector_id == actor.id for row, _answers in first):
        return ()
    form = platform.form(first[0][0].version_id, task.round_id)
    found = []
    for question in form.questions:
        if question.name.startswith(RATING):
            counts = Counter(answers.get(question.name, "") for _row, answers in first)
            shown = _levels(question, counts, language)
            found.append(Distribution(text_of(question.labels, language), shown))
    return tuple(found)


def _levels(question: Question, counts: Counter[str], language: str) -> dict[str, int]:
    choices = question.itemset.choices if question.itemset else ()
    return {
        text_of(choice.labels, language): counts[choice.value] for choice in choices if counts[choice.value]
    }


def text_of(labels: Mapping[str, Text], language: str) -> str:
    """A label as plain words; outputs in it are left out."""
    return "".join(part for part in text_in(labels, language, "") if isinstance(part, str))
