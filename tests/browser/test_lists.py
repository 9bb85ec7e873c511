"""Options in the browser: the same, in the same order, as on the server."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import load_form
from surveyapp.forms.functions.lists import shuffled
from tests.forms.test_lists import FILES, FILTERS, NOW, SURVEY

pytestmark = pytest.mark.browser
SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def opened(page: Page) -> Page:
    page.goto("about:blank")
    for script in ("xpath.js", "xpath-rare.js", "lists.js", "growth.js", "form.js"):
        page.add_script_tag(path=SCRIPTS / script)
    return page


@pytest.mark.parametrize("condition", FILTERS)
def test_a_filter_offers_the_same_options_in_the_browser(page: Page, condition: str) -> None:
    text = SURVEY.replace("city = ${city} and open = 'yes'", condition)
    form = load_form(convert_markdown(text, FILES).xform, FILES)
    for city in ("", "c1", "c2", "c1 c2"):
        filling = fill(form, {"city": city}, now=NOW)
        found = opened(page).evaluate(
            """([logic, city]) => { const model = new SurveyForm.Model(logic, {}, () => 0);
            SurveyXPath.setText(model.node('city'), city); model.run();
            return ['town', 'order'].map(place => SurveyLists.ordered(model, place)); }""",
            [form.browser_json(), city],
        )
        assert found == [[one.value for one in filling.choices(place)] for place in ("town", "order")]


@pytest.mark.parametrize("seed", [0, 1, 42, -5, 2147483647, 3.9, 1234567890123])
def test_a_seed_gives_the_same_order_in_the_browser(page: Page, seed: float) -> None:
    found = opened(page).evaluate("seed => SurveyLists.shuffled([1,2,3,4,5,6,7,8,9], seed)", seed)
    assert found == shuffled([1, 2, 3, 4, 5, 6, 7, 8, 9], float(seed))
