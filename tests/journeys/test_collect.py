"""ODK Collect, and then Enketo, speak with the platform over a socket, header for header."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from surveyapp.application import create_app
from surveyapp.config import Settings
from surveyapp.services import devices, publishing
from surveyapp.services.devices import Issued
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.storage.tables import AttachmentRow, RecordRow, RoundRow
from surveyapp.web import throttle
from tests.clock import Clock
from tests.data.openrosa import instance_id, issued, photo, visit_xml
from tests.data.rounds import Round, make_round

AGENT = "org.odk.collect.android/v2026.3.1 Dalvik/2.1.0 (Linux; U; Android 9; SM-T510)"
HALF_DAY = "Wed, 25 Nov 2026 03:46:22 GMT+00:00"  # a quarter to four in the afternoon, as Collect writes it
NAMES = {
    "list": "http://openrosa.org/xforms/xformsList",
    "manifest": "http://openrosa.org/xforms/xformsManifest",
    "answer": "http://openrosa.org/http/response",
}
BOUNDARY = "----------------------------surveyor"
END = f"--{BOUNDARY}--\r\n".encode()


class Door:
    """The application behind the socket, opened once its address is known; counts what it has answered."""

    def __init__(self) -> None:
        self.application: Any = None
        self.begun = self.done = 0
        self.changed = threading.Condition()

    def __call__(self, environ: Any, start: Any) -> Any:
        """Answer one request."""
        with self.changed:
            self.begun += 1
        try:
            return self.application(environ, start)
        finally:
            with self.changed:
                self.done += 1
                self.changed.notify_all()

    def wait(self, number: int = 0) -> None:
        """Until at least `number` requests are answered and none is at work."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.done >= number and self.done == self.begun, 30)


@dataclass
class Served:
    """A served installation with its round."""

    platform: Platform
    made: Round
    address: str
    door: Door


@pytest.fixture
def served(settings: Settings, clock: Clock, serve: Callable[[Any], str]) -> Iterator[Served]:
    """An installation whose PUBLIC_URL is the very address it is served at."""
    door = Door()
    address = serve(door)
    opened = Platform.open(settings.model_copy(update={"public_url": address}), clock)
    with closing(opened) as platform:
        made = make_round(platform)
        door.application = create_app(platform)
        yield Served(platform, made, address, door)
        door.wait()


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def xml(self) -> Any:
        """The body as XML; every OpenRosa answer is."""
        assert self.headers["content-type"] == "text/xml; charset=utf-8"
        return etree.fromstring(self.body)

    def message(self) -> str:
        """The sentence of an OpenRosaResponse."""
        return str(self.xml().findtext("answer:message", namespaces=NAMES))


