"""Questionnaires to workbooks and back, and the workbooks that people really send."""

import datetime as dt
import io
import subprocess
import sys
import zipfile

import pytest
import xlsxwriter
from click.testing import CliRunner

from surveyapp.cli import main
from surveyapp.forms.canonical import canonical
from surveyapp.services.authoring_workbooks import markdown_from, workbook_of
from tests.evaluation import jilin

TEN = [path for path in sorted(jilin.FOLDER.glob("*.md")) if path.name != "README.md"]
HEAD = ("type", "name", "label", "hint")
TORTURE = (
    "  indented remark\n\n# a heading\n| survey |\n| | type | | name | label | hint |\n"
    "<!-- before the first row -->\n"
    '| | note | | a | =1+1 | +86 |\n| | note | | b | -x | @a |\n| | note | | c | \'q | “q” ‘x’ "y" |\n'
    "between\n\n| not a pipe\n| | note | | d | a \\| b | 1.0 |\n| | note | | e | 007 | 2018-01-02 |\n"
    "| | note | | f | TRUE | 1e5 |\n| | note | | g | _x000D_ | a\u2028b |\n"
    "| | note | | h | two  blanks | 😀 |\n"
    "| | note | | i | \\ | \\\\| |\n| | note | | j | http://a.b | {=a} | stray |\n"
    "| | note | | k | \t. | #REF! |\n"
    "\n| choices |\n| 说明 |\n| | a |\n| | - b |\nthe end\n"
)


def book(*rows, sheet="survey", more=()):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as written:
        page = written.add_worksheet(sheet)
        day = written.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    page.write_datetime(line, column, cell, day)
                else:
                    page.write(line, column, cell)
        for change in more:
            change(written, page)
    return buffer.getvalue()


def repacked(content, changes):
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in set(changes) - set(old.namelist()):
            new.writestr(name, changes[name])
    return target.getvalue()


def refused(content):
    found = markdown_from(content)
    assert found.text == "" and found.problems
    for problem in found.problems:
        assert problem.sentence["zh"] and problem.sentence["en"]
    return [(problem.code, problem.path) for problem in found.problems]


@pytest.mark.parametrize("path", TEN, ids=lambda path: path.stem)
def test_every_shipped_questionnaire_comes_back_byte_for_byte(path, tmp_path):
    workbook, back = tmp_path / "a.xlsx", tmp_path / "b.md"
    run = CliRunner().invoke
    assert run(main, ["questionnaire", "export", str(path), "--xlsx", str(workbook)]).exit_code == 0
    assert run(main, ["questionnaire", "import", str(back), "--xlsx", str(workbook)]).exit_code == 0
    assert back.read_bytes() == path.read_bytes()


def test_signs_remarks_and_empty_columns_come_back_byte_for_byte():
    text = canonical(TORTURE)
    content, problems = workbook_of(text)
    assert problems == ()
    assert markdown_from(content).text == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("| survey |\n| | type |\n| Survey |\n| | a |\n", "sheet_twice"),
        ("| survey |\n| | type |\n| remarks |\n| | a |\n", "sheet_twice"),
        ("| survey |\n| | type |\n| a/b |\n| | a |\n", "sheet_name"),
        ("| survey | type |\n| | type |\n", "sheet_line"),
        ("| survey |\n| | type |\n| | " + "x" * 32_768 + " |\n", "cell_long"),
        ("| choices |\n| | name |\n", "sheet_missing"),
    ],
)
def test_what_a_workbook_cannot_hold_is_refused_by_place(text, code):
    content, problems = workbook_of(text)
    assert content == b""
    assert code in {problem.code for problem in problems}


def test_numbers_typed_as_numbers_and_blank_rows_are_read_as_people_mean_them():
    rows = [(), HEAD, ("integer", "n", 1.0, 2.5), (), ("note", "b", "  x ", 10**6)]
    found = markdown_from(book(*rows))
    lines = "| | type | name | label | hint |\n| | integer | n | 1 | 2.5 |\n| | note | b | x | 1000000 |\n"
    assert found.text == f"| survey |\n{lines}"
    assert found.warnings == ()


def test_dates_and_truth_values_are_read_and_named_by_their_cell():
    found = markdown_from(book(HEAD, ("note", "a", dt.date(2018, 1, 2), True)))
    assert "| | note | a | 2018-01-02 | TRUE |" in found.text
    assert [(one.code, one.path) for one in found.warnings] == [
        ("cell_date", "survey:C2"),
        ("cell_truth", "survey:D2"),
    ]


def test_merged_cells_and_formulas_are_refused_by_their_cell():
    merged = book(HEAD, more=[lambda _, page: page.merge_range("A2:B3", "note")])
    assert refused(merged) == [("cell_merged", "survey:A2:B3")]
    assert refused(book(HEAD, ("note", "a", "=1+1"))) == [("cell_formula", "survey:C2")]


def test_a_hidden_sheet_is_refused_when_it_is_part_of_the_questionnaire_and_named_otherwise():
    def hide(name):
        return lambda written, _: written.add_worksheet(name).hide()

    rows = (HEAD, ("note", "a", "x"))
    assert refused(book(*rows, more=[hide("choices")])) == [("sheet_hidden", "choices::")]
    found = markdown_from(book(*rows, more=[hide("old")]))
    assert found.text
    assert [one.path for one in found.warnings] == ["old::"]


