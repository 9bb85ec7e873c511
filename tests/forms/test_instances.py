"""Adding and removing instances of repeats in nested answers."""

from surveyapp.forms.instances import with_instance, without_instance
from tests.forms.examples import form_of, hall

NESTED = """begin_repeat | halls | 厅
text | hall | 厅名
begin_repeat | windows | 窗口
text | window | 窗口名
end_repeat | |
end_repeat | |"""


def test_an_instance_is_added_at_the_end_and_the_answers_stay() -> None:
    before = {"windows": [{"label": "一号"}], "city": "cc"}
    assert with_instance(hall(), before, "windows") == {"windows": [{"label": "一号"}, {}], "city": "cc"}
    assert before == {"windows": [{"label": "一号"}], "city": "cc"}


def test_the_instance_a_page_shows_unasked_counts_when_one_is_added() -> None:
    assert with_instance(hall(), {}, "windows") == {"windows": [{}, {}]}


def test_a_removed_instance_moves_the_later_ones_up() -> None:
    before = {"windows": [{"label": "一"}, {"label": "二"}, {"label": "三"}]}
    assert without_instance(hall(), before, "windows[2]") == {"windows": [{"label": "一"}, {"label": "三"}]}


def test_an_inner_repeat_grows_in_the_outer_instance_that_was_named() -> None:
    form = form_of(NESTED)
    before = {"halls": [{"hall": "甲"}, {"hall": "乙", "windows": [{"window": "1"}]}]}
    grown = with_instance(form, before, "halls[2]/windows")
    assert grown["halls"][1]["windows"] == [{"window": "1"}, {}]
    assert "windows" not in grown["halls"][0]
    shrunk = without_instance(form, grown, "halls[2]/windows[1]")
    assert shrunk["halls"][1]["windows"] == [{}]


def test_a_place_that_is_no_repeat_changes_nothing() -> None:
    before = {"windows": [{"label": "一"}]}
    for place in ("city", "windows[9]", "windows[0]", "nowhere", "windows[1]/label", "[", "windows[x]", ""):
        assert without_instance(hall(), before, place) == before
        assert with_instance(hall(), before, place) == before
