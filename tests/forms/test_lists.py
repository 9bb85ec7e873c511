# ruff: noqa: E501 -- a questionnaire has one line for each question
"""Lists from files and from our registers: reading, membership, filters as look-ups, shuffling."""

import random
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from surveyapp.forms.attached_lists import read_list
from surveyapp.forms.closures import matches
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, Question, load_form
from surveyapp.forms.nodes import Node, text_of
from surveyapp.forms.problem import BadForm
from surveyapp.forms.registers import registers_wanted, with_registers
from surveyapp.forms.values import Context
from tests.forms.examples import codes
from tests.steps import steps

NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
SURVEY = """| survey |
| | type | name | label | choice_filter | calculation | parameters |
| | text | city | City | | | |
| | select_one_from_file towns.csv | town | Town | city = ${city} and open = 'yes' | | value=code label=title |
| | select_one_from_file units.csv | unit | Unit | | | |
| | select_multiple_from_file sites.csv | sites | Sites | unit = ${unit} | | |
| | select_one_from_file marks.xml | mark | Mark | | | |
| | select_one_from_file spots.geojson | spot | Spot | | | |
| | calculate | mayor | | | pulldata('towns', 'mayor', 'code', ${town}) | |
| | rank plain | order | Order | | | randomize=true seed=42 |
| choices |
| | list_name | name | label |
| | plain | a | A |
| | plain | b | B |
| | plain | c | C |
| settings |
| | form_title | form_id | version |
| | T | t | 1 |
"""
TOWNS = "code,title,city,open,mayor\nt1,一镇,c1,yes,甲\nt2,二镇,c1,no,乙\nt3,三镇,c2,yes,\n".encode()
FILES = {
    "towns.csv": TOWNS,
    "marks.xml": b"<root><item><name>m1</name><label>M1</label></item></root>",
    "spots.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"s1","properties":{"title":"S"},'
    b'"geometry":{"type":"Point","coordinates":[125.3,43.9]}}]}',
}
REGISTERS = {
    "units": [{"name": "u1", "label": "甲局"}, {"name": "u2", "label": "乙局"}],
    "sites": [
        {"name": "s1", "label": "一厅", "unit": "u1"},
        {"name": "s2", "label": "二厅", "unit": "u2"},
        {"name": "s3", "label": "三厅", "unit": "u1"},
    ],
}


@cache
def form() -> Form:
    converted = convert_markdown(SURVEY, FILES)
    assert converted.problems == ()
    return load_form(converted.xform, FILES)


def filled(**answers: Any) -> Filling:
    return fill(with_registers(form(), REGISTERS), answers, now=NOW)


def offered(filling: Filling, path: str) -> list[str]:
    return [choice.value for choice in filling.choices(path)]


def test_options_come_from_the_columns_the_parameters_name() -> None:
    filling = filled(city="c1", town="t1")
    assert offered(filling, "town") == ["t1"]
    assert filling.resolved(filling.choices("town")[0].labels, "town") == "一镇"
    assert codes(filling) == {}
    assert filling.value("mayor") == "甲"


def test_an_option_that_the_filter_leaves_out_is_refused() -> None:
    assert codes(filled(city="c1", town="t2")) == {"town": "choice_unknown"}
    assert codes(filled(city="c2", town="t1")) == {"town": "choice_unknown"}
    assert codes(filled(city="c1", town="nowhere")) == {"town": "choice_unknown"}


def test_options_come_from_xml_and_geojson_files() -> None:
    filling = filled(mark="m1", spot="s1")
    assert codes(filling) == {}
    instance = form().instances["spots"].elements()[0].elements()[0]
    assert [text_of(cell) for cell in instance.elements()] == ["s1", "43.9 125.3 0 0", "S"]


def test_registers_are_filled_when_the_form_is_filled_in_and_checked() -> None:
    assert registers_wanted(form()) == ("units", "sites")
    filling = filled(unit="u1", sites="s1 s3")
    assert offered(filling, "sites") == ["s1", "s3"]
    assert codes(filling) == {}
    assert codes(filled(unit="u1", sites="s1 s2")) == {"sites": "choice_unknown"}
    assert codes(filled(unit="u9")) == {"unit": "choice_unknown"}


def test_a_form_without_its_register_offers_nothing() -> None:
    assert codes(fill(form(), {"unit": "u1"}, now=NOW)) == {"unit": "choice_unknown"}


def test_a_ranking_names_every_option_once() -> None:
    assert codes(filled(order="b a c")) == {}
    assert codes(filled(order="b a")) == {"order": "rank_incomplete"}
    assert codes(filled(order="b a a")) == {"order": "choice_twice"}


