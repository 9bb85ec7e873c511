"""The view of a questionnaire page: sections, errors, logic, scripts, budgets."""

import gzip
import json
import re
from pathlib import Path

import pytest

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from surveyapp.forms.scripts import expression_scripts
from surveyapp.web.form_page import GroupView, QuestionView, build_page, html_id, reading_page
from surveyapp.web.scripts import content_of
from tests.forms.examples import NOW, filled, form_of, hall

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "static" / "js"


def question(filling_path: str, **answers: object) -> QuestionView:
    filling = filled(**answers)
    page = build_page(hall(), filling, filling.problems)

    def walk(items: tuple[QuestionView | GroupView, ...]) -> QuestionView | None:
        for item in items:
            if isinstance(item, GroupView):
                found = walk(item.items)
                if found:
                    return found
            elif item.path == filling_path:
                return item
        return None

    found = walk(page.sections)
    assert found is not None
    return found


def test_sections_are_the_top_level_groups_in_order() -> None:
    page = build_page(hall(), filled())
    assert [(section.plain_title, section.number) for section in page.sections] == [
        ("办理经过", 1),
        ("", 0),
        ("窗口", 2),
        ("", 0),
    ]
    assert (page.title, page.section_count, page.question_count) == ("办事体验", 2, 15)
    assert page.hidden == (("site", "hall-1"),)


def test_the_page_speaks_the_language_asked_for() -> None:
    page = build_page(hall(), filled(), language="en")
    assert page.title == "Service"
    assert page.sections[0].plain_title == "The visit"


def test_a_question_shows_its_answer_choices_and_problem() -> None:
    view = question("visit/waited", visit={"times": "2", "waited": "maybe"})
    assert view.error == "请从给出的选项中选择"
    assert view.plain_label == "排队了吗（共 2 次）"
    assert view.described_by == f"{view.id}-e"
    assert view.first_control == view.choices[0].id
    assert [(choice.value, choice.apart) for choice in view.choices] == [
        ("yes", False),
        ("no", False),
        ("dk", True),
    ]


def test_what_does_not_apply_is_still_on_the_page_and_marked() -> None:
    view = question("visit/waited", visit={"times": "0"})
    assert (view.conditional, view.relevant, view.answered) == (True, False, False)


def test_all_options_are_on_the_page_and_those_filtered_out_are_marked() -> None:
    view = question("county", city="cc")
    assert [(choice.value, choice.offered) for choice in view.choices] == [("na", True), ("cy", False)]


def test_the_summary_lists_problems_in_the_order_of_the_questions() -> None:
    filling = filled(visit={"times": "x"}, hours="y", nothing="1")
    page = build_page(hall(), filling, filling.problems)
    assert [error.label for error in page.errors] == ["1. 您到现场“几次”", "9. 用时", ""]
    assert page.errors[0].anchor == f"{html_id('visit/times')}-c"


def test_the_logic_cannot_close_its_script_block() -> None:
    form = form_of("text | a | A | | | . != '</script><!--' | |")
    page = build_page(form, filled(form))
    assert "<" not in page.logic
    assert json.loads(page.logic)["rules"]["a"]["c"][2] == ["s", "</script><!--"]


def test_a_finished_record_shows_its_answers_and_links_its_files() -> None:
    page = reading_page(hall(), {"photo": "door.jpg"}, links={"door.jpg": "/files/1"}, at=NOW)
    [view] = [
        item for item in page.sections[1].items if isinstance(item, QuestionView) and item.name == "photo"
    ]
    assert (view.value, view.link, view.answered) == ("door.jpg", "/files/1", True)


def test_a_form_loads_rare_scripts_only_when_it_needs_them() -> None:
    assert "js/xpath-rare.js" in build_page(hall(), filled()).scripts
    plain = form_of("integer | a | A | | | . > 0 and selected(., '1') | |")
    assert build_page(plain, filled(plain)).scripts == ()
    assert expression_scripts(plain.browser_json()["rules"]) == []
    coded = form_of("calculate | a | | | | | digest('x', 'MD5') |")
    assert build_page(coded, filled(coded)).scripts == ("js/xpath-rare.js", "js/xpath-codes.js")


@pytest.mark.parametrize(
    "name",
    [path.stem for path in SCRIPTS.glob("*.js") if path.stem not in ("note", "call", "visit", "work")],
)
def test_page_scripts_are_written_for_old_browsers(name: str) -> None:
    code = re.sub(r"/\*.*?\*/", "", (SCRIPTS / f"{name}.js").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert (
        re.findall(
            r"=>|\b(?:let|const|class|async|await)\b\s+\w|`|\.\.\.|\beval\b|new Function|fetch\(", code
        )
        == []
    )


def test_the_citizen_page_keeps_its_budgets() -> None:
    assert len(gzip.compress(content_of("js/questionnaire.js"), 9)) <= 10 * 1024
    source = (ROOT / "questionnaires" / "jilin-2018" / "citizen.md").read_text(encoding="utf-8")
    form = load_form(convert_markdown(source).xform)
    page = build_page(form, filled(form))
    assert page.scripts == ()
    assert len(gzip.compress(page.logic.encode(), 9)) < 3000
