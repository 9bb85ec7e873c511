"""Markdown in labels: what becomes a style, what stays text, and that nothing else can come of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.forms.markdown import Piece, is_plain, parsed, plain_text
from tests.steps import steps


def pieces(text: str) -> list[tuple[str, str]]:
    """Each piece of the first line as its text and its style in one word."""
    [block] = parsed([text])
    return [(one.text, style(one)) for one in block.pieces]


def style(piece: Piece[object]) -> str:
    return "".join(["B" * piece.strong, "I" * piece.emphasis, piece.link])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请**务必**带证", [("请", ""), ("务必", "B"), ("带证", "")]),
        ("*斜* and __bold__", [("斜", "I"), (" and ", ""), ("bold", "B")]),
        ("**粗 *又斜* 粗**", [("粗 ", "B"), ("又斜", "BI"), (" 粗", "B")]),
        ("_x_y and snake_case_name", [("_x_y and snake_case_name", "")]),
        ("2 * 3 * 4", [("2 * 3 * 4", "")]),
        (r"\*不斜\*", [("*不斜*", "")]),
        ("**没有收尾", [("**没有收尾", "")]),
        ("[指南](https://x.example/a?b=1)", [("指南", "https://x.example/a?b=1")]),
        ("[**电话**](tel:12345)", [("电话", "Btel:12345")]),
        ("[x](javascript:alert(1))", [("[x](javascript:alert(1))", "")]),
        ("[x](data:text/html,1)", [("[x](data:text/html,1)", "")]),
        ("![图](https://x.example/a.png)", [("![图](https://x.example/a.png)", "")]),
        ("<b>原样</b>", [("<b>原样</b>", "")]),
    ],
)
def test_marks_become_styles_and_everything_else_stays_text(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert pieces(text) == expected


def test_lines_headings_and_lists_become_blocks() -> None:
    blocks = parsed(["## 说明\n第一行<br>第二行\n- 甲\n* 乙\n1. 丙\n2) 丁"])
    assert [(one.kind, one.level, one.pieces[0].text) for one in blocks] == [
        ("heading", 2, "说明"),
        ("text", 0, "第一行"),
        ("text", 0, "第二行"),
        ("bullet", 0, "甲"),
        ("bullet", 0, "乙"),
        ("numbered", 0, "丙"),
        ("numbered", 0, "丁"),
    ]


def test_outputs_keep_their_place_inside_a_style() -> None:
    first, second = object(), object()
    [block] = parsed(["共 **", first, " 次**", second])
    assert [(one.text, one.strong, one.output) for one in block.pieces] == [
        ("共 ", False, None),
        ("", True, first),
        (" 次", True, None),
        ("", False, second),
    ]


def test_a_label_without_marks_is_plain() -> None:
    assert is_plain(parsed(["您办成了吗？"]))
    assert not is_plain(parsed(["您**办成**了吗？"]))
    assert not is_plain(parsed(["一\n二"]))
    assert plain_text("# 您**办成**了\n吗") == "您办成了 吗"


@given(st.text(alphabet="*_[]()\\#- \nab<>:/", max_size=60))
def test_no_word_is_lost_but_marks(text: str) -> None:
    kept = "".join(piece.text for block in parsed([text]) for piece in block.pieces)
    assert [sign for sign in kept if sign in "ab"] == [sign for sign in text if sign in "ab"] or "](" in text
    assert all(not piece.link for block in parsed([text]) for piece in block.pieces)


@pytest.mark.parametrize("mark", ["*" * 4, "**a", "[" * 4, "_a ", "[a]("])
def test_hostile_marks_cost_in_proportion_to_their_number(mark: str) -> None:
    some, twice = (steps(lambda n=n: parsed([mark * n])) for n in (2_000, 4_000))  # type: ignore[misc]
    assert twice < 2.2 * some