class Client:
    """A client that writes what Collect writes; `authorization` makes it one that knows Basic."""

    def __init__(self, authorization: str = "", agent: str = AGENT) -> None:
        self.authorization, self.agent = authorization, agent

    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        found = {
            "X-OpenRosa-Version": "1.0",
            "Date": HALF_DAY,
            "User-Agent": self.agent,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        return found | ({"Authorization": self.authorization} if self.authorization else {})

    def ask(self, method: str, address: str, body: Any = None, **more: Any) -> Answer:
        """One request on a connection of its own."""
        parts = urlsplit(address)
        with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            headers = self.headers() | more.pop("headers", {})
            connection.request(method, target, body, headers, **more)
            response = connection.getresponse()
            content = response.read()
            found = {name.lower(): value for name, value in response.getheaders()}
        if found.get("content-encoding") == "gzip":
            content = zlib.decompress(content, 31)
        answer = Answer(response.status, found, content)
        assert answer.headers["x-openrosa-version"] == "1.0"
        assert answer.headers["date"].endswith("GMT")
        assert "set-cookie" not in answer.headers
        return answer

    def post(self, address: str, body: bytes, **more: Any) -> Answer:
        """A post of parts; the device says its id in the query."""
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.ask("POST", f"{address}?deviceID=collect%3Aabc", body, headers=headers, **more)


def parts(xml: bytes, files: Mapping[str, bytes] | None = None, is_incomplete: bool = False) -> bytes:
    """The body of a submission."""
    made = [_part('name="xml_submission_file"; filename="visit.xml"', "text/xml", xml)]
    made += [
        _part(f'name="{name}"; filename="{name}"', "image/jpeg", content)
        for name, content in (files or {}).items()
    ]
    if is_incomplete:
        made.append(_part('name="*isIncomplete*"', "text/plain", b"yes"))
    return b"".join(made) + END


def _part(disposition: str, kind: str, content: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def root_of(served: Served, one: Issued) -> str:
    """The server address that Collect reads out of its settings code."""
    text = devices.collect_settings(f"{served.address}/openrosa/{one.secret}", one)
    settings = json.loads(zlib.decompress(base64.b64decode(text)))
    return str(settings["general"]["server_url"])


def rows(served: Served, table: Any) -> list[Any]:
    with served.platform.database.reading() as session:
        return session.query(table).order_by(table.id).all()


def visit(served: Served, instance: str = "", **changed: Any) -> bytes:
    return visit_xml(served.platform, served.made, instance, **changed)


def test_collect_lists_and_downloads_forms_and_sends_a_visit_with_its_photos(served: Served) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    listed = collect.ask("GET", f"{root}/formList").xml()
    entries = {one.findtext("list:formID", namespaces=NAMES): one for one in listed}
    assert set(entries) == {"jilin2018-visit", "jilin2018-citizen"}
    entry = entries["jilin2018-visit"]
    form = collect.ask("GET", entry.findtext("list:downloadUrl", namespaces=NAMES))
    digest = hashlib.md5(form.body, usedforsecurity=False).hexdigest()
    assert entry.findtext("list:hash", namespaces=NAMES) == f"md5:{digest}"
    assert entry.find("list:manifestUrl", NAMES) is None
    before = collect.ask("HEAD", f"{root}/submission?deviceID=collect%3Aabc")
    assert (before.status, before.headers["location"]) == (204, f"{root}/submission")
    assert int(before.headers["x-openrosa-accept-content-length"]) == 40 * 1024 * 1024
    changes = (("<photo_1/>", "<photo_1>1.jpg</photo_1>"), ("<photo_2/>", "<photo_2>2.jpg</photo_2>"))
    xml = visit(served, changes=changes)
    first = collect.post(f"{root}/submission", parts(xml, {"1.jpg": photo()}, is_incomplete=True))
    assert first.status == 202
    last = collect.post(f"{root}/submission", parts(xml, {"2.jpg": photo(7)}))
    assert (last.status, "已收到" in last.message(), "Received" in last.message()) == (201, True, True)
    (record,) = rows(served, RecordRow)
    assert [row.name for row in rows(served, AttachmentRow)] == ["1.jpg", "2.jpg"]
    assert record.paradata["device_id"] == "collect:abc"
    assert record.paradata["date"] == HALF_DAY
    assert "clock_skew" not in record.flags


LISTS = """| survey |
| | type | name | label | choice_filter | media::image |
| | select_one_from_file towns.csv | town | Town | | town.png |
| | select_one_from_file units.csv | unit | Unit | | |
| | select_one_from_file sites.csv | site | Site | unit = ${unit} | |
| settings |
| | form_title | form_id | version |
| | Check & lists | lists | 1 |
"""


def test_the_manifest_has_media_and_the_registers_of_the_devices_scope(served: Served) -> None:
    files = {"towns.csv": "name,label\nt1,一镇\n".encode(), "town.png": b"\x89PNG\r\n\x1a\n rest"}
    assert publishing.publish(served.platform, LISTS, "hall", files=files).version_id is not None
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    (entry,) = collect.ask("GET", f"{root}/formList?formID=lists").xml()
    assert entry.findtext("list:name", namespaces=NAMES) == "Check & lists"
    manifest = collect.ask("GET", entry.findtext("list:manifestUrl", namespaces=NAMES))
    found = {}
    for one in manifest.xml():
        name, digest, address = (
            str(one.findtext(f"manifest:{part}", namespaces=NAMES))
            for part in ("filename", "hash", "downloadUrl")
        )
        file = collect.ask("GET", address)
        assert digest == f"md5:{hashlib.md5(file.body, usedforsecurity=False).hexdigest()}"
        assert file.headers["content-disposition"] == "attachment"
        found[name] = file.body
    assert set(found) == {"towns.csv", "town.png", "units.csv", "sites.csv"}
    assert found["towns.csv"] == files["towns.csv"]
    assert b"hall-a-1" in found["sites.csv"]
    assert [line.split(",")[0] for line in found["units.csv"].decode().split()] == [
        "name",
        "hall-a",
        "hall-b",
    ]
    again = collect.ask("GET", entry.findtext("list:manifestUrl", namespaces=NAMES))
    assert again.body == manifest.body
    xml = (
        '<data id="lists" version="1"><town>t1</town><unit>hall-b</unit><site/>'
        f"<meta><instanceID>{instance_id()}</instanceID></meta></data>"
    )
    assert collect.post(f"{root}/submission", parts(xml.encode())).status == 201
    (record,) = rows(served, RecordRow)
    assert (record.unit_id, record.flags) == (served.made.other_unit_id, ["no_photo", "no_position"])


def test_a_lost_acknowledgement_leads_to_one_record(served: Served) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    body, place = parts(visit(served)), urlsplit(root)
    lines = [f"POST {place.path}/submission HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"{name}: {value}" for name, value in collect.headers().items()]
    lines += [
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    for _ in range(2):
        with socket.create_connection((str(place.hostname), place.port or 80)) as link:
            link.sendall("\r\n".join(lines).encode() + body)
    again = collect.post(f"{root}/submission", body)
    served.door.wait(3)
    assert again.status == 201
    assert len(rows(served, RecordRow)) == 1


def test_a_body_in_chunks_and_a_record_in_a_plain_field_are_taken(served: Served) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    body = parts(visit(served))
    chunks = (body[start : start + 700] for start in range(0, len(body), 700))
    sent = collect.post(f"{root}/submission", chunks, encode_chunked=True)  # type: ignore[arg-type]
    assert sent.status == 201
    field = _part('name="xml_submission_file"', "text/xml", visit(served)) + END
    assert collect.post(f"{root}/submission", field).status == 201
    assert len(rows(served, RecordRow)) == 2


def test_an_edited_visit_is_a_revision_and_another_body_a_conflict(served: Served) -> None:
    root, collect, name = root_of(served, issued(served.platform, served.made)), Client(), instance_id()
    assert collect.post(f"{root}/submission", parts(visit(served, name))).status == 201
    edited = visit(served, deprecated=name, one_trip="no")
    assert collect.post(f"{root}/submission", parts(edited)).status == 201
    other = collect.post(f"{root}/submission", parts(visit(served, name, one_trip="no")))
    assert other.status == 409
    assert [row.revision for row in rows(served, RecordRow)] == [1, 2]


def test_a_closing_round_takes_finished_work_and_lists_nothing_a_closed_one_refuses(served: Served) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    for state, status in (("closing", 201), ("closed", 409)):
        with served.platform.database.transaction() as session:
            session.query(RoundRow).update({"state": state})
        assert len(collect.ask("GET", f"{root}/formList").xml()) == 0
        assert collect.post(f"{root}/submission", parts(visit(served))).status == status


def test_a_revoked_device_is_refused_and_keeps_its_records(served: Served) -> None:
    one, collect = issued(served.platform, served.made), Client()
    root = root_of(served, one)
    assert devices.revoke(served.platform, served.made.people["lead"], one.device_id)
    for answer in (
        collect.ask("GET", f"{root}/formList"),
        collect.ask("HEAD", f"{root}/submission"),
        collect.post(f"{root}/submission", parts(visit(served))),
    ):
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
    assert rows(served, RecordRow) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 10, "text/xml", 415),
        (b"broken", "multipart/form-data", 400),
        (END, f"multipart/form-data; boundary={BOUNDARY}", 400),
        (parts(b"<a/>").removesuffix(END) + parts(b"<b/>"), f"multipart/form-data; boundary={BOUNDARY}", 400),
        (parts(b"no xml"), f"multipart/form-data; boundary={BOUNDARY}", 400),
        (parts(b'<x id="y"/>'), f"multipart/form-data; boundary={BOUNDARY}", 404),
        (parts(b"<a/>", {"a": b"0" * 41 * 1024 * 1024}), f"multipart/form-data; boundary={BOUNDARY}", 413),
    ],
    ids=["no parts", "no boundary", "nothing", "two records", "no xml", "no such form", "too large"],
)
def test_a_post_that_cannot_be_taken_says_why_in_xml(
    served: Served, body: bytes, kind: str, status: int
) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    answer = collect.ask("POST", f"{root}/submission", body, headers={"Content-Type": kind})
    assert answer.status == status
    assert answer.message()
    english = collect.ask(
        "POST", f"{root}/submission", body, headers={"Content-Type": kind, "Accept-Language": "en-GB"}
    )
    assert english.message().isascii() or status == 404
    assert rows(served, RecordRow) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/openrosa/nothing/at/all/here/x", 404), ("DELETE", "/openrosa/t/formList", 405)],
)
def test_errors_of_unknown_addresses_are_xml_too(served: Served, method: str, path: str, status: int) -> None:
    answer = Client().ask(method, f"{served.address}{path}")
    assert answer.status == status
    assert answer.message()


