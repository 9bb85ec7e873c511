"""Attributes of the record's elements, the form's own among them, are read alike on both sides."""

import pytest
from playwright.sync_api import Page

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import Form, load_form
from tests.browser.test_equality import said_by_browser, with_scripts
from tests.forms.examples import NOW, markdown_of

pytestmark = pytest.mark.browser
ROWS = (
    "text | a | A | | | | |\n"
    "begin_repeat | r | R | | | | |\ntext | b | B | | | | |\nend_repeat | | | | | | |\n"
    "calculate | hint | | | | | /{root}/a/@hint |\n"
    "calculate | many | | | | | count(/{root}/r/b/@unit) |\n"
    "calculate | which | | | | | concat(version(), ' ', /{root}/@id) |\n"
)


def form() -> Form:
    """A form whose record was given attributes by another program."""
    root = load_form(convert_markdown(markdown_of("text | a | A | | | | |")).xform).root_name
    xform = convert_markdown(markdown_of(ROWS.replace("{root}", root))).xform
    return load_form(xform.replace("<a/>", '<a hint="kept"/>').replace("<b/>", '<b unit="km"/>'))


def test_attributes_of_leaves_and_of_the_form_are_the_same_on_both_sides(page: Page) -> None:
    made = form()
    answers = {"a": "x", "r": [{"b": "1"}, {"b": "2"}, {"b": ""}]}
    filling = fill(made, answers, now=NOW)
    ours = {name: filling.value(name) for name in ("hint", "many", "which")}
    assert ours["hint"] == "kept" and ours["many"] == "3" and ours["which"].endswith(f" {made.form_id}")
    with_scripts(page)
    [[values, _relevant, _problems]] = said_by_browser(page, made, [answers], NOW)
    assert {name: values[name] for name in ours} == ours


def test_a_form_that_reads_no_attributes_sends_none() -> None:
    plain = load_form(convert_markdown(markdown_of("text | a | A | | | | |")).xform)
    assert "attributes" not in plain.browser_json()
