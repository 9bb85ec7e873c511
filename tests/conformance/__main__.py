"""Runs vectors and snapshots and prints how many came out as expected; the last line is JSON.

`python -m tests.conformance [--failures]`; the folder is SURVEYAPP_CONFORMANCE, else shared/conformance
beside the checkout.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from tests.conformance.browser_run import browser_results
from tests.conformance.python_run import Documents, result_of
from tests.conformance.snapshots import equal_snapshots
from tests.conformance.vectors import Case, agrees, read_cases

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


def tally(title: str, cases: list[Case], results: Iterable[Any], report: Callable[[str], None]) -> int:
    """How many core cases agree; what does not is reported."""
    right = 0
    for case, found in zip(cases, shown(title, results), strict=True):
        good = agrees(case, found)
        if case.scope == "core":
            right += good
        if not good:
            report(
                f"{title} {case.scope} {case.suite}: {case.expression} -> {found!r}, not {case.expected!r}"
            )
    return right


def main() -> int:
    """Run everything; 0 when at least the agreed share came out right."""
    vectors = folder()
    if vectors is None:
        say("No conformance vectors: set SURVEYAPP_CONFORMANCE to their folder.")
        return 2
    report = say if "--failures" in sys.argv else lambda text: None
    cases = read_cases(vectors)
    texts = json.loads((vectors / "xpath-documents.json").read_text(encoding="utf-8"))
    documents = Documents(texts)
    say(f"{len(cases)} expressions in Python")
    python = tally("python", cases, (result_of(case, documents) for case in cases), report)
    say(f"{len(cases)} expressions in Chromium")
    browser = tally("browser", cases, browser_results(cases, texts), report)
    say("Snapshots of filled forms in Python")
    total = equal = 0
    for snapshot, same, found in shown("snapshots", equal_snapshots(vectors)):
        total += 1
        equal += same
        if not same:
            wrong = [leaf for leaf in found if leaf not in snapshot.leaves]
            report(f"snapshot {snapshot.suite}: {snapshot.test}: {wrong[:3]}")
    core = sum(case.scope == "core" for case in cases)
    print(
        json.dumps(
            {
                "core": {"total": core, "python": python, "browser": browser},
                "snapshots": {"total": total, "equal": equal},
            }
        )
    )
    good = python >= 0.98 * core and browser >= 0.98 * core and equal >= 0.9 * total
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
