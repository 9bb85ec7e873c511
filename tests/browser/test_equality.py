"""Server and browser say the same of 10,000 random records: values, relevance, problems."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from surveyapp.forms.browser_checks import browser_checks
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form, Group, Item, Question, Repeat, load_form
from tests.browser.test_model import HOUSES
from tests.forms.examples import HALL, SETTINGS
from tests.forms.javarosa import torture
from tests.forms.widgets import WIDGETS

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SCRIPTS = ("xpath.js", "xpath-rare.js", "xpath-codes.js", "lists.js", "growth.js", "form.js", "checks.js")
NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
MOST_PROBLEMS = 100
SOURCES = {
    **{
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "questionnaires" / "jilin-2018").glob("*.md"))
        if path.name != "README.md"
    },
    "hall form": HALL + SETTINGS,
    "houses": HOUSES,
    "widgets": WIDGETS,
    "blanks": torture.BLANKS,
    "dates": torture.DATES,
    "repeats": torture.REPEATS,
}
CASES = 10_000
SLOW = {"document": 200, "hall": 300, "houses": 300, "self": 400}  # long, or of up to a thousand instances
ODD = (
    "", " ", "0", "1", "-1", "007", "+5", "7", "13", "59.5", ".5", "5.", "1e3", "1_000", "１２", "NaN",
    "Infinity", "9" * 16, "0" * 40, "2018-11-05", "2018-02-30", "2018-11", "2018", "0999-01-01",
    "2018-11-05T09:30", "2018-11-05T09:30:00.000+08:00", "09:30", "25:00", "09:30:00.000+08:00",
    "43.8 125.3", "43.8 125.3 0 12", "91 0", "4_3 125", "43 125;43 126;44 126;43 125", "43 125; 43 126",
    "43;", "OK", "true", "yes no", "长春 😀", "a b a", "\u3000全角空格\u3000", "\u00a0x\u0085", "\ufeffx",
    "door.jpg", "../door.jpg", "x" * 256, "😀" * 200, "constructor", "__proto__", "toString",
)  # fmt: skip
STATES = """text => { const [logic, checks, cases, now] = JSON.parse(text);
return JSON.stringify(cases.map(([counts, answers]) => {
  const model = new SurveyForm.Model(logic, counts, () => now), values = {}, on = {};
  model.checks = checks;
  answers.forEach(([place, text]) => {
    const node = model.node(place);
    if (node) SurveyXPath.setText(node, text);
  });
  SurveyChecks.normalise(model);
  model.run();
  Object.keys(model.places).forEach(path => model.places[path].forEach(([place, node]) => {
    on[place] = model.relevant(node);
    const leaf = on[place] && node.c.length && node.c[0].k === 4;
    values[place] = leaf ? node.c[0].v.toWellFormed() : ''; // as it is sent
  }));
  return [values, on, SurveyChecks.problems(model)];
})); }"""


def with_scripts(page: Page) -> None:
    """An empty page with the scripts of a questionnaire."""
    page.goto("about:blank")
    for script in SCRIPTS:
        page.add_script_tag(path=ROOT / "static" / "js" / script)


def cases_of(name: str) -> int:
    """How many records of a form are compared; 10,000 of all."""
    others = len(SOURCES) - len(SLOW)
    return SLOW.get(name) or -(-(CASES - sum(SLOW.values())) // others)


def said_by_browser(page: Page, form: Form, records: Sequence[Any], now: datetime) -> list[Any]:
    """What the page makes of every record: values, relevance and problems by place. One text each way."""
    given = [
        form.browser_json(),
        browser_checks(form),
        [flat(one) for one in records],
        now.timestamp() * 1000,
    ]
    found: list[Any] = json.loads(page.evaluate(STATES, json.dumps(given)))
    return found


def random_answers(items: Sequence[Item], chance: random.Random, begun: frozenset[str]) -> dict[str, Any]:
    """Answers as they may come: possible, impossible, missing. What a new record begins with is `begun`: it
    is there in every record that a page sends."""
    found: dict[str, Any] = {}
    for item in items:
        missing = item.path not in begun and chance.random() < 0.1
        if item.name in ("meta", "orx:meta") or missing:
            continue
        if isinstance(item, Repeat):
            found[item.name] = [
                random_answers(item.children, chance, begun) for _ in range(chance.randint(0, 3))
            ]
        elif isinstance(item, Group):
            found[item.name] = random_answers(item.children, chance, begun)
        elif isinstance(item, Question) and item.calculate is None and not item.preload:
            found[item.name] = random_answer(item, chance)
    return found


def random_answer(question: Question, chance: random.Random) -> str:
    values = [choice.value for choice in question.itemset.choices] if question.itemset else []
    if values and chance.random() < 0.9:
        many = question.type in ("select_multiple", "rank")
        return " ".join(chance.sample(values, chance.randint(0, min(4, len(values))) if many else 1))
    if question.type in ("integer", "decimal", "range") and chance.random() < 0.6:
        return str(chance.choice((0, 1, 2, 3, 5, 10, 14, 30, 41, 100, 2018)))
    return chance.choice(ODD)


def flat(answers: dict[str, Any], below: str = "") -> tuple[dict[str, int], list[list[str]]]:
    """How many instances each repeat has, and every answer with its place."""
    counts: dict[str, int] = {}
    found: list[list[str]] = []
    for name, answer in answers.items():
        place = f"{below}/{name}" if below else name
        parts = [(place, answer)] if isinstance(answer, dict) else []
        if isinstance(answer, list):
            counts[place] = len(answer)
            parts = [(f"{place}[{number}]", one) for number, one in enumerate(answer, 1)]
        elif not isinstance(answer, dict):
            found.append([place, answer])
        for inside, one in parts:
            more, leaves = flat(one, inside)
            counts |= more
            found += leaves
    return counts, found


def said_by_server(
    form: Form, answers: dict[str, Any]
) -> tuple[dict[str, str], dict[str, bool], dict[str, str]]:
    filling = fill(form, answers, now=NOW, triggers=False)
    values, relevant = {}, {}
    for path, pairs in filling.built.places.items():
        item = form.items[path]
        if isinstance(item, Question) and item.preload:
            continue
        for place, node in pairs:
            relevant[place] = filling.relevant(place)
            leaf = node.children[0] if node.children and node.children[0].kind == 4 else None
            values[place] = leaf.value if relevant[place] and leaf else ""
    return values, relevant, {problem.path: problem.code for problem in filling.problems}


@pytest.mark.parametrize("name", SOURCES)
def test_server_and_browser_say_the_same_of_random_records(name: str, page: Page) -> None:
    converted = convert_markdown(SOURCES[name])
    assert converted.problems == ()
    form = load_form(converted.xform)
    chance = random.Random(f"2018 {name}")
    begun = frozenset(action.target for action in form.actions)
    answers = [random_answers(form.children, chance, begun) for _ in range(cases_of(name))]
    with_scripts(page)
    found = said_by_browser(page, form, answers, NOW)
    for one, (values, relevant, problems) in zip(answers, found, strict=True):
        said = said_by_server(form, one)
        assert {k: (v, values.get(k)) for k, v in said[0].items() if values.get(k) != v} == {}, one
        assert {k: v for k, v in said[1].items() if relevant.get(k) != v} == {}, one
        if len(said[2]) < MOST_PROBLEMS:
            assert {
                k: (said[2].get(k), problems.get(k))
                for k in {*said[2], *problems}
                if said[2].get(k) != problems.get(k)
            } == {}, one