def test_a_seed_gives_one_order() -> None:
    first, second = filled(), filled()
    assert offered(first, "order") == offered(second, "order")
    assert sorted(offered(first, "order")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "content", "code", "place"),
    [
        ("t.csv", "code,名\n".encode(), "column_wrong", "t.csv:1"),
        ("t.csv", b"a,a\n1,2\n", "column_twice", "t.csv:1"),
        ("t.csv", b"a,b\n1,2\n1,2,3\n", "cells_many", "t.csv:3"),
        ("t.csv", b'a,b\n"1,2\n', "list_unreadable", "t.csv:2"),
        ("t.csv", b"", "list_empty", "t.csv:1"),
        ("t.csv", "a\n长春\n".encode("gb18030"), "list_encoding", "t.csv:2"),
        ("t.csv", b"a\n\x01\n", "sign_forbidden", "t.csv:2"),
        ("t.xml", b"<!DOCTYPE x><root/>", "xml_unreadable", "t.xml"),
        ("t.xml", b"<root>", "xml_unreadable", "t.xml"),
        ("t.geojson", b"[" * 100_000, "list_unreadable", "t.geojson"),
        ("t.geojson", b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[200,1]}}]}', "list_unreadable", "t.geojson"),
        ("t.zip", b"x", "list_kind", "t.zip"),
    ],
)  # fmt: skip
def test_a_bad_list_is_refused_with_its_line(name: str, content: bytes, code: str, place: str) -> None:
    with pytest.raises(BadForm) as refused:
        read_list(name, content)
    [problem] = refused.value.problems
    assert (problem.code, problem.path) == (code, place)
    assert name in problem.sentence["zh"]


def test_a_missing_file_and_a_missing_list_are_refused_at_publishing() -> None:
    assert [(one.code, one.path) for one in convert_markdown(SURVEY, {"towns.csv": TOWNS}).problems] == [
        ("file_missing", "marks.xml"),
        ("file_missing", "spots.geojson"),
    ]
    unknown = SURVEY.replace("| city = ${city} and", "| city = instance('none')/root/item/name and")
    assert [(one.code, one.path) for one in convert_markdown(unknown, FILES).problems] == [
        ("list_unknown", "survey:4:choice_filter")
    ]


FILTERS = [
    "city = ${city}",
    "city = ${city} and open = 'yes'",
    "open = 'yes' and starts-with(code, 't')",
    "city != ${city}",
    "position() < 3",
    "${city} = city or open = 'no'",
    "number(code) > 1",
    "selected(${city}, city)",
    "'c1' = city",
]


@pytest.mark.parametrize("condition", FILTERS)
def test_a_look_up_gives_what_trying_every_option_gives(condition: str) -> None:
    text = SURVEY.replace("city = ${city} and open = 'yes'", condition)
    one = load_form(convert_markdown(text, FILES).xform, FILES)
    question = one.items["town"]
    assert isinstance(question, Question) and question.itemset is not None
    for city in ("", "c1", "c2", "c1 c2"):
        filling = fill(one, {"city": city}, now=NOW)
        node = filling.node("town")
        assert node is not None
        expected = by_trying(one, condition, filling, node)
        assert offered(filling, "town") == expected
        context = Context(node, filling.environment, node, filling.root)
        for choice in question.itemset.choices:
            assert question.itemset.filter.holds(choice, context) == (choice.value in expected)


def by_trying(one: Form, condition: str, filling: Filling, node: Node) -> list[str]:
    """The options as the whole path of the itemset, run as an expression, gives them."""
    found = one.expression(f"instance('towns')/root/item[{condition}]/code")
    nodes = found.run(Context(node, filling.environment, node, filling.root))
    assert isinstance(nodes, list)
    assert matches(nodes[0], [], Context(node, filling.environment, node, filling.root)) if nodes else True
    return [text_of(one) for one in nodes]


def test_twenty_thousand_options_are_looked_up_not_gone_through() -> None:
    rows = "".join(f"k{n},L{n},c{n % 2000},yes,\n" for n in range(20_000))
    files = {**FILES, "towns.csv": ("code,title,city,open,mayor\n" + rows).encode()}
    big = load_form(convert_markdown(SURVEY, files).xform, files)
    filling = fill(big, {"city": "c7", "town": "k7"}, now=NOW)
    assert codes(filling) == {}
    offered(filling, "town")
    assert len(filling.choices("town")) == 10
    assert steps(lambda: filling.choices("town")) < 2_000  # a scan of the list takes one a row at least
    chance = random.Random(1)
    some = str(chance.randrange(2000))
    assert codes(fill(big, {"city": f"c{some}", "town": f"k{some}"}, now=NOW)) == {}


def test_a_key_of_twenty_thousand_rows_is_looked_up_once() -> None:
    rows = "".join(f"k{n},L{n},c,yes,m{n}\n" for n in range(20_000)) + "k7,again,c,yes,other\n"
    files = {**FILES, "towns.csv": ("code,title,city,open,mayor\n" + rows).encode()}
    big = load_form(convert_markdown(SURVEY, files).xform, files)
    assert fill(big, {"city": "c", "town": "k7"}, now=NOW).value("mayor") == "m7"
    assert len(big.lookups) == 1
    assert fill(big, {"city": "c", "town": "k19"}, now=NOW).value("mayor") == "m19"
    assert steps(lambda: fill(big, {"city": "c", "town": "k23"}, now=NOW).value("mayor")) < 10_000
