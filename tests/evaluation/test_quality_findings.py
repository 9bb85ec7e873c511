"""Each rule of the quality checks fires on what it is for and keeps silent beside it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest

from surveyapp.evaluation.quality import RULES, Attempt, Filed, FileFact, Finding, Listing, surveys
from surveyapp.evaluation.quality.all_findings import findings
from surveyapp.evaluation.quality.model import chains
from surveyapp.evaluation.quality.surveys import RATED
from surveyapp.evaluation.schedule import CHINA

NINE = datetime(2018, 11, 20, 9, tzinfo=CHINA).replace(tzinfo=None)
GOOD = {"overall": "4", "can_do": "4", "once_real": "3", "hard_to_follow": "2", "fewer_trips": "4"}


def filed(number: int, kind: str = "survey", minutes: float = 0, **more: Any) -> Filed:
    leaf: Mapping[str, str] = more.pop("leaf", GOOD)
    values = {"unit": "1", "version": "1", "site": "1", "link": "1", **more}
    return Filed(f"r{number:03}", kind, received=NINE + timedelta(minutes=minutes), leaf=leaf, **values)


def found(code: str, records: Sequence[Filed], **more: Any) -> list[Finding]:
    return [one for one in findings(records, **more) if one.code == code]


def many(n: int, **more: Any) -> list[Filed]:
    """Calm records, one every two hours over some days."""
    return [filed(number, minutes=120 * (number % 4) + 1440 * (number // 4), **more) for number in range(n)]


def test_a_record_twice_as_fast_as_its_route_is_named() -> None:
    records = [*many(12, seconds=100.0), filed(50, seconds=40.0), filed(51, seconds=60.0)]
    assert [one.records for one in found("too_fast", records)] == [("r050",)]


def test_the_usual_time_of_a_route_is_found_once_however_many_took_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def counted(times: list[float]) -> float:
        asked.append(len(times))
        return median(times)

    monkeypatch.setattr(surveys, "median", counted)
    other = GOOD | {"why": "x"}
    records = [*many(12, seconds=100.0), *(filed(60 + n, leaf=other, seconds=90.0) for n in range(11))]
    assert found("too_fast", records) == []
    assert sorted(asked) == [11, 12, 23]


def test_chains_join_what_hangs_together_through_others() -> None:
    pairs = {(3, 4): "c", (0, 5): "a", (4, 5): "b", (1, 2): "d"}
    assert chains(7, pairs) == [([0, 3, 4, 5], ["c", "a", "b"]), ([1, 2], ["d"])]
    assert chains(2, {}) == []


def test_a_sender_of_five_is_named_and_one_of_four_is_not() -> None:
    assert found("same_sender", many(5, sender="a"))[0].evidence["numbers"]["number"] == 5
    assert found("same_sender", many(4, sender="a")) == []


def test_the_same_comment_with_the_same_ticks_is_a_copy() -> None:
    long = GOOD | {f"q{n}": "yes" for n in range(9)}
    text = long | {"comment": "窗口人员非常热情周到，办得快"}
    assert len(found("near_same", [filed(1, leaf=text), filed(2, leaf=text)])) == 1
    assert found("near_same", [filed(1, leaf=long), filed(2, leaf=long)]) == []


def test_a_burst_stands_out_from_what_the_hour_usually_brings() -> None:
    burst = [filed(100 + n, minutes=5 + 0.2 * n) for n in range(14)]
    assert set(found("burst", [*many(40), *burst])[0].records) >= {one.root_id for one in burst}
    assert found("burst", many(40)) == []


def test_a_long_run_of_top_marks_is_improbable_where_few_give_them() -> None:
    top = dict.fromkeys(("overall", "can_do", "once_real", "fewer_trips"), "5")
    run = [filed(200 + n, minutes=20000 + n * 30, leaf=top) for n in range(8)]
    assert len(found("all_five_run", [*many(40), *run])[0].records) == 8
    assert found("all_five_run", many(40)) == []


def test_pressure_above_one_in_twenty_is_told_with_its_interval() -> None:
    asked = [filed(n, leaf=GOOD | {"pressed": "asked" if n < 8 else "no"}) for n in range(40)]
    (one,) = found("coached", asked)
    assert len(one.records) == 8 and one.evidence["numbers"]["low"] > 0.05
    assert found("coached", [filed(n, leaf=GOOD | {"pressed": "no"}) for n in range(40)]) == []


def test_wall_codes_above_call_backs_are_told_with_newcombes_interval() -> None:
    called = [filed(300 + n, "callback", leaf={"overall": "2", "source": "list"}) for n in range(20)]
    (one,) = found("wall_against_drawn", [*many(20), *called])
    assert 0 < one.evidence["numbers"]["low"] < one.evidence["numbers"]["high"] <= 1


def call(number: int, minutes: float, seconds: float = 60, **more: Any) -> Attempt:
    dialled = NINE + timedelta(minutes=minutes)
    values = {"caller": "7", "line": "1", "is_human": True, **more}
    return Attempt(
        f"r{number:03}",
        values["line"],
        values["caller"],
        "A",
        "A1",
        dialled,
        dialled + timedelta(seconds=5),
        dialled + timedelta(seconds=seconds),
        values["is_human"],
    )


def test_one_caller_cannot_hold_two_calls_at_once() -> None:
    records = [filed(n, "call", line="1") for n in range(3)]
    attempts = [call(0, 0), call(1, 0.5), call(2, 10)]
    assert [one.records for one in found("overlapping_calls", records, attempts=attempts)] == [
        ("r000", "r001")
    ]


def test_durations_of_a_machine_and_a_number_nobody_registered_are_told() -> None:
    records = [filed(n, "call", line="" if n == 3 else "1") for n in range(12)]
    attempts = [call(n, 10 * n, 60 + 0.5 * (n % 2)) for n in range(12)]
    assert len(found("regular_durations", records, attempts=attempts)) == 1
    assert found("not_in_frame", records, attempts=attempts)[0].records == ("r003",)
    lively = [call(n, 10 * n, 40 + 7 * n) for n in range(12)]
    assert found("regular_durations", records, attempts=lively) == []


def test_calls_nobody_dialled_again_are_told() -> None:
    records = [filed(n, "call", line="1") for n in range(10)]
    alone = [call(n, 10 * n) for n in range(10)]
    shared = [call(n, 10 * n, caller=str(n % 2)) for n in range(10)]
    assert len(found("few_verified", records, attempts=alone)) == 1
    assert found("few_verified", records, attempts=shared) == []


def visit(number: int, minutes: float, position: str, **more: Any) -> Filed:
    return filed(number, "visit", minutes, leaf={"position": position}, collector="7", **more)


def test_three_hundred_kilometres_an_hour_are_too_many() -> None:
    here, there = "43.90 125.30 0 8", "44.90 125.30 0 8"
    assert len(found("too_quick_travel", [visit(1, 0, here), visit(2, 20, there)])) == 1
    assert found("too_quick_travel", [visit(1, 0, here), visit(2, 120, there)]) == []


def test_photos_are_held_against_the_visit_and_each_other() -> None:
    def photo(digest: str, near: str, minutes: float | None) -> FileFact:
        taken = None if minutes is None else NINE + timedelta(minutes=minutes)
        return FileFact("photo_1", digest, near, taken, True)

    one = visit(1, 60, "43.9 125.3", started=NINE, files=(photo("a" * 64, "0" * 16, -300),))
    two = visit(2, 600, "43.9 125.3", files=(photo("a" * 64, "0" * 16, 595), photo("b" * 64, "f" * 16, None)))
    three = visit(3, 900, "43.9 125.3", files=(photo("c" * 64, "0" * 15 + "7", 890),))
    records = [one, two, three]
    assert [x.records for x in found("photo_time", records)] == [("r001",)]
    assert [x.records for x in found("photo_no_time", records)] == [("r002",)]
    assert [x.records for x in found("same_photo", records)] == [("r001", "r002")]
    assert {x.records for x in found("near_photo", records)} == {("r001", "r002", "r003")}


def test_two_observers_who_disagree_are_told_by_item() -> None:
    records = []
    for place in range(10):
        for observer in ("first", "second"):
            said = "yes" if (place + (observer == "first")) % 2 else "no"
            leaf = {"observer": observer, "fac_queue": said, "fac_guide": "yes" if place % 2 else "no"}
            records.append(filed(len(records), "hall", leaf=leaf, site=str(place)))
    assert [one.subject for one in found("observers_differ", records)] == ["fac_queue"]


def test_passages_used_twice_and_collectors_far_from_the_others_are_told() -> None:
    text = "我们处里每个月开一次会，窗口的同志把遇到的问题报上来，分管领导当场定办法，" * 3
    notes = [filed(1, "interview", texts=(text,)), filed(2, "interview", texts=(text[10:],))]
    assert len(found("same_passages", notes)) == 1
    rated = [
        filed(n, "interview", leaf={"rubric_a": "4" if n % 3 == 0 else str(n % 2 + 1)}, collector=str(n % 3))
        for n in range(30)
    ]
    assert len(found("collector_effect", rated)) == 1
    assert any(one.subject == "interview:0" for one in found("collector_outlier", rated))


def test_a_lenient_and_a_weighty_expert_are_told() -> None:
    names = [f"x_{letter}" for letter in "abcdefgh"]
    sheets = []
    for expert in range(5):
        for unit in ("1", "2"):
            high = {name: "3" if at == 0 else "4" for at, name in enumerate(names)}
            usual = {name: str(1 + (at + expert) % 2) for at, name in enumerate(names)}
            leaf = {0: high, 4: dict.fromkeys(names, "2")}.get(expert, usual)
            sheets.append(filed(len(sheets), "panel", leaf=leaf, unit=unit, collector=str(expert)))
    assert "expert:0" in {one.subject for one in found("lenient", sheets)}
    assert {one.records for one in found("halo", sheets)} == {("r008",), ("r009",)}
    assert {one.subject for one in found("weighty_expert", sheets)} >= {"r000", "r001"}


def test_the_same_paper_for_two_units_and_claims_without_files_are_told() -> None:
    entry = ({"ev_sha256": "AB" * 32},)
    papers = [filed(n, "document", leaf={"made": "after"}, unit=str(n), items=entry) for n in (1, 2)]
    assert found("same_document", papers)[0].records == ("r001", "r002")
    assert len(found("made_for_review", papers)) == 2
    claims = {"claimed_1_1_1": "4", "claimed_1_1_2": "3", "claimed_1_1_3": "0"}
    mine = filed(3, "self", leaf=claims, items=({"proof_leaf": "1.1.1", "proof_sha256": "a"},))
    (one,) = found("claims_without_files", [mine])
    assert one.evidence["numbers"] == {"bare": 1, "of": 2}


def test_answers_far_from_everybody_elses_are_told() -> None:
    draws = random.Random(3)

    def usual(number: int) -> Filed:
        level = draws.randint(2, 4)
        said = [level + draws.choice((0, 0, 0, 1)) for _ in RATED]
        said[RATED.index("hard_to_follow")] = 6 - said[RATED.index("hard_to_follow")]
        leaf = dict(zip(RATED, map(str, said), strict=True))
        return filed(number, minutes=120 * number, leaf=leaf)

    records = [usual(number) for number in range(80)]
    odd = filed(900, leaf=dict(zip(RATED, "15151", strict=True)))
    (one,) = found("far_from_others", [*records, odd])
    assert one.records == ("r900",)
    assert found("far_from_others", records) == []


def test_a_windows_code_used_after_closing_is_told() -> None:
    late = [filed(n, minutes=11 * 60 + n, window="3") for n in range(3)]  # from eight in the evening on
    (one,) = found("after_hours", [filed(50, window="3"), *late])
    assert len(one.records) == 3 and one.evidence["numbers"] == {"number": 3, "of": 4}
    assert found("after_hours", [filed(n, minutes=n, window="3") for n in range(4)]) == []
    assert found("after_hours", [filed(n, minutes=660 + n) for n in range(4)]) == []


def test_a_call_that_ended_before_it_began_is_told() -> None:
    records = [filed(n, "call", line="1") for n in range(2)]
    told = found("call_order", records, attempts=[call(0, 0), call(1, 10, seconds=-3)])
    assert [one.records for one in told] == [("r001",)]
    assert found("call_order", records, attempts=[call(0, 0), call(1, 10)]) == []


def test_numbers_that_answer_one_caller_only_are_told() -> None:
    records = [filed(n, "call", line="1") for n in range(12)]
    apart = [call(n, 10 * n, caller=str(n % 2), is_human=n % 2 == 0) for n in range(12)]
    assert len(found("verified_otherwise", records, attempts=apart)) == 1
    alike = [call(n, 10 * n, caller=str(n % 2)) for n in range(12)]
    assert found("verified_otherwise", records, attempts=alike) == []


def test_a_note_filed_days_after_the_talk_is_told() -> None:
    late = filed(1, "interview", 60 * 30, finished=NINE)
    prompt = filed(2, "interview", 60, finished=NINE)
    assert [one.records for one in found("filed_after", [late, prompt, filed(3, "interview")])] == [("r001",)]


def test_explanations_copied_from_another_unit_are_told() -> None:
    words = "我单位成立了领导小组，每月召开一次例会，逐项研究解决窗口反映的问题，形成了台账。" * 3
    walks = "窗口人员轮流跟办一件事，走完全程，记下每一处卡住的地方，当周改。" * 3

    def told(number: int, unit: str, text: str) -> Filed:
        return filed(number, "self", unit=unit, items=({"proof_what": text},))

    copied = found("copied_text", [told(1, "1", words[1:]), told(2, "2", words[2:])])
    assert [each.records for each in copied] == [("r001", "r002")]
    assert found("copied_text", [told(1, "1", words), told(3, "3", walks), told(4, "1", words)]) == []


def test_a_flag_of_a_record_and_an_odd_list_become_findings() -> None:
    records = [filed(1, flags=("speeding",)), filed(2, "call", flags=("publication_defect",))]
    assert [one.records for one in found("record_flag", records)] == [("r001",)]
    listed = found("odd_cases", [], listings=[Listing("1", oddities=(("reversed", 3, 40),))])
    assert "40 件里有 3 件" in listed[0].sentence["zh"]


def test_every_finding_has_a_rule_and_no_rule_is_benfords() -> None:
    assert not [code for code, rule in RULES.items() if "benford" in (code + rule.en).lower()]
    assert all(rule.zh and rule.en and rule.source for rule in RULES.values())


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_records_come_changes_no_finding(order: int) -> None:
    records = [*many(30, sender="a"), filed(99, leaf=GOOD | {"pressed": "asked"})]
    assert findings(records[::order]) == findings(records)
