"""Fills the scenario forms with their instances and compares every leaf with the recorded state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, Group, load_form
from surveyapp.forms.nodes import Node
from surveyapp.forms.problem import BadForm
from surveyapp.forms.record_xml import from_xml
from tests.conformance.python_run import PHOENIX

DISAGREEMENTS = Path(__file__).parent / "snapshot_disagreements.json"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Snapshot:
    """A filled instance and, per leaf, reference, relevance, serialised value, required, violation."""

    suite: str
    test: str
    form: int
    instance: str
    now_ms: float
    leaves: list[list[Any]]


def read_snapshots(folder: Path) -> tuple[list[str], list[Snapshot]]:
    """The forms and the snapshots of the folder."""
    forms = json.loads((folder / "scenario-forms.json").read_text(encoding="utf-8"))
    with (folder / "scenario-snapshots.jsonl").open(encoding="utf-8") as lines:
        return forms, [Snapshot(**json.loads(line)) for line in lines]


def leaves_of(form: Form, snapshot: Snapshot, language: str) -> list[list[Any]]:
    """The state of every leaf after calculation, in the shape of the recording.

    The recordings are of records still being filled in, whose actions have run already.
    """
    now = EPOCH + timedelta(milliseconds=snapshot.now_ms)
    answers = from_xml(form, snapshot.instance)
    filling = fill(form, answers, now=now, offset=PHOENIX, language=language, triggers=False, ended=False)
    violated = {problem.path: problem.code for problem in filling.problems}
    return list(_leaves(filling, filling.root.children[0], f"/{form.root_name}", "", violated))


def _leaves(
    filling: Filling, parent: Node, reference: str, below: str, violated: dict[str, str]
) -> Iterator[list[Any]]:
    counts: dict[str, int] = {}
    for node in parent.elements():
        counts[node.name] = counts.get(node.name, 0) + 1
        path = f"{below}/{node.name}" if below else node.name
        item = filling.form.item(path)
        if isinstance(item, Group) or node.elements():
            many = item is not None and hasattr(item, "count")
            index = f"[{counts[node.name]}]" if many else ""
            yield from _leaves(filling, node, f"{reference}/{node.name}{index}", f"{path}{index}", violated)
            continue
        relevant = filling.relevant(path) if item else True
        text = node.children[0].value if node.children else ""
        marks = "".join(f' {one.name}="{escape(one.value)}"' for one in node.attributes)
        opened = f"<{node.name}{marks}"
        written = f"{opened}>{escape(text)}</{node.name}>" if text else f"{opened}/>"
        code = violated.get(path)
        yield [
            f"{reference}/{node.name}",
            relevant,
            written if relevant else "",
            filling.required(path),
            code if code in ("required", "constraint") else None,
        ]


def equal_snapshots(folder: Path) -> Iterator[tuple[Snapshot, bool, list[list[Any]]]]:
    """Every snapshot with whether all its leaves came out as recorded, and what came out."""
    texts, snapshots = read_snapshots(folder)
    forms: dict[int, Form | None] = {}
    for snapshot in snapshots:
        if snapshot.form not in forms:
            try:
                forms[snapshot.form] = load_form(texts[snapshot.form], strict=False)
            except BadForm:
                forms[snapshot.form] = None
        form = forms[snapshot.form]
        found = _in_its_language(form, snapshot) if form else []
        yield snapshot, found == snapshot.leaves, found


def _in_its_language(form: Form, snapshot: Snapshot) -> list[list[Any]]:
    """The leaves in the form's default language or, since no recording says which was chosen, in another."""
    tried = [leaves_of(form, snapshot, language) for language in _languages(form)]
    return snapshot.leaves if snapshot.leaves in tried else tried[0]


def _languages(form: Form) -> list[str]:
    return list(dict.fromkeys([form.default_language, *form.languages]))


def reason_for(snapshot: Snapshot) -> str:
    """Why another answer than the recorded one is right, from the list beside this file; '' without one."""
    listed = json.loads(DISAGREEMENTS.read_text(encoding="utf-8"))
    found = (row for row in listed if row["form"] == snapshot.form and row["test"] in snapshot.test)
    return next((str(row["reason"]) for row in found), "")
