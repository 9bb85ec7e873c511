# ruff: noqa: E501 -- a questionnaire has one line for each question
"""The record of a questionnaire in the browser: repeats, counts, actions, and how much a change works out."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form, load_form

pytestmark = pytest.mark.browser
SCRIPTS = Path(__file__).parents[2] / "static" / "js"
NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
HOUSES = """| survey |
| | type | name | label | relevant | calculation | repeat_count | trigger | default |
| | integer | limit | Limit | | | | | |
| | begin_repeat | houses | Houses | | | | | |
| | integer | rooms | Rooms | | | | | 1 |
| | calculate | number | | | position(..) | | | |
| | begin_repeat | people | People | | | ${rooms} | | |
| | integer | age | Age | | | | | |
| | calculate | old | | | if(${age} > ${limit}, 1, 0) | | | |
| | text | note | Note | ${old} = 1 | | | | |
| | text | mark | Mark | | | | | concat('m', 1 + 1) |
| | end_repeat | | | | | | | |
| | calculate | elders | | | sum(${old}) | | | |
| | end_repeat | | | | | | | |
| | calculate | total | | | sum(${elders}) | | | |
| | text | after | After | ${total} > 1 | | | | |
| | text | said | Said | | concat('limit ', ${limit}) | | ${limit} | |
| settings |
| | form_title | form_id | version |
| | T | t | 1 |
"""


@pytest.fixture(scope="module")
def houses() -> Form:
    converted = convert_markdown(HOUSES)
    assert converted.problems == ()
    return load_form(converted.xform)


def opened(page: Page, form: Form, counts: dict[str, int] | None = None) -> None:
    """A page with the model of the form as `model` and ways to set and read it."""
    page.goto("about:blank")
    for script in ("xpath.js", "xpath-rare.js", "lists.js", "growth.js", "form.js"):
        page.add_script_tag(path=SCRIPTS / script)
    page.evaluate(
        """([logic, counts, now]) => {
        window.begin = () => { const model = new SurveyForm.Model(logic, counts, () => now); return model; };
        window.model = begin(); model.run();
        window.set = (place, text) => SurveyXPath.setText(model.node(place), text);
        window.get = place => SurveyXPath.textOf(model.node(place));
        window.state = model => Object.keys(model.places).flatMap(path => model.places[path].map(([place, node]) =>
          [place, model.relevant(node), node.c.length && node.c[0].k === 4 ? node.c[0].v : '']));
      }""",
        [form.browser_json(), counts or {}, NOW.timestamp() * 1000],
    )


def test_an_instance_is_added_at_the_end_and_removed_with_those_after_it_moving_up(
    page: Page, houses: Form
) -> None:
    opened(page, houses)
    assert page.evaluate("[model.add('houses'), model.add('houses'), model.count('houses')]") == [
        "houses[2]",
        "houses[3]",
        3,
    ]
    page.evaluate("set('houses[3]/rooms', '2'); model.run()")
    assert page.evaluate("model.count('houses[3]/people')") == 2
    assert page.evaluate("get('houses[3]/number')") == "3"
    assert page.evaluate("model.remove('houses[2]')")
    page.evaluate("model.run()")
    assert page.evaluate("model.instances('houses').length") == 2
    assert page.evaluate("[get('houses[2]/rooms'), get('houses[2]/number')]") == ["2", "2"]
    assert page.evaluate("model.node('houses[3]')") is None


def test_a_repeat_grows_and_shrinks_with_its_count_while_answers_stay(page: Page, houses: Form) -> None:
    opened(page, houses)
    page.evaluate(
        "set('houses[1]/rooms', '3'); model.run(); set('houses[1]/people[1]/age', '70'); model.run()"
    )
    assert page.evaluate("model.count('houses[1]/people')") == 3
    page.evaluate("set('houses[1]/rooms', '2'); model.run()")
    assert page.evaluate("[model.count('houses[1]/people'), get('houses[1]/people[1]/age')]") == [2, "70"]


def test_a_new_instance_begins_with_its_defaults(page: Page, houses: Form) -> None:
    opened(page, houses)
    page.evaluate("model.add('houses'); model.run()")
    assert page.evaluate("[get('houses[2]/rooms'), get('houses[2]/people[1]/mark')]") == ["1", "m2"]


def test_an_answer_that_changes_sets_what_it_triggers_and_only_then(page: Page, houses: Form) -> None:
    opened(page, houses)
    page.evaluate("model = begin(); set('limit', '60'); model.run()")
    assert page.evaluate("get('said')") == ""
    page.evaluate("set('limit', '65'); model.run()")
    assert page.evaluate("get('said')") == "limit 65"
    page.evaluate("set('said', 'mine'); model.run()")
    assert page.evaluate("get('said')") == "mine"


def test_a_limit_of_instances_holds(page: Page, houses: Form) -> None:
    opened(page, houses, {"houses": 1000})
    assert page.evaluate("model.add('houses')") == ""


def test_one_answer_among_a_hundred_instances_works_out_only_what_depends_on_it(
    page: Page, houses: Form
) -> None:
    opened(page, houses, {"houses": 100})
    page.evaluate("model.run(); set('limit', '60'); model.run(); model.steps = 0")
    page.evaluate("set('houses[50]/people[1]/age', '70'); model.run()")
    assert page.evaluate("get('total')") == "1"
    # old, the relevance of note, number and elders of this house; total, the relevance of after.
    assert page.evaluate("model.steps") <= 6


def test_working_out_changes_alone_gives_what_working_out_everything_gives(page: Page, houses: Form) -> None:
    opened(page, houses)
    differing = page.evaluate(
        """seeds => seeds.map(seed => {
        let state = seed;
        const next = most => { state = state * 16807 % 2147483647; return state % most; };
        model = begin(); model.run();
        for (let step = 0; step < 40; step++) {
          const repeats = model.count('houses'), house = `houses[${1 + next(repeats || 1)}]`;
          const what = next(6);
          if (what === 0) model.add('houses');
          else if (what === 1 && repeats > 1) model.remove(house);
          else if (what === 2) set('limit', String(next(90)));
          else if (repeats && what === 3) set(house + '/rooms', String(next(4)));
          else if (repeats && model.count(house + '/people')) set(`${house}/people[${1 + next(model.count(house + '/people'))}]/age`, String(next(100)));
          model.run();
          const quick = JSON.stringify(state && window.state(model));
          model.stale = true; model.news = [];
          model.pass();
          if (JSON.stringify(window.state(model)) !== quick) return seed;
        }
        return 0;
      })""",
        [random.Random(7).randrange(1, 10**6) for _ in range(25)],
    )
    assert set(differing) == {0}


def test_server_and_browser_agree_on_counted_repeats(page: Page, houses: Form) -> None:
    answers: dict[str, Any] = {
        "limit": "60",
        "houses": [{"rooms": "2", "people": [{"age": "70"}]}, {"rooms": "0", "people": [{"age": "90"}]}],
        "said": "x",
    }
    filling = fill(houses, answers, now=NOW)
    opened(page, houses, {"houses": 2, "houses[1]/people": 1, "houses[2]/people": 1})
    page.evaluate(
        """() => { set('limit', '60'); set('houses[1]/rooms', '2'); set('houses[2]/rooms', '0');
        set('houses[1]/people[1]/age', '70'); set('houses[2]/people[1]/age', '90'); set('said', 'x'); model.run(); }"""
    )
    states = {place: (on, text) for place, on, text in page.evaluate("state(model)")}
    for path, pairs in filling.built.places.items():
        for place, _ in pairs:
            if path != "meta/instanceID":
                assert states[place][0] == filling.relevant(place), place
    assert states["total"] == (True, "1") == (True, filling.value("total"))
    assert filling.value("houses[1]/people[2]/mark") == states["houses[1]/people[2]/mark"][1] == "m2"


def test_names_of_the_language_itself_are_names_of_questions(page: Page) -> None:
    rows = "".join(f"| | integer | {name} | Q | | |\n" for name in ("__proto__", "constructor"))
    text = (
        "| survey |\n| | type | name | label | relevant | calculation |\n"
        + rows
        + "| | calculate | hasOwnProperty | | ${constructor} > 1 | ${__proto__} + ${constructor} |\n"
        + "| settings |\n| | form_title | form_id | version |\n| | T | t | 1 |\n"
    )
    form = load_form(convert_markdown(text).xform)
    filling = fill(form, {"__proto__": "1", "constructor": "2"}, now=NOW)
    assert filling.value("hasOwnProperty") == "3"
    opened(page, form)
    page.evaluate("set('__proto__', '1'); set('constructor', '2'); model.run()")
    assert page.evaluate("get('hasOwnProperty')") == "3"
    page.evaluate("set('constructor', '0'); model.run()")
    assert page.evaluate("model.relevant(model.node('hasOwnProperty'))") is False
