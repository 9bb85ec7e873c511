"""Lists of handled cases: read whole or refused with row and column, kept once, the start of a review."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

from surveyapp.evaluation.problem import Problem
from surveyapp.services import arranging, extracting, filing, planning
from surveyapp.services.extracting import Handed, Kept, calendar
from surveyapp.services.extracting.personal import personal_data
from surveyapp.services.extracting.reading import read_cases
from surveyapp.services.filing import Work
from surveyapp.services.installation import Platform
from surveyapp.storage import fieldwork
from surveyapp.storage.tables import AuditRow, CaseExtractRow, RecordRow
from tests.data.cases import DAY, HEADER, csv_of, example, instant, promised
from tests.data.rounds import Round, make_round
from tests.data.work import assigned, publish_six

COUNTED_ON = dt.date.fromisoformat(DAY)
GOOD = promised("a", "2018-09-03 10:13", "2018-09-05 11:07")


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


def keep(platform: Platform, made: Round, content: bytes = b"", **more: Any) -> Kept:
    handed = Handed("cases.csv", content or example(), COUNTED_ON, **{"number": 30, "seed": "seed-1", **more})
    return extracting.keep_extract(platform, made.people["lead"], made.id, made.unit_id, handed)


def problems_of(content: bytes) -> list[Problem]:
    return [one for one in read_cases(content, calendar(), COUNTED_ON) if isinstance(one, Problem)]


def said(content: bytes) -> str:
    return " ".join(one.sentence["zh"] for one in problems_of(content))


def workbook(*sheets: list[list[Any]], hide: int = -1) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for index, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if index == hide:
                sheet.hide()
    return buffer.getvalue()


def test_a_list_is_kept_with_its_hash_its_counts_and_its_sample(platform: Platform, made: Round) -> None:
    kept = keep(platform, made)
    assert kept.problems == ()
    found = extracting.find_extract(platform, kept.id, ("/",))
    assert found is not None
    assert found.facts["rates"] == {"2.2.1": [399, 420], "2.2.2": [63, 75], "2.2.6": [488, 492]}
    assert (found.cases, found.counted_on, found.seed) == (500, COUNTED_ON, "seed-1")
    assert platform.files.read(found.sha256) == example()
    assert len(found.sample) == 30 and found.sample == tuple(sorted(found.sample))
    with platform.database.reading() as session:
        line = session.scalars(select(AuditRow).where(AuditRow.action == "extract.keep")).one()
    assert line.detail["sha256"] == found.sha256 and line.detail["sample_sha256"] == found.sample_sha256


def test_the_encoding_and_the_order_change_neither_counts_nor_sample(platform: Platform, made: Round) -> None:
    first = keep(platform, made)
    second = keep(platform, made, example("gb18030"))
    a, b = (extracting.find_extract(platform, one.id, ("/",)) for one in (first, second))
    assert a is not None and b is not None
    assert a.facts == b.facts and a.sample == b.sample and a.sha256 != b.sha256
    newest = extracting.newest_extract(platform, made.id, made.unit_id)
    assert newest is not None and newest.id == second.id


def test_the_same_file_is_taken_once(platform: Platform, made: Round) -> None:
    keep(platform, made)
    assert "已经上传过" in keep(platform, made).problems[0].sentence["zh"]
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseExtractRow)) == 1


def test_one_bad_row_stores_nothing_and_is_named_with_row_and_column(platform: Platform, made: Round) -> None:
    kept = keep(platform, made, csv_of([GOOD, promised("b", "gestern", "2018-09-05")]))
    assert [(one.row, one.column) for one in kept.problems] == [(3, "受理时间")]
    assert "请写作 2018-03-01 09:30" in kept.problems[0].sentence["zh"]
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseExtractRow)) == 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (promised("", "2018-09-03", "2018-09-04"), "“办件编号”列：不能为空"),
        (promised("b", "", "2018-09-04"), "“受理时间”列：不能为空"),
        (promised("b", "2018-02-30", "2018-09-04"), "没有这个日期"),
        (promised("b", "2018-09-03", "2018-11-01"), "晚于统计日 2018-10-31"),
        (promised("b", "2016-09-03", "2018-09-04"), "早于工作日历（2017-01-01 起）"),
        (promised("b", "2018-09-03", "2018-09-04", days=""), "承诺件请填承诺工作日"),
        (promised("b", "2018-09-03", "2018-09-04", days="0"), "应为 1 至 365 的整数"),
        (promised("b", "2018-09-03", "2018-09-04", result="在办"), "在办的办件不应有办结时间"),
        (promised("b", "2018-09-03", result="办成"), "已办结的请填办结时间"),
        (promised("b", "2018-09-03", "2018-09-04", result="好"), "应为 办成、未办成、不予办理 或 在办"),
        (promised("b", "2018-09-03", "2018-09-04", reason="第七条"), "只有不予办理的办件写法定理由"),
        (
            promised("b", "2018-09-03", "2018-09-04", stops="休假 2018-09-03~2018-09-04"),
            "看不懂，请写作 补正",
        ),
        (promised("b", "2018-09-03", "2018-09-04", stops="补正 2018-09-01~2018-09-04"), "停时应在受理以后"),
        (promised("b", "2018-09-03", "2018-09-04", stops="补正 2018-09-05~2018-09-04"), "起日不晚于止日"),
        (instant("b", "2018-09-03", "2018-09-03", minutes="一会儿"), "应为 1 至 600 的整数"),
        (["b", "特办件", "2018-09-03", "2018-09-03", "办成", "", "", "", ""], "应为 即办件 或 承诺件"),
        (["b", "即办件", "2018-09-03", "2018-09-03", "办成", "", "5", "", ""], "即办件没有承诺工作日和停时"),
        (GOOD, "与第 2 行的编号相同"),
    ],
)
def test_what_a_row_may_not_say_is_refused_with_advice(row: list[str], sentence: str) -> None:
    assert sentence in said(csv_of([GOOD, row]))
    assert "第 3 行" in said(csv_of([GOOD, row]))


@pytest.mark.parametrize(
    "at", ["2018/9/3 9:05", "2018年9月3日 9时5分", "2018-09-03T09:05:00", "２０１８-09-03 09:05"]
)
def test_instants_are_read_as_people_and_programs_write_them(at: str) -> None:
    case = read_cases(csv_of([instant("b", at, "2018-09-03 09:30")]), calendar(), COUNTED_ON)[0]
    assert not isinstance(case, Problem)
    assert (case.accepted.hour, case.accepted.minute, case.timed) == (9, 5, True)


@pytest.mark.parametrize(
    "heading", ["申请人", "姓名", "身份证号", "联系电话", "通讯地址", "E-mail", "Applicant name"]
)
def test_a_column_of_personal_data_refuses_the_file_by_its_heading(heading: str) -> None:
    found = problems_of(csv_of([[*GOOD, "x"]], [*HEADER, heading]))
    assert [(one.code, one.column) for one in found] == [("personal-column", heading)]
    assert "整列删去" in found[0].sentence["zh"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("11010519491231002X", "身份证号码"),
        ("依据第七条，联系 13812345678", "电话号码"),
        ("0431-88888888", "电话号码"),
        ("reader@example.org", "电子邮箱"),
        ("长春市朝阳区同志街12号", "住址"),
    ],
)
def test_personal_data_in_a_cell_refuses_the_file_and_is_not_repeated(text: str, what: str) -> None:
    reason = promised("b", "2018-09-03", "2018-09-04", result="不予办理", reason=text)
    found = problems_of(csv_of([GOOD, reason]))
    assert (found[0].code, found[0].row) == ("personal-cell", 3)
    assert what in found[0].sentence["zh"] and text not in found[0].sentence["zh"]


def test_case_numbers_that_only_look_like_identity_numbers_are_taken_and_real_ones_are_not() -> None:
    serial = [promised(f"22000020180901{n:04}", "2018-09-03", "2018-09-04") for n in range(40)]
    assert personal_data([list(HEADER), *serial]) == ()
    assert problems_of(csv_of(serial)) == []
    real = promised("11010519491231002X", "2018-09-03", "2018-09-04")
    assert "身份证号码" in said(csv_of([GOOD, real]))


def test_formulas_merged_cells_and_hidden_sheets_are_refused_with_their_place() -> None:
    rows = [list(HEADER), [*GOOD]]
    assert problems_of(workbook(rows)) == []
    formula = [list(HEADER), ['=CONCATENATE("a","b")', *GOOD[1:]]]
    assert "单元格 A2 是公式" in said(workbook(formula))
    assert "隐藏的工作表" in said(workbook(rows, rows, hide=1))
    assert "身份证号码" in said(workbook(rows, [["说明"], ["11010519491231002X"]]))


def test_a_workbook_that_means_harm_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (61 * 2**20))
    assert "解压后超过" in said(buffer.getvalue())
    good = workbook([list(HEADER), [*GOOD]])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
            new.writestr(name, part)
    assert "DOCTYPE" in said(changed.getvalue())


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (HEADER[1:], "缺少“办件编号”列"),
        ((*HEADER, "备忘"), "不认识这一列"),
        ((*HEADER, "受理编号"), "“办件编号”列：这一列出现了两次"),
    ],
)
def test_the_columns_have_to_be_the_known_ones(header: tuple[str, ...], sentence: str) -> None:
    assert sentence in said(csv_of([[*GOOD, "x"][: len(header)]], header))


def test_nothing_at_all_is_refused_too(platform: Platform, made: Round) -> None:
    assert "表头下填写" in said(csv_of([]))
    assert said(b"") and said(b"\xff\xff\xff\xff")
    assert "抽取件数应为 1 至 500" in keep(platform, made, number=0).problems[0].sentence["zh"]
    late = Handed("a.csv", example(), dt.date(2030, 1, 1))
    outcome = extracting.keep_extract(platform, made.people["lead"], made.id, made.unit_id, late)
    assert "统计日应在" in outcome.problems[0].sentence["zh"]


def test_only_the_people_of_the_unit_hand_in_its_list(platform: Platform, made: Round) -> None:
    for role in ("evaluator", "unit", "auditor"):
        with pytest.raises(arranging.UnknownPlace):
            extracting.keep_extract(
                platform, made.people[role], made.id, made.unit_id, Handed("a.csv", example(), COUNTED_ON)
            )
    with pytest.raises(arranging.UnknownPlace):
        extracting.keep_extract(platform, made.people["lead"], 999, made.unit_id, Handed("a.csv", example()))


def test_a_closed_round_takes_no_list(platform: Platform, made: Round) -> None:
    for state, code in (("closing", ""), ("closed", made.code)):
        planning.advance_round(
            platform, made.people["lead"], made.id, state, "r1" if state == "closed" else code
        )
    assert "不再接收办件数据" in keep(platform, made).problems[0].sentence["zh"]


def reviewed(platform: Platform, made: Round, **changed: str) -> RecordRow:
    """A review of the whole unit filed as the form begins, with a verdict and some changed counts."""
    task = assigned(platform, made, "document", "evaluator", subject="unit", coder="first")
    form = platform.form(filing.version_for(platform, "document", made.id), made.id)
    with platform.database.reading() as session:
        found = fieldwork.find_assignment(session, task)
    assert found is not None
    begun = filing.begun_with(platform, form, found[0])
    begun["dossier"] |= {"period_from": "2018-01-01", "period_to": DAY}
    begun["proofs"]["evidence"][0]["ev_verdict"] = "proved"
    begun["extract"] |= changed
    outcome = filing.file_work(platform, made.people["evaluator"], task, Work(begun))
    assert isinstance(outcome, filing.Accepted), outcome
    repeat = filing.file_work(platform, made.people["evaluator"], task, Work(begun))
    assert isinstance(repeat, filing.Accepted) and repeat.is_repeat
    with platform.database.reading() as session:
        return session.get_one(RecordRow, outcome.record_id)


def test_a_review_begins_with_what_the_list_counts_and_names_it(platform: Platform, made: Round) -> None:
    kept = keep(platform, made)
    record = reviewed(platform, made)
    extract = extracting.find_extract(platform, kept.id, ("/",))
    assert extract is not None
    assert record.answers["extract"]["instant_same_day"] == "399"
    assert record.answers["proofs"]["evidence"][0]["ev_sha256"] == extract.sha256
    assert "not_as_extract" not in record.flags
    assert [one.root_id for one in extracting.citing(platform, extract)] == [record.root_id]
    cited = extracting.cited_by(platform, made.id, made.unit_id, record.answers, ())
    assert [(one.extract.id, one.differences) for one in cited] == [(kept.id, {})]


def test_other_counts_than_the_lists_are_flagged_and_shown_side_by_side(
    platform: Platform, made: Round
) -> None:
    kept = keep(platform, made)
    record = reviewed(platform, made, instant_same_day="410")
    assert "not_as_extract" in record.flags
    cited = extracting.cited_by(platform, made.id, made.unit_id, record.answers, ())
    assert cited[0].extract.id == kept.id
    assert cited[0].differences == {"instant_same_day": ("399", "410")}


def test_without_a_list_a_review_begins_with_the_plan_alone(platform: Platform, made: Round) -> None:
    task = assigned(platform, made, "document", "evaluator", subject="unit")
    form = platform.form(filing.version_for(platform, "document", made.id), made.id)
    with platform.database.reading() as session:
        found = fieldwork.find_assignment(session, task)
    assert found is not None
    assert filing.begun_with(platform, form, found[0]) == {"dossier": {"subject": "unit"}}
