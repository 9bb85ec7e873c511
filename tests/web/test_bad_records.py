"""Bad records through every door: refused with a sentence or stored and flagged, never half, never a 500.

After each, the good record to the same address is taken.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveyapp.application import create_app
from surveyapp.config import Settings
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import RecordRow
from tests import memory
from tests.clock import Clock
from tests.data.rounds import make_round, received, visit_submission
from tests.data.work import publish_six
from tests.web.bad_bodies import ANSWERS, BODIES, PUSHES, SAVED
from tests.web.bad_fields import CONTENT, FIELDS, PLAIN_FIELDS, Case
from tests.web.bad_xml import ODD_POSTS, STORED, TURNED
from tests.web.doors import FORMS, JSON, MULTIPART, OPENROSA, PLAIN, Door, House, Posting, record, sentence_of


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One installation for the whole table, on each database in turn."""
    folder: Path = tmp_path_factory.mktemp("house")
    server = request.getfixturevalue("postgres_server")
    name = server.create() if request.param == "postgresql" else ""
    url = server.url(name) if name else f"sqlite:///{folder / 'survey.db'}"
    clock = Clock()
    with contextlib.closing(
        Platform.open(Settings(data_dir=folder / "data", database_url=url, secret_key="k" * 64), clock)
    ) as platform:
        made = make_round(platform)
        publish_six(platform)
        app = create_app(platform)
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        yield House(app, platform, made, clock)
    if name:
        server.drop(name)


def _pairs(doors: tuple[Door, ...], cases: Mapping[str, Case]) -> list[Any]:
    """Every case at every door, named by both."""
    return [
        pytest.param(door, case, id=f"{name} at {door.name}")
        for door, (name, case) in itertools.product(doors, cases.items())
    ]


def _posted(house: House, door: Door, at: Posting, sent: Any) -> TestResponse:
    body, kind = sent if isinstance(sent, tuple) else (sent, "")
    return door.send(house, at, body, kind)


DRAFTS = ("rubric",)  # unfinished answers are kept as typed and judged when the note is submitted


@pytest.mark.parametrize(
    ("door", "case"),
    [
        *_pairs(FORMS, FIELDS),
        *_pairs(tuple(door for door in FORMS if door.name not in DRAFTS), CONTENT),
        *_pairs(PLAIN, PLAIN_FIELDS),
        *_pairs(JSON, BODIES),
        *_pairs(JSON[:1], ANSWERS),
        *_pairs(JSON[1:2], PUSHES),
        *_pairs(JSON[2:], SAVED),
    ],
)
def test_a_bad_record_is_refused_with_a_sentence_and_the_good_one_is_taken_after_it(
    house: House, door: Door, case: Case
) -> None:
    house.client(door.login)
    at = door.fresh(house)
    before = house.counted()
    refused = _posted(house, door, at, case(at))
    said = sentence_of(refused)
    assert 400 <= refused.status_code < 500, (refused.status_code, said)
    assert said
    assert house.counted() == before
    good = door.send(house, at, at.good)
    assert good.status_code == door.taken, sentence_of(good)


@pytest.mark.parametrize(("case", "status"), TURNED.values(), ids=list(TURNED))
def test_a_device_is_told_why_its_record_cannot_be_stored(house: House, case: Case, status: int) -> None:
    at = OPENROSA.fresh(house)
    before = house.counted()
    refused = OPENROSA.send(house, at, record(case(at)), MULTIPART)
    assert (refused.status_code, bool(sentence_of(refused))) == (status, True)
    assert house.counted() == before
    assert OPENROSA.send(house, at, record(at.good), MULTIPART).status_code == 201


# Werkzeug leaves the files of a post it refuses to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("case", "status"), ODD_POSTS.values(), ids=list(ODD_POSTS))
def test_a_post_that_holds_no_record_is_refused_whole(house: House, case: Any, status: int) -> None:
    at = OPENROSA.fresh(house)
    before = house.counted()
    refused = OPENROSA.send(house, at, *case(at.good))
    assert (refused.status_code, bool(sentence_of(refused))) == (status, True)
    assert house.counted() == before
    assert OPENROSA.send(house, at, record(at.good), MULTIPART).status_code == 201


@pytest.mark.parametrize("split", [False, True], ids=["at once", "in two posts"])
@pytest.mark.parametrize(("case", "flag"), STORED.values(), ids=list(STORED))
def test_a_device_leaves_a_bad_record_once_and_the_reviewer_sees_what_is_wrong(
    house: House, case: Case, flag: str, split: bool
) -> None:
    at = OPENROSA.fresh(house)
    sent = case(at)
    before = house.counted()
    if split:
        first = record(sent, ('name="*isIncomplete*"', b"yes"))
        assert OPENROSA.send(house, at, first, MULTIPART).status_code == 202
    for _ in range(2):
        taken = OPENROSA.send(house, at, record(sent), MULTIPART)
        assert taken.status_code == 201, sentence_of(taken)
    grown = {name: rows - before[name] for name, rows in house.counted().items() if rows != before[name]}
    assert (grown["records"], grown["posted_instances"]) == (1, 1)
    with house.platform.database.reading() as session:
        row = session.scalars(select(RecordRow).order_by(RecordRow.id.desc()).limit(1)).one()
    assert not flag or flag in row.flags
    assert flag != "invalid_answers" or all(one["path"] and one["zh"] for one in row.extra["problems"])
    after = OPENROSA.fresh(house)
    assert OPENROSA.send(house, after, record(after.good), MULTIPART).status_code == 201


def test_the_id_of_another_forms_record_is_a_conflict_and_changes_nothing(house: House) -> None:
    visit = visit_submission(house.made)
    received(house.platform, visit)
    citizen, api, device = FORMS[0].fresh(house), JSON[0].fresh(house), OPENROSA.fresh(house)
    before = house.counted()
    taken = {"submission_id": visit.submission_id}
    assert FORMS[0].send(house, citizen, dict(citizen.good) | taken).status_code == 409
    assert JSON[0].send(house, api, dict(api.good) | taken).status_code == 409
    assert isinstance(device.good, bytes)
    named = re.sub(rb"uuid:[0-9a-f-]{36}", f"uuid:{visit.submission_id}".encode(), device.good)
    assert OPENROSA.send(house, device, record(named), MULTIPART).status_code == 409
    assert house.counted() == before


ADDRESSES = ("%00", "a%00b", "%ff", "9" * 30, "2147483648", "-1", "..%2f..", "%ed%a0%80", "x" * 3000, "²")


@pytest.mark.parametrize("login", ["", "evaluator", "interviewer", "lead"])
def test_no_address_with_something_odd_in_it_is_a_fault_of_ours(house: House, login: str) -> None:
    client = house.client(login)
    faults = []
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for odd in ADDRESSES:
            address = "/".join(odd if part.startswith("<") else part for part in rule.rule.split("/"))
            for path in dict.fromkeys((address, f"{address}?{'&'.join(f'{name}={odd}' for name in ASKED)}")):
                answer = client.get(path)
                faults += [(path[:80], answer.status_code)] if answer.status_code >= 500 else []
                answer.close()
    assert faults == []


def test_the_heaviest_records_take_fifty_megabytes_at_most() -> None:
    grown = memory.peaks("tests.web.weighed_records")
    assert grown.pop("eighty megabytes") > memory.MOST_MB
    assert {name: peak for name, peak in grown.items() if peak > memory.MOST_MB} == {}


ASKED = ("lang", "round", "profile", "unit", "after", "page", "search", "kind", "state", "id", "start")
