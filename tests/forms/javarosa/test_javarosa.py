"""Our engine and JavaRosa's say the same of thousands of random records, but for what is explained here.

Needs a Java development kit; where there is none the comparison says so and only the own cases run.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, Repeat, load_form
from surveyapp.forms.record_xml import to_xml
from tests.forms.javarosa.answers import random_answers, with_counted_repeats
from tests.forms.javarosa.comparing import Difference, differences, states_of
from tests.forms.javarosa.oracle import JavaRosa, find_tools, javarosa
from tests.forms.javarosa.torture import TORTURE

FOLDER = Path(__file__).parents[3] / "questionnaires" / "jilin-2018"
NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Explanation:
    """A kind of difference that is meant, and why."""

    reason: str
    covers: Callable[[Difference], bool]


EXPLAINED = (
    Explanation(
        "A truth that becomes an answer is written true or false here, 1 or 0 by JavaRosa; "
        "both engines read either back as what it was.",
        lambda one: one.what == "value" and (one.ours, one.theirs) in (("true", "1"), ("false", "0")),
    ),
    Explanation(
        "No number is no answer here, also through string(); JavaRosa stores the word NaN.",
        lambda one: one.what == "value" and (one.ours, one.theirs) == ("", "NaN"),
    ),
    Explanation(
        "A day that becomes text is written as a day here; JavaRosa adds midnight when it comes out of if().",
        lambda one: (
            one.expression.startswith("if(")
            and str(one.theirs).startswith(str(one.ours))
            and str(one.theirs)[10:] == "T00:00:00.000+08:00"
        ),
    ),
    Explanation(
        "JavaRosa cuts the fraction off a number of days before it makes a date of it; days counted from "
        "Greenwich then lie one back in China.",
        lambda one: "decimal-date-time" in one.expression,
    ),
    Explanation(
        "The number of a text that spells a date is its day here, as the public vectors ask; "
        "JavaRosa has none, so that it is no larger than anything either.",
        lambda one: (one.form, one.path) in (("blanks", "b34"), ("blanks", "b35")) and one.ours != "",
    ),
    Explanation(
        "JavaRosa starts looking for the largest at zero, so that max() of negative numbers is 0.",
        lambda one: one.expression.startswith("max(") and one.theirs == "0" and str(one.ours).startswith("-"),
    ),
)


def forms() -> dict[str, tuple[str, int]]:
    """Every questionnaire and torture form as an XForm, with how many records to try."""
    read = {file.stem: (file.read_text(encoding="utf-8"), 40) for file in sorted(FOLDER.glob("*.md"))}
    read.pop("README", None)
    read.update({name: (text, 150) for name, text in TORTURE.items()})
    return {name: (convert_markdown(text).xform, count) for name, (text, count) in read.items()}


def counts_of(filling: Filling) -> dict[str, int]:
    """How many instances each repeat of a filled form has, by its path without its last place."""
    found: dict[str, int] = {}
    for item in filling.form.items.values():
        for place, _ in filling.built.places.get(item.path, ()) if isinstance(item, Repeat) else ():
            base = re.sub(r"\[\d+\]$", "", place)
            found[base] = found.get(base, 0) + 1
    return found


def record(form: Form, source: random.Random, now: datetime) -> dict[str, Any]:
    """Random answers with as many instances of counted repeats as the form asks for."""
    answers = random_answers(form, source)
    for _ in range(3):
        with_counted_repeats(form.children, answers, counts_of(fill(form, answers, now=now)), source)
    return answers


def compared(name: str, xform: str, count: int, oracle: JavaRosa) -> list[Difference]:
    """The differences over `count` random records of a form."""
    form, source = load_form(xform), random.Random(name)
    oracle.load(xform)
    found: list[Difference] = []
    for _ in range(count):
        now = datetime.now(UTC)
        answers = record(form, source, now)
        theirs = oracle.states(form, to_xml(form, answers, instance_id="uuid:1"))
        found.extend(differences(name, fill(form, answers, now=now), theirs))
    return found


def test_our_engine_and_javarosa_say_the_same(tmp_path: Path) -> None:
    tools = find_tools()
    if tools is None:
        print("No Java development kit or no JavaRosa here: the two engines are not compared.")
        return
    with javarosa(tools, tmp_path) as oracle:
        found = [
            one for name, (xform, count) in forms().items() for one in compared(name, xform, count, oracle)
        ]
    unexplained = [one for one in found if not any(reason.covers(one) for reason in EXPLAINED)]
    assert [(one.form, one.path, one.what, one.ours, one.theirs) for one in unexplained] == []
    assert [reason.reason for reason in EXPLAINED if not any(reason.covers(one) for one in found)] == []


def test_a_difference_is_seen() -> None:
    form = load_form(convert_markdown(TORTURE["blanks"]).xform)
    filling = fill(form, {"n": "4", "d": "1"}, now=NOW)
    same = {path: state for path, _, state in states_of(filling)}
    assert list(differences("blanks", filling, same)) == []
    relevant, required, holds, value = same["b1"]
    for other, what in (
        ((not relevant, required, holds, value), "relevant"),
        ((relevant, not required, holds, value), "required"),
        ((relevant, required, not holds, value), "constraint"),
        ((relevant, required, holds, "5.1"), "value"),
    ):
        [found] = differences("blanks", filling, {**same, "b1": other})
        assert (found.path, found.what) == ("b1", what)


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        ("blanks", {}, {"b1": "", "b2": "0", "b3": "less", "b4": "true", "b8": "0", "b9": "", "b11": "0"}),
        ("blanks", {"n": "4", "d": "1.5"}, {"b1": "5.5", "b3": "more", "b15": "1", "b28": "16", "b43": "5"}),
        ("blanks", {"n": "1", "d": "9"}, {"b1": "", "b2": "1", "b10": "-1-"}),
        ("dates", {"on": "2018-03-04", "to": "2018-03-14"}, {"d1": "10", "d2": "true", "d14": "true"}),
        ("dates", {}, {"d1": "", "d2": "false", "d3": "", "d11": "none"}),
        (
            "repeats",
            {"people": "2", "person": [{"name": "a", "age": "50"}, {"name": "", "age": "9"}]},
            {
                "r1": "2",
                "r2": "50",
                "r5": "1",
                "r7": "a, ",
                "person[1]/older": "true",
                "person[2]/number": "2",
            },
        ),
        ("chains", {"q0": "3", "q1": "3", "q2": "0"}, {"c0": "3", "c1": "4", "c2": ""}),
    ],
)
def test_own_cases_of_the_torture_forms(name: str, answers: dict[str, Any], expected: dict[str, str]) -> None:
    filling = fill(load_form(convert_markdown(TORTURE[name]).xform), answers, now=NOW)
    assert {path: filling.value(path) for path in expected} == expected
