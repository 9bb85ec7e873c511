"""Bad fields of a posted page, by what is wrong with them; each is made of a good record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from tests.web.doors import MULTIPART, URLENCODED, Posting, parts

Case = Callable[[Posting], Any]
DEEP = 100_000
MANY = 100_000


def _encoded(good: Any, *more: tuple[str, str]) -> bytes:
    pairs = [
        (name, one) for name, value in good.items() for one in (value if isinstance(value, list) else [value])
    ]
    return urlencode([*pairs, *more]).encode()


def _changed(**values: Any) -> Case:
    """The good fields with the posting's `choice`, `number` or `text` changed."""
    return lambda at: dict(at.good) | {getattr(at, name): value for name, value in values.items()}


def _added(name: str, value: Any = "1") -> Case:
    return lambda at: dict(at.good) | {name: value}


FIELDS: dict[str, Case] = {
    "an unknown field": _added("nowhere/at_all"),
    "the name constructor": _added("constructor"),
    "the name of a group": lambda at: dict(at.good) | {at.choice.split("/")[0]: "1"},
    "__proto__ below a group": lambda at: dict(at.good) | {f"{at.choice.split('/')[0]}/__proto__": "x"},
    "constructor below a group": lambda at: dict(at.good) | {f"{at.choice.split('/')[0]}/constructor": "x"},
    "a NUL": _changed(text="a\x00b"),
    "an escape": _changed(text="a\x1b[2Jb"),
    "a million signs": _changed(text="x" * 1_000_000),
    "a hundred thousand fields": lambda at: _encoded(at.good, *((f"f{n}", "1") for n in range(MANY))),
    "a hundred thousand instances": lambda at: _encoded(at.good, *((f"m[{n}]/a", "1") for n in range(MANY))),
    "the hundred-thousandth instance": _added("proofs/evidence[100000]/ev_kind", "document"),
    "instance zero": _added("proofs/evidence[0]/ev_kind", "document"),
    "instance minus one": _added("proofs/evidence[-1]/ev_kind", "document"),
    "an index that is no number": _added("proofs/evidence[²]/ev_kind", "document"),
    "a path without an end": lambda at: dict(at.good) | {"a/" * 100_000: "1"},
    "bytes that are no UTF-8": lambda at: _encoded(at.good) + b"&nowhere=%ff%fe&%c3%28=1",
    "parts cut off": lambda at: (
        parts(*((f'name="{name}"', str(value).encode()) for name, value in at.good.items()), end=False)[:-40],
        MULTIPART,
    ),
    "parts without an end": lambda at: (
        parts((f'name="{at.choice}"', b"x"), ('name="nowhere"', b"1"), end=False),
        MULTIPART,
    ),
    "parts without a boundary": lambda at: (parts(('name="a"', b"1")), "multipart/form-data"),
    "three thousand parts": lambda at: (parts(*((f'name="f{n}"', b"1") for n in range(3000))), MULTIPART),
    "plain text": lambda at: (_encoded(at.good), "text/plain"),
    "JSON": lambda at: (b'{"a": 1}', "application/json"),
    "XML": lambda at: (b"<a/>", "text/xml"),
    "nothing": lambda at: (b"", URLENCODED),
}

CONTENT: dict[str, Case] = {
    "two values for one choice": _changed(choice=["one", "two"]),
    "a choice there is not": _changed(choice="__proto__"),
    "a choice called constructor": _changed(choice="constructor"),
    "NaN": _changed(number="NaN"),
    "Infinity": _changed(number="Infinity"),
    "hexadecimal digits": _changed(number="0x10"),
    "a hundred thousand digits": _changed(number="9" * 100_000),
    "digits of another script": _changed(number="１２"),
}
LONG_NUMBER = "9" * 100_000
PLAIN_FIELDS: dict[str, Case] = {
    "no field at all": lambda at: (b"", URLENCODED),
    "a NUL in every field": lambda at: dict.fromkeys(at.good, "\x00"),
    "half an id": lambda at: dict(at.good) | dict.fromkeys(("push_id", "segment_id", "note_id"), "3f2c"),
    "a revision beyond every column": lambda at: (
        dict(at.good) | {"base_revision": LONG_NUMBER, "form_of": "x"}
    ),
    "a place beyond every column": lambda at: dict(at.good) | {"place": f"{2**40}/{2**70}", "stance": "x"},
    "a place in another script": lambda at: dict(at.good) | {"place": "²/²", "stance": "x"},
    "a place there is not": lambda at: dict(at.good) | {"place": "999999/1", "stance": "__proto__"},
    "a title with a NUL": lambda at: dict(at.good) | {"title": "座\x00谈", "text": "a\x00b"},
    "a speaker with a NUL": lambda at: dict(at.good) | {"title": "座\x00谈", "speaker": "\x00"},
    "a text without an end": lambda at: dict(at.good) | {"text": "字" * 200_000, "title": "字" * 200_000},
    "bytes that are no UTF-8": lambda at: _encoded({}) + b"place=%ff&title=%ff&text=%ff&indicators=%ff",
    "JSON": lambda at: (b"[]", "application/json"),
    "parts cut off": lambda at: (parts(('name="text"', b"x"), end=False)[:-8], MULTIPART),
}
