"""Bad JSON, by what is wrong with it; each is made of a good body."""

from __future__ import annotations

from typing import Any

from tests.web.bad_fields import DEEP, LONG_NUMBER, Case
from tests.web.doors import MULTIPART, URLENCODED, parts


def changed(**values: Any) -> Case:
    return lambda at: dict(at.good) | values


def _deep(opening: str, closing: str) -> bytes:
    return (opening * DEEP + closing * DEEP).encode()


def raw(text: str | bytes) -> Case:
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return lambda at: body


BODIES: dict[str, Case] = {
    "nothing": raw(""),
    "half a document": raw('{"submission_id": "'),
    "a list": raw("[1]"),
    "a number": raw("1"),
    "null": raw("null"),
    "a hundred thousand lists": lambda at: _deep("[", "]"),
    "a hundred thousand objects": lambda at: b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "an answer a hundred thousand deep": lambda at: b'{"answers":' + _deep("[", "]") + b"}",
    "moderately too deep": lambda at: b'{"answers":' + b"[" * 60 + b"]" * 60 + b"}",
    "NaN": raw('{"answers": {"opinion": {"overall": NaN}}}'),
    "Infinity": raw('{"answers": {"opinion": {"overall": -Infinity}}}'),
    "a number beyond every float": raw('{"base_rev": 1e999}'),
    "a hundred thousand digits": raw('{"base_rev": ' + LONG_NUMBER + "}"),
    "bytes that are no UTF-8": raw(b'{"code": "\xff\xfe"}'),
    "a byte order mark": raw(b'\xef\xbb\xbf{"code": 1}'),
    "UTF-16": lambda at: '{"code": "x"}'.encode("utf-16"),
    "half a pair": raw('{"code": "\\ud800", "push_id": "\\udfff"}'),
    "half a pair as a name": raw('{"\\ud800": 1}'),
    "an unknown member": changed(more=1),
    "a version": changed(version="1", version_id=1),
    "__proto__": raw('{"__proto__": {"polluted": 1}}'),
    "constructor": changed(constructor={"prototype": {"x": 1}}),
    "everything null": lambda at: dict.fromkeys(at.good),
    "everything a list": lambda at: {key: [] for key in at.good},
    "everything an object": lambda at: {key: {"a": {}} for key in at.good},
    "everything a number": lambda at: dict.fromkeys(at.good, -(2**55)),
    "everything a NUL": lambda at: dict.fromkeys(at.good, "\x00"),
    "three megabytes": lambda at: b'{"a": "' + b"x" * 3_000_000 + b'"}',
    "a hundred thousand members": lambda at: dict(at.good) | {f"f{n}": 1 for n in range(100_000)},
    "the wrong content type": lambda at: (b"a=1", URLENCODED),
    "parts": lambda at: (parts(('name="a"', b"1")), MULTIPART),
}


def _answer(**values: Any) -> Case:
    """The API's answers with one changed by its name in the section 'opinion'."""
    return lambda at: (
        dict(at.good) | {"answers": at.good["answers"] | {"opinion": at.good["answers"]["opinion"] | values}}
    )


ANSWERS: dict[str, Case] = {
    "an unknown question": _answer(nowhere="1"),
    "__proto__ as a question": _answer(__proto__="1"),
    "constructor as a question": _answer(constructor="1"),
    "a half pair as a question": _answer(**{"\ud800": "1"}),
    "two values for one choice": _answer(overall=["4", "5"]),
    "two values in one text": _answer(overall="4 5"),
    "a number for a text": _answer(overall=4),
    "true": _answer(overall=True),
    "an object": _answer(overall={"4": "5"}),
    "a choice called constructor": _answer(overall="constructor"),
    "a NUL": _answer(comment="a\x00b"),
    "half a pair": _answer(comment="a\ud800b"),
    "a million signs": _answer(comment="x" * 1_000_000),
    "a hundred thousand questions": _answer(**{f"f{n}": "1" for n in range(100_000)}),
    "a hundred thousand instances": _answer(overall=[{}] * 100_000),
    "a group that is a list": lambda at: dict(at.good) | {"answers": {"opinion": [{}]}},
    "a group that is a text": lambda at: dict(at.good) | {"answers": {"opinion": "x"}},
    "the id of the form": lambda at: dict(at.good) | {"answers": {"jilin2018-visit": at.good["answers"]}},
    "no id": changed(submission_id=""),
    "half an id": changed(submission_id="3f2c"),
    "a code with half a pair": changed(code="\ud800" * 8),
    "a code there is not": changed(code="ACDEFGHJ"),
    "a code with a NUL": changed(code="ACDE\x00GHJ"),
    "a language there is not": changed(language="zh-TW"),
    "before the first year": changed(started_at="0001-01-01T00:00:00+23:59"),
    "after the last year": changed(finished_at="9999-12-31T23:59:59-23:59"),
    "a time without a zone": changed(started_at="2026-11-24T01:00:00"),
    "a reason for what is not asked": changed(confirmed={"a\ud800": "\x00"}, answers={}),
}
PUSHES: dict[str, Case] = {
    "before the first year": changed(started_at="0001-01-01T00:00:00+23:59"),
    "after the last year": changed(started_at="9999-12-31T23:59:59-23:59"),
    "a time as a number": changed(started_at=10**17),
    "a revision beyond every column": changed(base_revision=10**17),
    "a NUL in the text": changed(text="a\x00b"),
    "half a pair in the text": changed(text="a\ud800b"),
    "a NUL in the speaker": changed(speaker="\x00"),
    "an indicator there is not": changed(indicators=["__proto__"]),
    "a flag there is not": changed(flags=["constructor"]),
}
SAVED: dict[str, Case] = {
    "a revision beyond every column": changed(base_rev=10**17),
    "a revision below nothing": changed(base_rev=-1),
    "a field there is not": changed(fields={"constructor": ["1"]}),
    "two thousand and one fields": changed(fields={f"f{n}": ["1"] for n in range(2001)}),
    "a NUL": changed(fields={"remarks/note": ["a\x00b"]}),
    "half a pair": changed(fields={"remarks/note": ["a\ud800b"]}),
    "a million signs": changed(fields={"remarks/note": ["x" * 1_000_000]}),
}
