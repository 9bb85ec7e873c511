"""Runs vectors and snapshots and prints how many came out as expected; the last line is JSON.

`python -m tests.conformance [--failures]`; the folder is SURVEYAPP_CONFORMANCE, else shared/conformance
beside the checkout.
"""

import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.browsing import chromium_started
from tests.conformance.browser_run import browser_results
from tests.conformance.python_run import Documents, result_of
from tests.conformance.snapshots import equal_snapshots, reason_for
from tests.conformance.vectors import (
    Case,
    agrees,
    is_random,
    key_of,
    read_cases,
    read_disagreements,
)

Row = TypeVar("Row")
STEP = 500


def folder() -> Path | None:
    """The folder of vectors, None when there is none."""
    beside = Path(__file__).parents[3] / "shared" / "conformance"
    chosen = Path(os.environ.get("SURVEYAPP_CONFORMANCE") or beside)
    return chosen if (chosen / "xpath-vectors.jsonl").is_file() else None


def say(text: str) -> None:
    """A line for the person waiting; results alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


def shown(title: str, rows: Iterable[Row]) -> Iterable[Row]:
    """The rows, with a word about progress now and then."""
    started = time.monotonic()
    for number, row in enumerate(rows, 1):
        yield row
        if number % STEP == 0:
            say(f"  {title}: {number} ({time.monotonic() - started:.1f} s)")


@dataclass
class Tally:
    """How many cases of a scope there are, agree, are explained, and which are neither."""

    total: int = 0
    right: int = 0
    explained: int = 0
    random: int = 0
    unexplained: list[str] = field(default_factory=list)


def tally(cases: list[Case], results: Iterable[Any]) -> dict[str, Tally]:
    """The cases by scope. Draws of random values are left out of the other cases and counted apart."""
    listed = {key for group in read_disagreements() for key in group.cases}
    found: dict[str, Tally] = {"core": Tally(), "other": Tally()}
    for case, result in zip(cases, results, strict=True):
        scope = found[case.scope]
        if is_random(case):
            scope.random += 1
            continue
        scope.total += 1
        if agrees(case, result):
            scope.right += 1
        elif key_of(case) in listed:
            scope.explained += 1
        else:
            where = f"{case.scope} {case.suite}: {case.test}"
            scope.unexplained.append(f"{where}: {case.expression} -> {result!r}, not {case.expected!r}")
    return found


def explain(cases: list[Case]) -> None:
    """Say which listed cases there are and why."""
    known = {key_of(case) for case in cases}
    for group in read_disagreements():
        say(f"  {len(group.cases & known)} cases, {group.name}: {group.reason}")


def main() -> int:
    """Run everything; 0 when every case came out right or is explained."""
    vectors = folder()
    if vectors is None:
        say("No conformance vectors: set SURVEYAPP_CONFORMANCE to their folder.")
        return 2
    cases = read_cases(vectors)
    texts = json.loads((vectors / "xpath-documents.json").read_text(encoding="utf-8"))
    documents = Documents(texts)
    say(f"{len(cases)} expressions in Python")
    python = tally(cases, shown("python", (result_of(case, documents) for case in cases)))
    say(f"{len(cases)} expressions in Chromium")
    with chromium_started() as running:
        browser = tally(cases, shown("browser", browser_results(running, cases, texts)))
    say("Not as recorded, each with the reason:")
    explain(cases)
    unexplained = [
        f"{title} {line}"
        for title, scopes in (("python", python), ("browser", browser))
        for scope in scopes.values()
        for line in scope.unexplained
    ]
    for line in unexplained:
        say(line)
    say("Snapshots of filled forms in Python")
    total, equal, missing = snapshots(vectors)
    counts = {
        scope: {
            "total": python[scope].total,
            "python": python[scope].right,
            "browser": browser[scope].right,
            "explained": python[scope].explained,
            "random": python[scope].random,
        }
        for scope in ("core", "other")
    }
    print(json.dumps({"core": counts["core"], "snapshots": {"total": total, "equal": equal}, **counts}))
    return 0 if not unexplained and not missing else 1


def snapshots(vectors: Path) -> tuple[int, int, int]:
    """How many snapshots there are, are wholly equal, and are neither equal nor explained."""
    total = equal = unexplained = 0
    for snapshot, same, found in shown("snapshots", equal_snapshots(vectors)):
        total += 1
        equal += same
        if not same:
            reason = reason_for(snapshot)
            unexplained += not reason
            wrong = [leaf for leaf in found if leaf not in snapshot.leaves]
            say(f"  form {snapshot.form}, {snapshot.test}: {reason or wrong[:3]}")
    return total, equal, unexplained


if __name__ == "__main__":
    sys.exit(main())