def test_names_are_known_in_any_case_and_blank_sheets_are_passed_over():
    content = book(HEAD, ("note", "a", "x"), sheet="Survey ", more=[lambda w, _: w.add_worksheet("Sheet2")])
    assert markdown_from(content).text.startswith("| survey |\n| | type |")
    assert "Sheet2" not in markdown_from(content).text


def test_two_sheets_of_one_name_are_refused():
    two = book(HEAD, more=[lambda written, _: written.add_worksheet("survey ").write(0, 0, "type")])
    assert ("sheet_twice", "survey:0:") in refused(two)
    with zipfile.ZipFile(io.BytesIO(two)) as package:
        listed = package.read("xl/workbook.xml").replace(b'"survey "', b'"survey"')
    assert refused(repacked(two, {"xl/workbook.xml": listed}))[0][0] == "table-sheets-repeated"


def test_a_line_break_in_a_cell_is_refused_by_row_and_column():
    assert refused(book(HEAD, (), ("note", "a", "x\ny"))) == [("cell_break", "survey:3:label")]
    assert refused(book(HEAD, ("---", ":--"))) == [("row_rule", "survey:2:")]


def test_a_workbook_without_a_survey_is_refused():
    assert refused(book(HEAD, sheet="Sheet1")) == [("sheet_missing", "survey:0:")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_whose_first_column_names_the_sheets_is_read(encoding):
    text = 'survey,,,\n,type,name,label\n,note,a,"您好，x"\nsettings,,,\n,form_id,version,\n,f,1,\n'
    found = markdown_from(text.encode(encoding))
    assert found.problems == ()
    assert found.text == (
        "| survey |\n| | type | name | label |\n| | note | a | 您好，x |\n"
        "| settings |\n| | form_id | version |\n| | f | 1 |\n"
    )


def test_a_csv_file_of_one_sheet_is_refused_with_advice():
    (code, place), *_ = refused("type,name,label\n文本,a,问\n".encode("gb18030"))
    assert (code, place) == ("csv_shape", "CSV:1:1")


def test_harmful_and_broken_packages_are_refused():
    good = book(HEAD, ("note", "a", "x"))
    entity = b'<!DOCTYPE x [<!ENTITY a "aa">]><sst>&a;</sst>'
    assert refused(repacked(good, {"xl/sharedStrings.xml": entity}))[0][0] == "table-document-type"
    assert refused(repacked(good, {"xl/bomb.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}))[0][0] == (
        "table-unpacks-too-large"
    )
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)[0][0] == "table-old-format"
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<office/>")
    assert refused(ods.getvalue())[0][0] == "table-damaged"
    assert refused(good[: len(good) // 2])[0][0] == "table-damaged"
    assert refused(b"PK\x03\x04")[0][0] == "table-damaged"


# The peak of a process of its own, as the kernel counts it: what the reader allocates beyond Python too.
MEASURED = """
import re, sys
from pathlib import Path
from surveyapp.services.authoring_workbooks import markdown_from

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

content = Path(sys.argv[1]).read_bytes()
before = peak()
found = markdown_from(content)
print(found.problems[0].code if found.problems else "read", peak() - before)
"""


def rows_of(count):
    cells = "".join(
        f'<row r="{line}"><c r="A{line}"/></row>' if count > 50_000 else
        f'<row r="{line}"><c r="A{line}" t="inlineStr"><is><t>note</t></is></c>'
        f'<c r="B{line}" t="inlineStr"><is><t>q{line}</t></is></c></row>'
        for line in range(1, count + 1)
    )  # fmt: skip
    return worksheet(cells)


def worksheet(cells):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'


DENSE = worksheet(("<row>" + "<c><v>1234567</v></c>" * 200 + "</row>") * 1250)


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ({"xl/worksheets/sheet1.xml": rows_of(1_000_000)}, "table-unpacks-too-large"),
        ({"xl/worksheets/sheet1.xml": rows_of(400_000)}, "table-too-many-cells"),
        ({"xl/worksheets/sheet1.xml": rows_of(30_000)}, "read"),
        ({"xl/worksheets/sheet1.xml": DENSE}, "read"),
        ({"xl/bomb.xml": "<a>" + " " * 200_000_000 + "</a>"}, "table-unpacks-too-large"),
    ],
    ids=["a million rows", "too many rows", "as long as allowed", "as full as allowed", "a bomb"],
)
def test_no_workbook_takes_more_than_50_mb(parts, outcome, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(repacked(book(HEAD), parts))
    order = [sys.executable, "-c", MEASURED, str(path)]
    said = subprocess.run(order, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert said[0] == outcome
    assert int(said[1]) <= 50, said


def test_nothing_is_written_when_a_workbook_is_refused(tmp_path):
    target, source = tmp_path / "q.md", tmp_path / "q.xlsx"
    target.write_text("as before", encoding="utf-8")
    source.write_bytes(book(HEAD, ("note", "a", "=1+1")))
    outcome = CliRunner().invoke(main, ["questionnaire", "import", str(target), "--xlsx", str(source)])
    assert outcome.exit_code == 1
    assert f"错误 {source}:survey:C2: survey 表 C2：单元格是公式" in outcome.output
    assert target.read_text(encoding="utf-8") == "as before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q.md", "q.xlsx"]
