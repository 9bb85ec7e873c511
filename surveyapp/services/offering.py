"""What a device is offered: the questionnaires its person fills in, with the files they need.

Listed while a round of the device is open; a round that is closing takes finished work and lists nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from surveyapp.evaluation.kinds import ON_DEVICES
from surveyapp.forms.references import files_beside
from surveyapp.services.devices import ACCEPTING, Device
from surveyapp.services.enclosing import read_file
from surveyapp.services.installation import Platform
from surveyapp.storage import questionnaires
from surveyapp.storage.registers import COLUMNS, list_register
from surveyapp.storage.tables import QuestionnaireVersionRow as Version

__all__ = [
    "Media",
    "Offered",
    "Version",
    "find_media",
    "find_offered",
    "list_media",
    "list_offered",
    "register_rows",
]


@dataclass(frozen=True)
class Offered:
    """A questionnaire version for a device; `md5` is of its XForm as stored."""

    version_id: int
    form_id: str
    version: str
    title: str
    md5: str
    has_media: bool


@dataclass(frozen=True)
class Media:
    """A file beside a form, whole."""

    name: str
    content: bytes

    @property
    def md5(self) -> str:
        """What clients compare to see whether they hold this very file."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def list_offered(platform: Platform, device: Device, form_id: str = "") -> list[Offered]:
    """The newest version of every questionnaire the person fills in (or of one), by form id.

    Only those that are open in one of the device's open rounds.
    """
    around = [row.id for row in device.rounds if row.state == "open"]
    with platform.database.reading() as session:
        found = questionnaires.newest_versions(session) if around else []
        states = questionnaires.states_in_rounds(session, around)
    return [
        Offered(
            version.id,
            questionnaire.form_id,
            version.version,
            platform.form(version.id).title,
            version.md5,
            any(True for _media in _media(platform, device, version)),
        )
        for questionnaire, version in found
        if any(states.get((questionnaire.id, round_id), "open") == "open" for round_id in around)
        and _is_for(device, questionnaire.kind)
        and form_id in ("", questionnaire.form_id)
    ]


def _is_for(device: Device, kind: str) -> bool:
    return kind in ON_DEVICES and device.collects(kind)


def find_offered(platform: Platform, device: Device, form_id: str, version: str) -> Version | None:
    """A published version of a questionnaire the person fills in; None for any other.

    None as well for one that is closed in every round in which the device may deliver.
    """
    around = [row.id for row in device.rounds if row.state in ACCEPTING]
    with platform.database.reading() as session:
        questionnaire = questionnaires.find_questionnaire(session, form_id[:64])
        if questionnaire is None or not _is_for(device, questionnaire.kind):
            return None
        states = questionnaires.states_in_rounds(session, around)
        if around and all(states.get((questionnaire.id, one)) == "closed" for one in around):
            return None
        return questionnaires.find_version(session, form_id, version[:32])


def list_media(platform: Platform, device: Device, version: Version) -> list[Media]:
    """The files that a version needs and the server has, in the order of the form; each of them whole."""
    return list(_media(platform, device, version))


def find_media(platform: Platform, device: Device, version: Version, name: str) -> Media | None:
    """One of those files by its name; None for any other."""
    return next(_media(platform, device, version, name), None)


def _media(platform: Platform, device: Device, version: Version, wanted: str = "") -> Iterator[Media]:
    for name in files_beside(platform.form(version.id)):
        if wanted not in ("", name):
            continue
        register, _, kind = name.rpartition(".")
        if kind == "csv" and register in COLUMNS:
            yield Media(name, _register(platform, device, register))
        elif found := read_file(platform, version.id, name):
            yield Media(name, found[1])


def register_rows(platform: Platform, device: Device, register: str) -> list[dict[str, str]]:
    """The rows of a register, cut to the device's accepting rounds and its person's scope, by code."""
    round_ids = {row.id for row in device.rounds if row.state in ACCEPTING}
    with platform.database.reading() as session:
        rows = list_register(session, register, round_ids, device.tops())
    return [dict(zip(COLUMNS[register], row, strict=True)) for row in rows]


def _register(platform: Platform, device: Device, register: str) -> bytes:
    """A register as CSV (RFC 4180, UTF-8); the same rows are the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[register])
    writer.writeheader()
    writer.writerows(register_rows(platform, device, register))
    return text.getvalue().encode("utf-8")
