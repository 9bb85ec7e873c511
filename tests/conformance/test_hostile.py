"""Expressions made to hold a server or a page up are cut off in both languages, by counted work."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from surveyapp.forms.closures import compiled
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.expression import expression as read
from surveyapp.forms.filling import fill
from surveyapp.forms.form import load_form
from surveyapp.forms.grammar import parse
from surveyapp.forms.nodes import Node
from surveyapp.forms.patterns import LONGEST_MATCHED
from surveyapp.forms.problem import BadExpression
from surveyapp.forms.values import (
    EXPRESSION_STEPS,
    LONGEST_TEXT,
    RECORD_STEPS,
    Context,
    Environment,
    Value,
)
from tests.conformance.browser_run import SCRIPTS, browser_results
from tests.conformance.python_run import Documents
from tests.conformance.vectors import Case
from tests.forms.examples import NOW, form_of, markdown_of

ITEMS = 5_000
_LINE = ";".join(f"{at % 90} {at % 180}" for at in range(2_000))
DOCUMENT = (
    f"<data><big>{'ab' * 500_000}</big><line>{_LINE}</line>"
    + "".join(f"<item>{number}</item>" for number in range(ITEMS))
    + "</data>"
)
HOSTILE = [
    "count(//*//*[//*])",
    "count(/data/item[. = /data/item])",
    "count(/data/item[count(/data/item[. > 1]) > 1])",
    "count(/data/item[string(/data) = 'x'])",
    "count(/data/item/preceding::*)",
    "count(/data/item/following-sibling::item/preceding-sibling::item)",
    "count(/data/item[contains(/data/big, .)])",
    "count(/data/item[translate(/data/line, '0123456789', .) = ''])",
    "count(/data/item[position(/data/item[last()]) = 1])",
    "count(/data/item[digest(/data/big, 'SHA-512') = .])",
    "count(/data/item[distance(/data/line) > .])",
    "count(/data/item[id('a')])",
    "indexed-repeat(/data/item, /data/item, 1)[. = /data/item][. = /data/item]/../item[. = /data/item]",
    "intersects(/data/line)",
    "string-length(concat(/data/big, /data/big))",
    "string-length(join(/data/line, /data/item))",
    "/data/item = /data/item[. > 9999] or count(//item | //item[. = //item]) > 0",
]
BOUNDED = {
    "pow(9, pow(9, pow(9, 9)))": "Infinity",
    "round(9999999999 * 9999999999 * 9999999999, 15) > 1": "true",
    "string-length(uuid(1000000000))": "1000",
    "count(/data/item)": str(ITEMS),
    "count(/data/item[. > 100])": str(ITEMS - 101),
    "sum(/data/item)": str(ITEMS * (ITEMS - 1) // 2),
    "count(//item)": str(ITEMS),
    "count(//item/..)": "1",
    "string-length(/data/big)": "1000000",
    "number(/data/big)": "NaN",
}


def case(text: str) -> Case:
    return Case("own", "", "core", text, "/#1", 0, "string", "", 0.0, 1.0, False, "", "")


@pytest.fixture(scope="module")
def document() -> Node:
    return Documents([DOCUMENT]).tree(0)


def run(text: str, document: Node) -> tuple[Value, Environment]:
    environment = Environment()
    return compiled(parse(text))(Context(document, environment, document, document)), environment


@pytest.mark.parametrize("text", HOSTILE)
def test_too_much_work_is_stopped_in_python(text: str, document: Node) -> None:
    with pytest.raises(BadExpression) as caught:
        run(text, document)
    assert caught.value.problem.code == "too_much_work"
    assert set(caught.value.problem.sentence) == {"zh", "en"}


def test_too_much_work_is_stopped_in_the_browser(browser: Browser) -> None:
    assert browser_results(browser, [case(text) for text in HOSTILE], [DOCUMENT]) == [None] * len(HOSTILE)


def test_what_is_large_but_bounded_has_its_value_in_both_languages(browser: Browser) -> None:
    found: dict[str, Any] = dict(
        zip(BOUNDED, browser_results(browser, [case(text) for text in BOUNDED], [DOCUMENT]), strict=True)
    )
    assert found == BOUNDED


@pytest.mark.parametrize("text", ["count(/data/item[. > 100])", "count(//item)", "sum(/data/item)"])
def test_honest_work_on_five_thousand_nodes_leaves_steps_to_spare(text: str, document: Node) -> None:
    _, environment = run(text, document)
    assert environment.steps > EXPRESSION_STEPS // 4


def test_server_and_browser_hold_the_same_numbers_of_steps() -> None:
    script = (SCRIPTS / "xpath.js").read_text(encoding="utf-8")
    assert f"STEPS = {EXPRESSION_STEPS}, RECORD = {RECORD_STEPS};" in script


def test_a_record_has_only_so_much_work_for_all_its_expressions() -> None:
    environment = Environment(record_steps=EXPRESSION_STEPS + 10)
    environment.grant()
    environment.spend(EXPRESSION_STEPS - 5)
    environment.grant()
    assert environment.steps == 15
    with pytest.raises(BadExpression):
        environment.spend(16)
    environment.grant()
    assert environment.steps == 0


def test_text_that_doubles_from_question_to_question_stops_growing() -> None:
    rows = "text | a0 | A | | | | |\n" + "\n".join(
        f"calculate | a{number} | | | | | concat(${{a{number - 1}}}, ${{a{number - 1}}}) |"
        for number in range(1, 60)
    )
    filling = fill(form_of(rows), {"a0": "x" * 1_000}, now=NOW)
    lengths = [len(filling.value(f"a{number}")) for number in range(60)]
    assert max(lengths) <= LONGEST_TEXT
    assert lengths[-1] == 0


def test_a_filter_that_takes_too_much_work_offers_nothing_and_breaks_nothing() -> None:
    heavy = "concat(" + ", ".join(["${t}"] * 50) + ")"
    text = markdown_of("text | t | T | | | | |\nselect_one l | q | Q | | | | |", "| | l | a | A |\n")
    text = text.replace("repeat_count |", "choice_filter |").replace(
        "| q | Q | | | | | |", f"| q | Q | | | | | name = {heavy} |"
    )
    filling = fill(load_form(convert_markdown(text).xform), {"t": "x" * 9_000, "q": "a"}, now=NOW)
    assert filling.choices("q") == []
    assert [problem.code for problem in filling.problems] == ["choice_unknown"]


@pytest.mark.parametrize(
    ("pattern", "bears"),
    [
        ("1[3-9][0-9]{9}", LONGEST_MATCHED),
        ("[a-z]+@[a-z]+", LONGEST_MATCHED),
        ("(ab|cd)*x", LONGEST_MATCHED),
        ("a*a*b", 2_000),
        (".*a.*b.*c", 228),
    ],
)
def test_a_pattern_bears_the_shorter_texts_the_more_ways_it_can_share_them_out(
    pattern: str, bears: int
) -> None:
    [_, _, [_, _, longest]] = read(f"regex('a', '{pattern}')").tree
    assert longest == ["n", float(bears)]


def test_a_text_longer_than_a_pattern_bears_never_matches() -> None:
    tree = read("regex(/data, 'a*a*b')").tree
    for length, expected in ((1_999, True), (2_000, False)):
        document = Documents([f"<data>{'a' * length}b</data>"]).tree(0)
        assert compiled(tree)(Context(document, Environment(), document, document)) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a*)*",
        "([a-z]+,?)+",
        "a*a*a*a*a*b",
        "a?" * 30 + "a" * 30,
        "(.*)(.*)(.*)(.*)(.*)x",
    ],
)
def test_patterns_that_explode_are_refused(pattern: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read(f"regex(/data, '{pattern}')")
    assert caught.value.problem.code == "pattern_risky"


@pytest.mark.parametrize(
    "text", ["1" * 1_000_000, "a" * 1_000_000, "(" * 1_000_000, "'" + "a" * 1_000_000 + "'"]
)
def test_an_expression_of_a_million_signs_is_refused(text: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read(text)
    assert caught.value.problem.code == "expression_too_long"
