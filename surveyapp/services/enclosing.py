"""The files published beside a questionnaire: lists it chooses from and media its labels show."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveyapp.forms.attached_lists import register_of
from surveyapp.forms.problem import Problem
from surveyapp.services.installation import Platform
from surveyapp.storage import questionnaires
from surveyapp.storage.database import Session

LARGEST, LARGEST_TOGETHER, MOST_FILES = 20_000_000, 50_000_000, 500
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,98}")
# Media type and the ways its bytes may begin, by the end of the name; () for text, which its reader checks.
_KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    "csv": ("text/csv", ()),
    "xml": ("application/xml", ()),
    "geojson": ("application/geo+json", ()),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "webp": ("image/webp", (b"RIFF",)),
    "gif": ("image/gif", (b"GIF8",)),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "m4a": ("audio/mp4", (b"\x00\x00\x00",)),
    "wav": ("audio/wav", (b"RIFF",)),
    "mp4": ("video/mp4", (b"\x00\x00\x00",)),
}


@dataclass(frozen=True)
class Enclosed:
    """A stored file of a published version."""

    name: str
    sha256: str
    size: int
    media_type: str


def file_problems(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """What forbids these files: names, kinds, sizes, bytes that are not what the name says."""
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST_TOGETHER:
        zh = f"文件最多 {MOST_FILES} 个，合计不超过 50 MB。"
        yield _problem("files", zh, f"At most {MOST_FILES} files and 50 MB together may be attached.")
        return
    for name, content in files.items():
        media_type, beginnings = _KINDS.get(name.lower().rpartition(".")[2], ("", ()))
        if not _NAME.fullmatch(name) or not media_type:
            zh = f"文件名“{name[:60]}”只能用英文字母、数字和 _ . -，类型只能是 {'、'.join(_KINDS)}。"
            yield _problem(
                name, zh, f"The file {name[:60]!r} must have a plain name ending in {', '.join(_KINDS)}."
            )
        elif register_of(name):
            zh = f"{name} 由系统的登记表自动填写，不能上传；请换一个文件名。"
            yield _problem(name, zh, f"{name} is filled from the register; give your file another name.")
        elif len(content) > LARGEST:
            yield _problem(name, f"文件 {name} 超过 20 MB。", f"The file {name} exceeds 20 MB.")
        elif beginnings and not content.startswith(beginnings):
            zh = f"文件 {name} 的内容与扩展名不符，请检查。"
            yield _problem(name, zh, f"The content of {name} is not what its name says; check it.")


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def keep_files(platform: Platform, files: Mapping[str, bytes]) -> None:
    """Put the bytes into the store; to be done before the transaction that names them."""
    for content in files.values():
        platform.files.keep(content)


def name_files(session: Session, version_id: int, files: Mapping[str, bytes]) -> None:
    """Name stored files as those of a version."""
    for name, digest in digests(files).items():
        media_type = _KINDS[name.lower().rpartition(".")[2]][0]
        questionnaires.add_file(
            session, version_id, name, sha256=digest, size=len(files[name]), media_type=media_type
        )


def files_of(platform: Platform, version_id: int) -> tuple[Enclosed, ...]:
    """The files of a published version by name."""
    with platform.database.reading() as session:
        rows = questionnaires.list_files(session, version_id)
    return tuple(Enclosed(row.name, row.sha256, row.size, row.media_type) for row in rows)


def read_file(platform: Platform, version_id: int, name: str) -> tuple[Enclosed, bytes] | None:
    """One file of a version with its bytes; None when the version has no such file."""
    found = next((one for one in files_of(platform, version_id) if one.name == name), None)
    return (found, platform.files.read(found.sha256)) if found else None


def _problem(name: str, zh: str, en: str) -> Problem:
    return Problem("file_refused", name[:60], {"zh": zh, "en": en})
