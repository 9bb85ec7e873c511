"""Files of a record: checked, hashed, re-encoded, on disk before the row that names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveyapp.forms.form import Form, Question
from surveyapp.forms.problem import Problem
from surveyapp.gateways.media_kinds import PICTURES, media_type
from surveyapp.gateways.pictures import Picture, read_picture
from surveyapp.services.installation import Platform
from surveyapp.storage import records
from surveyapp.storage.database import Session

# What a question takes that asks for no picture. Phones call sound alone video/webm or video/mp4.
_TAKEN: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio/", "video/webm", "video/mp4"),
    "video": ("video/",),
    "file": ("audio/", "video/", "application/pdf", "application/zip", "text/plain"),
}
_WANTED: Mapping[str, Mapping[str, str]] = {
    "audio": {
        "zh": "这不是能识别的录音，请重新录制或选择录音文件。",
        "en": "this is no sound we know; record again.",
    },
    "video": {"zh": "这不是能识别的视频，请选择视频文件。", "en": "this is no film we know; choose a film."},
    "file": {
        "zh": "只收 PDF、Office 文档、文本、图片、音频和视频，请换一个文件。",
        "en": "PDF, Office documents, text, pictures, sound and films are taken; choose another file.",
    },
}
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


def prepare(
    files: Sequence[Upload], form: Form | None = None
) -> tuple[tuple[PreparedFile, ...], tuple[Problem, ...]]:
    """Re-encode every picture; keep sound, films and papers as they came where a question asks for them.

    Without a form only pictures are taken. What does not fit becomes a problem at its question.
    """
    ready, problems = [], []
    for position, upload in enumerate(files):
        asked = _asked_for(form, upload)
        kind = media_type(upload.content) if asked != "image" else ""
        if kind and kind not in PICTURES:
            if kind.startswith(_TAKEN[asked]):
                ready.append(as_it_came(upload, position, kind))
            else:
                problems.append(Problem("file", upload.question, _sentence(upload, _WANTED[asked])))
            continue
        outcome = read_picture(upload.content)
        if isinstance(outcome, Picture) and asked in ("image", "file"):
            ready.append(_prepared(upload, position, outcome))
        elif isinstance(outcome, Picture):
            problems.append(Problem("file", upload.question, _sentence(upload, _WANTED[asked])))
        else:
            problems.append(Problem("file", upload.question, _sentence(upload, outcome.sentence)))
    return tuple(ready), tuple(problems)


def _asked_for(form: Form | None, upload: Upload) -> str:
    """'image', 'audio', 'video' or 'file': what the question of an upload asks for."""
    item = form.item(upload.question) if form else None
    return item.type if isinstance(item, Question) and item.type in _TAKEN else "image"


def as_it_came(upload: Upload, position: int, kind: str) -> PreparedFile:
    """A file that is no picture: kept whole, shown to nobody but as a download."""
    return PreparedFile(
        upload=upload,
        position=position,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        shown=upload.content,
        media_type=kind,
        perceptual_hash=None,
        facts={"taken_at": None, "latitude": None, "longitude": None},
    )


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