def test_a_store_that_cannot_write_asks_to_send_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, collect, body = (
        root_of(served, issued(served.platform, served.made)),
        Client(),
        parts(visit(served)),
    )

    def full(_content: bytes) -> str:
        raise StorageUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(served.platform.files, "keep", full)
        answer = collect.post(f"{root}/submission", body)
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")
    assert answer.message()
    assert rows(served, RecordRow) == []
    assert collect.post(f"{root}/submission", body).status == 201


def test_each_device_is_throttled_for_itself(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "DEVICE_RATE", "3/minute")
    one, other = (root_of(served, issued(served.platform, served.made)) for _ in range(2))
    collect = Client()
    statuses = [collect.ask("GET", f"{one}/formList").status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = collect.ask("GET", f"{one}/formList")
    assert refused.headers["retry-after"] == "60"
    assert refused.message()
    assert collect.ask("GET", f"{other}/formList").status == 200


def test_an_address_that_tries_secrets_is_held_up_and_its_known_devices_are_not(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "STRANGER_RATE", "3/minute")
    one = issued(served.platform, served.made)
    root, collect = root_of(served, one), Client()
    assert [collect.ask("GET", f"{served.address}/openrosa/formList").status for _ in range(5)] == [401] * 5
    tried = [collect.ask("GET", f"{served.address}/openrosa/guess{n}/formList") for n in range(5)]
    assert [answer.status for answer in tried] == [401, 401, 401, 429, 429]
    assert tried[-1].headers["retry-after"] == "60" and "稍候" in tried[-1].message()
    basic_too = Client("Basic " + base64.b64encode(b"evaluator:guess").decode())
    assert basic_too.ask("GET", f"{served.address}/openrosa/formList").status == 429
    assert basic_too.ask("POST", f"{served.address}/openrosa/submission", b"").status == 429
    assert collect.ask("GET", f"{root}/formList").status == 200


def test_test_calls_are_not_offered_where_their_seconds_cannot_be_entered(served: Served) -> None:
    root, collect = root_of(served, issued(served.platform, served.made)), Client()
    for version in ("", served.platform.form(served.made.versions["call"]).version):
        assert collect.ask("GET", f"{root}/forms/jilin2018-call/{version}.xml").status == 404
    assert len(collect.ask("GET", f"{root}/formList?formID=jilin2018-call").xml()) == 0


def basic(one: Issued) -> str:
    """The header of a login and its app password."""
    return "Basic " + base64.b64encode(f"{one.login}:{one.secret}".encode()).decode()


def test_enketo_asks_for_one_form_and_sends_under_basic(served: Served) -> None:
    one = issued(served.platform, served.made, way="password")
    root = f"{served.address}/openrosa"
    challenged = Client(agent="enketo").ask("HEAD", f"{root}/submission")
    assert challenged.status == 401
    assert challenged.headers["www-authenticate"].startswith("Basic ")
    enketo = Client(basic(one), "enketo")
    head = enketo.ask("HEAD", f"{root}/formList?formID=jilin2018-visit&verbose=true")
    assert (head.status, head.body) == (200, b"")
    listed = enketo.ask("GET", f"{root}/formList?formID=jilin2018-visit&verbose=true").xml()
    assert len(listed) == 1
    assert listed[0].findtext("list:descriptionText", namespaces=NAMES)
    assert enketo.ask("GET", listed[0].findtext("list:downloadUrl", namespaces=NAMES)).status == 200
    assert len(enketo.ask("GET", f"{root}/formList?formID=nothing").xml()) == 0
    assert enketo.ask("GET", f"{root}/submission").status == 204
    assert enketo.post(f"{root}/submission", parts(visit(served))).status == 201
    wrong = Client("Basic " + base64.b64encode(b"evaluator:wrong").decode())
    assert wrong.ask("GET", f"{root}/formList").status == 401


def test_a_password_in_the_clear_is_taken_on_the_machine_itself_only(served: Served, tmp_path: Path) -> None:
    one = issued(served.platform, served.made, way="password")
    client = create_app(served.platform).test_client()
    sent = {"Authorization": basic(one)}
    assert client.get("/openrosa/formList", headers=sent).status_code == 200
    far = {"REMOTE_ADDR": "192.0.2.9"}
    refused = client.get("/openrosa/formList", headers=sent, environ_base=far)
    assert refused.status_code == 403
    assert "WWW-Authenticate" not in refused.headers
    secure = client.get("/openrosa/formList", headers=sent, environ_base=far, base_url="https://localhost")
    assert secure.status_code == 200
