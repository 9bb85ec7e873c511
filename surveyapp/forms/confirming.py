"""What a record keeps beside its answers: unusual answers confirmed with a reason, and consents given.

Both are worked out from the finished tree; neither is part of the form itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.forms.building import Built
from surveyapp.forms.calculating import value_at
from surveyapp.forms.dates import Moment, moment_text
from surveyapp.forms.definition import Form, Question, Texts
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.problem import Problem
from surveyapp.forms.values import Environment, to_boolean
from surveyapp.forms.wording import problem

LONGEST_REASON = 500
Resolved = Callable[[Texts, str, str | None], str]


@dataclass(frozen=True)
class Confirmation:
    """What the soft constraints of a record came to: confirmed breaches by path, and problems."""

    reasons: Mapping[str, str]
    problems: tuple[Problem, ...]


def confirmation(
    form: Form, built: Built, environment: Environment, given: Mapping[str, str], resolved: Resolved
) -> Confirmation:
    """Try every soft constraint on relevant answers without another problem.

    A breach is confirmed by a reason that is not blank. Reasons for what is no breach are dropped.
    """
    reported = {found.path for found in built.problems}
    reasons: dict[str, str] = {}
    problems: list[Problem] = []
    for question, place, node in _answered(form.softly_bounded, built):
        if question.soft is None or place in reported:
            continue
        if to_boolean(value_at(question.soft, node, built.root, environment)):
            continue
        reason = given.get(place, "")
        reason = reason.strip() if isinstance(reason, str) else ""
        if reason and len(reason) <= LONGEST_REASON:
            reasons[place] = reason
        elif reason:
            problems.append(problem("reason_long", place, most=LONGEST_REASON))
        else:
            problems.append(_breach(question, place, resolved))
    return Confirmation(reasons, tuple(problems))


def _breach(question: Question, place: str, resolved: Resolved) -> Problem:
    standard = problem("soft", place).sentence
    own = {key: resolved(question.soft_messages, place, key) for key in ("zh", "en")}
    return Problem("soft", place, {key: own[key] or standard[key] for key in own}, soft=True)


def _answered(questions: Iterable[Question], built: Built) -> Iterator[tuple[Question, str, Node]]:
    for question in questions:
        for place, node in built.places.get(question.path, ()):
            if node.relevant and text_of(node).strip():
                yield question, place, node


def consents(
    form: Form, built: Built, environment: Environment, resolved: Resolved
) -> tuple[dict[str, Any], ...]:
    """Every consent answered: place, answer, form version, the text as shown, its SHA-256, language, time."""
    found = []
    for question, place, node in _answered(form.consents, built):
        shown = [resolved(texts, place, None) for texts in (question.labels, question.hints)]
        answer = text_of(node)
        for choice in question.itemset.by_value.get(answer, ())[:1] if question.itemset else ():
            shown.append(resolved(choice.labels, place, None))
        text = "\n".join(part for part in shown if part)
        found.append(
            {
                "question": place,
                "answer": answer,
                "version": form.version,
                "language": environment.language,
                "text": text,
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
                "at": moment_text(Moment(environment.now_ms, False), environment.offset),
            }
        )
    return tuple(found)
