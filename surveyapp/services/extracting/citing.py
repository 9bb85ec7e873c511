"""Which records rest on which list of cases: a record names a list by the hash of its file.

The hash stands among the evidence of a document review, typed or as an uploaded file, so the way between
the two holds whatever door the record came through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.flags import leaves
from surveyapp.forms.form import Form, Repeat
from surveyapp.services.extracting.keeping import Extract, as_extract
from surveyapp.services.installation import Platform
from surveyapp.storage import extracts

KIND = "document"
HASH = "ev_sha256"


@dataclass(frozen=True)
class Cited:
    """A list that a record names, and what the record says otherwise: question -> (counted, answered)."""

    extract: Extract
    differences: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Citing:
    """A record that names a list, by its root id, with its state."""

    root_id: str
    state: str
    differences: int


def cited_by(
    platform: Platform, round_id: int, unit_id: int, answers: Mapping[str, Any], digests: Iterable[str]
) -> tuple[Cited, ...]:
    """The lists of the unit that a record names among its answers or files (`digests`)."""
    named = {*(value for name, value in leaves(answers) if name == HASH), *digests}
    with platform.database.reading() as session:
        found = [as_extract(*pair) for pair in extracts.extracts_named(session, round_id, unit_id, named)]
    return tuple(Cited(one, differences(one, answers)) for one in found)


def citing(platform: Platform, extract: Extract) -> tuple[Citing, ...]:
    """The current records of the unit that name the list."""
    with platform.database.reading() as session:
        rows = extracts.current_with_files(session, extract.round_id, extract.unit_id, KIND)
        return tuple(
            Citing(row.root_id, state, len(differences(extract, row.answers)))
            for row, state, digests in rows
            if extract.sha256 in {*(v for name, v in leaves(row.answers) if name == HASH), *digests}
        )


def differences(extract: Extract, answers: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Question -> (counted, answered) where a record does not say what the list counts."""
    said = dict(leaves(answers))
    if said.get("subject") != "unit":
        return {}
    return {
        name: (counted, said.get(name, ""))
        for name, counted in extract.answers.items()
        if said.get(name, "") != counted and (name in said or counted != "0")
    }


def evidence_of(form: Form, extract: Extract) -> dict[str, Any]:
    """The answers that name the list as the first piece of evidence; {} for a form without that part.

    The verdict is left to the reviewer.
    """
    repeat = form.find_by_name("evidence")
    if not isinstance(repeat, Repeat) or form.find_by_name(HASH) is None:
        return {}
    piece = {
        "ev_kind": "extract",
        HASH: extract.sha256,
        "ev_locator": "全表",
        "ev_claim": f"办件数据的各项计数（{extract.cases} 件，统计日 {extract.counted_on}）",
    }
    return _nested(repeat.path.split("/"), [piece])


def _nested(names: Sequence[str], value: Any) -> dict[str, Any]:
    first, *rest = names
    return {first: _nested(rest, value) if rest else value}
