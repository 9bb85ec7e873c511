"""Make an export: CSV while it is read, XLSX into a file that disappears when it is closed."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from surveyapp.evaluation.schedule import CHINA
from surveyapp.gateways.spreadsheets import Cell, Table, csv_lines, write_workbook
from surveyapp.services.auditing import note_deed
from surveyapp.services.exporting.attempts import attempt_table
from surveyapp.services.exporting.records import Reading, all_records, record_tables
from surveyapp.services.exporting.scores import score_table
from surveyapp.services.installation import Platform
from surveyapp.storage.database import Session
from surveyapp.storage.queries.exports import EVERYTHING, Blind

SUBJECTS = ("records", "attempts", "scores")
KINDS = ("csv", "xlsx")


@dataclass(frozen=True)
class Order:
    """What is wanted: subject, round, the subtrees it may show, a line of labels ('zh', 'en' or ''), and the
    records that are kept from its reader."""

    subject: str
    round_id: int
    tops: Sequence[str]
    labels: str = ""
    blind: Blind = EVERYTHING


def csv_pieces(platform: Platform, order: Order) -> Generator[bytes, None, None]:
    """The CSV file in pieces; the reading session stays open until the last one, or until it is closed.

    Raises what the subject raises (Blocked, StorageUnavailable) at the piece where it happens.
    """
    with platform.database.reading() as session:
        table = _single(_reading(platform, session, order, typed=False), order.subject)
        with _closing(table.rows) as rows:
            yield from csv_lines(table.header, rows)


def xlsx_file(platform: Platform, order: Order) -> BinaryIO:
    """The workbook, whole, at its beginning; it leaves no trace on the disk once it is closed."""
    file = tempfile.TemporaryFile(dir=platform.settings.data_dir)  # noqa: SIM115  # the caller closes it
    try:
        with platform.database.reading() as session:
            reading = _reading(platform, session, order, typed=True)
            write_workbook(file, _sheets(reading, order.subject), CHINA)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def note_export(platform: Platform, order: Order, kind: str, by: int) -> None:
    """Write into the audit log that an export was made."""
    now = platform.clock()
    with platform.database.transaction() as session:
        note_deed(session, now, by, f"export.{order.subject}", "round", order.round_id, kind=kind)


@contextmanager
def _closing(rows: Iterable[Sequence[Cell]]) -> Iterator[Iterable[Sequence[Cell]]]:
    """Rows that are read no further once the block ends, so that their cursor closes before its session."""
    try:
        yield rows
    finally:
        if isinstance(rows, Generator):
            rows.close()


def _reading(platform: Platform, session: Session, order: Order, typed: bool) -> Reading:
    return Reading(platform, session, order.round_id, order.tops, order.labels, typed, order.blind)


def _single(reading: Reading, subject: str) -> Table:
    makers = {"records": all_records, "attempts": attempt_table, "scores": score_table}
    return makers[subject](reading)


def _sheets(reading: Reading, subject: str) -> Iterator[Table]:
    if subject == "records":
        yield from record_tables(reading)
    else:
        yield _single(reading, subject)
