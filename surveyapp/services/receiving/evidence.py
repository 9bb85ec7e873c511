"""Files of a posted record: only those it names, pictures re-encoded, everything else kept as it came.

A file that is not what it should be is kept and said to be so; it is never a reason to refuse the post.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.gateways.media_kinds import PICTURES, UNKNOWN, media_type
from surveyapp.services import attaching
from surveyapp.services.attaching import PreparedFile, Upload
from surveyapp.services.installation import Platform
from surveyapp.storage import attachments
from surveyapp.storage.database import Session

MOST_FILES = 200
MOST_COPIES = 5
PLACE_LENGTH = 200


@dataclass(frozen=True)
class PostedFile:
    """A file as it was posted, under the name its sender gave it; some clients name only the field by it."""

    name: str
    content: bytes
    field_name: str = ""


def prepared(files: Sequence[PostedFile], places: Mapping[str, str]) -> tuple[PreparedFile, ...]:
    """The files whose name stands in the record, ready to be stored; `places` are names with their place."""
    ready = []
    for file in files[:MOST_FILES]:
        name = file.name if file.name in places else file.field_name
        if name in places:
            ready.append(_prepared(Upload(places[name][-PLACE_LENGTH:], name, file.content)))
    return tuple(ready)


def _prepared(upload: Upload) -> PreparedFile:
    kind = media_type(upload.content)
    if kind in PICTURES:
        taken, _problems = attaching.prepare((upload,))
        if taken:
            return taken[0]
        kind = UNKNOWN
    return attaching.as_it_came(upload, 0, kind)


def add_files(session: Session, platform: Platform, record_id: int, files: Sequence[PreparedFile]) -> int:
    """Write the rows of files that the record has not yet; returns how many were new.

    The caller holds the record's state locked, so that two posts do not count the same position.
    """
    held = attachments.list_held(session, record_id)
    known = {(name, sha256) for name, sha256, _position in held}
    names = [name for name, _sha256, _position in held]
    position = max((position for _name, _sha256, position in held), default=-1) + 1
    new = []
    for file in files:
        name = file.upload.name[:PLACE_LENGTH]
        if (name, file.sha256) in known or names.count(name) >= MOST_COPIES or len(names) >= MOST_FILES:
            continue
        known.add((name, file.sha256))
        names.append(name)
        new.append(dataclasses.replace(file, position=position))
        position += 1
    attaching.attach(session, platform, record_id, new)
    return len(new)
