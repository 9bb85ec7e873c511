"""Bad OpenRosa posts: those that are refused with their status, and those that are stored with a flag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.web.bad_bodies import raw
from tests.web.bad_fields import DEEP, Case
from tests.web.doors import MULTIPART, URLENCODED, Posting, parts, record

ENTITY = b'<!DOCTYPE v [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b"<!DOCTYPE v [<!ENTITY a0 'ha'>"
    + b"".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>".encode() for n in range(1, 10))
    + b"]>"
)


def _xml(before: bytes, after: bytes) -> Case:
    """The good record with something in it replaced."""

    def case(at: Posting) -> bytes:
        assert isinstance(at.good, bytes) and before in at.good, before
        return at.good.replace(before, after, 1)

    return case


def _inside(added: bytes) -> Case:
    return _xml(b"</improvement>", added + b"</improvement>")


def _note_of(text: bytes) -> Case:
    return _xml(b"<note/>", b"<note>" + text + b"</note>")


TURNED: dict[str, tuple[Case, int]] = {
    "nothing": (raw(b""), 400),
    "no XML": (raw(b'{"a": 1}'), 400),
    "half a document": (lambda at: at.good[:-20], 400),
    "bytes that are no UTF-8": (_note_of(b"\xff\xfe"), 400),
    "a NUL": (_note_of(b"a\x00b"), 400),
    "a NUL as a reference": (_note_of(b"&#0;"), 400),
    "half a pair as a reference": (_note_of(b"&#xD800;"), 400),
    "an unknown entity": (_note_of(b"&nothing;"), 400),
    "a DOCTYPE": (lambda at: ENTITY + at.good, 400),
    "a DOCTYPE behind a comment": (lambda at: b"<!--" + b" " * 150_000 + b"-->" + ENTITY + at.good, 400),
    "an entity that is used": (lambda at: ENTITY + _note_of(b"&c;")(at), 400),
    "laughs": (lambda at: LAUGHS + _note_of(b"&a9;")(at), 400),
    "a DOCTYPE in UTF-16": (lambda at: (ENTITY + at.good).decode().encode("utf-16"), 400),
    "elements a hundred thousand deep": (_inside(b"<a>" * DEEP + b"</a>" * DEEP), 413),
    "elements a thousand deep": (_inside(b"<a>" * 1000 + b"</a>" * 1000), 400),
    "a hundred thousand elements": (_inside(b"<b/>" * 100_000 + b"<c></c>" * 50_000), 413),
    "three megabytes": (_note_of(b"x" * 3_000_000), 413),
    "a form there is not": (_xml(b'id="jilin2018-visit"', b'id="jilin2018-none"'), 404),
    "a form called __proto__": (_xml(b'id="jilin2018-visit"', b'id="__proto__"'), 404),
    "a form id without an end": (_xml(b'id="jilin2018-visit"', b'id="' + b"x" * 100_000 + b'"'), 404),
    "the form of another role": (_xml(b'id="jilin2018-visit"', b'id="jilin2018-interview"'), 403),
}
STORED: dict[str, tuple[Case, str]] = {
    "an attribute of two million signs": (_inside(b'<a b="' + b"x" * 2_000_000 + b'"/>'), "invalid_answers"),
    "an unknown question": (_inside(b"<nowhere>1</nowhere>"), "invalid_answers"),
    "__proto__": (_inside(b"<__proto__>1</__proto__><constructor>1</constructor>"), "invalid_answers"),
    "two values for one choice": (_inside(b"<spotted>no</spotted>"), "invalid_answers"),
    "a choice there is not": (_xml(b"<spotted>no", b"<spotted>constructor"), "invalid_answers"),
    "NaN": (_xml(b"<self_seen>5", b"<self_seen>NaN"), "invalid_answers"),
    "a hundred thousand digits": (_xml(b"<self_seen>5", b"<self_seen>" + b"9" * 100_000), "invalid_answers"),
    "a million signs": (_note_of(b"x" * 1_000_000), "invalid_answers"),
    "thirty thousand unknown questions": (_inside(b"<n>1</n>" * 30_000), "invalid_answers"),
    "another version": (_xml(b'version="', b'version="9'), "unknown_version"),
    "a version with everything in it": (
        _xml(b'version="', b'version="\xe2\x80\xae&#9;' + b"v" * 5000),
        "unknown_version",
    ),
    "an XInclude": (
        _inside(b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
        "invalid_answers",
    ),
    "the answers of another form": (
        _xml(b"<handling>", b"<opinion><overall>5</overall></opinion><handling>"),
        "invalid_answers",
    ),
    "an instruction": (_inside(b'<?xml-stylesheet href="http://192.0.2.1/x"?><nowhere/>'), "invalid_answers"),
    "a position from nowhere": (_xml(b"43.9 125.3 0 8", b"NaN 1e999 0 8"), "invalid_answers"),
    "an instanceID without an end": (_xml(b"uuid:", b"x" * 5000), ""),
    "times beyond the calendar": (_inside(b"<start>99999-01-01T00:00:00Z</start>"), "invalid_answers"),
}
ODD_POSTS: dict[str, tuple[Callable[[bytes], Any], int]] = {
    "the record as the body": (lambda xml: (xml, "text/xml"), 415),
    "JSON": (lambda xml: (b'{"a": 1}', "application/json"), 415),
    "url-encoded": (lambda xml: (urlencode({"xml_submission_file": xml}).encode(), URLENCODED), 415),
    "no boundary": (lambda xml: (record(xml), "multipart/form-data"), 400),
    "another boundary": (lambda xml: (record(xml), "multipart/form-data; boundary=other"), 400),
    "cut off in the record": (lambda xml: (record(xml)[: len(xml) // 2], MULTIPART), 400),
    "no record": (lambda xml: (parts(('name="a.jpg"; filename="a.jpg"', b"x")), MULTIPART), 400),
    "two records": (
        lambda xml: (record(xml, ('name="xml_submission_file"; filename="b.xml"', xml)), MULTIPART),
        400,
    ),
    "three thousand files": (
        lambda xml: (record(xml, *((f'name="{n}"; filename="{n}"', b"") for n in range(3000))), MULTIPART),
        413,
    ),
}
