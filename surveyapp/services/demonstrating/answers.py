"""Made-up answers of a hall of a given quality, drawn from the tables in demonstration.toml."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from surveyapp.forms.form import Form, Group, Question

Weights = Mapping[str, Sequence[float]]
COUNTED, PART = ("_seen", "_asked"), ("_done", "_kept", "_right", "_accepted", "_no", "_solved")


def between(pair: Sequence[float], quality: float) -> float:
    """The value at `quality`: pair[0] at 1, pair[1] at 0."""
    return pair[1] + (pair[0] - pair[1]) * quality


def drawn(rng: random.Random, weights: Weights, quality: float) -> str:
    """One option, drawn by weights that depend on the quality."""
    options = list(weights)
    return rng.choices(options, [between(weights[option], quality) for option in options])[0]


def from_tables(form: Form, rng: random.Random, quality: float, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by section of a form, one draw a question that has a table."""
    answers: dict[str, Any] = {}
    for section in form.children:
        table = tables.get(section.name)
        if isinstance(section, Question) and isinstance(table, Mapping):
            answers[section.name] = drawn(rng, table, quality)
        elif isinstance(section, Group) and isinstance(table, Mapping):
            answers[section.name] = {
                question.name: drawn(rng, table[question.name], quality)
                for question in section.children
                if question.name in table
            }
    return answers


def visit_answers(form: Form, rng: random.Random, quality: float, table: Mapping[str, Any]) -> dict[str, Any]:
    """A visit: yes/no checks by weights, pairs of counts by share, scales by level."""
    answers: dict[str, Any] = {}
    for section in form.children:
        if not isinstance(section, Group):
            continue
        given: dict[str, str] = {}
        counted = 0
        for question in section.children:
            if not isinstance(question, Question):
                continue
            if question.name.endswith(COUNTED):
                counted = rng.randint(5, 12)
                given[question.name] = str(counted)
            elif question.name.endswith(PART) and question.type == "integer":
                share = between(table["share"], quality)
                given[question.name] = str(sum(rng.random() < share for _ in range(counted)))
            elif value := _visited(question, rng, quality, table):
                given[question.name] = value
        answers[section.name] = given
    answers["arrival"] |= {"hall_state": "open", "proofs": "ticket board"}
    answers["improvement"] |= {"spotted": "no"}
    return answers


def _visited(question: Question, rng: random.Random, quality: float, table: Mapping[str, Any]) -> str:
    if question.name in table:
        return _level(question, rng, between(table[question.name], quality))
    if question.name == "enquiry_days":
        return str(rng.randint(1, 3) if rng.random() < quality else rng.randint(3, 9))
    names = {choice.value for choice in question.itemset.choices} if question.itemset else set()
    return drawn(rng, table["yn"], quality) if names == set(table["yn"]) else ""


def _level(question: Question, rng: random.Random, share: float) -> str:
    steps = [c.value for c in question.itemset.choices if not c.apart] if question.itemset else []
    if not steps:
        return ""
    place = round(min(1.0, max(0.0, rng.gauss(share, 0.15))) * (len(steps) - 1))
    return steps[place]
