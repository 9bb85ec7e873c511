"""Every address that takes records over HTTP, each with a record it takes, for tests that post bad ones.

A door is opened once for many posts. `fresh()` gives it a new task, page or id, so that each case can send
something bad and then the good record to the very same address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from surveyapp.services import reviewing
from surveyapp.services.installation import Platform
from surveyapp.storage.tables.base import Table
from surveyapp.web.respond.submission_ids import new_submission_id
from tests.clock import Clock
from tests.data.fieldwork import another_line, assigned_call, assigned_visit, begun, closed, open_note
from tests.data.openrosa import issued, visit_xml
from tests.data.rounds import Round, citizen_answers, new_id, received, visit_submission
from tests.data.work import assigned
from tests.web.clients import signed_in
from tests.web.test_field import NEW_NOTE, RUBRIC, VISIT, body, hidden
from tests.web.test_work import document
from tests.web.test_work import fields as flat

QUIET = ("sessions", "assignments", "call_attempts", "devices")
"""Tables in which reading or being there leaves traces of its own; records never lie in them."""
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Posting:
    """Where to post and what is taken there. `choice`, `number` and `text` name questions by their path."""

    address: str
    good: Mapping[str, Any] | bytes
    choice: str = ""
    number: str = ""
    text: str = ""


@dataclass(frozen=True)
class House:
    """A served installation with its people and one client for each door."""

    app: Flask
    platform: Platform
    made: Round
    clock: Clock
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, login: str) -> FlaskClient:
        """A client signed in as the role; '' for a citizen or a device."""
        if login not in self.clients:
            signed = signed_in(self.app, self.platform, login) if login else self.app.test_client(False)
            self.clients[login] = signed
        return self.clients[login]

    def counted(self) -> dict[str, int]:
        """Rows of every table that a record could leave something in, and files kept on disk."""
        with self.platform.database.reading() as session:
            rows = {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Table.metadata.tables.items()
                if name not in QUIET
            }
        return rows | {"files": len(list(self.platform.files.digests()))}


@dataclass(frozen=True)
class Door:
    """One way in. `taken` is the status of a record that was stored."""

    name: str
    login: str
    fresh: Callable[[House], Posting]
    taken: int = 303

    def send(self, house: House, posting: Posting, sent: Any, kind: str = "") -> TestResponse:
        """Post fields, JSON (a mapping where the door takes JSON) or bytes as they are."""
        client = house.client(self.login)
        if isinstance(sent, bytes):
            return client.post(posting.address, data=sent, content_type=kind or self.kind)
        if self.kind == "application/json":
            return client.post(posting.address, json=sent)
        return client.post(posting.address, data=sent)

    @property
    def kind(self) -> str:
        """The content type of what the door takes."""
        return URLENCODED


class JsonDoor(Door):
    """A door that takes JSON."""

    @property
    def kind(self) -> str:
        """JSON."""
        return "application/json"


def _citizen(house: House) -> Posting:
    page = house.client("").get(f"/q/{house.made.code}").text
    good = {"submission_id": hidden(page, "submission_id")} | flat(citizen_answers())
    asked = ("opinion/overall", "process/times_on_site", "opinion/comment")
    return Posting(f"/q/{house.made.code}", good, *asked)


def _visit(house: House) -> Posting:
    task = assigned_visit(house.platform, house.made)
    return Posting(f"/field/visits/{task}", VISIT, *_OF_VISIT)


_OF_VISIT = ("arrival/hall_state", "handling/instant_seen", "improvement/note")


def _document(house: House) -> Posting:
    number = f"2018-{house.clock().microsecond}"
    task = assigned(house.platform, house.made, "document", "evaluator", subject="case", case_no=number)
    asked = ("dossier/coder", "case/case_visits", "case/case_no")
    good = flat(document()) | {"proofs/evidence[1]/ev_sha256": "0" * 64}
    return Posting(f"/field/work/{task}", good, *asked)


def _call(house: House) -> Posting:
    platform, made = house.platform, house.made
    task = assigned_call(platform, made, line_id=another_line(platform, made))
    attempt = begun(platform, made, task)
    closed(platform, made, attempt.id, "A2")
    answers = {"call/purpose": "consult", "call/outcome": "A2", "talk/named": "yes", "talk/answer_1": "2"}
    answers["talk/transfers"] = "1"
    asked = ("talk/named", "talk/transfers", "remarks/note")
    return Posting(f"/field/attempts/{attempt.id}/record", answers, *asked)


def _rubric(action: str) -> Callable[[House], Posting]:
    def fresh(house: House) -> Posting:
        address = f"/field/notes/{open_note(house.platform, house.made)}/rubric"
        asked = ("practice/rubric_2_2_3", "setting/participants", "remarks/note")
        return Posting(address, RUBRIC | {"_action": action}, *asked)

    return fresh


def _segment(house: House) -> Posting:
    address = f"/field/notes/{open_note(house.platform, house.made)}"
    page = house.client("interviewer").get(address).text
    good = {name: hidden(page, name) for name in ("push_id", "segment_id", "base_revision", "sequence")}
    good |= {"speaker": "A", "stance": "support", "text": "窗口一次告知。", "indicators": "2.2.4"}
    return Posting(f"{address}/segment", good)


def _note(house: House) -> Posting:
    place = f"{house.made.id}/{house.made.unit_id}"
    return Posting("/field/notes", NEW_NOTE | {"place": place, "note_id": new_id()})


def _correction(house: House) -> Posting:
    root_id = received(house.platform, visit_submission(house.made)).root_id
    moved = reviewing.move(house.platform, house.made.people["reviewer"], root_id, "returned", "请补充")
    assert isinstance(moved, reviewing.Moved), moved
    good = VISIT | {"submission_id": new_id(), "_reason": "补充说明"}
    return Posting(f"/field/records/{root_id}/correction", good, *_OF_VISIT)


def _api(house: House) -> Posting:
    made_id = new_submission_id(house.clock())
    good = {"submission_id": made_id, "code": house.made.code, "answers": citizen_answers()}
    return Posting("/api/submissions", good)


def _pushed(house: House) -> Posting:
    return Posting(f"/field/notes/{open_note(house.platform, house.made)}/segments", body())


def _answers(house: House) -> Posting:
    good = {"base_rev": 0, "fields": {"practice/rubric_2_2_3": ["3"]}}
    return Posting(f"/field/notes/{open_note(house.platform, house.made)}/answers", good)


_SECRETS: dict[int, str] = {}


def _submission(house: House) -> Posting:
    secret = _SECRETS.setdefault(id(house), issued(house.platform, house.made).secret)
    return Posting(f"/openrosa/{secret}/submission", visit_xml(house.platform, house.made))


FORMS = (
    Door("citizen", "", _citizen),
    Door("visit", "evaluator", _visit),
    Door("document", "evaluator", _document),
    Door("call", "evaluator", _call),
    Door("rubric", "interviewer", _rubric("save")),
    Door("note", "interviewer", _rubric("submit")),
    Door("correction", "evaluator", _correction),
)
PLAIN = (Door("segment", "interviewer", _segment), Door("new note", "interviewer", _note))
"""Forms without a questionnaire in them."""
JSON = (
    JsonDoor("api", "", _api, 201),
    JsonDoor("pushed segment", "interviewer", _pushed, 200),
    JsonDoor("saved answers", "interviewer", _answers, 200),
)
OPENROSA = Door("openrosa", "", _submission, 201)
BOUNDARY = "----surveyor"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def parts(*given: tuple[str, bytes], end: bool = True) -> bytes:
    """A multipart body; `given` are dispositions after `form-data; ` with their content."""
    made = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content + b"\r\n"
        for name, content in given
    )
    return made + (f"--{BOUNDARY}--\r\n".encode() if end else b"")


def record(xml: bytes, *more: tuple[str, bytes]) -> bytes:
    """The body of an OpenRosa submission."""
    return parts(('name="xml_submission_file"; filename="r.xml"', xml), *more)


def sentence_of(answer: TestResponse) -> str:
    """What a refusal says to its reader: a message, the alert of a page or the text of a refusal page."""
    if answer.is_json:
        return str(answer.get_json()["message"])
    if "text/xml" in answer.content_type:
        found = re.search(r"<message[^>]*>([^<]+)", answer.text)
    else:
        found = re.search(
            r'role="alert"[^>]*>(.*?)</(?:div|section|p)>|<main[^>]*>(.*?)</main>', answer.text, re.S
        )
    shown = re.sub(r"<[^>]+>", " ", next((one for one in found.groups() if one), "")) if found else ""
    return " ".join(shown.split())
