"""Interview notes: a journal that reads the same in whatever order and however often it arrives."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from surveyapp.services import arranging, calling, noting
from surveyapp.services.accounts import Actor
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.services.installation import Platform
from surveyapp.services.noting import Push, merged
from surveyapp.storage.tables import NoteRow, NoteSegmentRow, RecordRow
from tests.clock import MORNING
from tests.data.fieldwork import open_note, plan, push, rubric
from tests.data.rounds import Round, make_round, new_id


@pytest.fixture
def writer(made: Round) -> Actor:
    return made.people["interviewer"]


def code_of(found: object) -> str:
    assert isinstance(found, noting.Refusal), found
    assert found.sentence["zh"] and found.sentence["en"]
    return found.code


def pushed(platform: Platform, writer: Actor, note_id: str, sent: Push) -> noting.Pushed:
    outcome = noting.push_segment(platform, writer, note_id, sent)
    assert isinstance(outcome, noting.Pushed), outcome
    return outcome


def texts(platform: Platform, note_id: str) -> list[str]:
    return [segment.shown.text for segment in noting.segments_of(platform, note_id)]


def test_a_note_knows_classes_of_roles_and_no_names(platform: Platform, made: Round, writer: Actor) -> None:
    note = noting.create_note(
        platform, writer, new_id(), plan(made, ranks={"sub": 1, "partner": 1}, recording="yes")
    )
    assert isinstance(note, NoteRow)
    assert [(one["speaker"], one["rank"]) for one in note.consent["participants"]] == [
        ("A", "sub"),
        ("B", "partner"),
    ]
    assert note.consent["version"] == noting.CONSENT_VERSION and note.consent["recording"] == "yes"
    assert note.answers["setting"]["rank"] == "mixed" and note.answers["setting"]["participants"] == "2"


def test_creating_twice_with_one_id_opens_one_note(platform: Platform, made: Round, writer: Actor) -> None:
    note_id = new_id()
    for _ in range(2):
        assert isinstance(noting.create_note(platform, writer, note_id, plan(made)), NoteRow)
    with platform.database.reading() as session:
        assert session.scalars(select(NoteRow.id)).all() == [note_id]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"form_of": "other"}, "form"),
        ({"form_of": "single"}, "count"),
        ({"ranks": {"window": 1}}, "count"),
        ({"ranks": {"window": 31}}, "count"),
        ({"ranks": {"head": 1, "window": 2}}, "ranks"),
        ({"ranks": {"office": 1, "window": 2}}, "ranks"),
        ({"is_told": False}, "told"),
        ({"recording": ""}, "recording"),
    ],
)
def test_a_note_without_consent_or_with_superiors_among_their_staff_is_refused(
    platform: Platform, made: Round, writer: Actor, changed: dict[str, object], code: str
) -> None:
    assert code_of(noting.create_note(platform, writer, new_id(), plan(made, **changed))) == code


def test_a_unit_outside_the_round_or_the_scope_is_unknown(
    platform: Platform, made: Round, writer: Actor
) -> None:
    with pytest.raises(calling.UnknownTask):
        noting.create_note(platform, writer, new_id(), plan(made, unit_id=10**6))
    narrowed = dataclasses.replace(writer, roles=(("interviewer", "/999/"),))
    with pytest.raises(calling.UnknownTask):
        noting.create_note(platform, narrowed, new_id(), plan(made))


def test_somebody_elses_note_is_unknown(platform: Platform, made: Round) -> None:
    note_id, stranger = open_note(platform, made), made.people["evaluator"]
    for deed in (
        lambda: noting.push_segment(platform, stranger, note_id, push()),
        lambda: noting.save_answers(platform, stranger, note_id, 0, {}),
        lambda: noting.submit_note(platform, stranger, note_id, rubric()),
        lambda: noting.create_note(platform, stranger, note_id, plan(made)),
    ):
        with pytest.raises(calling.UnknownTask):
            deed()


def test_a_push_repeated_is_stored_once(platform: Platform, made: Round, writer: Actor) -> None:
    note_id, sent = open_note(platform, made), push()
    first, again = (pushed(platform, writer, note_id, sent) for _ in range(2))
    assert first == again
    with platform.database.reading() as session:
        assert session.scalars(select(NoteSegmentRow.revision)).all() == [1]


def test_a_push_id_with_another_content_is_refused(platform: Platform, made: Round, writer: Actor) -> None:
    note_id, sent = open_note(platform, made), push()
    pushed(platform, writer, note_id, sent)
    changed = dataclasses.replace(sent, text="别的内容")
    assert code_of(noting.push_segment(platform, writer, note_id, changed)) == "conflict"
    assert texts(platform, note_id) == [sent.text]


def test_an_edit_is_a_new_revision_and_the_old_one_stays(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id, first = open_note(platform, made), push()
    pushed(platform, writer, note_id, first)
    pushed(platform, writer, note_id, push(first.segment_id, base_revision=1, text="改过的一段。"))
    assert texts(platform, note_id) == ["改过的一段。"]
    with platform.database.reading() as session:
        assert len(session.scalars(select(NoteSegmentRow.id)).all()) == 2


def test_an_edit_from_a_stale_base_is_kept_beside_the_other_until_somebody_chooses(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id, first = open_note(platform, made), push()
    pushed(platform, writer, note_id, first)
    pushed(platform, writer, note_id, push(first.segment_id, base_revision=1, text="这台设备的"))
    rival = pushed(platform, writer, note_id, push(first.segment_id, base_revision=1, text="那台设备的"))
    assert rival.segment is not None and rival.segment.is_conflict
    said = {rival.segment.shown.text, *(other.text for other in rival.segment.others)}
    assert said == {"这台设备的", "那台设备的"}
    with platform.database.reading() as session:
        assert session.scalars(select(NoteSegmentRow.is_conflict).order_by(NoteSegmentRow.id)).all() == [
            False,
            False,
            True,
        ]
    assert code_of(noting.submit_note(platform, writer, note_id, rubric())) == "conflict"
    chosen = push(first.segment_id, base_revision=2, text="这台设备的", flags=("merged",))
    settled = pushed(platform, writer, note_id, chosen)
    assert settled.segment is not None and not settled.segment.is_conflict
    assert isinstance(noting.submit_note(platform, writer, note_id, rubric()), Accepted)


def test_an_edit_on_top_of_a_rival_does_not_hide_the_other(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id, first = open_note(platform, made), push()
    for base, text in ((0, first.text), (1, "甲"), (1, "乙"), (2, "甲再改")):
        sent = push(first.segment_id, base_revision=base, text=text)
        last = pushed(platform, writer, note_id, sent)
    assert last.segment is not None and last.segment.shown.text == "甲再改" and last.segment.is_conflict


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"push_id": "x"}, "malformed"),
        ({"segment_id": "x" * 36}, "malformed"),
        ({"base_revision": -1}, "malformed"),
        ({"sequence": 10**9}, "malformed"),
        ({"text": "字" * 5001}, "text"),
        ({"speaker": ""}, "text"),
        ({"stance": "maybe"}, "stance"),
        ({"flags": ("star",)}, "stance"),
        ({"indicators": ("9.9.9",)}, "indicator"),
    ],
)
def test_a_push_that_cannot_be_is_refused_and_nothing_is_stored(
    platform: Platform, made: Round, writer: Actor, changed: dict[str, object], code: str
) -> None:
    note_id = open_note(platform, made)
    assert code_of(noting.push_segment(platform, writer, note_id, push(**changed))) == code
    assert noting.segments_of(platform, note_id) == ()


def test_answers_saved_from_a_stale_revision_keep_the_newer(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id = open_note(platform, made)
    assert noting.save_answers(platform, writer, note_id, 0, rubric()) == 1
    stale = noting.save_answers(platform, writer, note_id, 0, rubric(rubric_2_2_3="0"))
    assert code_of(stale) == "stale"
    assert noting.save_answers(platform, writer, note_id, 0, rubric()) == 1
    with platform.database.reading() as session:
        assert session.get_one(NoteRow, note_id).answers["practice"]["rubric_2_2_3"] == "3"


def test_a_submitted_note_is_one_record_with_segments_participants_and_consent(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id = open_note(platform, made)
    later = push(text="第二段话，说到电话值班安排，午休时间轮流值守，登记回拨。", sequence=2)
    for sent in (later, push(text="第一段话。", sequence=1), push(text="   ", sequence=3)):
        pushed(platform, writer, note_id, sent)
    first, again = (noting.submit_note(platform, writer, note_id, rubric()) for _ in range(2))
    assert isinstance(first, Accepted) and isinstance(again, Accepted) and again.receipt == first.receipt
    with platform.database.reading() as session:
        (record,) = session.scalars(select(RecordRow))
        note = session.get_one(NoteRow, note_id)
    assert (note.state, note.record_root_id) == ("submitted", record.root_id)
    assert record.kind == "interview" and record.collector_id == writer.id
    assert [segment["text"][:2] for segment in record.extra["segments"]] == ["第一", "第二"]
    assert [person["rank"] for person in record.extra["participants"]] == ["window"] * 3
    assert record.extra["consent"]["told"] is True and "participants" not in record.extra["consent"]
    assert record.answers["practice"]["rubric_2_2_3"] == "3"
    assert code_of(noting.push_segment(platform, writer, note_id, push())) == "submitted"
    assert code_of(noting.save_answers(platform, writer, note_id, 1, {})) == "submitted"


def test_a_note_that_is_not_complete_stays_open_and_keeps_its_answers(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id, answers = open_note(platform, made), rubric()
    del answers["setting"]["told"]
    refused = noting.submit_note(platform, writer, note_id, answers)
    assert isinstance(refused, Refused) and [one.path for one in refused.problems] == ["setting/told"]
    with platform.database.reading() as session:
        note = session.get_one(NoteRow, note_id)
    assert note.state == "open" and note.answers == answers
    assert isinstance(noting.push_segment(platform, writer, note_id, push()), noting.Pushed)


def test_a_note_whose_process_died_after_submitting_is_sent_by_the_sweep(
    platform: Platform, made: Round, writer: Actor
) -> None:
    note_id = open_note(platform, made)
    pushed(platform, writer, note_id, push())
    noting.save_answers(platform, writer, note_id, 0, rubric())
    with platform.database.transaction() as session:
        session.get_one(NoteRow, note_id).state = "submitted"
    assert noting.settle_notes(platform) == 1
    assert noting.settle_notes(platform, writer.id) == 0
    with platform.database.reading() as session:
        assert len(session.scalars(select(RecordRow.id)).all()) == 1


def test_a_closed_round_keeps_the_note(platform: Platform, made: Round, writer: Actor) -> None:
    note_id = open_note(platform, made)
    pushed(platform, writer, note_id, push())
    arranging.move_round(platform, made.id, "closed", None)
    refused = noting.submit_note(platform, writer, note_id, rubric())
    assert isinstance(refused, Refused) and refused.code == "closed"
    assert len(noting.segments_of(platform, note_id)) == 1


SEGMENTS = [new_id() for _ in range(3)]


@st.composite
def journals(draw: st.DrawFn) -> list[Push]:
    """Pushes of several devices to a few segments, with edits from stale and fresh bases."""
    count = draw(st.integers(1, 12))
    return [
        push(
            draw(st.sampled_from(SEGMENTS)),
            push_id=new_id(),
            base_revision=draw(st.integers(0, 3)),
            text=draw(st.sampled_from(["甲", "乙", "丙", " "])),
            started_at=MORNING + timedelta(minutes=draw(st.integers(0, 2))),
            flags=draw(st.sampled_from([(), ("quote",), ("merged",)])),
        )
        for _ in range(count)
    ]


@given(journals(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_pushes_reads_as_the_same_note(
    journal: list[Push], chance: random.Random
) -> None:
    arrived = journal + [chance.choice(journal) for _ in range(5)]
    chance.shuffle(arrived)
    assert merged(arrived) == merged(journal)


@given(journals())
def test_nothing_that_was_written_from_the_newest_base_is_lost(journal: list[Push]) -> None:
    for segment in merged(journal):
        rivals = [
            one
            for one in journal
            if one.segment_id == segment.shown.segment_id and one.base_revision == segment.shown.base_revision
        ]
        said = {segment.shown.text, *(other.text for other in segment.others)}
        assert {one.text for one in rivals} <= said


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_stored_note_reads_the_same_in_any_order_of_arrival(
    platform: Platform, data: st.DataObject
) -> None:
    made = _made_once(platform)
    writer, journal = made.people["interviewer"], data.draw(journals())
    arrived = data.draw(st.permutations([*journal, *journal[:3]]))
    note_id = open_note(platform, made)
    fresh = {one.push_id: dataclasses.replace(one, push_id=new_id()) for one in journal}
    fresh_ids = sorted(one.push_id for one in fresh.values())
    for one, push_id in zip(sorted(fresh, key=str), fresh_ids, strict=True):
        fresh[one] = dataclasses.replace(fresh[one], push_id=push_id)
    for one in arrived:
        pushed(platform, writer, note_id, fresh[one.push_id])
    assert noting.segments_of(platform, note_id) == merged(fresh.values())


_rounds: dict[int, Round] = {}


def _made_once(platform: Platform) -> Round:
    """The round of this installation: examples of one test share it."""
    if id(platform) not in _rounds:
        _rounds.clear()
        _rounds[id(platform)] = make_round(platform)
    return _rounds[id(platform)]
