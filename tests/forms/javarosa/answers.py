"""Random answers to a form: valid for their types, often blank, relevant or not."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from surveyapp.forms.form import Form, Group, Item, Question, Repeat

_TEXTS = ("", "a", "b", "abc", "7", "12.5", "长春", "a b", "2018-03-04", "yes", "13843101234")


def random_answers(form: Form, source: random.Random) -> dict[str, Any]:
    """Answers to every question a person or device may answer, '' for those left out."""
    return _inside(form.children, source)


def _inside(items: Sequence[Item], source: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.name in ("meta", "orx:meta"):
            continue
        if isinstance(item, Repeat):
            count = 3 if item.count is not None else source.randint(1, 3)
            found[item.name] = [_inside(item.children, source) for _ in range(count)]
        elif isinstance(item, Group):
            found[item.name] = _inside(item.children, source)
        elif isinstance(item, Question) and item.calculate is None and not item.preload:
            found[item.name] = "" if source.random() < 0.25 else _answer(item, source)
    return found


def _answer(question: Question, source: random.Random) -> str:
    values = [choice.value for choice in question.itemset.choices] if question.itemset else []
    if values:
        if question.type == "rank":
            return ""
        many = question.type == "select_multiple"
        return " ".join(source.sample(values, min(len(values), source.randint(1, 3) if many else 1)))
    kind = question.type if question.type not in ("hidden", "note") else question.bind_type
    day = date(2018, 1, 1) + timedelta(days=source.randint(0, 400))
    simple = {
        "integer": str(source.choice((-1, 0, 1, 2, 3, 5, 10, 41, 100, 2018))),
        "int": str(source.randint(0, 9)),
        "decimal": source.choice(("0", "0.5", "2.25", "-3.1", "100")),
        "range": "3",
        "date": day.isoformat(),
        "datetime": f"{day.isoformat()}T0{source.randint(0, 9)}:15:00.000+08:00",
        "dateTime": f"{day.isoformat()}T0{source.randint(0, 9)}:15:00.000+08:00",
        "time": f"1{source.randint(0, 9)}:30:00.000+08:00",
        "geopoint": f"43.{source.randint(0, 9)} 125.3 0 0",
        "acknowledge": "OK",
        "trigger": "OK",
        "text": source.choice(_TEXTS),
        "string": source.choice(_TEXTS),
    }
    return simple.get(kind, "")


def with_counted_repeats(
    items: Sequence[Item],
    answers: dict[str, Any],
    counts: dict[str, int],
    source: random.Random,
    below: str = "",
) -> None:
    """Give each counted repeat of the answers as many instances as it has in the filled form."""
    for item in items:
        path = f"{below}/{item.name}" if below else item.name
        if isinstance(item, Repeat):
            instances = answers[item.name]
            if item.count is not None:
                wanted = counts.get(path, 0)
                instances = [
                    *instances[:wanted],
                    *(_inside(item.children, source) for _ in range(wanted - len(instances))),
                ]
                answers[item.name] = instances
            for place, instance in enumerate(instances, 1):
                with_counted_repeats(item.children, instance, counts, source, f"{path}[{place}]")
        elif isinstance(item, Group) and item.name in answers:
            with_counted_repeats(item.children, answers[item.name], counts, source, path)
