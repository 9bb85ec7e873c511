"""Exports: every revision and version, repeats flattened, nothing that becomes a formula, one scope."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from typing import Any

import pytest
import python_calamine

from surveyapp.services import exporting, publishing
from surveyapp.services.accounts import Actor
from surveyapp.services.exporting import Order
from surveyapp.services.exporting.columns import Column, answer_columns, count_repeats
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import Blocked
from surveyapp.storage.queries import exports as queries
from surveyapp.storage.tables import CallAttemptRow, FrameworkRow
from tests.data.rounds import (
    Round,
    call_submission,
    citizen_submission,
    confirmed,
    correct,
    fill_round,
    new_id,
    received,
    step,
    visit_submission,
)
from tests.services.test_screening import decide, surveys_with

EVERYTHING = ("/",)
LIST = """| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | text | code | 编号 | Code |
| | text | remark | 备注 | Remark |
| | integer | change | 变化 | Change |
| | decimal | share | 比例 | Share |
| | date | seen_on | 日期 | Day |
| | geopoint | place | 位置 | Place |
| | begin repeat | members | 成员 | Members |
| | text | role | 身份 | Role |
| | integer | age | 年龄 | Age |
| | end repeat | | | |
| settings |
| | form_title | form_id | version | default_language |
| | 名单 | list | 2018110501 | 中文 (zh) |
"""
ANSWERS = {
    "code": "0007",
    "remark": '=HYPERLINK("http://example.invalid")',
    "change": "-3",
    "share": "-0.50",
    "seen_on": "2026-11-20",
    "place": "-43.5 125.25 0 8",
    "members": [{"role": "@admin", "age": "40"}, {"role": "+86", "age": "7"}],
}


def csv_rows(
    platform: Platform, made: Round, subject: str, tops: Sequence[str] = EVERYTHING, labels: str = ""
) -> Any:
    data = b"".join(exporting.csv_pieces(platform, Order(subject, made.id, tops, labels)))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheets(platform: Platform, made: Round, subject: str) -> dict[str, list[list[Any]]]:
    with exporting.xlsx_file(platform, Order(subject, made.id, EVERYTHING)) as file:
        book = python_calamine.load_workbook(io.BytesIO(file.read()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def listed(platform: Platform, made: Round, source: str = LIST, **changed: Any) -> str:
    """Publish the list and send one record of it; the root id."""
    outcome = publishing.publish(platform, source, "interview")
    assert outcome.version_id is not None, outcome.problems
    sent = dataclasses.replace(
        call_submission(made),
        version_id=outcome.version_id,
        answers={name: value for name, value in {**ANSWERS, **changed}.items() if value is not None},
    )
    return received(platform, dataclasses.replace(sent, submission_id=new_id())).root_id


def test_leading_zeros_survive_and_nothing_becomes_a_formula(platform: Platform, made: Round) -> None:
    listed(platform, made)
    (row,) = csv_rows(platform, made, "records")
    assert row["code"] == "0007"
    assert row["remark"].startswith("'=HYPERLINK")
    assert (row["change"], row["share"]) == ("-3", "-0.50")
    assert (row["members[1]/role"], row["members[2]/role"]) == ("'@admin", "+86")


def test_repeats_have_a_column_per_instance_and_a_position_four_numbers(
    platform: Platform, made: Round
) -> None:
    listed(platform, made)
    listed(platform, made, members=[{"role": "x", "age": str(n)} for n in range(3)])
    first, second = csv_rows(platform, made, "records")
    assert [first[f"members[{n}]/age"] for n in (1, 2, 3)] == ["40", "7", ""]
    assert [second[f"members[{n}]/age"] for n in (1, 2, 3)] == ["0", "1", "2"]
    assert "members[4]/age" not in first
    assert (first["place:latitude"], first["place:accuracy"]) == ("-43.5", "8")


def test_cells_of_a_workbook_are_typed(platform: Platform, made: Round) -> None:
    listed(platform, made)
    header, row = sheets(platform, made, "records")["list"]
    cells = dict(zip(header, row, strict=True))
    assert cells["code"] == "0007"
    assert cells["remark"] == ANSWERS["remark"]
    assert (cells["change"], cells["share"], cells["place:latitude"]) == (-3.0, -0.5, -43.5)
    assert cells["members[2]/age"] == 7.0
    assert str(cells["seen_on"]).startswith("2026-11-20")
    assert cells["is_newest"] is True
    assert cells["received_at"].isoformat() == "2026-11-24T09:00:00"


def test_old_versions_stay_in_the_export_with_their_columns(platform: Platform, made: Round) -> None:
    listed(platform, made)
    newer = LIST.replace("2018110501", "2018110502").replace(
        "| | text | remark | 备注 | Remark |", "| | text | extra | 补充 | Extra |"
    )
    listed(platform, made, newer, extra="新", remark=None)
    old, new = csv_rows(platform, made, "records")
    assert (old["version"], new["version"]) == ("2018110501", "2018110502")
    assert (old["remark"][:2], new["remark"]) == ("'=", "")
    assert (old["extra"], new["extra"]) == ("", "新")
    assert list(old).index("remark") < list(old).index("change") < list(old).index("extra")


def test_every_revision_is_exported_and_the_newest_is_marked(platform: Platform, made: Round) -> None:
    root_id = confirmed(platform, made, visit_submission(made, instant_done="2"))
    step(platform, made, root_id, "returned", "数错了")
    correct(platform, made, root_id, visit_submission(made, instant_done="8"))
    rows = csv_rows(platform, made, "records")
    shown = [(r["revision"], r["is_newest"], r["state"], r["handling/instant_done"]) for r in rows]
    assert shown == [("1", "FALSE", "replaced", "2"), ("2", "TRUE", "corrected", "8")]
    assert rows[1]["reason"] == "按原始记录更正"


def test_no_number_no_sender_and_no_answer_of_another_scope_leaves(platform: Platform, made: Round) -> None:
    received(platform, citizen_submission(made, callback_consent="OK", callback_phone="13800000000"))
    received(platform, visit_submission(made, unit_id=made.other_unit_id))
    order = Order("records", made.id, path_of(platform, made))
    text = b"".join(exporting.csv_pieces(platform, order)).decode()
    assert "13800000000" not in text
    assert "callback_phone" not in text
    assert "sender" not in text
    assert "hall-b" not in text
    assert [row["unit_code"] for row in csv_rows(platform, made, "records", order.tops)] == ["hall-a"]
    assert csv_rows(platform, made, "records", ()) == []
    assert len(csv_rows(platform, made, "records")) == 2


def path_of(platform: Platform, made: Round) -> tuple[str, ...]:
    unit: Actor = made.people["unit"]
    return unit.tops("unit")


def test_a_line_of_labels_stands_under_the_header_when_asked_for(platform: Platform, made: Round) -> None:
    listed(platform, made)
    labels, row = csv_rows(platform, made, "records", labels="en")
    assert (labels["remark"], labels["received_at"]) == ("Remark", "Received (server)")
    assert row["code"] == "0007"


def test_a_question_named_like_a_column_about_the_record_keeps_its_own(
    platform: Platform, made: Round
) -> None:
    received(platform, citizen_submission(made))
    data = b"".join(exporting.csv_pieces(platform, Order("records", made.id, EVERYTHING))).decode("utf-8-sig")
    header = next(csv.reader(io.StringIO(data)))
    assert len(header) == len(set(header))
    assert {"window", "/window"} <= set(header)


def test_a_workbook_has_a_sheet_per_questionnaire(platform: Platform, made: Round) -> None:
    received(platform, citizen_submission(made))
    received(platform, visit_submission(made))
    received(platform, call_submission(made, "B1"))
    found = sheets(platform, made, "records")
    assert set(found) == {"jilin2018-citizen", "jilin2018-visit", "jilin2018-call"}
    assert all(len(rows) == 2 for rows in found.values())


def test_an_empty_round_gives_headers_alone(platform: Platform, made: Round) -> None:
    assert csv_rows(platform, made, "records") == []
    assert len(sheets(platform, made, "attempts")["attempts"]) == 1
    assert len(sheets(platform, made, "records")["records"]) == 1


def test_attempts_carry_every_column_the_family_and_a_masked_number(platform: Platform, made: Round) -> None:
    add_attempt(platform, made, "B7")
    (row,) = csv_rows(platform, made, "attempts")
    assert set(queries.ATTEMPT_COLUMNS) == {c.key for c in CallAttemptRow.__table__.columns} <= set(row)
    assert (row["outcome"], row["aapor"], row["right_party"]) == ("B7", "4.3x", "FALSE")
    assert row["number_masked"] == "0431-****0001"
    assert "0431-00000001" not in str(row)
    assert row["dialled_at"] == "2026-11-24T09:00:00+08:00"
    assert row["note"] == "'=1+1"


def add_attempt(platform: Platform, made: Round, outcome: str) -> None:
    caller, now = made.people["evaluator"].id, platform.clock()
    blank = dict.fromkeys(CallAttemptRow.__table__.columns.keys())
    with platform.database.transaction() as session:
        task = queries.CallAttemptRow.__table__.metadata.tables["assignments"]
        planned = session.execute(
            task.insert()
            .values(
                round_id=made.id,
                user_id=caller,
                kind="call",
                unit_id=made.unit_id,
                line_id=made.line_id,
                slot="A",
                scenario="",
                planned_at=now,
                state="done",
            )
            .returning(task.c.id)
        ).scalar_one()
        values = blank | {
            "id": new_id(),
            "round_id": made.id,
            "assignment_id": planned,
            "line_id": made.line_id,
            "caller_id": caller,
            "slot": "A",
            "state": "closed",
            "outcome": outcome,
            "planned_at": now,
            "dialled_at": now,
            "note": "=1+1",
            "provider": "manual",
        }
        session.add(CallAttemptRow(**values))


def test_scores_carry_interval_bounds_and_rule_version_for_each_profile(
    platform: Platform, made: Round
) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    rows = csv_rows(platform, made, "scores")
    assert {(r["unit_code"], r["profile"]) for r in rows} == {
        (unit, profile) for unit in ("hall-a", "hall-b") for profile in "RS"
    }
    assert len(rows) == 4 * 28
    one = next(r for r in rows if (r["unit_code"], r["profile"], r["indicator"]) == ("hall-a", "S", "2.2.1"))
    assert float(one["low"]) <= float(one["points"]) <= float(one["high"])
    assert float(one["bound_low"]) < float(one["bound_high"])
    assert one["rule_version"] == "jilin-2018@1/S-2018.1/2018.5"
    missing = next(r for r in rows if r["indicator"] == "1.1.3")
    assert (missing["points"], missing["status"]) == ("", "unscored")


def test_scores_are_exported_with_and_without_flagged_records(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=4, surveys=6)

    def told() -> tuple[str, str]:
        rows = csv_rows(platform, made, "scores")
        one = next(
            r for r in rows if (r["unit_code"], r["profile"], r["indicator"]) == ("hall-a", "S", "1.1.2")
        )
        return one["points"], one["points_all_flagged_counted"]

    before = told()
    assert before[0] == before[1] != ""
    decide(platform, made, surveys_with(platform, made, 5.0), "void")
    after = told()
    assert after[1] == before[0] and float(after[0]) < float(before[0])


def test_blocked_scores_are_not_exported(platform: Platform, made: Round) -> None:
    with platform.database.transaction() as session:
        session.get_one(FrameworkRow, made.framework_id).decisions = []
    with pytest.raises(Blocked):
        csv_rows(platform, made, "scores")


def test_rows_are_written_while_they_are_read(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        received(platform, call_submission(made, "B1"))
    monkeypatch.setattr(queries, "ROWS", 2)
    monkeypatch.setattr("surveyapp.gateways.spreadsheets.writing._BATCH", 2)
    read: list[str] = []
    about = exporting.records._about

    def noted(item: Any) -> Any:
        read.append(item.record.root_id)
        return about(item)

    monkeypatch.setattr(exporting.records, "_about", noted)
    pieces = exporting.csv_pieces(platform, Order("records", made.id, EVERYTHING))
    next(pieces)
    next(pieces)
    assert len(read) == 2
    assert len(list(pieces)) == 3
    assert len(read) == 7


def test_a_record_that_arrives_while_an_export_is_read_is_not_in_it(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ROWS", 2)
    monkeypatch.setattr("surveyapp.gateways.spreadsheets.writing._BATCH", 2)
    for _ in range(5):
        listed(platform, made)
    pieces = exporting.csv_pieces(platform, Order("records", made.id, EVERYTHING))
    start = next(pieces) + next(pieces)
    listed(platform, made, members=[{"role": "x", "age": "1"}] * 9)
    rows = list(csv.DictReader(io.StringIO((start + b"".join(pieces)).decode("utf-8-sig"), newline="")))
    assert len(rows) == 5


def test_nested_repeats_are_flattened_with_all_their_indices(platform: Platform, made: Round) -> None:
    source = LIST.replace(
        "| | end repeat | | | |",
        "| | begin repeat | pets | 宠物 | Pets |\n| | text | name | 名 | Name |\n"
        "| | end repeat | | | |\n| | end repeat | | | |",
    ).replace("| 名单 | list |", "| 名单 | nested |")
    outcome = publishing.publish(platform, source, "interview")
    assert outcome.version_id is not None, outcome.problems
    answers = {"members": [{"pets": [{"name": "a"}]}, {"pets": [{"name": "b"}, {"name": "c"}]}]}
    counts: dict[str, int] = {}
    count_repeats(answers, counts)
    columns = {c.title: c for c in answer_columns([platform.form(outcome.version_id)], counts)}
    assert counts == {"members": 2, "members/pets": 2}
    assert text(columns["members[2]/pets[2]/name"], answers) == "c"
    assert text(columns["members[1]/pets[2]/name"], answers) is None


def text(column: Column, answers: dict[str, Any]) -> Any:
    return column.cell(answers, typed=False)
