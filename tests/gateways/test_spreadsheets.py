"""Tables read from uploads and written for spreadsheet programs."""

from __future__ import annotations

import csv
import io
import math
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import (
    LIMITS,
    Cell,
    Limits,
    Sheet,
    Table,
    csv_lines,
    read_sheets,
    safe_text,
    write_workbook,
    writing,
)

NARROW = Limits(
    file_bytes=200_000, unpacked_bytes=1_000_000, parts=50, sheets=3, rows=20, columns=10, cells=100
)


def sheets(content: bytes) -> tuple[Sheet, ...]:
    found = read_sheets(content)
    assert not isinstance(found, Refusal), found
    return found


def rows_of(content: bytes) -> tuple[tuple[str, ...], ...]:
    (sheet,) = sheets(content)
    return sheet.rows


def code_of(content: bytes, limits: Limits = LIMITS) -> str:
    refusal = read_sheets(content, limits)
    assert isinstance(refusal, Refusal)
    assert refusal.sentence["zh"] and refusal.sentence["en"]
    return refusal.code


def workbook(*cells: tuple[int, int, Any], name: str = "指标") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, column, value in cells:
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, day)
            else:
                sheet.write(row, column, value)
    return buffer.getvalue()


def repacked(content: bytes, change: dict[str, bytes]) -> bytes:
    """The package with some parts replaced or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change.pop(name, old.read(name)))
        for name, part in change.items():
            new.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_is_read_in_the_encodings_people_have(encoding: str) -> None:
    assert rows_of("编码,名称\n1.1,办事指南\n".encode(encoding)) == (("编码", "名称"), ("1.1", "办事指南"))


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_sign_between_cells_is_recognised(sign: str) -> None:
    text = f'"a,;b"{sign}c\r\n"1"{sign}"2\n3"\r\n'
    assert rows_of(text.encode()) == (("a,;b", "c"), ("1", "2\n3"))


def test_rows_keep_their_number_and_are_filled_to_one_length() -> None:
    assert rows_of(b"a,b,c\n\n1\n") == (("a", "b", "c"), ("", "", ""), ("1", "", ""))
    assert rows_of(b"") == ()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\0b,c", b"\x89PNG\r\n\x1a\n\0\0", b"\x80\x80\xff"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    assert code_of(content) == "table-encoding"


@pytest.mark.parametrize("content", [b'a,b\n"1,2\n', b'a\n"1"x\n', b"a\n" + b"x" * 200_000])
def test_unbalanced_quotation_marks_and_overlong_cells_are_refused_by_line(content: bytes) -> None:
    refusal = read_sheets(content)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "table-quotes"
    assert "2" in refusal.sentence["zh"]


@pytest.mark.parametrize("content", [b"a\n" * 21, b"," * 10, b",,,,,\n" * 17])
def test_a_csv_file_beyond_the_limits_is_refused(content: bytes) -> None:
    assert code_of(content, NARROW) == "table-too-many-cells"


def test_a_workbook_is_read_as_the_person_sees_it() -> None:
    content = workbook(
        (0, 0, "编码"),
        (0, 2, "分值"),
        (2, 0, "001"),
        (2, 2, 14),
        (3, 2, 3.25),
        (4, 1, True),
        (4, 2, date(2018, 11, 2)),
    )
    assert sheets(content) == (
        Sheet(
            "指标",
            (
                ("编码", "", "分值"),
                ("", "", ""),
                ("001", "", "14"),
                ("", "", "3.25"),
                ("", "TRUE", "2018-11-02"),
            ),
        ),
    )


def test_a_formula_gives_its_stored_value() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    assert rows_of(buffer.getvalue()) == (("2",),)


def test_hidden_sheets_are_left_out() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("seen").write(0, 0, "x")
        book.add_worksheet("hidden").hide()
    assert [sheet.name for sheet in sheets(buffer.getvalue())] == ["seen"]


@pytest.mark.parametrize("place", [(20, 0), (0, 10), (11, 9), (1_048_575, 16_383)])
def test_one_far_off_cell_is_refused_before_the_rectangle_is_laid_out(place: tuple[int, int]) -> None:
    assert code_of(workbook((0, 0, "x"), (*place, "y")), NARROW) == "table-too-many-cells"


def test_a_far_off_cell_of_a_small_file_is_refused_by_default() -> None:
    assert code_of(workbook((0, 0, "x"), (1_048_575, 16_383, "y"))) == "table-too-many-cells"


def test_too_many_sheets_are_refused() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for _ in range(4):
            book.add_worksheet().write(0, 0, "x")
    assert code_of(buffer.getvalue(), NARROW) == "table-too-many-cells"


def test_a_part_that_unpacks_to_too_much_is_refused() -> None:
    bomb = repacked(workbook((0, 0, "x")), {"xl/media/image1.png": b"\0" * 2_000_000})
    assert len(bomb) < NARROW.file_bytes
    assert code_of(bomb, NARROW) == "table-unpacks-too-large"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    name = b"xl/worksheets/sheet1.xml"
    content = bytearray(repacked(workbook((0, 0, "x")), {name.decode(): b"<worksheet/>" + b" " * 900_000}))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    struct.pack_into("<I", content, entry + 24, 12)
    assert code_of(bytes(content), NARROW) == "table-damaged"


def test_too_many_parts_are_refused() -> None:
    crowd = repacked(workbook((0, 0, "x")), {f"xl/media/{number}.png": b"" for number in range(60)})
    assert code_of(crowd, NARROW) == "table-unpacks-too-large"


def test_a_document_type_is_refused() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><sst>&a;</sst>'
    assert (
        code_of(repacked(workbook((0, 0, "x")), {"xl/sharedStrings.xml": entities})) == "table-document-type"
    )


@pytest.mark.parametrize("place", ["XFDX1", "A", "1", "A99999999", "a1"])
def test_a_cell_that_stands_nowhere_is_refused(place: str) -> None:
    sheet = f'<worksheet><sheetData><row r="1"><c r="{place}"/></row></sheetData></worksheet>'.encode()
    assert code_of(repacked(workbook((0, 0, "x")), {"xl/worksheets/sheet1.xml": sheet})) == "table-damaged"


def test_cells_without_a_place_are_counted() -> None:
    sheet = b"<x:worksheet xmlns:x='a'><x:sheetData>" + b"<x:row>" + b"<x:c/>" * 11 + b"</x:row>"
    sheet += b"</x:sheetData></x:worksheet>"
    content = repacked(workbook((0, 0, "x")), {"xl/worksheets/sheet1.xml": sheet})
    assert code_of(content, NARROW) == "table-too-many-cells"


def test_the_old_format_and_encrypted_files_are_refused() -> None:
    assert code_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "table-old-format"


def test_a_package_without_a_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", "<document/>")
    assert code_of(buffer.getvalue()) == "table-damaged"


def test_a_file_with_too_many_bytes_is_refused() -> None:
    assert code_of(b"a" * 200_001, NARROW) == "table-too-large"


@given(st.binary(max_size=200), st.integers(0, 6000))
def test_no_damage_makes_the_reader_fail(noise: bytes, start: int) -> None:
    whole = workbook((0, 0, "x"), (1, 1, 2))
    read_sheets(whole[:start] + noise + whole[start + len(noise) :])
    read_sheets(noise)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1-cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u3000=1",
        "＝1+1",
        "-",
        "+٣",
        "-1\n",
    ],
)
def test_a_text_that_would_run_as_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-3.5", "+8643182001234", "-1e-7", "满意", "a=b", "", "1-2", "'quoted"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


ROW: list[Cell] = [
    '甲,乙\n"丙"',
    3,
    -0.1,
    True,
    None,
    math.nan,
    date(2018, 11, 2),
    datetime(2018, 11, 2, 1, 30, tzinfo=UTC),
    "=1",
]


def test_a_csv_file_has_a_mark_and_reads_back() -> None:
    content = b"".join(csv_lines(["=标题", "b"], [ROW]))
    assert content.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert header == ["'=标题", "b"]
    assert row == [
        '甲,乙\n"丙"', "3", "-0.1", "TRUE", "", "", "2018-11-02", "2018-11-02T01:30:00+00:00", "'=1"
    ]  # fmt: skip


def test_a_csv_file_leaves_before_all_rows_are_there() -> None:
    drawn = 0

    def endless() -> Iterator[list[Cell]]:
        nonlocal drawn
        while True:
            drawn += 1
            yield [drawn]

    pieces = csv_lines(["n"], endless())
    assert [next(pieces)[:3], next(pieces)[:3]] == [b"\xef\xbb\xbf", b"n\r\n"]
    assert drawn == 500


def written(*tables: Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    write_workbook(buffer, tables, **options)
    return buffer.getvalue()


def part_of(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def test_a_workbook_keeps_types_and_reads_back() -> None:
    content = written(Table("记录", [f"c{n}" for n in range(9)], [ROW]), zone=timezone(timedelta(hours=8)))
    (sheet,) = sheets(content)
    assert sheet.name == "记录"
    assert sheet.rows[1] == (
        '甲,乙\n"丙"', "3", "-0.1", "TRUE", "", "", "2018-11-02", "2018-11-02T09:30:00", "=1"
    )  # fmt: skip


def test_no_text_becomes_a_formula_a_link_or_a_number() -> None:
    texts = ["=1+1", "@x", "https://example.org", "007", "{=A1}", "internal:A1", "mailto:a@example.org"]
    content = written(Table("t", ["a"] * len(texts), [texts]))
    assert rows_of(content)[1] == tuple(texts)
    sheet = part_of(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_a_whole_number_beyond_exactness_is_kept_as_text() -> None:
    assert rows_of(written(Table("t", ["n"], [[2**53 + 1], [1e20]])))[1:] == (
        ("9007199254740993",),
        ("1e+20",),
    )


def test_an_overlong_text_says_that_it_was_cut() -> None:
    (_, (cell,)) = rows_of(written(Table("t", ["a"], [["长" * 40_000]])))
    assert len(cell) == 32_767
    assert cell.startswith("长" * 1000) and "CSV" in cell[-60:]


def test_rows_that_do_not_fit_go_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_ROWS", 3)
    found = sheets(written(Table("t", ["n"], ([number] for number in range(5)))))
    assert [sheet.name for sheet in found] == ["t", "t (2)", "t (3)"]
    assert [sheet.rows for sheet in found] == [
        (("n",), ("0",), ("1",)), (("n",), ("2",), ("3",)), (("n",), ("4",))
    ]  # fmt: skip


def test_names_of_sheets_are_made_fit_and_differ() -> None:
    tables = [Table(name, ["a"], []) for name in ["甲/乙:*?[]", "A" * 40, "a" * 40, "", "'"]]
    names = [sheet.name for sheet in sheets(written(*tables))]
    assert names == ["甲_乙_____", "A" * 31, "a" * 27 + " (2)", "Sheet", "Sheet (2)"]


def test_a_workbook_is_written_to_a_path_too(tmp_path: Path) -> None:
    write_workbook(tmp_path / "t.xlsx", [Table("t", ["a"], [["x"]])])
    assert rows_of((tmp_path / "t.xlsx").read_bytes()) == (("a",), ("x",))


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_from_csv_but_for_the_apostrophe(rows: list[list[str]]) -> None:
    content = b"".join(csv_lines(["a", "b"], rows))
    back = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert back == [[safe_text(cell) for cell in row] for row in rows]
