"""Receiving what ODK clients post: once, whatever it says, flagged; files as named; edits as revisions."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from surveyapp.evaluation.flags import DOOR_FLAGS, FLAGS
from surveyapp.services import accounts, arranging, devices, folding, receiving, tidying
from surveyapp.services.devices import Device, Issued, NewDevice
from surveyapp.services.installation import Platform
from surveyapp.services.receiving import Post, PostedFile, Taken, Turned
from surveyapp.storage.tables import (
    AttachmentRow,
    CallbackRow,
    DeviceRow,
    ObservationRow,
    PostedInstanceRow,
    RecordRow,
    RecordStateRow,
    RoundRow,
)
from tests.data import hashes
from tests.data.openrosa import device, instance_id, photo, record_xml, visit_xml
from tests.data.rounds import PASSWORD, Round, citizen_answers, step


@pytest.fixture
def tablet(platform: Platform, made: Round) -> Device:
    return device(platform, made)


def taken(platform: Platform, sender: Device, xml: bytes, *files: PostedFile) -> Taken:
    outcome = receiving.receive(platform, sender, Post(xml, files))
    assert isinstance(outcome, Taken), outcome
    return outcome


def turned(platform: Platform, sender: Device, xml: bytes) -> str:
    outcome = receiving.receive(platform, sender, Post(xml))
    assert isinstance(outcome, Turned), outcome
    assert set(outcome.sentence) == {"zh", "en"}
    return outcome.code


def rows(platform: Platform, table: Any) -> list[Any]:
    with platform.database.reading() as session:
        return session.query(table).order_by(*table.__table__.primary_key.columns).all()


def record(platform: Platform, one: Taken) -> RecordRow:
    with platform.database.reading() as session:
        found = session.get(RecordRow, one.record_id)
    assert found is not None
    return found


def state(platform: Platform, one: Taken) -> RecordStateRow:
    with platform.database.reading() as session:
        found = session.get(RecordStateRow, one.root_id)
    assert found is not None
    return found


def test_a_record_is_stored_as_the_web_stores_it_with_its_xml_beside_it(
    platform: Platform, made: Round, tablet: Device
) -> None:
    xml = visit_xml(platform, made, "uuid:0f5b2e0c-92b3-4b0a-8a3e-0d6f6f0a5a10")
    one = record(platform, taken(platform, tablet, xml))
    assert one.submission_id == "0f5b2e0c-92b3-4b0a-8a3e-0d6f6f0a5a10"
    assert (one.kind, one.unit_id, one.site_id, one.round_id) == (
        "visit",
        made.unit_id,
        made.site_id,
        made.id,
    )
    assert one.collector_id == made.people["evaluator"].id
    assert one.answers["handling"]["one_trip"] == "yes"
    assert one.extra["distance_m"] == 0.0
    assert set(one.flags) == {"no_photo"}
    (posted,) = rows(platform, PostedInstanceRow)
    assert platform.files.read(posted.kept_sha256) == xml
    assert posted.posted_sha256 == one.body_sha256


def test_a_confirmed_record_counts_in_the_scores(platform: Platform, made: Round, tablet: Device) -> None:
    one = taken(platform, tablet, visit_xml(platform, made))
    step(platform, made, one.root_id, "approved")
    step(platform, made, one.root_id, "confirmed")
    folding.fold_round(platform, made.id)
    found = rows(platform, ObservationRow)
    assert {row.unit_id for row in found} == {made.unit_id}
    assert {row.method for row in found} >= {"政务大厅调研"}


def test_the_same_record_again_is_stored_once(platform: Platform, made: Round, tablet: Device) -> None:
    xml = visit_xml(platform, made)
    first, again = taken(platform, tablet, xml), taken(platform, tablet, xml)
    assert (again.receipt, again.is_repeat, first.is_repeat) == (first.receipt, True, False)
    assert len(rows(platform, RecordRow)) == 1


def test_the_same_record_again_is_acknowledged_after_the_round_has_closed(
    platform: Platform, made: Round, tablet: Device
) -> None:
    xml = visit_xml(platform, made)
    taken(platform, tablet, xml)
    with platform.database.transaction() as session:
        session.query(RoundRow).update({"state": "closed"})
    closed = device_now(platform, tablet)
    assert taken(platform, closed, xml).is_repeat
    assert turned(platform, closed, visit_xml(platform, made)) == "closed"


def device_now(platform: Platform, one: Device) -> Device:
    """The device with its rounds as they are now."""
    with platform.database.reading() as session:
        fresh = tuple(session.get_one(RoundRow, row.id) for row in one.rounds)
    return Device(one.id, one.name, one.person, fresh, one.unit_id, one.site_id)


def test_another_body_under_the_same_id_is_a_conflict_and_changes_nothing(
    platform: Platform, made: Round, tablet: Device
) -> None:
    name = instance_id()
    taken(platform, tablet, visit_xml(platform, made, name))
    assert turned(platform, tablet, visit_xml(platform, made, name, one_trip="no")) == "conflict"
    (one,) = rows(platform, RecordRow)
    assert one.answers["handling"]["one_trip"] == "yes"


def test_twins_in_flight_become_one_record(platform: Platform, made: Round, tablet: Device) -> None:
    xml, outcomes = visit_xml(platform, made), []
    threads = [
        threading.Thread(target=lambda: outcomes.append(receiving.receive(platform, tablet, Post(xml))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.receipt for one in outcomes if isinstance(one, Taken)}) == 1
    assert len(outcomes) == 6
    assert len(rows(platform, RecordRow)) == 1


def test_files_come_in_several_posts_and_only_those_the_record_names_are_kept(
    platform: Platform, made: Round, tablet: Device
) -> None:
    changes = (("<photo_1/>", "<photo_1>a.jpg</photo_1>"), ("<photo_2/>", "<photo_2>b.jpg</photo_2>"))
    xml = visit_xml(platform, made, changes=changes)
    first = taken(
        platform, tablet, xml, PostedFile("a.jpg", photo()), PostedFile("evil.php", b"<?php", "evil.php"),
    )  # fmt: skip
    assert [row.name for row in rows(platform, AttachmentRow)] == ["a.jpg"]
    again = taken(platform, tablet, xml, PostedFile("b.jpg", photo(9)), PostedFile("a.jpg", photo()))
    assert again.record_id == first.record_id
    held = rows(platform, AttachmentRow)
    assert [(row.name, row.position) for row in held] == [("a.jpg", 0), ("b.jpg", 1)]
    assert all(row.question.endswith(("photo_1", "photo_2")) for row in held)
    assert all(row.shown_sha256 != row.sha256 for row in held)
    assert tidying.missing_files(platform) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
        (b"OggS\0\2", "audio/ogg"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b"\xff\xd8\xff broken", "application/octet-stream"),
        (b"\x7fELF\0\1", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_other_files_are_kept_as_they_came_under_what_their_bytes_say(
    platform: Platform, made: Round, tablet: Device, content: bytes, kind: str
) -> None:
    xml = visit_xml(platform, made, changes=(("<photo_1/>", "<photo_1>a.jpg</photo_1>"),))
    taken(platform, tablet, xml, PostedFile("other", content, "a.jpg"))
    (row,) = rows(platform, AttachmentRow)
    assert (row.name, row.media_type, row.sha256) == ("a.jpg", kind, row.shown_sha256)
    assert platform.files.read(row.sha256) == content


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ((("<one_trip>yes</one_trip>", "<one_trip>perhaps</one_trip>"),), "choice_unknown"),
        ((("<one_trip>yes</one_trip>", "<one_trip>yes no</one_trip>"),), "one_answer"),
        ((("<one_trip>yes</one_trip>", "<one_trip>yes</one_trip><one_trip>no</one_trip>"),), "one_answer"),
        ((("<instant_done>9<", "<instant_done>NaN<"),), "integer"),
        ((("<instant_done>9<", f"<instant_done>{'9' * 5000}<"),), ""),
        ((("<one_trip>yes</one_trip>", "<__proto__>x</__proto__>"),), "field_unknown"),
        ((("<hall_state>open</hall_state>", "<hall_state/>"),), "required"),
    ],
)
def test_a_wrong_answer_is_taken_and_flagged_with_what_is_wrong(
    platform: Platform, made: Round, tablet: Device, changes: Any, code: str
) -> None:
    one = record(platform, taken(platform, tablet, visit_xml(platform, made, changes=changes)))
    assert "invalid_answers" in one.flags
    codes = [problem["code"] for problem in one.extra["problems"]]
    assert not code or code in codes
    assert all(problem["zh"] and problem["en"] for problem in one.extra["problems"])
    assert state(platform, taken(platform, tablet, stored_xml(platform))).state == "received"


def stored_xml(platform: Platform) -> bytes:
    return platform.files.read(rows(platform, PostedInstanceRow)[0].kept_sha256)


def test_an_unknown_version_is_read_as_the_newest_and_flagged(
    platform: Platform, made: Round, tablet: Device
) -> None:
    version = platform.form(made.versions["visit"]).version
    xml = visit_xml(platform, made, changes=((f'version="{version}"', 'version="1999"'),))
    one = record(platform, taken(platform, tablet, xml))
    assert "unknown_version" in one.flags
    assert one.extra["posted_version"] == "1999"


def test_a_record_without_an_id_is_stored_once_by_its_bytes(
    platform: Platform, made: Round, tablet: Device
) -> None:
    xml = visit_xml(platform, made, "x", changes=(("<orx:instanceID>x</orx:instanceID>", ""),))
    first, again = taken(platform, tablet, xml), taken(platform, tablet, xml)
    assert again.record_id == first.record_id
    assert "no_instance_id" in record(platform, first).flags


@pytest.mark.parametrize("name", ["", "uuid:5b6f5a0e-3d0f-5c1b-9c62-7c8f0b9f2f10", "x" * 500, "访谈 1"])
def test_any_instance_id_leads_to_a_submission_id_of_its_own(
    platform: Platform, made: Round, tablet: Device, name: str
) -> None:
    one = record(platform, taken(platform, tablet, visit_xml(platform, made, name)))
    assert len(one.submission_id) == 36
    assert one.submission_id not in name or not name


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a id="jilin2018-visit">&x;</a>',
        '<!DOCTYPE a><a id="jilin2018-visit"/>'.encode("utf-16"),
        b"<a>" * 30_000 + b"</a>" * 30_000,
    ],
)
def test_what_is_no_acceptable_xml_is_refused(platform: Platform, tablet: Device, xml: bytes) -> None:
    assert turned(platform, tablet, xml) == "unreadable"
    assert rows(platform, RecordRow) == []


@pytest.mark.parametrize("inner", [b"<a>" * 100_000 + b"</a>" * 100_000, b"<b/>" * 200_000, b"x" * 2_100_000])
def test_a_record_beyond_all_measure_is_refused_before_it_is_read(
    platform: Platform, tablet: Device, inner: bytes
) -> None:
    assert turned(platform, tablet, b"<a>" + inner + b"</a>") == "too_large"


def test_unknown_forms_and_kinds_a_person_does_not_collect_are_refused(
    platform: Platform, made: Round, tablet: Device
) -> None:
    assert turned(platform, tablet, b'<data id="nothing-such"/>') == "unknown_form"
    assert turned(platform, tablet, b"<data/>") == "unknown_form"
    assert turned(platform, device(platform, made, "interviewer"), visit_xml(platform, made)) == "not_allowed"


def test_an_unknown_place_lies_at_the_top_of_the_scope_and_is_flagged(
    platform: Platform, made: Round, tablet: Device
) -> None:
    changes = (("<site>hall-a-1</site>", "<site>nowhere</site>"),)
    one = record(platform, taken(platform, tablet, visit_xml(platform, made, changes=changes)))
    assert "unit_unknown" in one.flags
    assert one.unit_id not in (made.unit_id, made.other_unit_id)
    assert one.extra["claimed"] == {"sites": "nowhere"}


def test_the_place_of_the_device_counts_when_the_form_does_not_ask(platform: Platform, made: Round) -> None:
    standing = device(platform, made, place=f"site:{made.site_id}")
    changes = (("<site>hall-a-1</site>", "<site/>"),)
    one = record(platform, taken(platform, standing, visit_xml(platform, made, changes=changes)))
    assert (one.unit_id, one.site_id) == (made.unit_id, made.site_id)
    assert one.answers["site"] == "hall-a-1"
    assert "unit_unknown" not in one.flags


def local_device(platform: Platform, made: Round, unit: str) -> Device:
    """A device of an evaluator for one unit only."""
    with hashes.cheap():
        accounts.create_user(platform, f"local-{unit}", "本地评估员", PASSWORD)
        accounts.grant(platform, f"local-{unit}", "evaluator", unit)
    wanted = NewDevice("平板", f"local-{unit}", "address", (made.id,))
    outcome = devices.issue(platform, made.people["lead"], wanted)
    assert isinstance(outcome, Issued), outcome
    found = devices.find_by_address(platform, outcome.secret)
    assert found is not None
    return found


def test_nobody_writes_into_a_unit_beyond_his_scope(platform: Platform, made: Round) -> None:
    local = local_device(platform, made, "hall-b")
    one = record(platform, taken(platform, local, visit_xml(platform, made)))
    assert one.unit_id == made.other_unit_id
    assert "outside_scope" in one.flags
    assert one.site_id is None


def test_who_collects_for_one_unit_only_need_not_say_which(platform: Platform, made: Round) -> None:
    local = local_device(platform, made, "hall-b")
    changes = (("<site>hall-a-1</site>", "<site/>"),)
    one = record(platform, taken(platform, local, visit_xml(platform, made, changes=changes)))
    assert one.unit_id == made.other_unit_id
    assert not {"unit_unknown", "outside_scope"} & set(one.flags)


def test_a_unit_that_is_not_in_the_round_is_flagged(platform: Platform, made: Round, tablet: Device) -> None:
    unit_id = arranging.add_unit(platform, "hall-c", "丙厅")
    arranging.add_site(platform, unit_id, "hall-c-1", "丙厅大厅", "演示路 3 号", (43.9, 125.3))
    changes = (("<site>hall-a-1</site>", "<site>hall-c-1</site>"),)
    one = record(platform, taken(platform, tablet, visit_xml(platform, made, changes=changes)))
    assert one.unit_id == unit_id
    assert "unit_not_in_round" in one.flags


def test_an_edit_is_the_next_revision_and_goes_back_to_review(
    platform: Platform, made: Round, tablet: Device
) -> None:
    name, photo_named = instance_id(), (("<photo_1/>", "<photo_1>a.jpg</photo_1>"),)
    first = taken(
        platform, tablet, visit_xml(platform, made, name, changes=photo_named), PostedFile("a.jpg", photo())
    )
    step(platform, made, first.root_id, "approved")
    xml = visit_xml(platform, made, deprecated=name, one_trip="no", changes=photo_named)
    edit = taken(platform, tablet, xml)
    assert edit.root_id == first.root_id
    now, before = record(platform, edit), record(platform, first)
    assert (before.revision, now.revision) == (1, 2)
    assert (before.answers["handling"]["one_trip"], now.answers["handling"]["one_trip"]) == ("yes", "no")
    assert "edited_unasked" in now.flags
    assert state(platform, edit).state == "corrected"
    assert [row.record_id for row in rows(platform, AttachmentRow)] == [first.record_id, edit.record_id]
    assert taken(platform, tablet, xml).record_id == edit.record_id
    assert len(rows(platform, RecordRow)) == 2


def test_an_edit_after_a_return_is_not_flagged(platform: Platform, made: Round, tablet: Device) -> None:
    name = instance_id()
    first = taken(platform, tablet, visit_xml(platform, made, name))
    step(platform, made, first.root_id, "returned", "请补充")
    edit = taken(platform, tablet, visit_xml(platform, made, deprecated=name, one_trip="no"))
    assert "edited_unasked" not in record(platform, edit).flags


def test_two_edits_of_the_same_record_follow_each_other(
    platform: Platform, made: Round, tablet: Device
) -> None:
    name = instance_id()
    taken(platform, tablet, visit_xml(platform, made, name))
    taken(platform, tablet, visit_xml(platform, made, deprecated=name, one_trip="no"))
    last = record(platform, taken(platform, tablet, visit_xml(platform, made, deprecated=name)))
    assert last.revision == 3
    assert "older_edit" in last.flags


def test_an_edit_of_what_is_unknown_void_or_another_persons_is_a_record_of_its_own(
    platform: Platform, made: Round, tablet: Device
) -> None:
    orphan = taken(platform, tablet, visit_xml(platform, made, deprecated="uuid:unknown"))
    assert "original_unknown" in record(platform, orphan).flags
    name = instance_id()
    first = taken(platform, tablet, visit_xml(platform, made, name))
    stranger = taken(
        platform, local_device(platform, made, "hall-a"), visit_xml(platform, made, deprecated=name)
    )
    assert stranger.root_id != first.root_id
    assert "original_unknown" in record(platform, stranger).flags
    step(platform, made, first.root_id, "void", "测试")
    late = taken(platform, tablet, visit_xml(platform, made, deprecated=name))
    assert "original_void" in record(platform, late).flags
    assert state(platform, first).state == "void"


ENCRYPTED = (
    '<data xmlns="http://www.opendatakit.org/xforms/encrypted" id="jilin2018-visit" version="1" '
    'encrypted="yes">'
    "<base64EncryptedKey>a2V5</base64EncryptedKey>"
    '<meta xmlns="http://openrosa.org/xforms"><instanceID>{}</instanceID></meta>'
    "<media><file>a.jpg.enc</file></media><encryptedXmlFile>submission.xml.enc</encryptedXmlFile></data>"
)


def test_an_encrypted_record_is_stored_unread_with_its_files_and_never_scored(
    platform: Platform, made: Round, tablet: Device
) -> None:
    xml = ENCRYPTED.format(instance_id()).encode()
    one = taken(
        platform, tablet, xml, PostedFile("submission.xml.enc", b"\1\2"), PostedFile("a.jpg.enc", b"\3")
    )
    row = record(platform, one)
    assert row.answers == {}
    assert "encrypted" in row.flags
    assert [file.name for file in rows(platform, AttachmentRow)] == ["submission.xml.enc", "a.jpg.enc"]
    step(platform, made, one.root_id, "approved")
    step(platform, made, one.root_id, "confirmed")
    folding.fold_round(platform, made.id)
    assert rows(platform, ObservationRow) == []


def citizen_xml(platform: Platform, made: Round, **changed: str) -> bytes:
    return record_xml(platform, made.versions["citizen"], citizen_answers(**changed))


def test_a_surveyed_citizens_answers_are_looked_at_by_a_person(
    platform: Platform, made: Round, tablet: Device
) -> None:
    one = taken(platform, tablet, citizen_xml(platform, made))
    assert state(platform, one).state == "received"


def test_a_callback_number_is_in_neither_the_answers_nor_the_kept_xml(
    platform: Platform, made: Round
) -> None:
    standing = device(platform, made, place="unit:hall-a")
    xml = citizen_xml(platform, made, callback_consent="OK", callback_phone="13900001234")
    assert b"13900001234" in xml
    one = record(platform, taken(platform, standing, xml))
    assert "13900001234" not in str(one.answers) + str(one.extra) + str(one.paradata)
    assert b"13900001234" not in stored_xml(platform)
    assert len(rows(platform, CallbackRow)) == 1
    assert taken(platform, standing, xml).is_repeat


def test_of_a_screened_out_person_nothing_is_kept(platform: Platform, made: Round, tablet: Device) -> None:
    xml = citizen_xml(platform, made, age14="no")
    one = record(platform, taken(platform, tablet, xml))
    assert one.answers == {}
    assert "screened_out" in one.flags
    (posted,) = rows(platform, PostedInstanceRow)
    assert posted.kept_sha256 is None
    assert list(platform.files.digests()) == []
    assert taken(platform, tablet, xml).is_repeat


def test_a_number_without_consent_is_not_kept_at_all(platform: Platform, made: Round) -> None:
    standing = device(platform, made, place="unit:hall-a")
    taken(platform, standing, citizen_xml(platform, made, callback_phone="13900001234"))
    assert b"13900001234" not in stored_xml(platform)
    assert rows(platform, CallbackRow) == []


@pytest.mark.parametrize("deed", ["UPDATE posted_instances SET size = 0", "DELETE FROM posted_instances"])
def test_what_was_posted_cannot_be_changed(
    platform: Platform, made: Round, tablet: Device, deed: str
) -> None:
    taken(platform, tablet, visit_xml(platform, made))
    with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
        session.execute(text(deed))


def test_the_janitor_leaves_the_kept_xml(platform: Platform, made: Round, tablet: Device) -> None:
    xml = visit_xml(platform, made)
    taken(platform, tablet, xml)
    with platform.database.reading() as session:
        assert session.query(DeviceRow).count() == 1
    platform.files.sweep(set(), 0)
    assert stored_xml(platform) == xml


def test_every_flag_of_the_door_has_a_name_of_its_own() -> None:
    assert not set(DOOR_FLAGS) & set(FLAGS)
