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


SPOKEN = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | calculation |
| | select_one town | town | 镇 | Town | |
| | calculate | said | | | jr:choice-name(${town}, '${town}') |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | town | constructor | 一镇 | First |
| | town | t2 | 二镇 | Second |
| settings |
| | form_title | form_id | version | default_language |
| | T | t | 1 | 中文 (zh) |
"""


@pytest.mark.parametrize("language", ["zh", "en", "fr"])
@pytest.mark.parametrize("town", ["constructor", "t2", "hasOwnProperty", ""])
def test_the_name_of_a_choice_is_spoken_in_the_language_of_the_page(
    page: Page, language: str, town: str
) -> None:
    form = load_form(convert_markdown(SPOKEN).xform)
    filling = fill(form, {"town": town}, now=NOW, language=language)
    found = opened(page).evaluate(
        """([logic, town]) => { const model = new SurveyForm.Model(logic, {}, () => 0);
        SurveyXPath.setText(model.node('town'), town); model.run();
        return SurveyXPath.textOf(model.node('said')); }""",
        [{**form.browser_json(), "lang": language}, town],
    )
    assert found == filling.value("said")
    assert town != "t2" or found == {"zh": "二镇", "en": "Second", "fr": "二镇"}[language]
