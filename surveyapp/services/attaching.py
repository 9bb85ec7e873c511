"""Files of a record: checked, hashed, re-encoded, on disk before the row that names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.forms.problem import Problem
from surveyapp.gateways.pictures import Picture, read_picture
from surveyapp.services.installation import Platform
from surveyapp.storage import records
from surveyapp.storage.database import Session

_ENDING = re.compile(r"[a-z0-9]{1,5}")


@dataclass(frozen=True)
class Upload:
    """A file as it came: the question it answers, the name its sender gave it, its bytes."""

    question: str
    name: str
    content: bytes


def named_upload(question: str, place: int, content: bytes, name: str = "") -> Upload:
    """An upload under a name of our own: devices call every photo the same, and names can tell too much.

    Only the ending of the sender's name is kept, in small letters; '.jpg' when it has none.
    """
    leaf = question.rpartition("/")[2]
    ending = name.rpartition(".")[2].lower()
    ending = ending if "." in name and _ENDING.fullmatch(ending) else "jpg"
    return Upload(question, f"{leaf}-{place}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}", content)


@dataclass(frozen=True)
class PreparedFile:
    """A file that may be stored: the original and what will be shown of it."""

    upload: Upload
    position: int
    sha256: str
    shown: bytes
    media_type: str
    perceptual_hash: str | None
    facts: dict[str, Any] = field(default_factory=dict)


def prepare(files: Sequence[Upload]) -> tuple[tuple[PreparedFile, ...], tuple[Problem, ...]]:
    """Re-encode every picture; what is no picture we take becomes a problem at its question."""
    ready, problems = [], []
    for position, upload in enumerate(files):
        outcome = read_picture(upload.content)
        if isinstance(outcome, Picture):
            ready.append(_prepared(upload, position, outcome))
        else:
            problems.append(Problem("file", upload.question, _sentence(upload, outcome.sentence)))
    return tuple(ready), tuple(problems)


def _prepared(upload: Upload, position: int, picture: Picture) -> PreparedFile:
    return PreparedFile(
        upload=upload,
        position=position,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        shown=picture.jpeg,
        media_type=picture.media_type,
        perceptual_hash=picture.dhash,
        facts={
            "taken_at": picture.taken_at.isoformat() if picture.taken_at else None,
            "latitude": picture.latitude,
            "longitude": picture.longitude,
        },
    )


def _sentence(upload: Upload, sentence: Mapping[str, str]) -> dict[str, str]:
    name = upload.name[:80]
    return {"zh": f"文件“{name}”：{sentence['zh']}", "en": f"File “{name}”: {sentence['en']}"}


def store_files(platform: Platform, files: Sequence[PreparedFile]) -> None:
    """Put originals and shown copies on disk, synced. Raises StorageUnavailable."""
    for file in files:
        platform.files.keep(file.upload.content)
        platform.files.keep(file.shown)


def attach(session: Session, platform: Platform, record_id: int, files: Sequence[PreparedFile]) -> None:
    """Write the rows that name the stored files, in the record's own transaction."""
    rows = [
        {
            "record_id": record_id,
            "question": file.upload.question,
            "position": file.position,
            "name": file.upload.name[:200],
            "media_type": file.media_type,
            "size": len(file.upload.content),
            "sha256": file.sha256,
            "shown_sha256": hashlib.sha256(file.shown).hexdigest(),
            "perceptual_hash": file.perceptual_hash,
            "facts": file.facts,
            "stored_at": platform.clock(),
        }
        for file in files
    ]
    records.add_attachments(session, rows)
