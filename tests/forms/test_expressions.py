"""Expressions: values, refusals, dates, hostile input."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.forms.closures import compiled
from surveyapp.forms.expression import expression as read
from surveyapp.forms.grammar import parse
from surveyapp.forms.nodes import DOCUMENT, ELEMENT, Node
from surveyapp.forms.problem import BadExpression
from surveyapp.forms.values import Context, Environment, Value, to_number, to_text


def tree(**leaves: str) -> Node:
    document = Node(DOCUMENT)
    root = document.append(Node(ELEMENT, "data"))
    for name, text in leaves.items():
        root.append(Node(ELEMENT, name)).set_text(text)
    return document


def value(expression: str, root: Node | None = None, **settings: object) -> Value:
    root = root or tree()
    environment = Environment(now_ms=1541381400000.0, randomness=random.Random(7).random)
    for name, setting in settings.items():
        setattr(environment, name, setting)
    return compiled(parse(expression))(Context(root, environment, root, root))


def text(expression: str, root: Node | None = None) -> str:
    return to_text(value(expression, root), Environment())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 div 4", 2.5),
        ("-7 mod 3", -1.0),
        ("2 - -2", 4.0),
        ("1 < 2 and 2 < 1 or 3 = 3", True),
        ("'a' = 'a'", True),
        ("'' = 0", False),
        ("not('' > 10)", True),
        ("if(1 > 2, 'x', 'y')", "y"),
        ("selected('a b c', 'b')", True),
        ("selected('abc', 'b')", False),
        ("count-selected('a  b')", 2.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("round(1.005, 2)", 1.01),
        ("string-length('长春😀')", 4.0),
        ("substr('hello', 1, 3)", "el"),
        ("concat('a', 1, true())", "a1true"),
        ("coalesce('', 'b')", "b"),
        ("regex('13843101234', '1[3-9][0-9]{9}')", True),
        ("regex('x13843101234', '1[3-9][0-9]{9}')", False),
        ("translate('一二', '一', '1')", "1二"),
        ("normalize-space('  a  b ')", "a b"),
        ("boolean-from-string('1')", True),
        ("min(3, 1, 2)", 1.0),
        (
            "digest('abc', 'SHA-256', 'hex')",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ],
)
def test_expressions_have_the_value_the_specification_gives(expression: str, expected: Value) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize("name", ["order", "android", "divide", "modern"])
def test_names_that_begin_with_an_operator_word_are_names(name: str) -> None:
    assert value(f"/data/{name} + 1", tree(**{name: "2"})) == 3.0


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("(1 + 2", "expression_unfinished"),
        ("1 === 2", "sign_foreign"),
        ("foo(1)", "function_unknown"),
        ("substring('a')", "arguments_wrong"),
        ("count('a')", "nodes_wanted"),
        ("'open", "quote_not_closed"),
        ("1 ＞ 2", "full_width"),
        ("（1)", "full_width"),
        ("", "expression_unfinished"),
        ("a or", "expression_unfinished"),
        ("regex('a', /data/pattern)", "pattern_not_literal"),
        ("regex('a', '[')", "pattern_wrong"),
        ("regex('a', '(a+)+')", "pattern_risky"),
        ("regex('a', '(a|aa)*')", "pattern_risky"),
        ("regex('a', '((a?)b)*')", "pattern_risky"),
        ("regex('a', '(?=a)')", "pattern_risky"),
        (r"regex('a', '(a)\1')", "pattern_risky"),
    ],
)
def test_a_broken_expression_is_refused_with_its_reason(expression: str, code: str) -> None:
    with pytest.raises(BadExpression) as caught:
        read(expression)
    assert caught.value.problem.code == code
    assert set(caught.value.problem.sentence) == {"zh", "en"}


@pytest.mark.parametrize("expression", ["(" * 5000 + "1" + ")" * 5000, "not(" * 500 + "1" + ")" * 500])
def test_hostile_nesting_is_refused(expression: str) -> None:
    with pytest.raises(BadExpression) as caught:
        parse(expression)
    assert caught.value.problem.code in ("expression_too_deep", "expression_too_long")


def test_a_long_chain_of_conditions_is_no_nesting() -> None:
    chain = " or ".join(f"/data/q = '{number}'" for number in range(500))
    assert value(chain, tree(q="499")) is True


def test_an_answer_that_does_not_apply_reads_as_blank_and_counts_as_nothing() -> None:
    root = tree(q="5")
    root.children[0].children[0].relevant = False
    assert text("/data/q", root) == ""
    assert value("/data/q > 3", root) is False
    assert value("count(/data/q)", root) == 0.0
    assert value("sum(/data/q)", root) == 0.0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today()", "2018-11-05"),
        ("now()", "2018-11-05T09:30:00.000+08:00"),
        ("date('2018-02-28') + 1", "17591"),
        ("string(date(date('2018-02-28') + 1))", "2018-03-01"),
        ("date('2018-11-05') - date('2018-10-01')", "35"),
        ("format-date('2018-11-05', '%Y年%n月%e日')", "2018年11月5日"),
        ("format-date('', '%Y')", ""),
        ("decimal-time('06:00:00.000+08:00')", "0.25"),
        ("date('2018-02-30')", "Invalid Date"),
    ],
)
def test_dates_are_whole_days_of_the_country(expression: str, expected: str) -> None:
    assert text(expression) == expected


def test_a_day_is_compared_with_an_instant_by_local_midnight() -> None:
    assert value("date('2018-11-05') < now()") is True
    assert value("'2018-11-06' > now()") is True


def test_random_choice_of_order_repeats_with_its_seed() -> None:
    root = tree()
    for name in "abcdef":
        root.children[0].append(Node(ELEMENT, "item")).set_text(name)
    assert text("join('', randomize(/data/item, 42))", root) == text(
        "join('', randomize(/data/item, 42))", root
    )
    assert text("join('', randomize(/data/item, 42))", root) != text(
        "join('', randomize(/data/item, 43))", root
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_reads_back_the_same(number: float) -> None:
    environment = Environment()
    written = to_text(number, environment)
    assert "e" not in written
    assert to_number(written, environment) == number


@given(st.text(max_size=60))
def test_any_text_as_expression_gives_a_value_or_a_problem(source: str) -> None:
    try:
        closure = compiled(parse(source))
    except BadExpression as error:
        assert error.problem.sentence["zh"]
        return
    root = tree(a="1")
    closure(Context(root, Environment(randomness=random.Random(1).random), root, root))


@given(st.dates(), st.integers(-3000, 3000))
def test_days_after_a_date_agree_with_the_calendar(day, shift: int) -> None:  # type: ignore[no-untyped-def]
    number = (
        value(f"date('{day.isoformat().zfill(10)}') + {shift}")
        if day.year >= 1000
        else day.toordinal() - 719163 + shift
    )
    assert number == day.toordinal() - 719163 + shift


def test_division_by_zero_gives_infinity_and_nothing_breaks() -> None:
    assert value("1 div 0") == math.inf
    assert math.isnan(value("0 div 0"))  # type: ignore[arg-type]
    assert math.isnan(value("5 mod 0"))  # type: ignore[arg-type]
