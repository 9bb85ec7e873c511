"""Made-up answers of assigned work: each question by its line in demonstration.toml, or by its choices."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from surveyapp.forms.form import Group, Item, Question, Repeat
from surveyapp.services.demonstrating.answers import between, drawn

COUNT, PART = "count", "of"


class Answering:
    """Answers of one record. A line of the table is one of: words ({n} and {sha} stand for the record's
    number and a digest), [best, worst] for a level or a number, { count = [a, b] }, { of = "name",
    share = [best, worst], less = [names] } for a part of a count, { times = n, ... } for a repeat, and
    otherwise weights of choices, as in the other tables."""

    def __init__(
        self, rng: random.Random, quality: float, table: Mapping[str, Any], number: int, about: str = ""
    ) -> None:
        """Of a unit of some quality (0 to 1), for the n-th record; `about` tells what its files are of."""
        self.rng, self.quality, self.table, self.number = rng, quality, table, number
        self.about = about
        self.given: dict[str, str] = {}

    def answers(self, items: Sequence[Item]) -> dict[str, Any]:
        """The answers of a form's items, nested as in the form."""
        return self._inside(items, self.table)

    def _inside(self, items: Sequence[Item], lines: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in items:
            line = lines.get(item.name)
            if isinstance(item, Repeat):
                if isinstance(line, Mapping):
                    found[item.name] = [self._inside(item.children, line) for _ in range(line["times"])]
            elif isinstance(item, Group):
                if isinstance(line, Mapping):
                    found[item.name] = self._inside(item.children, line)
            elif value := self._value(item, line):
                found[item.name] = self.given[item.name] = value
        return found

    def _value(self, question: Question, line: Any) -> str:
        if line is None:
            return self._by_list(question)
        if isinstance(line, str):
            digest = hashlib.sha256(f"{self.about}/{self.number}/{question.name}".encode()).hexdigest()
            return line.format(n=self.number, sha=digest)
        if isinstance(line, Sequence):
            return self._scaled(question, between(line, self.quality))
        if COUNT in line:
            return str(self.rng.randint(*line[COUNT]))
        if PART in line:
            whole = int(self.given[line[PART]]) - sum(int(self.given[name]) for name in line.get("less", ()))
            share = between(line["share"], self.quality)
            return str(sum(self.rng.random() < share for _ in range(whole)))
        return drawn(self.rng, line, self.quality)

    def _scaled(self, question: Question, value: float) -> str:
        steps = [one.value for one in question.itemset.choices if not one.apart] if question.itemset else []
        if steps:
            place = round(min(1.0, max(0.0, self.rng.gauss(value, 0.12))) * (len(steps) - 1))
            return steps[place]
        number = value * self.rng.uniform(0.9, 1.0)
        return f"{number:.1f}" if question.type == "decimal" else str(round(number))

    def _by_list(self, question: Question) -> str:
        """The weights of the question's list of choices; '' when the table says nothing of it."""
        names = {one.value for one in question.itemset.choices} if question.itemset else set()
        if question.name.startswith("rubric_") and "rubric" in self.table:
            return self._scaled(question, between(self.table["rubric"], self.quality))
        found = next((one for one in self.table.get("by_choices", ()) if names and set(one) == names), None)
        return drawn(self.rng, found, self.quality) if found and question.type == "select_one" else ""
