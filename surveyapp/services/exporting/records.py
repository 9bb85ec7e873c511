"""The records of a round as tables: every revision of every record, in the columns of all its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from surveyapp.evaluation.schedule import CHINA
from surveyapp.forms.form import Form
from surveyapp.gateways.spreadsheets import Cell, Table
from surveyapp.services.exporting.columns import Column, answer_columns, count_repeats, has_repeats
from surveyapp.services.installation import Platform
from surveyapp.storage.database import Session
from surveyapp.storage.queries import exports as queries
from surveyapp.storage.queries.exports import EVERYTHING, Blind, ExportedRecord, VersionRead

ABOUT = {
    "form_id": ("问卷", "Questionnaire"),
    "version": ("问卷版本", "Version"),
    "kind": ("方法", "Instrument"),
    "root_id": ("记录编号", "Record"),
    "revision": ("修订", "Revision"),
    "is_newest": ("是否最新", "Is newest"),
    "state": ("状态", "State"),
    "unit_code": ("单位编码", "Unit code"),
    "unit_name": ("单位", "Unit"),
    "site_code": ("大厅编码", "Site code"),
    "line_code": ("号码编码", "Line code"),
    "window": ("窗口", "Window"),
    "collector": ("填报人账号", "Collector"),
    "language": ("语言", "Language"),
    "reason": ("更正理由", "Reason for correction"),
    "flags": ("标记", "Flags"),
    "seconds": ("用时（秒）", "Seconds"),
    "segments": ("访谈段落数", "Segments of the note"),
    "device_started_at": ("设备开始时间", "Started (device)"),
    "device_finished_at": ("设备结束时间", "Finished (device)"),
    "received_at": ("服务器收到时间", "Received (server)"),
}


@dataclass(frozen=True)
class Reading:
    """What the tables are read from: an open session, the round, the scope, and how they are shown."""

    platform: Platform
    session: Session
    round_id: int
    tops: Sequence[str]
    labels: str
    typed: bool
    blind: Blind = EVERYTHING


def record_table(reading: Reading, versions: Sequence[VersionRead], name: str) -> Table:
    """One table of the records taken with the versions; rows are read while they are written."""
    forms = [reading.platform.form(version.version_id) for version in versions]
    columns = answer_columns(forms, _counts(reading, forms, versions), ABOUT)
    header = [*ABOUT, *(column.title for column in columns)]
    return Table(name, header, _rows(reading, versions, columns))


def record_tables(reading: Reading) -> Iterator[Table]:
    """A table for each questionnaire, for workbooks."""
    versions = queries.versions_read(reading.session, reading.round_id, reading.tops)
    for form_id, group in groupby(versions, key=lambda version: version.form_id):
        yield record_table(reading, list(group), form_id)
    if not versions:
        yield record_table(reading, [], "records")


def all_records(reading: Reading) -> Table:
    """One table over all questionnaires, for CSV."""
    versions = queries.versions_read(reading.session, reading.round_id, reading.tops)
    return record_table(reading, versions, "records")


def _counts(reading: Reading, forms: Sequence[Form], versions: Sequence[VersionRead]) -> dict[str, int]:
    counts: dict[str, int] = {}
    if has_repeats(forms):
        ids = [version.version_id for version in versions]
        for answers in queries.answers_read(
            reading.session, reading.round_id, reading.tops, ids, reading.blind
        ):
            count_repeats(answers, counts)
    return counts


def _rows(
    reading: Reading, versions: Sequence[VersionRead], columns: Sequence[Column]
) -> Iterator[Sequence[Cell]]:
    if reading.labels:
        side = 1 if reading.labels == "en" else 0
        yield [*(words[side] for words in ABOUT.values()), *(c.labels[reading.labels] for c in columns)]
    ids = [version.version_id for version in versions]
    for item in queries.records_read(reading.session, reading.round_id, reading.tops, ids, reading.blind):
        answers = item.record.answers
        yield [*_about(item), *(column.cell(answers, reading.typed) for column in columns)]


def _about(item: ExportedRecord) -> list[Cell]:
    record = item.record
    seconds = record.paradata.get("seconds")
    is_newest = record.revision == item.newest
    times = (record.device_started_at, record.device_finished_at, record.received_at)
    return [
        item.form_id,
        item.version,
        record.kind,
        record.root_id,
        record.revision,
        is_newest,
        item.state if is_newest else "replaced",
        item.unit_code,
        item.unit_name,
        item.site_code,
        item.line_code,
        item.window,
        item.collector,
        record.language,
        record.reason,
        " ".join(map(str, record.flags)),
        seconds if isinstance(seconds, int | float) else None,
        len(record.extra.get("segments") or ()) or None,
        *(time.astimezone(CHINA) if time else None for time in times),
    ]
